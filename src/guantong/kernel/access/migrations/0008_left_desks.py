"""Desks that were not handed over, in numbers, for the system administrator."""

from django.db import migrations

from guantong.kernel.access import sql


class Migration(migrations.Migration):
    dependencies = [("access", "0007_common_words"), ("organs", "0003_leave")]

    operations = [
        migrations.RunSQL(
            [
                sql.LEFT_DESKS,
                *sql.make_definers(sql.LEAVING),
                "GRANT SELECT ON organs_post TO guantong_search",
            ],
            ["DROP FUNCTION guantong_left_desks(date)", "REVOKE SELECT ON organs_post FROM guantong_search"],
        ),
    ]
