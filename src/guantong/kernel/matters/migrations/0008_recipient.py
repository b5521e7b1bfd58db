"""A letter between two bodies has a recipient."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0007_parties_of_meetings"),
    ]

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
                    ("recipient", "Recipient"),
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
    ]
