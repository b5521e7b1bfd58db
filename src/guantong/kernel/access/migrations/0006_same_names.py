"""Same names looked up by equality; one index less to keep with every grant."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT

from guantong.kernel.access import sql


class Migration(migrations.Migration):
    dependencies = [("access", "0005_platform_day")]

    operations = [
        migrations.RunSQL(
            [sql.SAME_NAMES, *sql.make_definers(sql.SAME_NAMING)],
            "DROP FUNCTION guantong_same_names(text[], text[], integer)",
        ),
        migrations.AlterField(
            "grant",
            "matter",
            models.ForeignKey("matters.Matter", PROTECT, related_name="grants", db_index=False),
        ),
    ]
