"""Grants in numbers, for the security administrator."""

from django.db import migrations

from guantong.kernel.access import sql


class Migration(migrations.Migration):
    dependencies = [("access", "0002_row_level_security")]

    operations = [
        migrations.RunSQL([sql.COUNTS], ["DROP FUNCTION guantong_grant_counts()"]),
        migrations.RunSQL(sql.make_definers(sql.COUNTING), migrations.RunSQL.noop),
    ]
