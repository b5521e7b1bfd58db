from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "guantong.mechanisms.rounds"
    label = "rounds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.rounds import acts, lifecycle, papers, registering  # noqa: F401
