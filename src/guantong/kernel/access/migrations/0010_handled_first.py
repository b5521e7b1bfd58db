"""What is handled first comes first in the lists of those who see all of it."""

from django.db import migrations, models

from guantong.kernel.access import sql


class Migration(migrations.Migration):
    dependencies = [("access", "0009_papers_received"), ("matters", "0006_handled_first")]

    operations = [
        migrations.AddField("visibility", "turn", models.PositiveSmallIntegerField(default=1, db_default=1)),
        migrations.AddIndex(
            "visibility",
            models.Index(
                fields=["principal", "kind", "turn", "due_on", "matter"],
                name="visible_open_first",
                condition=models.Q(is_open=True),
            ),
        ),
        migrations.RunSQL([sql.SETTLE], migrations.RunSQL.noop),
    ]
