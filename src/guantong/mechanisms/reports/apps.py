from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "guantong.mechanisms.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.reports import acts, lifecycle  # noqa: F401
