from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "guantong.kernel.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.kernel.archive import acts  # noqa: F401
