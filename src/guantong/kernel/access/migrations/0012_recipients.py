"""The recipient of a letter is known to whoever sees its matter."""

from django.db import migrations

from guantong.kernel.access.policies import policy, sees, unpolicy

KNOWN = "('sender', 'forwarder', 'receiver', 'recipient', 'author', 'executing', 'convener')"
DEPTH = f"CASE WHEN matters_party.role IN {KNOWN} THEN 1 ELSE 3 END"


class Migration(migrations.Migration):
    dependencies = [("access", "0011_shallower_sight"), ("matters", "0008_recipient")]

    operations = [
        migrations.RunSQL(
            [*unpolicy("matters_party"), *policy("matters_party", sees("matters_party.matter_id", DEPTH))],
            migrations.RunSQL.noop,
        ),
    ]
