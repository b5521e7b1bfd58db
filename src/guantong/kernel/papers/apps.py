from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "guantong.kernel.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.kernel.papers import acts  # noqa: F401
