"""Whether other organs keep clues about the same person: a number, an organ, a year, nothing else."""

from django.db import migrations

from guantong.kernel.access.sql import make_definers
from guantong.mechanisms.clues import sql


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0005_book_record"),
        ("access", "0005_platform_day"),
        ("people", "0002_no_table_of_persons"),
    ]

    operations = [
        migrations.RunSQL([sql.FOLDED, sql.ELSEWHERE], migrations.RunSQL.noop),
        migrations.RunSQL([*make_definers(sql.DEFINERS), *sql.RIGHTS], migrations.RunSQL.noop),
    ]
