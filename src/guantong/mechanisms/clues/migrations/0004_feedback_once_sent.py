"""A feedback is the sender's to read once it was sent, not while it is drafted."""

from django.db import migrations

from guantong.kernel.access.policies import policy, sees, unpolicy

DEPTH = "CASE WHEN clues_feedback.told_on IS NULL THEN 3 ELSE 2 END"


class Migration(migrations.Migration):
    dependencies = [("clues", "0003_ledger_indexes")]

    operations = [
        migrations.RunSQL(
            [*unpolicy("clues_feedback"), *policy("clues_feedback", sees("clues_feedback.matter_id", DEPTH))],
            migrations.RunSQL.noop,
        ),
    ]
