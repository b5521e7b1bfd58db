"""Need to know for reminders, enforced by the database: as deep as their letters go."""

from django.db import migrations

from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [("reminders", "0001_initial"), ("access", "0005_platform_day")]

    operations = [protect("reminders_reminder", "reminders_reminder.depth")]
