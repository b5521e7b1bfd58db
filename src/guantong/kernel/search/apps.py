from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "guantong.kernel.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"
