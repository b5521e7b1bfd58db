"""What the sweep needs: its functions, and indexes over what is not yet noted."""

from django.db import migrations, models

from guantong.kernel.duties import sql


class Migration(migrations.Migration):
    dependencies = [
        ("duties", "0001_initial"),
        ("access", "0002_row_level_security"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                fields=["due_on"],
                name="duty_not_noted",
                condition=models.Q(state="open", overdue_noted=False),
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                fields=["matter"],
                name="duty_provisional",
                condition=models.Q(provisional=True, ended_on__isnull=True),
            ),
        ),
        migrations.RunSQL([sql.EXPIRE, sql.FUNCTIONS], migrations.RunSQL.noop),
        migrations.RunSQL(sql.make_definers(), migrations.RunSQL.noop),
        migrations.RunSQL(
            [
                "CREATE INDEX grant_until ON access_grant (until) WHERE revoked_at IS NULL AND until IS NOT NULL",
                "CREATE INDEX attachment_digest ON matters_attachment (digest)",
            ],
            ["DROP INDEX grant_until", "DROP INDEX attachment_digest"],
        ),
    ]
