from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "guantong.mechanisms.sessions"
    label = "sittings"  # Django has an application called sessions
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.sessions import acts, lifecycle, notes, papers  # noqa: F401
