"""The recipient of a letter is known to whoever sees its matter; what is taken away is taken before it is given."""

from django.db import migrations

from guantong.kernel.access import sql
from guantong.kernel.access.policies import policy, sees, unpolicy

KNOWN = "('sender', 'forwarder', 'receiver', 'recipient', 'author', 'executing')"
DEPTH = f"CASE WHEN matters_party.role IN {KNOWN} THEN 1 ELSE 3 END"


class Migration(migrations.Migration):
    dependencies = [("access", "0009_papers_received"), ("matters", "0006_recipient")]

    operations = [
        migrations.RunSQL(
            [*unpolicy("matters_party"), *policy("matters_party", sees("matters_party.matter_id", DEPTH))],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL([sql.GRANTING], migrations.RunSQL.noop),
    ]
