"""A matter may go before others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0005_further_links"),
    ]

    operations = [
        migrations.AddField(
            model_name="matter",
            name="first",
            field=models.BooleanField(default=False, verbose_name="handled first"),
        ),
    ]
