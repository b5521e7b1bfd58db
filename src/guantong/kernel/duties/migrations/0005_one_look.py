"""Who sees a duty, asked with one look at the matter's readers, and by index for each duty read.

With a depth that follows the row the planner cannot gather all that a reader sees into a hash first, which it
took for cheaper even where a list ends after twenty rows.
"""

from django.db import migrations

from guantong.kernel.access.policies import PRINCIPALS, policy, sees, unpolicy

DEPTH = (
    f"CASE WHEN duties_duty.holder_id = ANY ({PRINCIPALS}) OR duties_duty.claimant_id = ANY ({PRINCIPALS})"
    " THEN 1 ELSE 3 END"
)


class Migration(migrations.Migration):
    dependencies = [("duties", "0004_own_indexes_only"), ("access", "0006_same_names")]

    operations = [
        migrations.RunSQL(
            [*unpolicy("duties_duty"), *policy("duties_duty", sees("duties_duty.matter_id", DEPTH))],
            migrations.RunSQL.noop,
        )
    ]
