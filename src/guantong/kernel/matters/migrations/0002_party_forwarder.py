"""A forwarded matter keeps its sender; who forwarded it is a party of its own, known to both sides."""

from django.db import migrations, models

from guantong.kernel.access.policies import policy, sees, unpolicy

DEPTH = (
    "CASE WHEN matters_party.role IN ('sender', 'forwarder', 'receiver', 'author', 'executing')"
    " THEN 1 ELSE 3 END"
)


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial"), ("access", "0005_platform_day")]

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
                ],
                max_length=16,
            ),
        ),
        migrations.RunSQL(
            [*unpolicy("matters_party"), *policy("matters_party", sees("matters_party.matter_id", DEPTH))],
            migrations.RunSQL.noop,
        ),
    ]
