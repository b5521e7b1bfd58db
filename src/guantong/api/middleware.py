"""Tokens at the door of the API (接口认证): who asks, and in which post."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from guantong.accounts import attempts, tokens
from guantong.accounts.models import Token
from guantong.api.problems import problem
from guantong.kernel.acts.act import Fault

log = logging.getLogger(__name__)

PATH = "/api/"
OPEN_PATHS = frozenset({"/api/v1/openapi.json"})
MOST_LENGTH = 200


class TokenMiddleware:
    """Stands before ScopeMiddleware: sets `request.user` and `request.token_post_id` from the token.

    Under /api/ a session counts for nothing: what a browser sends along without being asked opens nothing,
    so there is nothing to forge. After too many unknown tokens within a minute an address is refused before
    any look-up, but for tokens that were good within the last hour (see `attempts`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 401 or 429 without a good token; otherwise pass the request on."""
        if not request.path.startswith(PATH):
            return self.get_response(request)
        request.user = AnonymousUser()
        if request.path not in OPEN_PATHS:
            refusal = self._authenticate(request)
            if refusal is not None:
                return refusal
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return _wrong_method(response)
        response.setdefault("Cache-Control", "no-store")
        return response

    def _authenticate(self, request: HttpRequest) -> HttpResponse | None:
        scheme, _space, raw = request.headers.get("Authorization", "").partition(" ")
        raw = raw.strip()
        if scheme.lower() != "bearer" or not raw or len(raw) > MOST_LENGTH:
            return _no_token(_("This address takes a token, and none came with the request."))
        address = request.META.get("REMOTE_ADDR", "")
        if attempts.barred(address, raw):
            return _too_many()
        token = tokens.find(raw)
        if token is None:
            if attempts.failed(address):
                return _too_many()
            log.warning("unknown token from %s", address)
            return _no_token(_("This token is not known."))
        trouble = tokens.trouble(token)
        if trouble:
            return _no_token(trouble)
        attempts.good(raw)
        return self._enter(request, token)

    @staticmethod
    def _enter(request: HttpRequest, token: Token) -> None:
        request.user = token.user
        request.token_post_id = token.post_id  # type: ignore[attr-defined]


def _no_token(reason: str) -> HttpResponse:
    fault = Fault("Authorization", reason, _("Make a token on your account's page and send it as Bearer."))
    response = problem(401, "no_token", _("Not signed in"), [fault])
    response["WWW-Authenticate"] = 'Bearer realm="guantong"'
    return response


def _too_many() -> HttpResponse:
    fault = Fault(
        "Authorization",
        _("Too many unknown tokens came from your address."),
        _("Check the token and try again in a minute."),
    )
    response = problem(429, "too_many", _("Too many attempts"), [fault])
    response["Retry-After"] = str(int(attempts.WITHIN.total_seconds()))
    return response


def _wrong_method(response: HttpResponseNotAllowed) -> HttpResponse:
    fault = Fault(
        "",
        _("This address does not take this method."),
        _("It takes: %(methods)s.") % {"methods": response["Allow"]},
    )
    answer = problem(405, "method", _("Method not allowed"), [fault])
    answer["Allow"] = response["Allow"]
    return answer
