"""Need to know for closes: what stands behind a figure is seen by who sees close and matter wholly."""

from django.db import migrations

from guantong.kernel.access.policies import policy, protect, sees, unpolicy


def both(table: str) -> migrations.RunSQL:
    """Show rows to who sees both of their matters."""
    condition = sees(f"{table}.matter_id", 3) + " AND " + sees(f"{table}.about_id", 3)
    return migrations.RunSQL(policy(table, condition), unpolicy(table))


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial"), ("access", "0006_same_names")]

    operations = [
        protect("returns_close", 3),
        both("returns_behind"),
        both("returns_adjustment"),
    ]
