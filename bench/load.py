"""Fills the bench database with many clues, by INSERT … SELECT as the superuser of the embedded server.

The rows have the shape that acts give them, but no act made them: hashes are of the right form and wrong.
Nothing here is used by the platform; a bench database is never anything else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import Any

import psycopg

from guantong.demo import content
from guantong.demo.city import City
from guantong.kernel import clock
from guantong.kernel.calendar import Period, deadline, get_calendar
from guantong.kernel.matters.ids import new_id
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.search.text import to_tsvector_text

YEARS = 20
UNITS = 1_500
TABLES = [
    "matters_matter", "matters_party", "matters_attachment", "people_subject", "access_grant",
    "access_visibility", "clues_clue", "clues_handling", "clues_feedback", "duties_duty", "journal_entry",
    "journal_content", "papers_paper", "search_document", "search_name",
]  # fmt: skip
EMPTY = {
    "character varying": "''", "text": "''", "boolean": "false", "jsonb": "'{}'", "integer": "0",
    "smallint": "0", "bigint": "0",
}  # fmt: skip
SINGLE = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红玲芬燕彬凤洁梅琳雷斌浩宇凯喆珺玥垚赟䶮"

STAGE = """
CREATE UNLOGGED TABLE bench_clue AS
WITH base AS (
  SELECT i, (DATE %(today)s - (%(days)s - (i::bigint * %(days)s / %(count)s)::int)) AS day,
    i > %(count)s - %(open)s AS is_open
  FROM generate_series(1::bigint, %(count)s) i
)
SELECT b.i, uuidv7(make_interval(days => b.day - CURRENT_DATE)) AS id, b.day, b.is_open,
  CASE WHEN NOT b.is_open THEN 'closed'
    ELSE (ARRAY['received','assignment_proposed','assigned','accepted','handling','handling','handling',
                'handling_proposed','paused','concluded'])[(1 + b.i %% 10)::int] END AS state,
  (%(senders)s::bigint[])[(1 + b.i %% %(n_senders)s)::int] AS sender,
  (%(drafters)s::bigint[])[(1 + b.i %% %(n_senders)s)::int] AS drafter,
  (%(handlers)s::bigint[])[(1 + b.i %% %(n_handlers)s)::int] AS handler,
  (%(custodians)s::bigint[])[(1 + b.i %% %(n_handlers)s)::int] AS custodian,
  n.name, u.unit, t.allegation, t.words || ' ' || n.words || ' ' || u.words AS words,
  b.day + 91 AS due,
  '清纪线索〔' || extract(year FROM b.day) || '〕'
    || row_number() OVER (PARTITION BY extract(year FROM b.day) ORDER BY b.i) || '号' AS number
FROM base b
JOIN bench_name n ON n.k = (b.i * 7919 %% %(n_names)s)
JOIN bench_unit u ON u.k = (b.i * 31 %% %(n_units)s)
JOIN bench_text t ON t.k = (b.i * 17 %% %(n_texts)s)
"""
ROWS = [
    """INSERT INTO matters_matter (id, kind, number, title, secrecy, state, is_open, happened_on, recorded_at,
         version, chain_seq, chain_head, jurisdiction_id, organ_id)
       SELECT id, 'clue', number, '反映' || unit || name || '涉嫌违纪的问题', 'work', state, is_open, day, day + time '10:00',
         {entries}, {entries}, {hash}, {place}, {receiver} FROM bench_clue""",
    """INSERT INTO clues_clue (matter_id, source, sender_name, letter_number, letter_date, letter_signer,
         on_paper, sent_on, received_on, category, allegation, amount, unit, evidence, concluded_on)
       SELECT id, 'audit', '清川市审计局', '清审移〔2026〕' || i || '号', day, '何嘉禾', i % 4 = 0, day, day,
         'discipline', allegation, 10000 * (1 + i % 500), unit, '[{{"title": "合同", "pages": 12}}]', day
       FROM bench_clue""",
    """INSERT INTO clues_handling (matter_id, assignment_rule, assignment_reason, assigned_on, accepted_on, way,
         plan, paused_for, extension_reason, result, result_text, concluded_on, proposed_handler_id)
       SELECT id, '部门分工', '按联系单位分办', day + 3, day + 5, 'verify', '初步核实', '', '',
         CASE WHEN is_open THEN '' ELSE 'closed' END, CASE WHEN is_open THEN '' ELSE '不属实' END,
         CASE WHEN is_open THEN NULL ELSE day + 80 END, handler FROM bench_clue""",
    """INSERT INTO people_subject (id, name, id_number, unit, post, post_on, authority, matter_id)
       SELECT uuidv7(), name, '', unit, '副局长', day, 'city', id FROM bench_clue""",
    """INSERT INTO matters_party (id, role, since, reason, matter_id, officer_id, organ_id)
       SELECT uuidv7(), p.role, c.day + time '10:00', '', c.id, p.officer, p.organ FROM bench_clue c
       CROSS JOIN LATERAL (VALUES ('sender', c.sender, c.drafter), ('receiver', {receiver}, NULL::bigint),
         ('handler', c.handler, NULL), ('custodian', c.handler, c.custodian)) p(role, organ, officer)""",
    """INSERT INTO access_grant (principal, depth, basis, given_at, matter_id)
       SELECT g.principal, g.depth, 'bench', c.day + time '10:00', c.id FROM bench_clue c
       CROSS JOIN LATERAL (VALUES (c.sender, 2), (-c.drafter, 2), ({receiver}::bigint, 3),
         ({leaders}::bigint, 3), (c.handler, 3)) g(principal, depth)""",
    """INSERT INTO access_visibility (principal, depth, kind, state, is_open, turn, due_on, listed_on, until, matter_id)
       SELECT g.principal, g.depth, 'clue', c.state, c.is_open, CASE WHEN g.depth = 3 THEN 0 ELSE 1 END,
         CASE WHEN c.is_open THEN c.due ELSE DATE '9999-12-31' END, c.day, DATE '9999-12-31', c.id
       FROM bench_clue c CROSS JOIN LATERAL (VALUES (c.sender, 2), (-c.drafter, 2), ({receiver}::bigint, 3),
         ({leaders}::bigint, 3), (c.handler, 3)) g(principal, depth)""",
    """INSERT INTO duties_duty (id, clause, rule, name, name_en, holder_party, claimant_party, opened_by, start_fact,
         starts_on, due_on, first_due_on, provisional, explanation, state, ended_on, closing, overdue_noted,
         claimant_id, holder_id, matter_id, measure_version_id)
       SELECT uuidv7(), d.clause, d.rule, d.name, d.name, d.hp, d.cp, 1, 'received_on', c.day, c.day + d.days,
         c.day + d.days, false, {explanation}, CASE WHEN c.is_open AND d.late THEN 'open' ELSE 'discharged' END,
         CASE WHEN c.is_open AND d.late THEN NULL ELSE c.day + d.days - 1 END, d.late, true,
         d.claimant, d.holder, c.id, {version} FROM bench_clue c
       CROSS JOIN LATERAL (VALUES
         ('CZ-3.2', 'receipt', '出具回执', 'receiver', 'sender', 5, false, c.sender, {receiver}::bigint),
         ('CZ-3.2', 'assignment', '提出分办意见', 'receiver', '', 7, false, NULL, {receiver}),
         ('GR-21', 'proposal', '提出处置意见', 'handler', 'receiver', 31, false, {receiver}, c.handler),
         ('CZ-4.1', 'handle', '办结线索', 'handler', 'receiver', 91, true, {receiver}, c.handler),
         ('CZ-4.1', 'close', '办结并反馈结果', 'receiver', 'sender', 91, true, c.sender, {receiver}),
         ('CZ-3.3', 'feedback', '书面反馈办理进展', 'receiver', 'sender', 91, true, c.sender, {receiver})
       ) d(clause, rule, name, hp, cp, days, late, claimant, holder)""",
    """WITH made AS (
         INSERT INTO journal_entry (seq, act, officer_name, capacity, clauses, depth, happened_on, recorded_at,
           state_from, state_to, prev, content_digest, hash, matter_id, organ_id, post_id)
         SELECT s, (ARRAY['clue.register','clue.propose_assignment','clue.approve_assignment','clue.accept',
             'clue.propose_handling','clue.approve_handling','clue.report_progress','clue.conclude'])[1 + (s - 1) % 8],
           '沈若川', '清川市纪委监委案件监督管理室 工作人员', '["CZ-3.2"]', CASE WHEN s = 1 THEN 2 ELSE 3 END,
           c.day + s * 5, c.day + s * 5 + time '10:00', '',
           CASE WHEN s = {entries} THEN c.state ELSE 'handling' END, CASE WHEN s = 1 THEN '' ELSE {hash} END,
           {hash}, 'sm3:' || encode(sha256((c.i::text || '/' || s)::bytea), 'hex'), c.id, {receiver}, {post}
         FROM bench_clue c CROSS JOIN generate_series(1, {entries}) s RETURNING id)
       INSERT INTO journal_content (entry_id, salt, body)
       SELECT id, decode(repeat('ab', 32), 'hex'), '{{"data": {{"happened_on": "2026-01-05", "reason": "按分工"}}}}'
       FROM made""",
    """INSERT INTO papers_paper (id, kind, title, depth, state, series, year, serial, number, letter, facts,
         flagged, signed_by, signed_on, dispatched_on, void_reason, recorded_at, matter_id, organ_id)
       SELECT uuidv7(), p.kind, p.title, 2, 'dispatched', p.series, extract(year FROM c.day), c.i,
         '清纪' || p.series || '〔2026〕' || c.i || '号', {letter}, '{{}}', '', '陆知行', c.day + 3, c.day + 4, '',
         c.day + time '11:00', c.id, {body} FROM bench_clue c
       CROSS JOIN LATERAL (VALUES ('receipt', '问题线索接收回执', '回'),
         ('feedback_letter', '关于问题线索办理情况的反馈函', '反馈')) p(kind, title, series)
       WHERE p.kind = 'receipt' OR NOT c.is_open""",
    """INSERT INTO clues_feedback (id, final, progress, told_on, matter_id, paper_id)
       SELECT uuidv7(), true, '已办结。', p.dispatched_on, p.matter_id, p.id FROM papers_paper p
       WHERE p.kind = 'feedback_letter' AND p.matter_id IN (SELECT id FROM bench_clue)""",
    """INSERT INTO matters_attachment (id, name, digest, size, media_type, purpose, depth, recorded_at,
         recorded_by_id, matter_id)
       SELECT uuidv7(), '来函扫描件.pdf', 'sm3:' || encode(sha256(i::text::bytea), 'hex'), 120000,
         'application/pdf', 'scan', 2, day + time '10:00', {post}, id FROM bench_clue""",
    """INSERT INTO search_document (depth, words, matter_id)
       SELECT 2, array_to_tsvector(string_to_array(words, ' ')), id FROM bench_clue""",
    """INSERT INTO matters_counter (organ_id, series, year, last)
       SELECT {body}, 'clue', y, {count} FROM generate_series(2000, 2040) y""",
    """INSERT INTO search_name (depth, name, matter_id)
       SELECT 2, n.name, c.id FROM bench_clue c
       CROSS JOIN LATERAL (VALUES (c.name), (c.unit), (c.number)) n(name)""",
]


@contextmanager
def _without_indexes(session: psycopg.Connection[Any]) -> Iterator[None]:
    """Drop what can be built again faster than kept: indexes that enforce nothing."""
    found = session.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname = ANY (%s) AND NOT i.indisunique",
        [TABLES],
    ).fetchall()
    for name, _definition in found:
        session.execute(f"DROP INDEX {name}")
    yield
    for _name, definition in found:
        session.execute(definition)


@contextmanager
def _with_defaults(session: psycopg.Connection[Any]) -> Iterator[None]:
    """Let columns this file does not name be empty, whatever the tables have got since."""
    found = session.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_name = ANY (%s) AND is_nullable = 'NO' AND is_identity = 'NO'"
        " AND column_default IS NULL AND data_type = ANY (%s)",
        [TABLES, list(EMPTY)],
    ).fetchall()
    for table, column, kind in found:
        session.execute(f"ALTER TABLE {table} ALTER {column} SET DEFAULT {EMPTY[kind]}")
    yield
    for table, column, _kind in found:
        session.execute(f"ALTER TABLE {table} ALTER {column} DROP DEFAULT")


def load(session: psycopg.Connection[Any], city: City, count: int, entries: int) -> float:
    """Load `count` clues with `entries` journal entries each; the seconds it took."""
    started = time.monotonic()
    session.execute("SET session_replication_role = replica")  # rows are right by construction: no key checks
    session.execute("SET maintenance_work_mem = '512MB'")
    session.execute("SET work_mem = '256MB'")
    with _with_defaults(session), _without_indexes(session):
        _stage(session, city, count)
        for number, statement in enumerate(ROWS, start=1):
            session.execute(statement.format(count=count, **_values(city, entries)))
            print(f"  {number}/{len(ROWS)} {time.monotonic() - started:.0f} s", flush=True)
    session.execute("DROP TABLE bench_clue, bench_name, bench_unit, bench_text")
    session.execute("SET session_replication_role = origin")
    session.execute("VACUUM ANALYZE")
    return time.monotonic() - started


def _stage(session: psycopg.Connection[Any], city: City, count: int) -> None:
    random = Random(7)
    names = sorted({surname + given for surname in content.SURNAMES for given in _given(random)})
    random.shuffle(names)
    known = [*content.CITY_UNITS, *(unit for some in content.COUNTY_UNITS.values() for unit in some)]
    units = [f"{unit}第{number}所" for unit in known for number in range(1, UNITS // len(known) + 1)]
    texts = [
        content.clue(random, random.choice(units), "city", random.choice(content.TOPICS), company=False)
        for _each in range(2000)
    ]
    _pool(session, "bench_name", "name", names)
    _pool(session, "bench_unit", "unit", units)
    _pool(session, "bench_text", "allegation", [text["allegation"] for text in texts])
    senders = ["sj.executing", "sj.executing", "xc.office", "sw.accountability"]
    drafters = ["sj.executing.a", "sj.executing.a", "xc.office.a", "sw.accountability.a"]
    handlers = ["qc.first", "qc.second", "qc.third", "qc.fourth", "qc.fifth", "qc.stationed"]
    session.execute(
        STAGE.replace("%(today)s", f"'{clock.today()}'"),
        {
            "count": count,
            "days": YEARS * 365,
            "open": max(10, count // 61),
            "senders": [city.organs[code].pk for code in senders],
            "drafters": [city.posts[code].officer_id for code in drafters],
            "n_senders": len(senders),
            "handlers": [city.organs[code].pk for code in handlers],
            "custodians": [city.posts[f"{code}.a"].officer_id for code in handlers],
            "n_handlers": len(handlers),
            "n_names": len(names),
            "n_units": len(units),
            "n_texts": len(texts),
        },
    )


def _given(random: Random) -> list[str]:
    return [*SINGLE, *(random.choice(SINGLE) + random.choice(SINGLE) for _each in range(400))]


def _pool(session: psycopg.Connection[Any], table: str, column: str, values: list[str]) -> None:
    session.execute(f"CREATE UNLOGGED TABLE {table} (k int PRIMARY KEY, {column} text, words text)")
    with session.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for number, value in enumerate(values):
            copy.write_row((number, value, to_tsvector_text(value)))


def _values(city: City, entries: int) -> dict[str, object]:
    explanation = deadline(date(2026, 6, 1), Period(months=3), get_calendar()).explanation
    letter = json.dumps(
        {"title": "函", "addressee": "清川市审计局", "body": "现将办理情况反馈如下。" * 12},
        ensure_ascii=False,
    )
    return {
        "entries": entries,
        "hash": f"'sm3:{'a' * 64}'",
        "place": city.places["990100"].pk,
        "receiver": city.organs["qc.supervision"].pk,
        "leaders": city.organs["qc.leaders"].pk,
        "body": city.organs["qc"].pk,
        "post": city.posts["qc.clerk"].pk,
        "version": MeasureVersion.objects.get(measure="chenzhou").pk,
        "explanation": f"'{explanation.model_dump_json()}'",
        "letter": f"'{letter}'",
        "id": new_id(),
    }
