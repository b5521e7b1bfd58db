"""Who may open which page at all (页面准入): what is not listed for an administrator is closed to him.

Matters are closed to administrators by the database anyway; this keeps their pages apart from one another
(三员分立) and tells everybody what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guantong.accounts.models import Administers

SYSTEM, SECURITY, AUDIT = Administers.SYSTEM, Administers.SECURITY, Administers.AUDIT
ENROLLED_KEY = "second_factor"

PUBLIC = frozenset(
    {"health", "favicon", "set_language", "account_login", "account_logout", "mfa_authenticate", "feed"}
)
ENROLLING = PUBLIC | {
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "account_reauthenticate",
    "mfa_reauthenticate",
}
CHANGING_PASSWORD = PUBLIC | {"account_change_password"}
OWN_ACCOUNT = (
    ENROLLING | CHANGING_PASSWORD | {"mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes"}
)
HOUSE = frozenset(
    {
        "measures", "measure", "organs", "officer", "responsibilities", "responsibilities_export", "bodies",
        "body", "bodies_export", "holdings", "holdings_export", "postings", "postings_export",
    }
)  # fmt: skip
ADMINISTRATION: dict[str, frozenset[str]] = {
    "administration": frozenset({SYSTEM, SECURITY, AUDIT}),
    "admin_duties": frozenset({SYSTEM, SECURITY, AUDIT}),
    "admin_register": frozenset({SYSTEM}),
    "admin_register_new": frozenset({SYSTEM}),
    "admin_register_row": frozenset({SYSTEM}),
    "admin_register_import": frozenset({SYSTEM}),
    "admin_calendar": frozenset({SYSTEM}),
    "admin_jobs": frozenset({SYSTEM}),
    "admin_adoptions": frozenset({SYSTEM}),
    "admin_values": frozenset({SYSTEM}),
    "admin_version": frozenset({SYSTEM}),
    "adopt": frozenset({SYSTEM}),
    "adopt_step": frozenset({SYSTEM}),
    "balance": frozenset({SYSTEM}),
    "admin_accounts": frozenset({SECURITY}),
    "admin_account_new": frozenset({SECURITY}),
    "admin_account": frozenset({SECURITY}),
    "admin_account_step": frozenset({SECURITY}),
    "admin_grants": frozenset({SECURITY}),
    "admin_keys": frozenset({SECURITY}),
    "admin_key_import": frozenset({SECURITY}),
    "admin_key": frozenset({SECURITY}),
    "admin_key_file": frozenset({SECURITY}),
    "journal": frozenset({AUDIT}),
    "journal_verify": frozenset({AUDIT}),
    "journal_roots": frozenset({AUDIT}),
    "journal_headers": frozenset({AUDIT}),
    "journal_readings": frozenset({AUDIT}),
    "journal_sign_ins": frozenset({AUDIT}),
    "journal_expungings": frozenset({AUDIT, SECURITY}),
}
FOR_OFFICERS_TOO = frozenset({"journal", "journal_roots", "balance"})


def required(request: HttpRequest) -> bool:
    """Return whether this account still has to set up its second factor; asked once a session."""
    if not settings.GUANTONG_REQUIRE_MFA or request.session.get(ENROLLED_KEY):
        return False
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]):
        request.session[ENROLLED_KEY] = True
        return False
    return True


class GateMiddleware:
    """Stands after ScopeMiddleware: sign-in, second factor, a present post, and the right kind of account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the gate itself is `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, arguments: Any, keywords: Any
    ) -> HttpResponseBase | None:
        """Answer instead of the page where it is closed to this account. Raises Http404."""
        name = (request.resolver_match.url_name if request.resolver_match else None) or ""
        if request.path.startswith("/api/") or name in PUBLIC:
            return None
        if name.startswith(("account_", "mfa_", "socialaccount_")) and name not in OWN_ACCOUNT:
            raise Http404
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if user.must_change_password and name not in CHANGING_PASSWORD:
            return redirect("account_change_password")
        if name not in ENROLLING | CHANGING_PASSWORD and required(request):
            return redirect("mfa_activate_totp")
        if name in OWN_ACCOUNT:
            return None
        return _administrator(request, name) if user.administers else _officer(request, name)


def _administrator(request: HttpRequest, name: str) -> HttpResponseBase | None:
    if name == "desk":
        return redirect("administration")
    kind = str(getattr(request.user, "administers", ""))
    if name in HOUSE or kind in ADMINISTRATION.get(name, ()):
        return None
    words = {"kind": Administers(kind).label}
    if name in ADMINISTRATION:
        cause = _("This page belongs to another administrator; you are the %(kind)s.") % words
        remedy = _("The three administrators are three people. Ask the one whose duty it is.")
    else:
        cause = _("As %(kind)s you run the system and read no matter, list or paper.") % words
        remedy = _("Where you also have a post in an organ, sign in with the account of that post.")
    return denied(request, cause, remedy)


def _officer(request: HttpRequest, name: str) -> HttpResponseBase | None:
    if getattr(request, "actor", None) is None:
        return render(request, "accounts/no_post.html", status=403)
    if name in ADMINISTRATION and name not in FOR_OFFICERS_TOO:
        return denied(
            request,
            _("This page is for an administrator. Officers handle matters and do not run the system."),
            _("If something is to be set up or changed, ask the administrator whose duty it is."),
        )
    return None


def denied(request: HttpRequest, cause: str, remedy: str) -> HttpResponse:
    """Answer 403 with the cause and what to do."""
    return render(request, "accounts/denied.html", {"cause": cause, "remedy": remedy}, status=403)
