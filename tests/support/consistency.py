"""Is what is derived in agreement with what it is derived from (一致性核对)?

Grants and the visibility rows made of them, chains and their heads, duties and the entries that opened and
ended them, states. Works on any connection that sees everything: the owner's after `SET ROLE
guantong_search`, or the platform's own within `sight_of_everybody()` (who see the grants of a matter are
those who see all of it, so a draft's grants are compared on the owner's connection only).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

from guantong.kernel.access.scope import scope_of
from guantong.kernel.journal.verify import Report, verify_records
from guantong.kernel.journal.verify_db import entry_record
from guantong.kernel.organs.models import Officer, Organ

ENTRIES = """
SELECT id, matter_id, seq, prev, act, happened_on, recorded_at, post_id, organ_id, officer_name, capacity,
  clauses::text, depth, state_from, state_to, content_digest, hash
FROM journal_entry ORDER BY id
"""
CONTENTS = "SELECT entry_id, salt, body FROM journal_content ORDER BY entry_id"

CHECKS = {
    "visibility differs from the grants in force": """
WITH readable AS (
  SELECT v.matter_id FROM access_visibility v WHERE v.depth = 3 OR current_user = 'guantong_search'
), wanted AS (
  SELECT DISTINCT ON (matter_id, principal) matter_id, principal, depth,
    coalesce(until, DATE '9999-12-31') AS until
  FROM access_grant WHERE revoked_at IS NULL
  ORDER BY matter_id, principal, depth DESC, until DESC NULLS FIRST
)
SELECT coalesce(w.matter_id, v.matter_id), coalesce(w.principal, v.principal), w.depth, v.depth
FROM wanted w FULL JOIN access_visibility v USING (matter_id, principal)
WHERE (w.depth, w.until) IS DISTINCT FROM (v.depth, v.until)
  AND coalesce(w.matter_id, v.matter_id) IN (SELECT matter_id FROM readable)""",
    "visibility differs from its matter": """
SELECT v.matter_id, v.principal, v.state, m.state FROM access_visibility v JOIN matters_matter m
  ON m.id = v.matter_id
WHERE (v.kind, v.state, v.is_open, v.listed_on)
  IS DISTINCT FROM (m.kind, m.state, m.is_open, m.happened_on)""",
    "visibility has another next date than the duties": """
SELECT v.matter_id, v.principal, v.due_on FROM access_visibility v WHERE v.due_on IS DISTINCT FROM coalesce((
  SELECT min(d.due_on) FROM duties_duty d WHERE d.matter_id = v.matter_id AND d.state = 'open'
    AND (v.depth = 3 OR v.principal IN (d.holder_id, d.claimant_id))), DATE '9999-12-31')""",
    "a matter without any grant": """
SELECT m.id FROM matters_matter m
WHERE NOT EXISTS (SELECT 1 FROM access_grant g WHERE g.matter_id = m.id)
  AND (current_user = 'guantong_search' OR EXISTS (
    SELECT 1 FROM access_visibility v WHERE v.matter_id = m.id AND v.depth = 3))""",
    "a chain's head is not where the matter remembers it": """
SELECT m.id, m.chain_seq, e.top FROM matters_matter m LEFT JOIN (
  SELECT matter_id, max(seq) AS top, count(*) AS n FROM journal_entry GROUP BY matter_id
) e ON e.matter_id = m.id
WHERE m.chain_seq IS DISTINCT FROM e.top OR e.n <> e.top OR m.chain_head IS DISTINCT FROM (
  SELECT hash FROM journal_entry x WHERE x.matter_id = m.id AND x.seq = m.chain_seq)""",
    "a matter is not in the state its last entry led to": """
SELECT m.id, m.state, e.state_to FROM matters_matter m JOIN journal_entry e
  ON e.matter_id = m.id AND e.seq = m.chain_seq WHERE m.state <> e.state_to""",
    "an entry without content that nobody expunged": """
SELECT e.id FROM journal_entry e WHERE NOT EXISTS (SELECT 1 FROM journal_content c WHERE c.entry_id = e.id)
  AND NOT EXISTS (SELECT 1 FROM journal_expunction x WHERE x.entry_id = e.id)""",
    "a duty that no entry of its matter opened": """
SELECT d.id FROM duties_duty d WHERE NOT EXISTS (
  SELECT 1 FROM journal_entry e WHERE e.id = d.opened_by AND e.matter_id = d.matter_id)""",
    "a duty ended without its day and entry, or alive with them": """
SELECT d.id, d.state FROM duties_duty d WHERE (d.state IN ('discharged', 'cancelled'))
  <> (d.ended_on IS NOT NULL AND EXISTS (SELECT 1 FROM journal_entry e WHERE e.id = d.ended_by))""",
    "a paused duty without the day, or another with it": """
SELECT d.id FROM duties_duty d WHERE d.state = 'paused' AND d.paused_on IS NULL
  OR d.state = 'open' AND d.paused_on IS NOT NULL""",
    "a closed clue that still owes what had to come first": """
SELECT d.id FROM duties_duty d JOIN matters_matter m ON m.id = d.matter_id
WHERE m.kind = 'clue' AND m.state = 'closed' AND d.closing AND d.state IN ('open', 'paused')""",
    "two parties of one role at a time": """
SELECT matter_id, role FROM matters_party WHERE until IS NULL GROUP BY matter_id, role HAVING count(*) > 1""",
    "a clue without its own row": """
SELECT m.id FROM matters_matter m WHERE m.kind = 'clue'
  AND NOT EXISTS (SELECT 1 FROM clues_clue c WHERE c.matter_id = m.id)""",
    "a grant of an entry that is not there": """
SELECT g.id FROM access_grant g WHERE g.entry IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.id = g.entry)""",
    "numbers of papers with a double or a gap": """
SELECT organ_id, series, year, count(*), max(serial) FROM papers_paper WHERE serial IS NOT NULL
GROUP BY organ_id, series, year HAVING count(DISTINCT serial) <> max(serial)""",
}


@contextmanager
def sight_of_everybody() -> Iterator[None]:
    """See, as the platform, everything that anybody has a grant for."""
    organs = list(Organ.objects.values_list("pk", flat=True))
    officers = [-pk for pk in Officer.objects.values_list("pk", flat=True)]
    with scope_of([*organs, *officers]):
        yield


def problems(cursor: Any) -> list[str]:
    """Return what is not as it should be, one line for each row; empty where all agrees."""
    found = []
    for what, query in CHECKS.items():
        cursor.execute(query)
        found += [f"{what}: {row}" for row in cursor.fetchall()]
    return found


def problems_now() -> list[str]:
    """Return the problems as the platform can see them, within the present transaction or its own."""
    with sight_of_everybody(), connection.cursor() as cursor:
        return [*problems(cursor), *chain_problems(cursor)]


def problems_committed() -> list[str]:
    """Return the problems of what is committed, seen past every policy (for the owner's nightly check)."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET ROLE guantong_search")
        try:
            cursor.execute("SELECT count(*) FROM matters_matter")
            return [*problems(cursor), *chain_problems(cursor)]
        finally:
            cursor.execute("RESET ROLE")


def chain_problems(cursor: Any) -> list[str]:
    """Return what the verifier says against the journal's chains, hashes and contents."""
    cursor.execute(ENTRIES)
    entries = [entry_record(row) for row in cursor.fetchall()]
    cursor.execute(CONTENTS)
    import json

    contents = [
        {
            "entry": entry,
            "salt": bytes(salt).hex(),
            "content": json.loads(body) if isinstance(body, str) else body,
        }
        for entry, salt, body in cursor.fetchall()
    ]
    report: Report = verify_records(entries, contents, [])
    return [str(problem) for problem in report.faults]
