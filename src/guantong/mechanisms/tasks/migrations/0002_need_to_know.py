"""Need to know for tasks, enforced by the database; and the outline of what is below a task."""

from django.db import migrations

from guantong.kernel.access.policies import protect
from guantong.kernel.access.sql import make_definers
from guantong.mechanisms.tasks import sql


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial"), ("access", "0009_papers_received")]

    operations = [
        protect("tasks_task", 3),
        migrations.RunSQL(
            [sql.PARTS, *make_definers(sql.DEFINERS)], ["DROP FUNCTION guantong_task_parts(uuid[])"]
        ),
    ]
