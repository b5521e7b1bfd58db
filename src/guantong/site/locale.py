"""The language of the interface (界面语言): Chinese unless somebody has chosen otherwise."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

API = "/api/"


def language_of(request: HttpRequest) -> str:
    """Return the language to answer in: of a page as chosen, of the API as the header asks."""
    if request.path.startswith(API):
        return _asked(request.headers.get("Accept-Language", ""))
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    known = {code for code, _name in settings.LANGUAGES}
    return chosen if chosen in known else settings.LANGUAGE_CODE


def _asked(header: str) -> str:
    for code, _weight in parse_accept_lang_header(header):
        try:
            return translation.get_supported_language_variant(code)
        except (LookupError, ValueError):
            continue
    return settings.LANGUAGE_CODE


class ChosenLocaleMiddleware(LocaleMiddleware):
    """Take the language of pages from the cookie set by the language switch only.

    Django's own also follows the browser; but office machines often carry an English browser, and
    the first language here is Chinese. Programs say what they want in Accept-Language (RFC 9110).
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the chosen language for this request."""
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
