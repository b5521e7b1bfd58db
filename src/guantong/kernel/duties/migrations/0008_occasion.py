"""Periods in which something comes round (期次)."""

import django.db.models.deletion
from django.db import migrations, models

from guantong.kernel.access.policies import protect
from guantong.kernel.duties import sql
from guantong.kernel.matters.ids import new_id


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0007_escalation"),
        ("matters", "0003_matters_by_number"),
        ("organs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", models.UUIDField(default=new_id, editable=False, primary_key=True, serialize=False)),
                ("clause", models.CharField(max_length=16)),
                ("cadence", models.CharField(max_length=40)),
                ("begins_on", models.DateField(verbose_name="begins on")),
                ("ends_on", models.DateField(verbose_name="ends on")),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organs.jurisdiction",
                    ),
                ),
                (
                    "matter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occasion",
                        to="matters.matter",
                    ),
                ),
            ],
            options={
                "ordering": ["begins_on", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("jurisdiction", "clause", "cadence", "begins_on"), name="occasion_once"
                    )
                ],
            },
        ),
        protect("duties_occasion", 1),
        migrations.RunSQL(
            [sql.OCCASIONS, *sql.make_definers(sql.OCCASION_DEFINERS)], "DROP FUNCTION guantong_occasions()"
        ),
    ]
