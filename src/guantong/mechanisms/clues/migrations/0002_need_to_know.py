"""Need to know for clues, enforced by the database."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("clues", "0001_initial"), ("access", "0002_row_level_security")]

    operations = [
        protect("clues_clue", 2),
        protect("clues_handling", 3),
        protect("clues_feedback", 2),
    ]
