from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "guantong.mechanisms.returns"
    label = "returns"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.returns import acts, lifecycle  # noqa: F401
