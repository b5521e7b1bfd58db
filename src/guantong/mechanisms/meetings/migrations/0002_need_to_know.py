"""Need to know for meetings, enforced by the database: papers of items are read by who attends, and nobody else."""

from django.db import migrations

from guantong.kernel.access.policies import PRINCIPALS, policy, protect, sees, unpolicy


def own(table: str, organ: str) -> str:
    """Return the condition that the row is the reader's own, or that he sees the meeting wholly."""
    matter = f"{table}.matter_id"
    return f"{sees(matter, 3)} OR ({table}.{organ} = ANY ({PRINCIPALS}) AND {sees(matter, 1)})"


def shown_to(table: str, organ: str) -> migrations.RunSQL:
    """Return the migration that shows a row to whose it is, and to those who see the meeting wholly."""
    return migrations.RunSQL(policy(table, own(table, organ)), unpolicy(table))


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("access", "0011_shallower_sight")]

    operations = [
        protect("meetings_meeting", 1),
        shown_to("meetings_invitee", "organ_id"),
        protect("meetings_item", "CASE WHEN meetings_item.state = 'accepted' THEN 2 ELSE 3 END"),
        protect("meetings_itempaper", 3),
        protect("meetings_followup", 3),
        shown_to("meetings_decision", "owner_id"),
    ]
