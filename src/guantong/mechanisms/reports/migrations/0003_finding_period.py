"""The period each published finding is about."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_need_to_know")]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="period",
            field=models.CharField(
                blank=True, default="", max_length=80, verbose_name="period of the finding"
            ),
            preserve_default=False,
        ),
    ]
