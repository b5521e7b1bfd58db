"""Need to know for sessions, enforced by the database: an item is seen by who sees session and clue wholly."""

from django.db import migrations

from guantong.kernel.access.policies import policy, protect, sees, unpolicy

BOTH = sees("sittings_item.matter_id", 3) + " AND " + sees("sittings_item.about_id", 3)


class Migration(migrations.Migration):
    dependencies = [("sittings", "0001_initial"), ("access", "0006_same_names")]

    operations = [
        protect("sittings_session", 3),
        migrations.RunSQL(policy("sittings_item", BOTH), unpolicy("sittings_item")),
    ]
