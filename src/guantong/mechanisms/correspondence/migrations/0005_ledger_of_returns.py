"""What the ledger counts beside the returns of a summary: numbers alone."""

from django.db import migrations

from guantong.kernel.access.sql import make_definers
from guantong.mechanisms.correspondence import sql


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0004_need_to_know_of_copies"), ("duties", "0008_occasion")]

    operations = [
        migrations.RunSQL(
            [sql.LEDGER, *make_definers(sql.DEFINERS)], ["DROP FUNCTION guantong_ledger_of_returns(uuid)"]
        ),
    ]
