"""Need to know for handovers, enforced by the database: a row is seen by who sees the matter it is about."""

from django.db import migrations

from guantong.kernel.access.policies import policy, protect, sees, unpolicy

BOTH = (
    sees("handovers_item.matter_id", 3)
    + " AND (handovers_item.about_id IS NULL OR "
    + sees("handovers_item.about_id", 3)
    + ")"
)


class Migration(migrations.Migration):
    dependencies = [("handovers", "0001_initial"), ("access", "0007_common_words")]

    operations = [
        protect("handovers_handover", 3),
        migrations.RunSQL(policy("handovers_item", BOTH), unpolicy("handovers_item")),
    ]
