from typing import Any

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "guantong.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for passwords changed by their owners."""
        from allauth.account.signals import password_changed

        password_changed.connect(_changed, dispatch_uid="guantong.password_changed")


def _changed(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """A password that its owner has chosen need not be changed any more."""
    if user.must_change_password:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])
