"""What was done at the same time and entered first fulfils a duty, whoever did it."""

from django.db import migrations

from guantong.kernel.duties import sql


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0010_occasions_of_each"),
        ("journal", "0001_initial"),
        ("matters", "0008_recipient"),
        ("access", "0013_today_once"),
    ]

    operations = [
        migrations.RunSQL(
            [sql.DONE_BESIDE, *sql.make_definers(sql.BESIDE_DEFINERS)],
            "DROP FUNCTION guantong_done_beside(uuid, boolean, text[], date, date)",
        )
    ]
