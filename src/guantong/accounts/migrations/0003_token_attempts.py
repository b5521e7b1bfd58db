"""Unknown tokens are counted for all processes together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_admin_records")]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("address", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
            ],
        ),
    ]
