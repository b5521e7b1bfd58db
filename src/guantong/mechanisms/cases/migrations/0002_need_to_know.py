"""Need to know for cases, enforced by the database."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("access", "0002_row_level_security")]

    operations = [protect("cases_case", 3)]
