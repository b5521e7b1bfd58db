"""Need to know, enforced by the database."""

from django.db import migrations

from guantong.kernel.access import sql
from guantong.kernel.access.policies import PRINCIPALS, policy, protect, sees, unpolicy

PARTY_DEPTH = (
    "CASE WHEN matters_party.role IN ('sender', 'receiver', 'author', 'executing') THEN 1 ELSE 3 END"
)
DUTY = (
    sees("duties_duty.matter_id", 3)
    + f" OR ((holder_id = ANY ({PRINCIPALS}) OR claimant_id = ANY ({PRINCIPALS})) AND "
    + sees("duties_duty.matter_id", 1)
    + ")"
)
WRITES_OF_DEFINER = [
    "GRANT INSERT, UPDATE, DELETE ON access_grant, access_visibility, search_document, search_name"
    " TO guantong_search",
    "GRANT SELECT, INSERT ON journal_expunction TO guantong_search",
    "GRANT INSERT ON people_person TO guantong_search",
    "GRANT DELETE ON journal_content TO guantong_search",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guantong_search",
    "REVOKE INSERT, UPDATE, DELETE ON access_grant, access_visibility, search_document, search_name"
    " FROM guantong_app",
    "REVOKE SELECT ON search_document, search_name FROM guantong_app",
]
READINGS = [
    "ALTER TABLE journal_reading ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE journal_reading FORCE ROW LEVEL SECURITY",
    "CREATE POLICY write ON journal_reading FOR INSERT TO guantong_app WITH CHECK (true)",
    "CREATE POLICY audit ON journal_reading FOR SELECT TO guantong_app"
    " USING ((SELECT guantong_administers()) = 'audit')",
]


def run(statements: list[str]) -> migrations.RunSQL:
    return migrations.RunSQL(statements, migrations.RunSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("accounts", "0001_initial"),
        ("matters", "0001_initial"),
        ("people", "0001_initial"),
        ("duties", "0001_initial"),
        ("journal", "0001_initial"),
        ("papers", "0001_initial"),
        ("search", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL([sql.GRANT, sql.SETTLE, sql.FUNCTIONS], migrations.RunSQL.noop),
        run(sql.make_definers()),
        run(policy("access_visibility", f"principal = ANY ({PRINCIPALS})")),
        protect("matters_matter", 1, matter="id"),
        protect("matters_party", PARTY_DEPTH),
        run(
            policy(
                "matters_link",
                sees("matters_link.source_id", 1) + " AND " + sees("matters_link.target_id", 1),
            )
        ),
        protect("matters_attachment", "matters_attachment.depth"),
        protect("people_subject", 2),
        run(
            policy(
                "people_person",
                "EXISTS (SELECT 1 FROM people_subject s WHERE s.person_id = people_person.id)",
            )
        ),
        migrations.RunSQL(policy("duties_duty", DUTY), unpolicy("duties_duty")),
        run(
            policy(
                "duties_dutychange",
                "EXISTS (SELECT 1 FROM duties_duty d WHERE d.id = duties_dutychange.duty_id)",
            )
        ),
        protect("journal_entry", "journal_entry.depth"),
        run(
            policy(
                "journal_content",
                "EXISTS (SELECT 1 FROM journal_entry e WHERE e.id = journal_content.entry_id)",
            )
        ),
        run(["CREATE POLICY append ON journal_content FOR INSERT TO guantong_app WITH CHECK (true)"]),
        protect("papers_paper", "papers_paper.depth"),
        protect("access_grant", 3),
        run(policy("search_document", "false")),
        run(policy("search_name", "false")),
        run(READINGS),
        run(WRITES_OF_DEFINER),
        run(sql.make_append_only()),
    ]
