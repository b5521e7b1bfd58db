"""CD-2.5: enforcement is summed up from returns, approved, and told to the shareholder (向出资人通报)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from docx import Document

from guantong.accounts.models import User
from guantong.demo.scans import pdf
from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.kernel.measures.models import MeasureVersion
from guantong.mechanisms.correspondence import returns
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from support.browse import signed_in
from support.canaries import Crawler, plant
from support.consistency import problems_now, sight_of_everybody
from support.play import Player, at
from support.shareholders import join
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
NOTICE, RETURN, APPROVAL, RECEIPT = (f"CD-2.5/{code}" for code in ("notice", "return", "approval", "receipt"))
FIGURES = {"clues": 4, "cases": 1, "sanctions": 2, "admonished": 3, "prosecuted": 0}
TOLD = "下半年各级纪检监察组织受理问题线索情况总体平稳。"
HANDS = ["liaison_clerk", "liaison_head", "liaison_head", "liaison_clerk"]


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


@pytest.fixture
def city(play: Player) -> Player:
    """The town with its shareholder's side, which knows the measure since July 2026; its second half."""
    join(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    swept("2026-09-21")
    return play


def summary_of(play: Player) -> UUID:
    with sight_of_everybody():
        place = play.town.place
        return Occasion.objects.get(clause="CD-2.5", cadence="notice", jurisdiction=place).matter_id


def collected(play: Player, day: str = "2026-12-01") -> dict[str, UUID]:
    """Let returns be asked for from the committee and the stationed group; return them by body."""
    summary, organs = summary_of(play), play.town.organs
    play.act(
        day, "liaison_clerk", "correspondence.collect", summary, answer_by="2026-12-15",
        bodies=[organs["committee"].pk, organs["stationed"].pk], text="请报送下半年执纪执法情况。",
    )  # fmt: skip
    with sight_of_everybody():
        rows = Correspondence.objects.filter(form="enforcement_return")
        return {name: rows.get(recipient=organs[name]).pk for name in ("committee", "stationed")}


def returned(play: Player, who: str, matter: UUID, day: str = "2026-12-08", **figures: int) -> None:
    play.act(day, who, "correspondence.receive", matter)
    given: dict[str, Any] = {**FIGURES, **figures, "text": "情况如上。"}
    play.act(day, who, "correspondence.answer", matter, **given)


def submitted(play: Player, **data: Any) -> UUID:
    """Let the summary be written and laid before the leaders."""
    matter = summary_of(play)
    given = {
        "text": "共受理问题线索八件，其中水务集团总经理万里一案正在审查。",
        "withheld": "万里\n审查",
        **data,
    }
    play.act("2026-12-17", "liaison_clerk", "correspondence.write", matter, **given)
    return play.act("2026-12-17", "liaison_clerk", "correspondence.send", matter)


def decided(play: Player, decision: str = "approved", day: str = "2026-12-18") -> UUID:
    matter = submitted(play)
    play.act(day, "deputy", "correspondence.receive", matter)
    return play.act(day, "deputy", "correspondence.answer", matter, text="请按程序办理。", approval=decision)


def drafted(play: Player, about: UUID, day: str = "2026-12-21", **data: Any) -> UUID:
    given = {
        "form": "enforcement_notice", "recipient": play.town.organs["accountability"].pk, "about": str(about),
        "title": "下半年国企领域执纪执法情况", "text": TOLD,
    }  # fmt: skip
    return play.act(day, "liaison_clerk", "correspondence.draft", **{**given, **data})


def word(*runs: str) -> bytes:
    """Return a Word file in which a word is parted by its formatting."""
    document, out = Document(), io.BytesIO()
    paragraph = document.add_paragraph()
    for text in runs:
        paragraph.add_run(text).bold = text == runs[0]
    document.save(out)
    return out.getvalue()


def noticed(play: Player, day: str = "2026-12-22") -> UUID:
    matter = drafted(play, decided(play))
    play.letter([day] * 4, matter, "correspondence_letter", HANDS, body=TOLD)
    return matter


def test_from_returns_to_the_notice(city: Player) -> None:
    asked = collected(city)
    summary = summary_of(city)
    assert city.dates("liaison_clerk", summary, NOTICE) == ("open", "2027-02-01", "")
    assert city.dates("committee_clerk", asked["committee"], RETURN) == ("open", "2026-12-15", "")
    with city.see("liaison_clerk"):
        parts = set(Link.objects.filter(target=summary, kind=LinkKind.PART).values_list("source", flat=True))
    assert parts == set(asked.values())
    returned(city, "committee_clerk", asked["committee"])
    returned(city, "stationed_clerk", asked["stationed"])
    assert city.dates("committee_clerk", asked["committee"], RETURN)[0] == "discharged"
    with city.see("liaison_clerk"):
        assert "受理问题线索（件）8" in returns.proposed(Matter.objects.get(pk=summary))
    decided(city)
    assert city.dates("deputy", summary, APPROVAL) == ("discharged", "2026-12-24", "2026-12-18")
    notice = drafted(city, summary)
    city.letter(["2026-12-22"] * 4, notice, "correspondence_letter", HANDS, body=TOLD)
    assert city.dates("liaison_clerk", summary, NOTICE) == ("discharged", "2027-02-01", "2026-12-22")
    assert city.matter("liaison_clerk", summary).state == "closed"
    assert city.dates("regulator_clerk", notice, RECEIPT) == ("open", "2026-12-24", "")
    city.act("2026-12-23", "regulator_clerk", "correspondence.receive", notice)
    assert city.dates("liaison_clerk", notice, RECEIPT)[0] == "discharged"
    assert problems_now() == []


def test_the_draft_is_in_the_language_of_papers_whoever_reads_it(city: Player) -> None:
    asked = collected(city)
    returned(city, "committee_clerk", asked["committee"])
    with city.see("liaison_clerk"):
        summary = Matter.objects.get(pk=summary_of(city))
        drafts = []
        for language in ("zh-hans", "en"):
            with override(language):
                drafts.append(returns.proposed(summary))
    assert drafts[0] == drafts[1]
    assert "报送“受理问题线索（件）”4，台账0，须核实。" in drafts[0]


def test_each_act_stands_under_the_clause_of_its_form(city: Player) -> None:
    asked = collected(city)
    summary = summary_of(city)
    of_other_forms = {"CD-2.1", "CD-2.4", "CZ-1.1", "CZ-3.1"}
    with city.see("liaison_clerk"):
        for code, matter in (
            ("correspondence.collect", summary),
            ("correspondence.ask_return", asked["committee"]),
        ):
            [entry] = Entry.objects.filter(act=code, matter=matter)
            assert "CD-2.5" in entry.clauses and not of_other_forms & set(entry.clauses)
    with clock.set_to(at("2026-12-17")):
        page = signed_in("liaison_clerk").get(f"/matters/{summary}/acts/correspondence.write/")
    foot = page.content.decode().partition("gt-form-foot")[2]
    assert "CD-2.5" in foot and not [one for one in of_other_forms if one in foot]


def test_what_is_given_is_reconciled_with_the_ledger(city: Player) -> None:
    clue = city.registered("2026-09-28")
    handler = city.town.organs["stationed"].pk
    city.act("2026-09-29", "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    city.act("2026-09-29", "deputy", "clue.approve_assignment", clue)
    custodian = city.town.posts["stationed_head"].officer_id
    city.act("2026-09-29", "stationed_head", "clue.accept", clue, custodian=custodian)
    asked = collected(city)
    returned(city, "stationed_clerk", asked["stationed"], clues=1, cases=2)
    with city.see("liaison_clerk"):
        found = {one.row.pk: one for one in returns.collected(Matter.objects.get(pk=summary_of(city)))}
        assert not Matter.objects.filter(pk=clue).exists(), "numbers alone"
    stationed = found[asked["stationed"]]
    assert [(one.given, one.counted) for one in stationed.figures[:3]] == [(1, 1), (2, 0), (2, None)]
    assert [(one.label, one.difference) for one in stationed.differs] == [(stationed.figures[1].label, 2)]
    for who in ("regulator_clerk", "committee_clerk"):
        with city.see(who):
            assert returns._ledger(Matter(pk=summary_of(city))) == {}, who


def test_nobody_is_asked_twice_and_a_return_s_figures_are_all_given(city: Player) -> None:
    asked = collected(city)
    with pytest.raises(Refused, match="bodies"):
        collected(city)
    city.act("2026-12-08", "stationed_clerk", "correspondence.receive", asked["stationed"])
    with pytest.raises(Refused, match="clues"):
        city.act("2026-12-08", "stationed_clerk", "correspondence.answer", asked["stationed"], text="无。")
    with pytest.raises(Refused):
        city.act(
            "2026-12-08", "stationed_clerk", "paper.draft", asked["stationed"], title="复函",
            kind="correspondence_answer", addressee="联系室", body="情况如下。",
        )  # fmt: skip


def test_nothing_goes_out_that_is_not_approved(city: Player) -> None:
    with pytest.raises(Refused, match="about"):
        drafted(city, submitted(city))


def test_nothing_goes_out_that_was_refused(city: Player) -> None:
    with pytest.raises(Refused, match="about"):
        drafted(city, decided(city, "not_approved"))


def test_an_approval_serves_one_notice(city: Player) -> None:
    notice = noticed(city)
    with city.see("liaison_clerk"):
        summary = Link.objects.get(source=notice, kind=LinkKind.ABOUT).target_id
    with pytest.raises(Refused, match="about"):
        drafted(city, summary, "2026-12-23")


def test_what_is_withheld_goes_into_no_draft_and_no_letter(city: Player) -> None:
    summary = decided(city)
    for name, text in (("text", "万里一案已查结。"), ("title", "万里案情况")):
        with pytest.raises(Refused, match=name):
            drafted(city, summary, **{name: text})
    notice = drafted(city, summary)
    with pytest.raises(Refused, match="text"):
        city.act(
            "2026-12-21", "liaison_clerk", "correspondence.amend", notice, title="情况", text="正在审查。",
            recipient=city.town.organs["accountability"].pk,
        )  # fmt: skip
    with pytest.raises(Refused, match="body"):
        city.act(
            "2026-12-21", "liaison_clerk", "paper.draft", notice, kind="correspondence_letter", title="通报",
            addressee="国资委", body="万里一案已查结。",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("情况.txt", "万里 一案已查结。".encode()),
        ("万里案.txt", "一案已查结。".encode()),
        ("情况.docx", word("万", "里一案已查结。")),
        ("情况.pdf", pdf(["经审", "查已办结。"])),
    ],
)
def test_what_is_withheld_goes_into_no_attachment(city: Player, name: str, content: bytes) -> None:
    summary, clean = decided(city), SimpleUploadedFile("附表.txt", "共三件。".encode())
    bearing = SimpleUploadedFile(name, content)
    with pytest.raises(Refused, match="attachments"):
        drafted(city, summary, files=MultiValueDict({"attachments": [clean, bearing]}))
    drafted(city, summary, files=MultiValueDict({"attachments": [clean]}))


def test_others_neither_collect_nor_read(city: Player) -> None:
    asked = collected(city)
    with pytest.raises(NotAllowed):
        city.act(
            "2026-12-02", "committee_clerk", "correspondence.collect", summary_of(city), text="请报送。",
            bodies=[city.town.organs["stationed"].pk], answer_by="2026-12-15",
        )  # fmt: skip
    notice = noticed(city)
    for who in ("regulator_clerk", "water_clerk"):
        with city.see(who):
            hidden = [summary_of(city), *asked.values()]
            assert not Matter.objects.filter(pk__in=hidden).exists(), who
            assert not Entry.objects.filter(matter__in=hidden).exists(), who
    with city.see("regulator_clerk"):
        assert Turn.objects.get(matter=notice).text == TOLD
        assert not Link.objects.filter(source=notice).exists()


@BY_ACTS
def test_canaries_of_summary_and_returns_never_reach_the_shareholder(city: Player) -> None:
    planted = plant(city)
    canaries = {"summary": "金风玉露", "withheld": "鹊桥归路", "return": "柔情似水", "approval": "佳期如梦"}
    asked = collected(city)
    city.act("2026-12-08", "stationed_clerk", "correspondence.receive", asked["stationed"])
    city.act(
        "2026-12-08", "stationed_clerk", "correspondence.answer", asked["stationed"], **FIGURES,
        text=canaries["return"],
    )  # fmt: skip
    summary = submitted(city, text=canaries["summary"], withheld=canaries["withheld"])
    city.act("2026-12-18", "deputy", "correspondence.receive", summary)
    city.act(
        "2026-12-18", "deputy", "correspondence.answer", summary, text=canaries["approval"],
        approval="approved",
    )  # fmt: skip
    notice = drafted(city, summary)
    city.letter(["2026-12-22"] * 4, notice, "correspondence_letter", HANDS, body=TOLD)
    with sight_of_everybody():
        papers = [str(pk) for pk in Matter.objects.get(pk=notice).papers.values_list("pk", flat=True)]

    def crawled(who: str) -> Crawler:
        crawler = Crawler(User.objects.get(username=who), planted)
        with clock.set_to(at("2026-12-23")):
            for address in (
                "/correspondence/", "/correspondence/?side=outgoing", "/correspondence/reports/",
                "/correspondence/export/", "/correspondence/reports/export/", "/", "/papers/",
                *(f"/matters/{one}/" for one in (notice, summary, *asked.values())),
                *(f"/chain/{one}/" for one in (notice, summary)),
                *(f"/api/v1/matters/{one}" for one in (notice, summary, *asked.values())),
                *(f"/papers/{pk}/{end}" for pk in papers for end in ("", "pdf/", "docx/")),
                *(f"/search/?q={word}" for word in canaries.values()),
            ):  # fmt: skip
                crawler.fetch(address)
        return crawler

    assert crawled("regulator_clerk").where(canaries) == []
    assert crawled("water_clerk").where(canaries) == []
    seen = {one.partition(" at ")[0] for one in crawled("liaison_clerk").where(canaries)}
    assert seen == set(canaries), "the office itself reads all of it"
