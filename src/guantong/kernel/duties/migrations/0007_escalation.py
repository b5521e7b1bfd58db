"""Steps of escalation: when the next one comes, and which row of the matter a duty is about."""

from django.db import migrations, models

from guantong.kernel.duties import sql


class Migration(migrations.Migration):
    dependencies = [("duties", "0006_written_by_who_acts")]

    operations = [
        migrations.AddField("duty", "item", models.UUIDField(null=True)),
        migrations.AddField("duty", "escalated", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("duty", "escalates_on", models.DateField(null=True)),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                fields=["escalates_on"],
                name="duty_escalates",
                condition=models.Q(state="open", escalates_on__isnull=False),
            ),
        ),
        migrations.RunSQL([sql.ESCALATING], ["DROP FUNCTION guantong_escalating(date, integer)"]),
        migrations.RunSQL(sql.make_definers(["guantong_escalating(date, integer)"]), migrations.RunSQL.noop),
    ]
