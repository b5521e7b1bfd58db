"""What the old book says of clues imported from it."""

import django.db.models.deletion
from django.db import migrations, models

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("clues", "0004_feedback_once_sent"), ("matters", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="clue",
            name="book_number",
            field=models.CharField(
                blank=True, default="", max_length=60, verbose_name="number in the old book"
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="BookRecord",
            fields=[
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="book_record",
                        serialize=False,
                        to="matters.matter",
                    ),
                ),
                ("handler", models.CharField(blank=True, max_length=200, verbose_name="handled by")),
                ("custodian", models.CharField(blank=True, max_length=200, verbose_name="custodian")),
                ("state", models.CharField(blank=True, max_length=200, verbose_name="state")),
                ("due", models.CharField(blank=True, max_length=60, verbose_name="due on")),
                ("result", models.TextField(blank=True, verbose_name="result")),
                ("remark", models.TextField(blank=True, verbose_name="remark")),
                ("file", models.CharField(blank=True, max_length=200, verbose_name="file")),
                ("place", models.CharField(blank=True, max_length=80, verbose_name="sheet and row")),
                ("import_key", models.CharField(max_length=80)),
            ],
        ),
        protect("clues_bookrecord", 3),
    ]
