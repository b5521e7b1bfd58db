"""Feedback that came from outside has no paper here."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0007_supervision"),
        ("papers", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="feedback",
            name="paper",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="papers.paper"
            ),
        ),
    ]
