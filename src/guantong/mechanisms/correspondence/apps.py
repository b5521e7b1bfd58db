from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "guantong.mechanisms.correspondence"
    label = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.correspondence import carriers, queries  # noqa: F401
        from guantong.mechanisms.correspondence.acts import (  # noqa: F401
            answering,
            collecting,
            copying,
            drafting,
            outside,
            periodic,
            receiving,
        )
