from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "guantong.mechanisms.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.meetings import acts, lifecycle, papers, queries  # noqa: F401
