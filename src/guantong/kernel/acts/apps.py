from django.apps import AppConfig


class ActsConfig(AppConfig):
    name = "guantong.kernel.acts"
    label = "acts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.kernel.acts import correct, custody  # noqa: F401
