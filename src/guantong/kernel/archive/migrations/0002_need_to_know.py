"""Need to know for the archive, enforced by the database: a volume is seen by who sees its matter wholly."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial"), ("access", "0007_common_words")]

    operations = [protect("archive_volume", 3)]
