"""What is withdrawn ends before the new is given: one's sight of a matter can be made shallower in one act."""

from django.db import migrations

from guantong.kernel.access import sql


class Migration(migrations.Migration):
    dependencies = [("access", "0010_handled_first")]

    operations = [migrations.RunSQL([sql.GRANT], migrations.RunSQL.noop)]
