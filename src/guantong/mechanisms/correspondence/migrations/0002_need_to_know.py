"""Need to know for correspondence, enforced by the database: what was said is read as deep as it was given."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0001_initial"), ("access", "0012_recipients")]

    operations = [
        protect("correspondence_correspondence", 1),
        protect("correspondence_turn", "correspondence_turn.depth"),
    ]
