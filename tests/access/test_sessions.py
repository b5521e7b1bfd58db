"""Who may do and learn what of a session over the ledger, against matrices written by hand (梳理调度权限)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from guantong.mechanisms.sessions.models import Item, Session
from support.canaries import Crawler, plant
from support.consistency import sight_of_everybody
from support.play import Player, at

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
DAY = "2026-10-13"
TOLD = {"decision in words": "金沙水拍", "who instructed": "大渡桥横"}
WITHIN = {
    "chair": "五岭逶迤", "attendees": "乌蒙磅礴", "conclusion": "更喜岷山", "text of the minutes": "三军过后",
    "why it was called": "万水千山",
}  # fmt: skip


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def called(play: Player) -> UUID:
    return play.act(DAY, "clerk", "session.call", form="sorting", reason=WITHIN["why it was called"])


def begun(play: Player) -> UUID:
    texts = {"chair": WITHIN["chair"], "attendees": WITHIN["attendees"]}
    return play.act(DAY, "clerk", "session.begin", called(play), **texts)


def decided(play: Player, matter: UUID, **data: str) -> None:
    with play.see("clerk"):
        left = [
            str(pk) for pk in Item.objects.filter(matter=matter, decision="").values_list("pk", flat=True)
        ]
    for item in left:
        play.act(DAY, "clerk", "session.decide", matter, item=item, **(data or {"decision": "continue"}))


def held(play: Player, **data: str) -> UUID:
    matter = begun(play)
    decided(play, matter, **data)
    return play.act(DAY, "clerk", "session.close", matter, conclusion=WITHIN["conclusion"])


def lack(play: Player, who: str, matter: UUID, code: str) -> str:
    """Return what the platform says is missing, in the words of the matrix."""
    with play.see(who):
        found = Matter.objects.filter(pk=matter).first()
        if found is None:
            return "unseen"
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ__body")
        }
        act = registry.get(code)
        lacking = {one.what for one in missing(act, play.town.actor(who), found, parties, 3, act.by)}
    return "+".join(sorted(lacking, key=["capacity", "state"].index)) or "allow"


def test_acts_on_sessions_are_as_written(play: Player) -> None:
    play.registered()
    made = {"due": called(play), "sitting": begun(play), "held": held(play), "called_off": called(play)}
    play.act(DAY, "clerk", "session.call_off", made["called_off"], reason="不开了")
    rows = table("sessions.csv")
    acts = {act.code for act in registry.acts_of("session") if act.kind == "session" and not act.creates}
    assert {(row["act"], row["state"]) for row in rows} == {(act, state) for act in acts for state in made}
    assert set(made) == set(kinds.get("session").states)
    wrong = [
        f"{row['act']} in {row['state']} by {who}: matrix {row[who]}, platform {said}"
        for row in rows
        for who in list(row)[2:]
        if (said := lack(play, who, made[row["state"]], row["act"])) != row[who]
    ]
    assert not wrong, "\n".join(wrong)


def test_steps_of_the_minutes_are_as_written(play: Player) -> None:
    play.registered()
    matter = held(play)
    with play.see("clerk"):
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ__body")
        }
    kind = paper_kinds.get("session_minutes")
    for row in table("session_papers.csv"):
        by = registry.get(f"paper.{row['step']}").entitled(None, Subject(kind, None))  # type: ignore[arg-type]
        for who in list(row)[1:]:
            found = entitling(by, play.town.actor(who), parties)
            said = "no" if found is None else "records" if found.recorded else "yes"
            assert said == row[who], f"{row['step']} by {who}"


@pytest.mark.parametrize("code", ["session.note", "session.change_note"])
def test_nobody_tells_a_clue_a_decision_that_no_session_took(play: Player, code: str) -> None:
    clue = play.registered()
    given = {"session": "会议", "decision": "continue", "happened_on": DAY}
    with clock.set_to(at(DAY)), pytest.raises(NotAllowed), scope(play.town.actor("clerk")):
        perform(code, play.town.actor("clerk"), clue, given)


def test_a_leader_sees_the_items_of_clues_laid_before_the_leaders_only(play: Player) -> None:
    unknown, laid = play.registered(), play.assigned(play.registered(letter_number="2号"))
    matter = begun(play)
    seen: dict[str, set[UUID]] = {}
    for who in ("clerk", "deputy", "handler", "auditor", "county_clerk"):
        with play.see(who):
            seen[who] = set(Item.objects.filter(matter=matter).values_list("about", flat=True))
    assert seen["clerk"] == {unknown, laid}
    assert seen["deputy"] == {laid}
    assert seen["handler"] == seen["auditor"] == seen["county_clerk"] == set()


def test_the_database_hides_sessions_from_everybody_else(play: Player) -> None:
    play.registered()
    begun(play)
    for who in ("handler", "auditor", "county_clerk", "stranger"):
        with play.see(who):
            assert not Session.objects.exists() and not Item.objects.exists()
    statement = (
        "INSERT INTO duties_occasion (id, clause, cadence, begins_on, ends_on, jurisdiction_id, matter_id)"
        " SELECT gen_random_uuid(), 'X', 'x', '2026-01-01', '2026-03-31', 1, gen_random_uuid()"
    )
    with play.see("handler"), pytest.raises(DatabaseError, match="row-level security"):  # noqa: SIM117
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture
def crawled(play: Player) -> Any:
    """A session full of canaries over a clue of the auditor's, and what an account can get of it."""
    planted = plant(play)
    clue = play.in_handling(play.assigned(play.registered("2026-10-12"), "2026-10-12"), "2026-10-12")
    matter = held(
        play, decision="instruct", text=TOLD["decision in words"], by_whom=TOLD["who instructed"],
        due_on="2026-10-30",
    )  # fmt: skip
    texts = {"title": "纪要", "addressee": "各部门", "body": WITHIN["text of the minutes"]}
    play.letter([DAY] * 4, matter, "session_minutes", ["clerk", "clerk_head", "deputy", "clerk"], **texts)
    with sight_of_everybody():
        papers = [str(pk) for pk in Matter.objects.get(pk=matter).papers.values_list("pk", flat=True)]

    def crawl(who: str) -> Crawler:
        crawler = Crawler(User.objects.get(username=who), planted)
        with clock.set_to(at("2026-10-14")):
            for address in (
                "/sessions/", "/sessions/?year=2026", f"/sessions/{matter}/", f"/sessions/{matter}/pack/",
                f"/matters/{matter}/", f"/matters/{clue}/", "/papers/", "/", "/clues/", f"/chain/{matter}/",
                f"/api/v1/matters/{matter}", f"/papers/{papers[0]}/", f"/papers/{papers[0]}/pdf/",
                f"/papers/{papers[0]}/docx/", *(f"/search/?q={word}" for word in WITHIN.values()),
            ):  # fmt: skip
                crawler.fetch(address)
            crawler.fetch(f"/sessions/{matter}/decide/", post={"item": str(clue), "decision": "continue"})
        assert not [one for one, status in crawler.statuses.items() if status >= 500]
        return crawler

    return crawl


def test_canaries_of_a_session_reach_its_readers_and_nobody_else(crawled: Any) -> None:
    clerk = crawled("clerk")
    assert {one.partition(" at ")[0] for one in clerk.where({**TOLD, **WITHIN})} == {*TOLD, *WITHIN}
    handler = crawled("handler_head")
    assert {one.partition(" at ")[0] for one in handler.where(TOLD)} == set(TOLD), "with his clue"
    assert handler.where(WITHIN) == []
    for who in ("auditor", "audit_leader", "stranger", "county_clerk", "inspector"):
        assert crawled(who).where({**TOLD, **WITHIN}) == [], who
