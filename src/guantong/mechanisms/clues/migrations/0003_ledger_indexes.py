"""Indexes for what desks and ledgers ask beyond the visibility table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0002_need_to_know"),
        ("journal", "0001_initial"),
        ("matters", "0001_initial"),
        ("papers", "0001_initial"),
    ]

    operations = [
        # closed this month: the entries that closed something, by day
        migrations.RunSQL(
            "CREATE INDEX entry_closed_on ON journal_entry (happened_on, matter_id)"
            " WHERE state_to = 'closed' AND state_from <> 'closed'",
            "DROP INDEX entry_closed_on",
        ),
        # papers that wait to be checked, signed or sent: few among all ever written
        migrations.RunSQL(
            "CREATE INDEX paper_in_work ON papers_paper (organ_id, id) WHERE state IN ('draft', 'checked', 'signed')",
            "DROP INDEX paper_in_work",
        ),
        # extensions asked for and not yet decided
        migrations.RunSQL(
            "CREATE INDEX handling_asks ON clues_handling (matter_id) WHERE extension_until IS NOT NULL",
            "DROP INDEX handling_asks",
        ),
        # the clues of one handling department or custodian
        migrations.RunSQL(
            "CREATE INDEX party_now ON matters_party (organ_id, role, matter_id) WHERE until IS NULL",
            "DROP INDEX party_now",
        ),
        migrations.RunSQL(
            "CREATE INDEX party_officer_now ON matters_party (officer_id, role, matter_id)"
            " WHERE until IS NULL AND officer_id IS NOT NULL",
            "DROP INDEX party_officer_now",
        ),
    ]
