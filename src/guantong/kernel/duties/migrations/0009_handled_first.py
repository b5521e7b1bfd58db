"""Who keeps only a part of his sight no longer sees what is handled first."""

from django.db import migrations

from guantong.kernel.duties import sql


class Migration(migrations.Migration):
    dependencies = [("duties", "0008_occasion"), ("access", "0010_handled_first")]

    operations = [migrations.RunSQL([sql.EXPIRE], migrations.RunSQL.noop)]
