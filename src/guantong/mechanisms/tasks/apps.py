from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "guantong.mechanisms.tasks"
    label = "tasks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.mechanisms.tasks import (  # noqa: F401
            acts,
            carriers,
            discs,
            dividing,
            lifecycle,
            papers,
            settling,
        )
