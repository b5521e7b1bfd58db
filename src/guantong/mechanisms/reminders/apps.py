from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "guantong.mechanisms.reminders"
    label = "reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.reminders import acts, drafting, papers, queries  # noqa: F401
