"""Who convenes a meeting is known to all who are invited; who owns the company that holds it, to its readers."""

from django.db import migrations, models

from guantong.kernel.access.policies import policy, sees, unpolicy

DEPTH = (
    "CASE WHEN matters_party.role IN"
    " ('sender', 'forwarder', 'receiver', 'author', 'executing', 'convener') THEN 1 ELSE 3 END"
)


class Migration(migrations.Migration):
    dependencies = [("matters", "0006_handled_first"), ("access", "0009_papers_received")]

    operations = [
        migrations.AlterField(
            model_name="party",
            name="role",
            field=models.CharField(
                choices=[
                    ("author", "Author"),
                    ("executing", "Executing department"),
                    ("sender", "Sender"),
                    ("forwarder", "Forwarding organ"),
                    ("receiver", "Case supervision"),
                    ("handler", "Handling department"),
                    ("custodian", "Custodian"),
                    ("approver", "Approving leader"),
                    ("issuer", "Issuer of the letter"),
                    ("addressee", "Addressee of the letter"),
                    ("convener", "Convener"),
                    ("overseer", "Owner"),
                    ("participant", "Organ invited"),
                ],
                max_length=16,
            ),
        ),
        migrations.RunSQL(
            [*unpolicy("matters_party"), *policy("matters_party", sees("matters_party.matter_id", DEPTH))],
            migrations.RunSQL.noop,
        ),
    ]
