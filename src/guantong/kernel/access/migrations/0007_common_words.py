"""Common words are looked for among one's own newest matters, without gathering all that match first."""

from django.db import migrations

from guantong.kernel.access import sql


class Migration(migrations.Migration):
    dependencies = [("access", "0006_same_names")]

    operations = [migrations.RunSQL([sql.SEARCH_WORDS], migrations.RunSQL.noop)]
