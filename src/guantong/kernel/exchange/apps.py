from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "guantong.kernel.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Enter what this package declares."""
        from guantong.kernel.exchange import acts  # noqa: F401
