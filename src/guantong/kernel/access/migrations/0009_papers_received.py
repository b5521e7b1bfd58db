"""Need to know for papers received: only the body that received them reads its register."""

from django.db import migrations

from guantong.kernel.access.policies import PRINCIPALS, policy, sees, unpolicy

OWN = f"organ_id = ANY ({PRINCIPALS}) AND " + sees("papers_incoming.matter_id", "papers_incoming.depth")


class Migration(migrations.Migration):
    dependencies = [("access", "0008_left_desks"), ("papers", "0003_registers")]

    operations = [migrations.RunSQL(policy("papers_incoming", OWN), unpolicy("papers_incoming"))]
