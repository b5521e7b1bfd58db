from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "guantong.kernel.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"
