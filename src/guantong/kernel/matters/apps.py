from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "guantong.kernel.matters"
    label = "matters"
    default_auto_field = "django.db.models.BigAutoField"
