from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "guantong.kernel.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.kernel.journal import expunge  # noqa: F401
