"""Need to know is kept by the database itself, for the role with which the platform works."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import Error, connection, connections, transaction

from guantong.kernel.access.scope import scope, scope_of
from guantong.kernel.matters.models import Matter
from support.consistency import problems_now
from support.play import Player

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]

# Hand-written. Every table that holds something of a matter, and why the others need no policy.
PROTECTED = {
    "matters_matter", "matters_party", "matters_link", "matters_attachment", "people_subject",
    "duties_duty", "duties_dutychange", "journal_entry", "journal_content", "journal_reading", "papers_paper",
    "access_grant", "access_visibility", "search_document", "search_name", "clues_clue", "clues_handling",
    "clues_feedback",
    "clues_bookrecord", "exchange_message", "accounts_adminrecord", "reports_report", "reports_finding",
    "cases_case", "clues_sourcerecord", "clues_supervision", "clues_instruction", "rounds_round",
    "rounds_item", "reminders_reminder", "handovers_handover", "handovers_item",
    "sittings_session", "sittings_item", "duties_occasion",
    "returns_close", "returns_behind", "returns_adjustment", "insight_balance",
    "papers_incoming", "archive_volume", "tasks_task",
    "meetings_meeting", "meetings_invitee", "meetings_item", "meetings_itempaper", "meetings_followup",
    "meetings_decision",
    "correspondence_correspondence", "correspondence_turn", "correspondence_copy",
}  # fmt: skip
WITHOUT_CONTENT = {
    "acts_performed": "keys of done acts: the id of a matter, the code of an act, a digest; no content",
    "journal_expunction": "that content was expunged, by whom and why; read by every administrator's page",
    "journal_checkpoint": "hashes over hashes",
    "matters_counter": "the last number of each series",
}
REFUSED = "42501"


def rows(query: str, arguments: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        return cursor.fetchall() if cursor.description else []


def refused(query: str, arguments: Any = None) -> str:
    """Run what must fail and return its SQLSTATE."""
    with pytest.raises(Error) as error, transaction.atomic():
        rows(query, arguments)
    return str(getattr(error.value.__cause__, "sqlstate", ""))


def test_every_table_is_protected_or_says_why_not() -> None:
    own = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("guantong.") and _of_matter(model)
    }
    assert own - PROTECTED - set(WITHOUT_CONTENT) == set(), "a table of matters without a policy"
    protected = {
        name
        for (name, on, forced) in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        )
        if on and forced
    }
    assert protected == PROTECTED


def _of_matter(model: Any) -> bool:
    if model._meta.app_label in ("access", "search", "duties", "journal", "papers", "matters"):
        return True
    names = {field.name for field in model._meta.get_fields()}
    related = {str(field.related_model._meta.label) for field in model._meta.fields if field.is_relation}
    return bool({"matter"} & names or {"matters.Matter", "reports.Report", "people.Subject"} & related) or (
        model._meta.app_label == "people"
    )


def test_without_a_scope_nothing_is_seen(play: Player) -> None:
    whole_life(play)
    for table in sorted(PROTECTED - {"search_document", "search_name"}):
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    for table in ("search_document", "search_name"):
        assert refused(f"SELECT count(*) FROM {table}") == REFUSED


def test_an_empty_or_broken_setting_shows_nothing(play: Player) -> None:
    play.registered()
    for value in ("", "{}", "{0}"):
        with transaction.atomic():
            rows("SELECT set_config('guantong.principals', %s, true)", [value])
            assert rows("SELECT count(*) FROM matters_matter") == [(0,)], value


def test_a_scope_ends_with_its_block_and_with_its_transaction(play: Player) -> None:
    clue = play.registered()
    clerk, stranger = play.town.actor("clerk"), play.town.actor("stranger")
    with scope(clerk):
        assert Matter.objects.filter(pk=clue).exists()
        with scope(stranger):
            assert not Matter.objects.filter(pk=clue).exists()
        assert Matter.objects.filter(pk=clue).exists()
    assert not Matter.objects.filter(pk=clue).exists()
    with pytest.raises(ZeroDivisionError), scope(clerk):
        1 / 0  # noqa: B018
    assert not Matter.objects.filter(pk=clue).exists()


def test_the_platforms_role_is_no_master() -> None:
    [(superuser, bypass, creates_roles, creates_databases)] = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    assert not (superuser or bypass or creates_roles or creates_databases)
    owned = rows(
        "SELECT relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = current_user"
    )
    assert owned == []
    for role in ("guantong_owner", "guantong_search", "postgres"):
        assert refused(f"SET LOCAL ROLE {role}") in (REFUSED, "22023"), role


def test_the_journal_refuses_change_and_removal(play: Player) -> None:
    play.registered()
    for table in (
        "journal_entry",
        "journal_content",
        "journal_expunction",
        "journal_checkpoint",
        "journal_reading",
    ):
        with play.see("clerk"):
            column = rows(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1", [table]
            )[0][0]
            assert refused(f"UPDATE {table} SET {column} = {column}") == REFUSED, table
            assert refused(f"DELETE FROM {table}") == REFUSED, table
            assert refused(f"TRUNCATE {table}") == REFUSED, table


@pytest.mark.django_db(databases=["default", "owner"])
def test_even_the_owner_cannot_change_the_journal() -> None:
    with connections["owner"].cursor() as cursor:
        for table in ("journal_entry", "journal_content"):
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
            )
            assert cursor.fetchone()[0] == 2, table


def test_grants_and_visibility_are_written_by_the_definer_alone(play: Player) -> None:
    clue = play.registered()
    outsider = play.town.organs["second"].pk
    with play.see("clerk"):
        for table in ("access_grant", "access_visibility"):
            assert refused(f"DELETE FROM {table}") == REFUSED
            assert refused(f"UPDATE {table} SET depth = 3") == REFUSED
        given = (
            "INSERT INTO access_grant (matter_id, principal, depth, basis, given_at)"
            " VALUES (%s, %s, 3, '', now())"
        )
        assert refused(given, [clue, outsider]) == REFUSED


def grant(matter: Any, principal: int) -> tuple[str, list[Any]]:
    given = json.dumps([{"principal": principal, "depth": 3, "basis": "x", "until": None}])
    return (
        "SELECT guantong_grant(%s, 'clue', 'received', '2026-09-28', %s::jsonb, '[]'::jsonb, NULL, now())",
        [matter, given],
    )


def test_who_does_not_see_a_matter_cannot_give_himself_the_sight(play: Player) -> None:
    clue = play.registered()
    outsider = play.town.organs["second"].pk
    with play.see("stranger"):
        assert refused(*grant(clue, outsider)) == REFUSED
        settle = "SELECT guantong_settle(%s, NULL, '[]'::jsonb, '[]'::jsonb, NULL, now())"
        assert refused(settle, [clue]) == REFUSED
        assert not Matter.objects.filter(pk=clue).exists()


def test_a_matter_whose_sight_was_all_withdrawn_cannot_be_taken(play: Player) -> None:
    clue = play.registered()
    sides = [play.town.organs[name].pk for name in ("supervision", "executing")]
    with play.see("clerk"):
        rows(
            "SELECT guantong_grant(%s, 'clue', 'received', '2026-09-28', '[]'::jsonb, %s::jsonb, NULL,"
            " now())",
            [clue, json.dumps(sides)],
        )
    with play.see("stranger"):
        assert refused(*grant(clue, play.town.organs["second"].pk)) == REFUSED


def test_one_does_not_write_into_what_one_does_not_see(play: Player) -> None:
    clue = play.registered()
    organ = play.town.organs["second"].pk
    with play.see("stranger"):
        party = (
            "INSERT INTO matters_party (id, matter_id, role, organ_id, since, reason)"
            " VALUES (%s, %s, %s, %s, now(), '')"
        )
        assert refused(party, [uuid.uuid4(), clue, "custodian", organ]) == REFUSED
        assert rows("UPDATE matters_matter SET title = 'x' WHERE id = %s RETURNING id", [clue]) == []
        assert rows("DELETE FROM matters_matter WHERE id = %s RETURNING id", [clue]) == []
    with play.see("auditor"):
        handling = (
            "INSERT INTO clues_handling (matter_id, assignment_rule, assignment_reason, way, plan,"
            " paused_for, extension_reason, result, result_text) VALUES (%s, '', '', '', '', '', '', '', '')"
        )
        assert refused(handling, [clue]) == REFUSED


def test_owner_functions_are_closed_to_the_platform(play: Player) -> None:
    play.registered()
    assert refused("SELECT * FROM guantong_journal_contents(0, 1000000)") == REFUSED


def test_readings_are_written_by_all_and_read_by_the_audit_administrator(play: Player) -> None:
    from guantong.kernel.access.scope import enter
    from guantong.kernel.journal.reading import note

    clue = play.registered()
    with play.see("clerk"):
        note(play.town.actor("clerk"), "open", clue)
        assert rows("SELECT count(*) FROM journal_reading") == [(0,)]
    for administers, seen in (("audit", 1), ("security", 0), ("system", 0)):
        with transaction.atomic():
            enter((), administers)
            assert rows("SELECT count(*) FROM journal_reading") == [(seen,)], administers
            assert rows("SELECT count(*) FROM matters_matter") == [(0,)], administers


def test_definer_functions_are_those_of_the_security_page() -> None:
    found = rows(
        "SELECT p.proname, r.rolname, coalesce(array_to_string(p.proconfig, ','), '') FROM pg_proc p"
        " JOIN pg_roles r ON r.oid = p.proowner JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname = 'public'"
    )
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(guantong_\w+)` \|", page, re.MULTILINE))
    assert {name for name, _owner, _config in found} == told
    for name, owner, config in found:
        assert owner == "guantong_search", name
        assert "search_path=public, pg_temp" in config, name
    open_to_all = rows(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE p.prosecdef AND n.nspname = 'public'"
        " AND has_function_privilege('public', p.oid, 'EXECUTE')"
    )
    assert open_to_all == []


def test_search_tells_nothing_of_what_one_does_not_see(play: Player) -> None:
    play.registered(subjects=[{"name": "欧阳景略", "unit": "清川公交集团有限公司", "authority": "city"}])
    query = "SELECT count(*) FROM guantong_search_names('欧阳', ARRAY['clue'], 50)"
    seen = {}
    for who in ("clerk", "auditor", "stranger", "county_clerk", "team_member", "deputy"):
        with play.see(who):
            seen[who] = rows(query)[0][0]
    assert seen == {
        "clerk": 1, "auditor": 1, "stranger": 0, "county_clerk": 0, "team_member": 0, "deputy": 0,
    }  # fmt: skip


def test_a_deep_grant_that_ended_does_not_last_with_a_shallow_one(play: Player) -> None:
    clue = play.registered()
    guest = play.town.organs["second"].pk
    for depth, until in ((1, None), (3, "2026-01-01")):
        given = json.dumps([{"principal": guest, "depth": depth, "basis": "x", "until": until}])
        with play.see("clerk"):
            rows(
                "SELECT guantong_grant(%s, 'clue', 'received', '2026-09-28', %s::jsonb, '[]'::jsonb, NULL,"
                " now())",
                [clue, given],
            )
    with scope_of([guest]):
        assert rows("SELECT count(*) FROM journal_entry") == [(0,)]
        assert rows("SELECT count(*) FROM clues_clue") == [(0,)]


def test_what_is_derived_agrees_after_a_whole_life(play: Player) -> None:
    whole_life(play)
    assert problems_now() == []


def whole_life(play: Player) -> Any:
    """Bring a clue from the opinion to its closing and a case."""
    report = play.concluded("2026-09-28")
    clue = play.sent(play.drafted("2026-09-29", origin=str(report)))
    play.act("2026-09-30", "clerk", "clue.receive", clue)
    play.in_handling(play.assigned(clue, "2026-10-08"), "2026-10-09")
    play.act("2026-10-09", "handler", "clue.pause", clue, awaited_from="银行", reason="调取")
    play.act("2026-10-12", "handler", "clue.resume", clue, progress="已答复")
    play.act(
        "2026-10-13", "handler", "clue.conclude", clue, result="case", text="属实", case_basis="涉嫌违纪",
        approved_by="秦望山",
    )  # fmt: skip
    play.answered(clue, "2026-10-14")
    return clue
