"""Under which adoption a duty was born, and how many are still owed under one."""

import django.db.models.deletion
from django.db import migrations, models

from guantong.kernel.duties import sql


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_row_level_security"),
        ("duties", "0002_sweep"),
        ("measures", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="adoption",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="measures.adoption",
            ),
        ),
        migrations.RunSQL([sql.UNDER_ADOPTION], ["DROP FUNCTION guantong_duties_under(bigint[])"]),
        migrations.RunSQL(sql.make_definers(sql.COUNTING), migrations.RunSQL.noop),
    ]
