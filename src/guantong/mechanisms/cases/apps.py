from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "guantong.mechanisms.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.cases import acts, lifecycle, passing  # noqa: F401
