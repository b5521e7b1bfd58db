"""The ledger's counts are asked of a function, whose plan is made once."""

from django.db import migrations

from guantong.mechanisms.clues import sql


class Migration(migrations.Migration):
    dependencies = [("clues", "0012_handled_first"), ("access", "0014_counted")]

    operations = [migrations.RunSQL([sql.COUNTS], ["DROP FUNCTION guantong_clue_counts"])]
