"""Need to know for inspection rounds, enforced by the database."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("rounds", "0001_initial"), ("access", "0005_platform_day")]

    operations = [
        protect("rounds_round", 2),
        protect("rounds_item", 2, matter="round_id"),
    ]
