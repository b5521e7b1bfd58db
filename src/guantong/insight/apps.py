from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "guantong.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter the forms that a close freezes."""
        from guantong.insight.returns_forms import enter

        enter()
