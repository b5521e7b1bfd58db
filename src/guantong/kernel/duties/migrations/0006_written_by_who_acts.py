"""Whoever acts on a matter writes what follows from it, also duties between others that he will not read.

A rule of a measure names holder and claimant freely; an organ that forwards a matter need be neither.
"""

from django.db import migrations

from guantong.kernel.access.policies import sees


class Migration(migrations.Migration):
    dependencies = [("duties", "0005_one_look")]

    operations = [
        migrations.RunSQL(
            [f"ALTER POLICY need_to_know ON duties_duty WITH CHECK ({sees('duties_duty.matter_id', 2)})"],
            migrations.RunSQL.noop,
        ),
    ]
