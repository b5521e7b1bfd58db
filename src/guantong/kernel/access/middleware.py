"""Gives each request its actor and its scope."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from guantong.kernel.access.actors import Actor, actor_for
from guantong.kernel.access.scope import enter

POST_KEY = "post"


class ScopeMiddleware:
    """Wraps the whole response in one transaction with the reader's sight; a 5xx rolls it back.

    `request.actor` is the officer in the post chosen for this session, or in the post to which the token of
    a program is bound (`request.token_post_id`), or None. Administrators have no actor: they see no matter.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside the scope."""
        user = request.user
        if not user.is_authenticated:
            request.actor = None  # type: ignore[attr-defined]
            return self.get_response(request)
        with transaction.atomic():
            actor = self._actor(request)
            request.actor = actor  # type: ignore[attr-defined]
            enter(actor.principals if actor else (), getattr(user, "administers", ""))
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response

    @staticmethod
    def _actor(request: HttpRequest) -> Actor | None:
        officer_id = getattr(request.user, "officer_id", None)
        if officer_id is None:
            return None
        token_post = getattr(request, "token_post_id", None)
        if token_post is not None:
            return actor_for(officer_id, token_post, exactly=True)
        remembered = getattr(request.user, "last_post_id", None)
        return actor_for(officer_id, request.session.get(POST_KEY) or remembered)
