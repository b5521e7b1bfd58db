"""Who asks, found anew with every request (会话识别): session and account, with the SQL written once."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from guantong.accounts.models import User
from guantong.kernel.prepared import Given, Prepared

SESSION: Prepared[Session] = Prepared(
    lambda: Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now"))
)
ACCOUNT: Prepared[User] = Prepared(lambda: User.objects.filter(pk=Given("user")))


class SessionStore(db.SessionStore):
    """Sessions in the database (会话)."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return Django's own table of sessions."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = SESSION.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by name and password, and the account of a session (账号认证)."""

    def get_user(self, user_id: Any) -> User | None:
        """Return the account, None where there is none or it is closed."""
        user = ACCOUNT.first(user=user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
