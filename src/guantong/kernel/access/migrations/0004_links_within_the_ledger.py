"""That two clues are about the same is the ledger's business: their sender sees neither link nor reason."""

from django.db import migrations

from guantong.kernel.access.policies import policy, sees, unpolicy

DEPTH = "CASE WHEN matters_link.kind IN ('duplicate', 'merged') THEN 3 ELSE 1 END"
SEEN = sees("matters_link.source_id", DEPTH) + " AND " + sees("matters_link.target_id", 1)


class Migration(migrations.Migration):
    dependencies = [("access", "0003_grant_counts")]

    operations = [
        migrations.RunSQL([*unpolicy("matters_link"), *policy("matters_link", SEEN)], migrations.RunSQL.noop)
    ]
