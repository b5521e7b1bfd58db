"""An organ may work elsewhere: in another platform, or without one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organs", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="organ",
            name="elsewhere",
            field=models.BooleanField(default=False, verbose_name="works elsewhere"),
        ),
    ]
