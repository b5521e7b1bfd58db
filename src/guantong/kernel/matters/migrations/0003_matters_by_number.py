"""Matters are found by their number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0002_party_forwarder"),
        ("organs", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("number", ""), _negated=True), fields=["number"], name="matter_number"
            ),
        ),
    ]
