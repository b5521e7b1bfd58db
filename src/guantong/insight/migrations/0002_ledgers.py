"""What enters and leaves the ledgers, the nightly balance, and who reads it."""

from django.db import migrations

from guantong.insight import balance_sql as sql
from guantong.kernel.access.policies import PRINCIPALS, policy, unpolicy
from guantong.kernel.access.sql import make_definers

OWN = f"organ_id = ANY ({PRINCIPALS}) OR (SELECT guantong_administers()) = 'system'"


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0001_initial"),
        ("clues", "0008_feedback_from_outside"),
        ("exchange", "0001_initial"),
        ("duties", "0008_occasion"),
        ("access", "0007_common_words"),
    ]

    operations = [
        migrations.RunSQL(policy("insight_balance", OWN), unpolicy("insight_balance")),
        migrations.RunSQL(
            [sql.CROSSING, sql.BOOK, sql.BALANCE, sql.BALANCE_AGE],
            [
                "DROP FUNCTION guantong_take_balance(date, timestamptz), guantong_balanced_on()",
                "DROP VIEW insight_book, insight_crossing",
            ],
        ),
        migrations.RunSQL([*make_definers(sql.DEFINERS), *sql.RIGHTS], migrations.RunSQL.noop),
    ]
