"""What is owed between bodies, in outline, for the coordinating office (CD-1.1)."""

from django.db import migrations

from guantong.insight import console_sql
from guantong.kernel.access.sql import make_definers


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_figures_indexes"), ("duties", "0008_occasion")]

    operations = [
        migrations.RunSQL(
            [console_sql.BETWEEN, *make_definers(console_sql.DEFINERS)],
            ["DROP FUNCTION guantong_between(text, date, integer)"],
        )
    ]
