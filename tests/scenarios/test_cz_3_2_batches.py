"""CZ-3.2: an inspection round hands over its clues as a batch, with a list signed by both (成批移交)."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.acts.act import KeepNothing, NotAllowed, Refused
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Link, Matter
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.rounds.models import Item
from support.play import Player, scan, uploads
from support.rounds import HANDS, batch, gathered, handed_over, line, on_paper, opened, staff
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
ABOVE = {"name": "某省管", "unit": "清川市人民政府", "post": "副市长", "authority": "provincial"}


@pytest.fixture
def office(play: Player) -> Player:
    return staff(play)


def states(play: Player, who: str, clues: list[UUID]) -> list[str]:
    return [play.matter(who, one).state for one in clues]


def annex(play: Player, who: str, paper: str) -> Any:
    with play.see(who):
        letter = Letter.from_json(Paper.objects.get(pk=paper).letter["final"])
    return letter.attachments[0]


def test_cz_3_2_the_list_sends_every_clue_of_the_round_at_once(office: Player) -> None:
    found, clues = batch(office, 3)
    assert office.matter("inspector", found).state == "handed_over"
    assert states(office, "inspector", clues) == ["sent"] * 3
    for clue in clues:
        # 28 September + 2 working days: 29 and 30 September
        assert office.dates("clerk", clue, "CZ-3.2/receive") == ("open", "2026-09-30", "")
        with office.see("clerk"):
            entry = Entry.objects.get(matter=clue, act="clue.hand_over")
            assert Matter.objects.get(pk=clue).clue.letter_number == "清巡移〔2026〕1号"
        assert "CZ-3.2" in entry.clauses
    assert office.dates("clerk", found, "CZ-3.2/list") == ("open", "2026-09-30", "")


def test_cz_3_2_the_list_names_each_clue_and_has_room_for_both_signatures(office: Player) -> None:
    found = opened(office)
    gathered(office, found, 2)
    paper = handed_over(office, found)
    table, signing = annex(office, "inspection_leader", paper).blocks
    assert [row[0] for row in table.rows] == ["1", "2"]
    assert table.rows[0][1:4] == ("王甲", "清川市水利局", "科长")
    assert table.rows[0][5:] == ("11", "清巡移〔2026〕1号")
    assert "违规发放津补贴" in table.rows[0][4]
    assert [label[:3] for label in signing.labels] == ["移交人", "接收人"]
    assert "一式两份" in annex(office, "clerk", paper).title


def test_cz_3_2_nothing_goes_out_while_an_item_belongs_above(office: Player) -> None:
    found = opened(office)
    clues = gathered(office, found, 2)
    wrong = office.act(
        "2026-09-22", "inspector", "clue.draft", origin=str(found), category="duty_crime",
        allegation="收受财物。", subjects=[ABOVE],
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        office.act(
            "2026-09-28",
            "inspector",
            "paper.draft",
            found,
            kind="handover_list",
            title="清单",
            addressee="市纪委监委",
            body="移交。",
        )
    [fault] = refused.value.faults
    assert "3" in fault.reason and "某省管" in fault.reason and fault.remedy
    assert states(office, "inspector", [*clues, wrong]) == ["drafted"] * 3
    with office.see("inspector"):
        assert not Item.objects.filter(round=found).exists()
    with office.see("clerk"):
        assert not Matter.objects.exists()
    office.act("2026-09-28", "inspector", "clue.withdraw", wrong, reason="送上级机关")
    handed_over(office, found)
    assert states(office, "clerk", clues) == ["sent"] * 2


def test_cz_3_2_a_head_named_since_the_list_was_signed_stops_it_all(office: Player) -> None:
    found = opened(office)
    clues = gathered(office, found, 2)
    head = {"name": "陆知行", "unit": "中共清川市纪律检查委员会", "post": "副书记", "authority": "city"}
    clues.append(
        office.act(
            "2026-09-22",
            "inspector",
            "clue.draft",
            origin=str(found),
            category="discipline",
            allegation="说情打招呼。",
            subjects=[head],
        )
    )
    day = "2026-09-28"
    texts = {"title": "清单", "addressee": "市纪委监委", "body": "移交。"}
    office.act(day, "inspector", "paper.draft", found, kind="handover_list", **texts)
    paper = office.paper("inspector", found, "handover_list")
    office.act(day, "inspection_head", "paper.check", found, paper=paper)
    office.act(day, "inspection_leader", "paper.sign", found, paper=paper)
    deputy = office.town.posts["deputy"]
    deputy.rank = "principal"
    deputy.save()
    with pytest.raises(Refused, match="陆知行"):
        office.act(day, "inspector", "paper.dispatch", found, paper=paper, way="paper")
    assert office.matter("inspector", found).state == "open"
    assert states(office, "inspector", clues) == ["drafted"] * 3
    with office.see("clerk"):
        assert not Matter.objects.exists()


def test_cz_3_2_a_list_that_no_longer_agrees_is_not_sent(office: Player) -> None:
    found = opened(office)
    first, second = gathered(office, found, 2)
    texts = {"title": "清单", "addressee": "市纪委监委", "body": "移交。"}
    day = "2026-09-28"
    office.act(day, "inspector", "paper.draft", found, kind="handover_list", **texts)
    paper = office.paper("inspector", found, "handover_list")
    office.act(day, "inspection_head", "paper.check", found, paper=paper)
    office.act(day, "inspection_leader", "paper.sign", found, paper=paper)
    office.act(day, "inspector", "clue.withdraw", second, reason="证据不足")
    with pytest.raises(Refused):
        office.act(day, "inspector", "paper.dispatch", found, paper=paper, way="paper")
    assert office.matter("inspector", first).state == "drafted"
    office.act(day, "inspector", "paper.void", found, paper=paper, reason="清单有变")
    again = handed_over(office, found)
    assert len(annex(office, "clerk", again).blocks[0].rows) == 1
    assert office.matter("clerk", first).state == "sent"


@BY_ACTS
def test_cz_3_2_the_hand_over_is_all_or_nothing(office: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    from guantong.mechanisms.clues.acts import sending

    found = opened(office)
    clues = gathered(office, found, 3)
    real, sent = sending.send, []

    def breaks(deed: Any, *rest: Any, **more: Any) -> None:
        sent.append(deed.matter.pk)
        if len(sent) == 3:
            raise RuntimeError("the machine stops here")
        real(deed, *rest, **more)

    monkeypatch.setattr(sending, "send", breaks)
    with pytest.raises(RuntimeError):
        handed_over(office, found)
    assert len(sent) == 3
    assert states(office, "inspector", clues) == ["drafted"] * 3
    assert office.matter("inspector", found).state == "open"


def test_cz_3_2_nobody_hands_a_clue_over_but_with_the_list(office: Player) -> None:
    found = opened(office)
    [clue] = gathered(office, found, 1)
    receiver = office.town.organs["supervision"].pk
    letter = {"letter_number": "伪造", "letter_date": "2026-09-28", "receiver": receiver}
    with pytest.raises(NotAllowed):
        office.act("2026-09-28", "inspector", "clue.hand_over", clue, **letter)
    assert office.matter("inspector", clue).state == "drafted"


def test_cz_3_2_the_batch_is_taken_in_when_each_clue_is_decided(office: Player) -> None:
    found, (first, second) = batch(office, 2)
    office.act("2026-09-29", "clerk", "clue.receive", first)
    with pytest.raises(Refused, match="2"):
        office.act("2026-09-29", "clerk", "round.receive", found)
    office.act("2026-09-29", "clerk", "clue.return", second, reason="缺证据清单")
    office.act("2026-09-29", "clerk", "round.receive", found)
    assert office.matter("inspector", found).state == "received"


def test_cz_3_2_the_list_signed_by_both_is_recorded_with_its_scan(office: Player) -> None:
    found, _clues = batch(office, 2)
    with pytest.raises(Refused) as refused:
        office.act("2026-09-29", "clerk", "round.sign_list", found, handed_by="白望舒", taken_by="沈若川")
    assert [fault.field for fault in refused.value.faults] == ["scan"]
    office.done(
        "2026-09-29", "clerk", "round.sign_list", found, handed_by="白望舒", taken_by="沈若川",
        files=uploads(scan=scan("签收清单.pdf")),
    )  # fmt: skip
    assert office.dates("inspector", found, "CZ-3.2/list")[::2] == ("discharged", "2026-09-29")
    with office.see("inspector"):
        assert Attachment.objects.get(matter=found).name == "签收清单.pdf"
    with pytest.raises(NotAllowed):
        office.act("2026-09-29", "inspector", "round.sign_list", found, handed_by="白", taken_by="沈")


def test_cz_3_2_a_batch_on_paper_is_registered_in_one_act(office: Player) -> None:
    found = office.act("2026-09-29", "clerk", "round.register", **on_paper(office, 23))
    with office.see("clerk"):
        clues = [one.clue for one in Item.objects.filter(round=found).select_related("clue__clue")]
        assert Link.objects.filter(target=found, kind="origin").count() == 23
        assert {one.clue.letter_number for one in clues} == {"清巡移〔2026〕3号"}
        assert {one.clue.source for one in clues} == {"inspection"}
    assert [one.number for one in clues] == [f"清纪线索〔2026〕{number}号" for number in range(1, 24)]
    assert office.matter("inspector", found).state == "received"
    # 29 September + 3 working days: 30 September, 8 and 9 October
    assert office.dates("clerk", clues[22].pk, "CZ-3.2/receipt") == ("open", "2026-10-09", "")
    assert office.dates("clerk", clues[22].pk, "CZ-3.3/feedback")[0] == "open"
    assert office.matter("inspector", clues[0].pk).state == "received"


def test_cz_3_2_several_persons_of_a_line_become_one_clue(office: Player) -> None:
    data = on_paper(office, 0, items=[line(0, name="王甲、李乙"), line(1, name="", unit="清川市水利局")])
    found = office.act("2026-09-29", "clerk", "round.register", **data)
    with office.see("clerk"):
        one, other = (item.clue for item in Item.objects.filter(round=found))
        assert sorted(one.subjects.values_list("name", flat=True)) == ["李乙", "王甲"]
        assert (other.subjects.count(), other.clue.unit) == (0, "清川市水利局")


@BY_ACTS
def test_cz_3_2_gr_15_an_item_of_a_batch_on_paper_that_belongs_above_is_kept_nowhere(office: Player) -> None:
    def kept() -> list[Path]:
        return [path for path in (Path(settings.GUANTONG_DATA) / "files").rglob("*") if path.is_file()]

    before = kept()
    data = on_paper(office, 3)
    data["items"][1] = line(1, **ABOVE, allegation="此件不得录入本级")
    with pytest.raises(KeepNothing) as refused:
        office.done("2026-09-29", "clerk", "round.register", key="batch", files=uploads(scan=scan()), **data)
    assert refused.value.rows == {"items": frozenset({1})}
    [fault] = refused.value.faults
    assert "2" in fault.reason and fault.remedy
    assert kept() == before
    with office.see("clerk"):
        assert not Matter.objects.exists() and not Item.objects.exists()
    del data["items"][1]
    office.act("2026-09-29", "clerk", "round.register", **data)
    with office.see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 2


@BY_ACTS
def test_cz_3_2_a_batch_with_a_wrong_cell_names_line_and_column_and_enters_nothing(office: Player) -> None:
    data = on_paper(office, 5)
    data["items"][3] = line(3, unit="", pages="许多")
    with pytest.raises(Refused) as refused:
        office.act("2026-09-29", "clerk", "round.register", **data)
    assert len(refused.value.faults) == 2
    assert all("4" in fault.reason and fault.field == "items" for fault in refused.value.faults)
    with office.see("clerk"):
        assert not Matter.objects.exists()


@BY_ACTS
def test_cz_3_2_a_batch_sent_twice_with_one_key_is_entered_once(office: Player) -> None:
    first = office.done("2026-09-29", "clerk", "round.register", key="one", **on_paper(office, 4))
    second = office.done("2026-09-29", "clerk", "round.register", key="one", **on_paper(office, 4))
    assert (second.matter_id, second.repeated) == (first.matter_id, True)
    with office.see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 4


def test_cz_3_2_only_case_supervision_registers_and_only_the_office_opens(office: Player) -> None:
    for who in ("inspector", "deputy", "handler_head", "auditor"):
        with pytest.raises(NotAllowed):
            office.act("2026-09-29", who, "round.register", **on_paper(office, 1))
    for who in ("clerk", "deputy", "auditor", "inspection_leader"):
        with pytest.raises(NotAllowed):
            opened(office) if who == "inspector" else office.act(
                "2026-09-29", who, "round.open", title="轮次", units="单位"
            )


def test_cz_3_2_a_clue_arises_from_an_open_round_of_ones_own_only(office: Player) -> None:
    found, _clues = batch(office, 1)
    with pytest.raises(Refused) as refused:
        gathered(office, found, 1, "2026-09-29")
    assert refused.value.faults[0].field == "origin"
    other = opened(office, "2026-09-29")
    with pytest.raises(Refused):
        office.drafted("2026-09-29", origin=str(other))


def test_cz_3_2_the_office_learns_of_its_clues_only_what_a_sender_may(office: Player) -> None:
    from guantong.mechanisms.rounds import queries
    from guantong.mechanisms.rounds.models import Round

    found, (clue, *_rest) = batch(office, 2)
    office.act("2026-09-29", "clerk", "clue.receive", clue)
    office.assigned(clue, "2026-09-30")
    said = {}
    for who in ("inspector", "clerk"):
        with office.see(who):
            said[who] = queries.rows_of(Round.objects.get(pk=found))[0].state
    assert said["clerk"] != said["inspector"]
    told = queries.kinds.get("clue").state_label(2, "accepted")
    assert said["inspector"] == told


def test_cz_3_3_the_round_is_answered_as_a_whole_and_closes_when_each_clue_is(office: Player) -> None:
    found, clues = batch(office, 2)
    first, second = clues
    office.act("2026-09-29", "clerk", "clue.receive", first)
    office.act("2026-09-29", "clerk", "clue.return", second, reason="缺证据清单")
    office.act("2026-09-29", "clerk", "round.receive", found)
    office.letter(["2026-09-29"] * 4, first, "receipt", ["clerk", "clerk_head", "clerk_head", "clerk"])
    with pytest.raises(Refused):
        office.act("2026-09-30", "clerk", "round.close", found)  # the signed list is still owed
    sides = {"handed_by": "白望舒", "taken_by": "沈若川"}
    office.done("2026-09-30", "clerk", "round.sign_list", found, **sides, files=uploads(scan=scan()))
    with pytest.raises(Refused, match="1"):
        office.act("2026-09-30", "clerk", "round.close", found)
    office.in_handling(office.assigned(first, "2026-09-29"), "2026-09-30")
    office.act("2026-10-10", "handler", "clue.conclude", first, result="admonished", text="内情")
    office.answered(first, "2026-10-12", body="已批评教育。", progress="已批评教育，责令整改。")
    hands = ["clerk", "clerk_head", "deputy", "clerk"]
    paper = office.letter(["2026-10-13"] * 4, found, "round_feedback", hands)
    assert office.matter("inspector", found).state == "fed_back"
    rows = annex(office, "inspector", paper).blocks[0].rows
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[0][3:] == ("已办结", "已批评教育，责令整改。")
    assert "内情" not in str(rows)
    office.act("2026-10-13", "clerk", "round.close", found)
    assert office.matter("inspector", found).is_open is False


def test_cz_3_2_a_hand_over_of_many_costs_the_same_for_each(office: Player) -> None:
    spent = []
    for count in (2, 12):
        found = opened(office)
        gathered(office, found, count)
        day = "2026-09-28"
        texts = {"title": "清单", "addressee": "市纪委监委", "body": "移交。"}
        office.act(day, "inspector", "paper.draft", found, kind="handover_list", **texts)
        paper = office.paper("inspector", found, "handover_list")
        office.act(day, HANDS[1], "paper.check", found, paper=paper)
        office.act(day, HANDS[2], "paper.sign", found, paper=paper)
        with CaptureQueriesContext(connection) as captured:
            office.act(day, "inspector", "paper.dispatch", found, paper=paper, way="paper")
        spent.append(len([one for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert (spent[1] - spent[0]) / 10 <= 12


def test_cz_3_2_a_round_opened_by_mistake_is_withdrawn_once_it_is_empty(office: Player) -> None:
    found = opened(office)
    [clue] = gathered(office, found, 1)
    with pytest.raises(Refused):
        office.act("2026-09-23", "inspector", "round.withdraw", found, reason="重复")
    office.act("2026-09-23", "inspector", "clue.withdraw", clue, reason="重复")
    office.act("2026-09-23", "inspector", "round.withdraw", found, reason="重复")
    with office.see("inspector"):
        assert not Duty.objects.filter(matter=found, state="open").exists()
        assert Matter.objects.get(pk=found).is_open is False
