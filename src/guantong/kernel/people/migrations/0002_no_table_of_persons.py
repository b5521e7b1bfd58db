"""A person is who has the same identity number; what a table of persons would tell is told to nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("access", "0002_row_level_security")]

    operations = [
        migrations.RemoveField(model_name="subject", name="person"),
        migrations.DeleteModel(name="Person"),
        migrations.RunSQL(
            ["DROP FUNCTION IF EXISTS guantong_person(uuid, text, text)"], migrations.RunSQL.noop
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("id_number", ""), _negated=True),
                fields=["id_number"],
                name="subject_id_number",
            ),
        ),
    ]
