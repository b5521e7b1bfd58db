from django.apps import AppConfig


class CluesConfig(AppConfig):
    name = "guantong.mechanisms.clues"
    label = "clues"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.clues import acts, carriers, lifecycle, papers  # noqa: F401
