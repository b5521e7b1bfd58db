"""Persons can be neither Party members nor supervisory objects."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_no_table_of_persons"),
    ]

    operations = [
        migrations.AlterField(
            model_name="subject",
            name="authority",
            field=models.CharField(
                choices=[
                    ("central", "Central authority"),
                    ("provincial", "Province"),
                    ("city", "City"),
                    ("county", "County"),
                    ("enterprise", "Enterprise"),
                    ("none", "Not a cadre"),
                    ("outside", "Neither Party member nor supervisory object"),
                    ("unknown", "Not known yet"),
                ],
                default="unknown",
                max_length=16,
                verbose_name="cadre authority",
            ),
        ),
    ]
