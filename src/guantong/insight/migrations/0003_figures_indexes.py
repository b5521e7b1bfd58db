"""Indexes that only figures need: by the day a duty falls due, an act was done, a hop ended."""

from django.db import migrations

INDEXES = {
    "figures_duty_due": "duties_duty (due_on)",
    "figures_entry_act": "journal_entry (act, happened_on)",
    "figures_clue_sent": "clues_clue (sent_on)",
    "figures_clue_received": "clues_clue (received_on)",
    "figures_clue_assigned": "clues_handling (assigned_on)",
    "figures_clue_concluded": "clues_handling (concluded_on)",
    "figures_clue_told": "clues_feedback (told_on)",
    "figures_reminder_drafted": "reminders_reminder (drafted_for)",
}


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0002_ledgers"),
        ("duties", "0008_occasion"),
        ("journal", "0001_initial"),
        ("clues", "0007_supervision"),
        ("reminders", "0002_need_to_know"),
    ]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {of}", f"DROP INDEX {name}")
        for name, of in INDEXES.items()
    ]
