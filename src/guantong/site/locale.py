"""The language of the interface (界面语言): Chinese unless somebody has chosen otherwise."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class ChosenLocaleMiddleware(LocaleMiddleware):
    """Take the language from the cookie set by the language switch only.

    Django's own also follows the browser; but office machines often carry an English browser, and
    the first language here is Chinese.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the chosen language for this request."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = {code for code, _name in settings.LANGUAGES}
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
