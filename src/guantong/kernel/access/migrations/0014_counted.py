"""What is open is counted from an index of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0013_today_once")]

    operations = [
        migrations.AddIndex(
            "visibility",
            models.Index(
                fields=["principal", "kind", "state", "depth", "due_on"],
                include=["until"],
                name="visible_counted",
                condition=models.Q(is_open=True, depth__gt=0),
            ),
        ),
    ]
