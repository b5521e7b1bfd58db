"""A letter has an issuer and an addressee."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0003_matters_by_number"),
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
                    ("handler", "Handling department"),
                    ("custodian", "Custodian"),
                    ("approver", "Approving leader"),
                    ("issuer", "Issuer of the letter"),
                    ("addressee", "Addressee of the letter"),
                ],
                max_length=16,
            ),
        ),
    ]
