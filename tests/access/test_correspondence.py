"""Who may do and learn what of correspondence, against matrices written by hand (函询往来权限)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from guantong.mechanisms.correspondence import declared
from guantong.mechanisms.correspondence.declared import CorrespondenceForm, Side
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from support.canaries import Crawler, plant
from support.consistency import sight_of_everybody
from support.play import Player, at, scan, uploads
from support.shareholders import join

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
DAY = "2026-10-13"
PROBE = CorrespondenceForm(
    code="probe",
    label="Probe",
    name="试函",
    senders=frozenset({"liaison_office"}),
    recipients=(Side("accountability_department"),),
    clause="CD-2.1",
    refusable=True,
    followed=True,
)
WRITTEN = {"title": "长风破浪", "text": "直挂云帆", "attachment": "CANARYOFTHELETTER", "letter": "济沧海九"}
ANSWERED = {"answer": "烟波江上", "file with the answer": "CANARYOFTHEANSWER"}
RECIPIENT = {"draft of the answer": "晴川历历", "title of the draft": "芳草萋萋"}


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def sides(play: Player) -> Player:
    """The town with its shareholder's side."""
    join(play.town)
    return play


@pytest.fixture
def probe() -> Iterator[CorrespondenceForm]:
    """A form of the tests' own: declaring it is all it takes."""
    yield declared.declare(PROBE)
    declared._forms.pop(PROBE.code)


def drafted(play: Player, form: str = "probe", **data: Any) -> UUID:
    given = {
        "form": form, "recipient": play.town.organs["accountability"].pk, "title": "事由", "text": "内容",
    }  # fmt: skip
    return play.act(DAY, "liaison_clerk", "correspondence.draft", **{**given, **data})


def owed(play: Player) -> UUID:
    """Let the calendar open what the regulator owes the work committee for a quarter."""
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    with clock.set_to(at(DAY)):
        open_due(date.fromisoformat(DAY))
    with sight_of_everybody():
        organ = play.town.organs["accountability"]
        return Occasion.objects.get(clause="CD-2.4", organ=organ, begins_on="2026-07-01").matter_id


def in_each_state(play: Player) -> dict[str, UUID]:
    """Bring one to each state."""
    made = {state: drafted(play) for state in kinds.get("correspondence").states if state != "owed"}
    made["owed"] = owed(play)
    for state, matter in made.items():
        if state in ("owed", "drafted"):
            continue
        play.act(DAY, "liaison_clerk", "correspondence.send", matter)
        if state == "sent":
            continue
        play.act(DAY, "regulator_clerk", "correspondence.receive", matter)
        if state == "refused":
            play.act(DAY, "regulator_clerk", "correspondence.refuse", matter, reason="依据不足")
        elif state in ("answered", "closed"):
            play.act(DAY, "regulator_clerk", "correspondence.answer", matter, text="答复")
        if state == "closed":
            play.act(DAY, "liaison_clerk", "correspondence.close", matter)
        elif state == "withdrawn":
            play.act(DAY, "liaison_clerk", "correspondence.withdraw", matter, reason="误发")
    return made


def lack(play: Player, who: str, matter: UUID, code: str) -> str:
    """Return what the platform says is missing, in the words of the matrix."""
    with play.see(who):
        actor = play.town.actor(who)
        found = Matter.objects.filter(pk=matter).first()
        if found is None:
            return "unseen"
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ__body")
        }
        seen = Visibility.objects.filter(matter=matter, principal__in=actor.principals)
        depth = max(seen.values_list("depth", flat=True))
        act = registry.get(code)
        lacking = {one.what for one in missing(act, actor, found, parties, depth, act.by)}
    return "+".join(sorted(lacking, key=["capacity", "grant", "state"].index)) or "allow"


def test_acts_on_correspondence_are_as_written(sides: Player, probe: CorrespondenceForm) -> None:
    made = in_each_state(sides)
    for state, matter in made.items():
        assert sides.matter("committee_clerk" if state == "owed" else "liaison_clerk", matter).state == state
    rows = table("correspondence.csv")
    acts = {one.code for one in registry.acts_of("correspondence") if one.kind != "*" and not one.creates}
    assert {(row["act"], row["state"]) for row in rows} == {(act, state) for act in acts for state in made}
    wrong = [
        f"{row['act']} in {row['state']} by {who}: matrix {row[who]}, platform {said}"
        for row in rows
        for who in list(row)[2:]
        if (said := lack(sides, who, made[row["state"]], row["act"])) != row[who]
    ]
    assert not wrong, "\n".join(wrong)


def test_steps_of_the_letters_are_as_written(sides: Player) -> None:
    matter = drafted(sides, "liaison_request")
    with sides.see("liaison_clerk"):
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ__body")
        }
    for row in table("correspondence_papers.csv"):
        subject = Subject(paper_kinds.get(row["paper"]), None)
        by = registry.get(f"paper.{row['step']}").entitled(None, subject)  # type: ignore[arg-type]
        for who in list(row)[2:]:
            found = entitling(by, sides.town.actor(who), parties)
            said = "no" if found is None else "records" if found.recorded else "yes"
            assert said == row[who], f"{row['paper']} {row['step']} by {who}"


def test_a_form_is_added_by_declaring_it(sides: Player, probe: CorrespondenceForm) -> None:
    matter = drafted(sides)
    sides.act(DAY, "liaison_clerk", "correspondence.send", matter)
    sides.act(DAY, "regulator_clerk", "correspondence.receive", matter)
    sides.act(DAY, "regulator_clerk", "correspondence.answer", matter, text="答复")
    sides.act(DAY, "liaison_clerk", "correspondence.follow_up", matter, text="请补充")
    assert sides.matter("regulator_clerk", matter).state == "received"


@pytest.mark.parametrize("of", ["asks", "answers"])
def test_fields_of_one_name_are_alike_in_all_forms_or_a_program_could_not_tell_them(of: str) -> None:
    known: dict[str, tuple[type, list[Any]]] = {}
    for form in declared.all_forms():
        for name, asked in getattr(form, of).items():
            field = asked.field()
            alike = type(field), list(getattr(field, "choices", []))
            assert known.setdefault(name, alike) == alike, (form.code, name)


def test_the_database_hides_correspondence_from_everybody_else(sides: Player) -> None:
    matter = drafted(sides, "liaison_request")
    sides.act(DAY, "liaison_clerk", "correspondence.send", matter)
    for who in ("water_clerk", "committee_clerk", "clerk", "handler", "deputy", "county_clerk"):
        with sides.see(who):
            assert not Correspondence.objects.exists() and not Turn.objects.exists(), who


@pytest.fixture
def crawled(sides: Player) -> Any:
    """Correspondence full of canaries, answered once and to be answered again, and what an account gets."""
    play, w = sides, WRITTEN
    planted = plant(play)
    file = scan("附件.pdf", f"%PDF-1.4 {w['attachment']}".encode())
    matter = play.done(
        DAY, "liaison_clerk", "correspondence.draft", form="liaison_request", title=w["title"],
        recipient=play.town.organs["accountability"].pk, text=w["text"], files=uploads(attachments=file),
    ).matter_id  # fmt: skip
    hands = ["liaison_clerk", "liaison_head", "liaison_head", "liaison_clerk"]
    play.letter([DAY] * 4, matter, "correspondence_letter", hands, body=w["letter"])
    play.act(DAY, "regulator_clerk", "correspondence.receive", matter)
    answer = scan("答复.pdf", f"%PDF-1.4 {ANSWERED['file with the answer']}".encode())
    play.done(
        DAY, "regulator_clerk", "correspondence.answer", matter, text=ANSWERED["answer"],
        files=uploads(attachments=answer),
    )  # fmt: skip
    play.act(DAY, "liaison_clerk", "correspondence.follow_up", matter, text="请补充")
    play.act(
        DAY, "regulator_clerk", "paper.draft", matter, kind="correspondence_answer", addressee="联系室",
        title=RECIPIENT["title of the draft"], body=RECIPIENT["draft of the answer"],
    )  # fmt: skip
    with sight_of_everybody():
        found = Matter.objects.get(pk=matter)
        papers = [str(pk) for pk in found.papers.values_list("pk", flat=True)]
        files = [str(pk) for pk in found.attachments.values_list("pk", flat=True)]

    def crawl(who: str) -> Crawler:
        crawler = Crawler(User.objects.get(username=who), planted)
        with clock.set_to(at("2026-10-14")):
            for address in (
                "/correspondence/", "/correspondence/?side=outgoing", "/correspondence/export/?side=outgoing",
                "/correspondence/export/", "/correspondence/asked/", "/liaison/", f"/matters/{matter}/", "/",
                "/papers/", f"/chain/{matter}/", f"/api/v1/matters/{matter}", "/archive/", "/calendar/",
                *(f"/papers/{pk}/{end}" for pk in papers for end in ("", "pdf/", "docx/")),
                *(f"/files/{pk}/" for pk in files),
                *(f"/search/?q={word}" for word in {**WRITTEN, **ANSWERED, **RECIPIENT}.values()),
            ):  # fmt: skip
                crawler.fetch(address)
        assert not [one for one, status in crawler.statuses.items() if status >= 500]
        return crawler

    return crawl


def found_in(crawler: Crawler, canaries: dict[str, str]) -> set[str]:
    return {one.partition(" at ")[0] for one in crawler.where(canaries)}


def test_canaries_of_correspondence_reach_both_sides_and_nobody_else(crawled: Any) -> None:
    recipient = crawled("regulator_clerk")
    assert found_in(recipient, {**WRITTEN, **ANSWERED, **RECIPIENT}) == {*WRITTEN, *ANSWERED, *RECIPIENT}
    writer = crawled("liaison_clerk")
    assert found_in(writer, {**WRITTEN, **ANSWERED}) == {*WRITTEN, *ANSWERED}
    assert writer.where(RECIPIENT) == [], "what the recipient drafts is his"
    for who in ("water_clerk", "committee_clerk", "clerk", "handler", "county_clerk"):
        assert crawled(who).where({**WRITTEN, **ANSWERED, **RECIPIENT}) == [], who
