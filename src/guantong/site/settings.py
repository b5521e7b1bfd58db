"""Django's settings (运行配置): one module; what differs between installations comes from the environment.

| variable | meaning | default |
|---|---|---|
| GUANTONG_DATA | data folder: secret, embedded database, attachments | ./var |
| DATABASE_URL, DATABASE_OWNER_URL | one's own PostgreSQL, as guantong_app, guantong_owner | embedded |
| GUANTONG_HOSTS | host names served, separated by commas | localhost,127.0.0.1,[::1] |
| GUANTONG_HTTPS | 1 when browsers come over https: secure cookies, HSTS | 0 |
| GUANTONG_ORIGINS | origins trusted for forms behind a proxy, separated by commas | none |
| GUANTONG_FONTS | further folder of fonts for papers | none |
| GUANTONG_CALENDAR_DIR | folder of the city's own year files of working days | none |
| GUANTONG_DEMO | 1 shows the demonstration's accounts on the sign-in page | 0 |
| GUANTONG_REQUIRE_MFA | 1: nobody works without a second factor | 1, in a demonstration 0 |
| GUANTONG_DEBUG | 1 shows Django's debug pages; never on a machine with real matters | 0 |
| GUANTONG_EMAIL_HOST, _PORT, _USER, _PASSWORD, _TLS, _FROM | mail server for notices | none: no mail |
| GUANTONG_LOG_LEVEL | level of the log on standard error | INFO |
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from guantong.site.databases import databases
from guantong.site.paths import PACKAGE, data_folder, secret_key


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


GUANTONG_DATA: Path = data_folder()
GUANTONG_CALENDAR_DIR = os.environ.get("GUANTONG_CALENDAR_DIR", "")
GUANTONG_DEMO = _flag("GUANTONG_DEMO")
GUANTONG_REQUIRE_MFA = _flag("GUANTONG_REQUIRE_MFA", default=not GUANTONG_DEMO)
GUANTONG_FONT_FOLDERS = [Path(os.environ[name]) for name in ("GUANTONG_FONTS",) if os.environ.get(name)]
HTTPS = _flag("GUANTONG_HTTPS")
DEBUG = _flag("GUANTONG_DEBUG")
SECRET_KEY = secret_key(GUANTONG_DATA)
GUANTONG_EXCHANGE_SECRET = os.environ.get("GUANTONG_EXCHANGE_SECRET", "")
ALLOWED_HOSTS = _names("GUANTONG_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _names("GUANTONG_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "guantong.kernel.organs",
    "guantong.kernel.people",
    "guantong.kernel.measures",
    "guantong.kernel.matters",
    "guantong.kernel.acts",
    "guantong.kernel.duties",
    "guantong.kernel.journal",
    "guantong.kernel.access",
    "guantong.kernel.papers",
    "guantong.kernel.archive",
    "guantong.kernel.exchange",
    "guantong.kernel.search",
    "guantong.mechanisms.reports",
    "guantong.mechanisms.clues",
    "guantong.mechanisms.cases",
    "guantong.mechanisms.rounds",
    "guantong.mechanisms.reminders",
    "guantong.mechanisms.sessions",
    "guantong.mechanisms.tasks",
    "guantong.mechanisms.meetings",
    "guantong.mechanisms.correspondence",
    "guantong.mechanisms.handovers",
    "guantong.mechanisms.returns",
    "guantong.insight",
    "guantong.accounts",
    "guantong.notices",
    "guantong.web",
    "guantong.site",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_cotton",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "guantong.site.uploads.UploadLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "guantong.site.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "guantong.site.trouble.DatabaseTroubleMiddleware",
    "guantong.site.trouble.MethodMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "guantong.site.locale.ChosenLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "guantong.api.middleware.TokenMiddleware",
    "guantong.kernel.access.middleware.ScopeMiddleware",
    "guantong.accounts.gate.GateMiddleware",
]

ROOT_URLCONF = "guantong.site.urls"
WSGI_APPLICATION = "guantong.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guantong.web.context.shell",
            ]
        },
    }
]

DATABASES = databases(GUANTONG_DATA)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "guantong.accounts.recognised.Backend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "guantong.site.accounts.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
EMAIL_HOST = os.environ.get("GUANTONG_EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("GUANTONG_EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("GUANTONG_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("GUANTONG_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("GUANTONG_EMAIL_TLS", "0") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("GUANTONG_EMAIL_FROM", "guantong@localhost")
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords are axes' work, before the tenth; codes of the second factor end here. Never by address:
# a whole office may come through one.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Guantong"
MFA_ADAPTER = "guantong.accounts.mfa.Adapter"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "site/locked_out.html"
AXES_ENABLE_ADMIN = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_VERBOSE = False

# Sessions, cookies, headers
SESSION_ENGINE = "guantong.accounts.recognised"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "guantong_session"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "guantong_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guantong.site.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 86400 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# Uploads
FILE_LIMIT = 60 * 2**20  # one file
REQUEST_LIMIT = 64 * 2**20  # the whole request, refused by its announced length before it is read
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20  # form fields without files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
MEDIA_ROOT = GUANTONG_DATA / "attachments"

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "guantong_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Static files: hashed names once `guantong serve` has collected them, plain names in tests
STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "static"]
STATICFILES_COLLECTED = _flag("GUANTONG_STATIC_COLLECTED")
STATIC_ROOT = GUANTONG_DATA / "static" if STATICFILES_COLLECTED else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATICFILES_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATICFILES_COLLECTED
WHITENOISE_AUTOREFRESH = DEBUG

# Jobs
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = None

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS only where https is announced
    "security.W008",  # the proxy redirects to https
    "security.W002",  # X-Frame-Options is set with the content security policy
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"masked": {"()": "guantong.site.masking.MaskSecrets"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["masked"]},
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("GUANTONG_LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "django": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
