"""Need to know for copies, enforced by the database: who reads the letter sees who else gets it."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0003_copy"), ("access", "0012_recipients")]

    operations = [protect("correspondence_copy", 2)]
