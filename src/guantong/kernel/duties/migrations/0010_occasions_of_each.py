"""A cadence may open one matter for each organ, and say which body is to sit."""

import django.db.models.deletion
from django.db import migrations, models

from guantong.kernel.duties import sql


class Migration(migrations.Migration):
    dependencies = [("duties", "0009_handled_first"), ("organs", "0004_bodies_and_stakes")]

    operations = [
        migrations.AddField("occasion", "body", models.CharField(blank=True, default="", max_length=64)),
        migrations.AlterField("occasion", "body", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "occasion",
            "organ",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organs.organ",
            ),
        ),
        migrations.RemoveConstraint("occasion", "occasion_once"),
        migrations.AddConstraint(
            "occasion",
            models.UniqueConstraint(
                fields=("jurisdiction", "clause", "cadence", "begins_on", "organ"),
                name="occasion_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RunSQL(
            [sql.OCCASIONS_OF_EACH, *sql.make_definers(sql.OCCASION_DEFINERS)], migrations.RunSQL.noop
        ),
    ]
