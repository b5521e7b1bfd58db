"""Who may do and learn what of a meeting, against matrices written by hand (会议权限)."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from guantong.mechanisms.meetings.acts.base import RowAct, of
from guantong.mechanisms.meetings.models import FollowUp, Invitee, Item, ItemPaper
from support.canaries import Crawler, Planted
from support.consistency import sight_of_everybody
from support.meetings import (
    MEETS,
    attended,
    called,
    invitee,
    item,
    minuted,
    notified,
    reply,
    table,
)
from support.play import Player, at, scan, uploads

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
WITHIN = {
    "explanation of an item": "山随平野", "item declined": "江入大荒", "reason of declining": "月下飞天",
    "bytes of a file": "CANARYBYTESOFTHEITEM", "name of a file": "云生结海",
    "who attends": "仍怜故乡", "why one is away": "万里送行",
}  # fmt: skip
IN_THE_MINUTES = {"decision": "渡远荆门", "text of the minutes": "来从楚国", "who came": "荡胸生层"}
OUTLINE = {"place": "岱宗夫如", "subject": "齐鲁青未"}
AGENDA = {"item on the agenda": "造化钟神"}


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def city(play: Player) -> Player:
    table(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    return play


def due(play: Player, begins: str = "2026-07-01", day: str = "2026-09-21") -> UUID:
    with clock.set_to(at(day)):
        open_due(date.fromisoformat(day))
    with play.see("liaison_clerk"):
        return Occasion.objects.get(clause="CD-2.2", begins_on=begins).matter_id


def extra(play: Player) -> UUID:
    with play.see("liaison_clerk"):
        body = play.town.organs["liaison"].offices_of.get().pk
    given = {"held_on": MEETS, "starts_at": "9:00", "place": "三楼", "reply_by": "2026-09-25", "reason": "急"}
    return play.act("2026-09-21", "liaison_clerk", "meeting.add", body=body, **given)


def begun(play: Player) -> UUID:
    return play.act(MEETS, "liaison_clerk", "meeting.begin", notified(play, extra(play)), chair="陆知行")


def held(play: Player) -> UUID:
    matter = begun(play)
    for organ in ("regulator", "committee"):
        attended(play, matter, organ, "absent", why_absent="另有公务")
    return play.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)


def by_whom(act: Any, matter: Matter) -> Any:
    """Return the capacities of an act: an organ's own act is that of each organ invited, as the rows are."""
    if isinstance(act, RowAct):
        invited = Invitee.objects.filter(matter=matter).first()
        return (*of(act.owner(invited) if act.names == "invitee" and invited else None), *act.by)
    if act.code == "matter.correct":
        return kinds.get("meeting").correctables["held_on"].by
    return act.entitled(matter, None)


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
        by = by_whom(act, found)
        lacking = {one.what for one in missing(act, play.town.actor(who), found, parties, 3, by)}
    return "+".join(sorted(lacking, key=["capacity", "state"].index)) or "allow"


def test_acts_on_meetings_are_as_written(city: Player) -> None:
    made = {
        "due": due(city), "called": extra(city), "notified": notified(city, extra(city)),
        "sitting": begun(city), "held": held(city), "closed": minuted(city, held(city)),
        "called_off": extra(city),
    }  # fmt: skip
    city.act("2026-09-21", "liaison_clerk", "meeting.call_off", made["called_off"], reason="不开了")
    matrix = rows("meetings.csv")
    acts = {act.code for act in registry.acts_of("meeting") if act.kind == "meeting" and not act.creates}
    acts.add("matter.correct")
    assert {(row["act"], row["state"]) for row in matrix} == {(act, state) for act in acts for state in made}
    assert set(made) == set(kinds.get("meeting").states)
    wrong = [
        f"{row['act']} in {row['state']} by {who}: matrix {row[who]}, platform {said}"
        for row in matrix
        for who in list(row)[2:]
        if (said := lack(city, who, made[row["state"]], row["act"])) != row[who]
    ]
    assert not wrong, "\n".join(wrong)


def test_steps_of_the_papers_are_as_written(city: Player) -> None:
    matter = due(city)
    with city.see("liaison_clerk"):
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ__body")
        }
    for row in rows("meeting_papers.csv"):
        act = registry.get(f"paper.{row['step']}")
        by = act.entitled(None, Subject(paper_kinds.get(row["paper"]), None))  # type: ignore[arg-type]
        for who in list(row)[2:]:
            found = entitling(by, city.town.actor(who), parties)
            said = "no" if found is None else "records" if found.recorded else "yes"
            assert said == row[who], f"{row['paper']} {row['step']} by {who}"


@pytest.mark.parametrize("code", ["meeting.notify", "meeting.charge"])
def test_what_follows_from_another_act_is_not_done_by_itself(city: Player, code: str) -> None:
    matter = due(city)
    actor = city.town.actor("liaison_clerk")
    with clock.set_to(at(MEETS)), pytest.raises(NotAllowed), scope(actor):
        perform(code, actor, matter, {"happened_on": MEETS})


@pytest.fixture
def crawled(city: Player) -> Any:
    """A meeting full of canaries: the regulator attends, the committee is absent, water is not invited."""
    matter = called(city, due(city), place=OUTLINE["place"], subject=OUTLINE["subject"])
    notified(city, matter)
    reply(city, matter, "regulator_chief", "regulator", post="", attends=WITHIN["who attends"])
    row = invitee(city, "committee_clerk", matter, "committee")
    away = {"invitee": row, "reply": "away", "why_away": WITHIN["why one is away"]}
    city.act("2026-09-22", "committee_clerk", "meeting.reply", matter, **away)
    content = f"%PDF-1.4 {WITHIN['bytes of a file']}".encode()
    city.done(
        "2026-09-23", "regulator_chief", "meeting.propose", matter, title=AGENDA["item on the agenda"],
        text=WITHIN["explanation of an item"],
        files=uploads(attachments=scan(WITHIN["name of a file"] + ".pdf", content)),
    )  # fmt: skip
    given = {"title": WITHIN["item declined"], "text": "说明"}
    city.act("2026-09-23", "regulator_chief", "meeting.propose", matter, **given)
    left = {"item": item(city, "liaison_clerk", matter, WITHIN["item declined"])}
    city.act(
        "2026-09-23", "liaison_clerk", "meeting.decline", matter, reason=WITHIN["reason of declining"], **left
    )
    on = {"item": item(city, "liaison_clerk", matter, AGENDA["item on the agenda"])}
    city.act("2026-09-23", "liaison_clerk", "meeting.accept", matter, **on)
    city.act(MEETS, "liaison_clerk", "meeting.begin", matter, chair="陆知行")
    owner = city.town.organs["supervision"].pk
    text = {"text": IN_THE_MINUTES["decision"], "owner": owner, "follows": "task", "due_on": "2026-10-30"}
    city.act(MEETS, "liaison_clerk", "meeting.decide", matter, **on, **text)
    attended(city, matter, "regulator", came=IN_THE_MINUTES["who came"])
    attended(city, matter, "committee", "absent", why_absent=WITHIN["why one is away"])
    city.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)
    minuted(city, matter, body=f"{IN_THE_MINUTES['text of the minutes']}{IN_THE_MINUTES['decision']}")
    with sight_of_everybody():
        seen = Matter.objects.get(pk=matter)
        papers = [str(pk) for pk in seen.papers.values_list("pk", flat=True)]
        files = [str(pk) for pk in seen.attachments.values_list("pk", flat=True)]
        ids = [str(pk) for model in (Item, Invitee) for pk in model.objects.values_list("pk", flat=True)]

    def crawl(who: str) -> Crawler:
        crawler = Crawler(User.objects.get(username=who), Planted(matter, {}))
        words = {**WITHIN, **IN_THE_MINUTES, **OUTLINE, **AGENDA}.values()
        with clock.set_to(at("2026-09-30")):
            for address in (
                "/meetings/", "/meetings/?show=all", f"/meetings/{matter}/", "/meetings/companies/", "/",
                f"/matters/{matter}/", "/papers/", f"/chain/{matter}/", f"/api/v1/matters/{matter}",
                f"/api/v1/matters/{matter}/acts",
                *(f"/papers/{one}/{what}" for one in papers for what in ("", "pdf/", "docx/")),
                *(f"/files/{one}/" for one in files), *(f"/search/?q={word}" for word in words),
                *(f"/matters/{matter}/acts/meeting.{code}/" for code in ("propose", "reply", "accept")),
            ):  # fmt: skip
                crawler.fetch(address)
            for one in ids:
                crawler.fetch(f"/meetings/{matter}/do/", post={"act": "meeting.hear", "item": one})
        assert not [one for one, status in crawler.statuses.items() if status >= 500]
        return crawler

    return crawl


def found(crawler: Crawler, words: dict[str, str]) -> set[str]:
    return {one.partition(" at ")[0] for one in crawler.where(words)}


def test_canaries_of_a_meeting_reach_who_attends_and_nobody_else(crawled: Any) -> None:
    everything = {**WITHIN, **IN_THE_MINUTES, **OUTLINE, **AGENDA}
    convener, attends = crawled("liaison_clerk"), crawled("regulator_chief")
    assert found(convener, everything) == set(everything)
    assert found(attends, everything) == set(everything)
    absent = crawled("committee_clerk")
    assert found(absent, WITHIN) <= {"why one is away"}, "its own reason, no paper"
    assert found(absent, {**IN_THE_MINUTES, **OUTLINE, **AGENDA}) == {*IN_THE_MINUTES, *OUTLINE, *AGENDA}
    owner = crawled("clerk")
    assert found(owner, {**WITHIN, **OUTLINE, **AGENDA}) == set(), "it has its task, not the meeting"
    for who in ("water_chief", "handler_head", "auditor", "inspector", "county_clerk"):
        assert found(crawled(who), everything) == set(), who


def test_the_database_hides_papers_and_follow_ups_from_who_sees_the_outline(city: Player) -> None:
    matter = notified(city, called(city, due(city)))
    city.act("2026-09-22", "liaison_clerk", "meeting.propose", matter, title="议题", text="材料")
    for who in ("regulator_chief", "water_chief", "auditor"):
        with city.see(who):
            assert not ItemPaper.objects.exists() and not FollowUp.objects.exists()
