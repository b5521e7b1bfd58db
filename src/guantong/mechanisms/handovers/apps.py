from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "guantong.mechanisms.handovers"
    label = "handovers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.handovers import acts, lifecycle  # noqa: F401
