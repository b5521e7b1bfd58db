"""Clues under key supervision are handled first."""

from django.db import migrations

FIRST = """
UPDATE matters_matter m SET first = true
  FROM clues_supervision s WHERE s.matter_id = m.id AND s.lifted_on IS NULL
"""
TURN = """
UPDATE access_visibility v SET turn = 0
  FROM matters_matter m WHERE m.id = v.matter_id AND m.first AND v.depth = 3
"""


class Migration(migrations.Migration):
    dependencies = [("clues", "0011_import_stand"), ("access", "0010_handled_first")]

    operations = [migrations.RunSQL([FIRST, TURN], migrations.RunSQL.noop)]
