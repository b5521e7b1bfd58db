"""CZ-3.4: the ledger is sorted every quarter and steered every half year (一季一梳理、半年一调度)."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Conflict, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.measures.models import MeasureVersion
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.models import Paper
from guantong.kernel.papers.render_docx import render_docx
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.mechanisms.sessions.lifecycle import load
from guantong.mechanisms.sessions.models import Item
from guantong.mechanisms.sessions.papers import MINUTES, pack
from guantong.mechanisms.sessions.queries import lines
from support.consistency import problems_now
from support.play import Player, at
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
SORTING, STEERING = "CZ-3.4/sorting", "CZ-3.4/steering"


@pytest.fixture
def city(play: Player) -> Player:
    """The town, which knows the measure since the third quarter of 2026."""
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    return play


def swept(day: str) -> int:
    """Let the calendar open what has begun by a day."""
    with clock.set_to(at(day)):
        return open_due(date.fromisoformat(day))


def session(play: Player, code: str = SORTING, begins: str = "2026-07-01") -> UUID:
    """Return the session of a period, as case supervision sees it."""
    clause, _slash, cadence = code.partition("/")
    with play.see("clerk"):
        return Occasion.objects.get(clause=clause, cadence=cadence, begins_on=begins).matter_id


def items(play: Player, matter: UUID, who: str = "clerk") -> dict[UUID, Item]:
    """Return the items of a session by the clue they are about."""
    with play.see(who):
        return {one.about_id: one for one in Item.objects.filter(matter=matter)}


def begun(play: Player, day: str = "2026-09-29") -> UUID:
    """Let the third quarter's sorting begin."""
    swept(day)
    return play.act(day, "clerk", "session.begin", session(play), chair="陆知行", attendees="各室负责人")


def decide(
    play: Player, matter: UUID, clue: UUID, day: str = "2026-09-29", who: str = "clerk", **data: Any
) -> None:
    """Let somebody decide on a clue in a session."""
    given = {"decision": "continue", **data}
    play.act(day, who, "session.decide", matter, item=str(items(play, matter, who)[clue].pk), **given)


def test_each_period_has_its_session_from_its_first_day_on(city: Player) -> None:
    assert swept("2026-09-28") == 4, "a sorting and a steering in the city and in the county"
    assert swept("2026-09-28") == 0
    assert city.dates("clerk", session(city), SORTING) == ("open", "2026-09-30", "")
    assert city.dates("clerk", session(city, STEERING), STEERING) == ("open", "2026-12-31", "")
    duty = city.duty("clerk", session(city), SORTING)
    organs = city.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["supervision"].pk, organs["leaders"].pk)
    assert swept("2027-07-02") == 12, "late by nine months, it opens each period that was missed"
    assert city.dates("clerk", session(city, SORTING, "2026-10-01"), SORTING)[1] == "2026-12-31"
    assert problems_now() == []


def test_a_session_goes_through_all_that_lies_open_and_leaves_nothing_untouched(city: Player) -> None:
    handled = city.in_handling(city.assigned(city.registered("2026-07-06"), "2026-07-07"), "2026-07-08")
    fresh = city.registered("2026-09-28")
    ended = city.registered("2026-09-25")
    city.act("2026-09-26", "clerk", "clue.return", ended, reason="不全")
    matter = begun(city)
    found = items(city, matter)
    assert set(found) == {handled, fresh}
    old = found[handled]
    assert (old.since, old.handler_id) == (date(2026, 7, 6), city.town.organs["first"].pk)
    assert (old.owed, old.owed_by_id, old.next_due is not None) != ("", None, False)
    assert found[fresh].handler_id is None
    decide(city, matter, handled, decision="speed_up", due_on="2026-10-20", text="抓紧核实")
    with pytest.raises(Refused) as refused:
        city.act("2026-09-29", "clerk", "session.close", matter)
    assert city.matter("clerk", fresh).number in str(refused.value)
    decide(city, matter, fresh)
    city.act("2026-09-29", "clerk", "session.close", matter, conclusion="按期报告")
    assert city.dates("clerk", matter, SORTING) == ("discharged", "2026-09-30", "2026-09-29")
    assert problems_now() == []


def test_a_decision_stands_with_the_clue_and_what_is_dated_is_owed(city: Player) -> None:
    clue = city.in_handling(city.assigned(city.registered("2026-09-01"), "2026-09-02"), "2026-09-03")
    matter = begun(city)
    decide(city, matter, clue, decision="speed_up", due_on="2026-10-20", text="抓紧核实")
    with city.see("handler"):
        entry = Entry.objects.get(matter=clue, act="session.note")
        assert entry.content.body["data"]["text"] == "抓紧核实"
        assert not Matter.objects.filter(pk=matter).exists(), "the session itself is not the handler's"
    duty = city.duty("handler", clue, "CZ-3.4/speed_up")
    assert (duty.due_on, duty.holder_id) == (date(2026, 10, 20), city.town.organs["first"].pk)
    city.act("2026-10-12", "handler", "clue.report_progress", clue, progress="已核实")
    assert city.dates("handler", clue, "CZ-3.4/speed_up") == ("discharged", "2026-10-20", "2026-10-12")


def handled(play: Player, day: str = "2026-09-01", **data: Any) -> UUID:
    """Return a clue in handling since a day in September."""
    clue = play.assigned(play.registered(day, **data), "2026-09-02")
    return play.in_handling(clue, "2026-09-03")


def closed(play: Player, clue: UUID, **decision: Any) -> UUID:
    """Let the third quarter's sorting be held with one decision."""
    matter = begun(play)
    decide(play, matter, clue, **decision)
    return play.act("2026-09-29", "clerk", "session.close", matter)


@pytest.mark.parametrize(("typed", "late"), [("2026-09-30", False), ("2026-10-12", True)])
def test_a_session_counts_by_the_day_it_was_held(city: Player, typed: str, late: bool) -> None:
    swept("2026-09-28")
    matter = city.act(typed, "clerk", "session.begin", session(city), chair="陆知行")
    with clock.set_to(at("2026-10-14")):
        actor = city.town.actor("clerk")
        with scope(actor):
            perform("session.close", actor, matter, {"happened_on": typed})
    _state, due, ended = city.dates("clerk", matter, SORTING)
    assert (ended > due, ended) == (late, typed)


def test_a_session_cannot_have_been_held_before_its_period(city: Player) -> None:
    swept("2026-10-09")
    with pytest.raises(Refused, match="2026-09-29"):
        fourth = session(city, SORTING, "2026-10-01")
        city.act("2026-09-29", "clerk", "session.begin", fourth, chair="陆知行")


def test_steering_is_owed_beside_sorting_and_one_does_not_stand_for_the_other(city: Player) -> None:
    closed(city, handled(city))
    swept("2026-12-31")
    steering = session(city, STEERING)
    assert city.dates("clerk", steering, STEERING) == ("open", "2026-12-31", "")
    city.act("2026-12-30", "clerk_head", "session.begin", steering, chair="秦望山")
    for clue in items(city, steering):
        decide(city, steering, clue, "2026-12-30")
    city.act("2026-12-30", "clerk_head", "session.close", steering)
    assert city.dates("clerk", steering, STEERING) == ("discharged", "2026-12-31", "2026-12-30")


def test_a_changed_decision_takes_back_what_the_first_made_owed(city: Player) -> None:
    clue = handled(city)
    matter = begun(city)
    decide(city, matter, clue, decision="speed_up", due_on="2026-10-20")
    decide(city, matter, clue, decision="answer", due_on="2026-10-27", text="说明原因")
    assert city.duty("clerk", clue, "CZ-3.4/speed_up").state == "cancelled"
    assert city.dates("handler", clue, "CZ-3.4/answer") == ("open", "2026-10-27", "")
    decide(city, matter, clue)
    assert city.duty("clerk", clue, "CZ-3.4/answer").state == "cancelled"
    with city.see("clerk"):
        acts = list(
            Entry.objects.filter(matter=clue, act__startswith="session.").values_list("act", flat=True)
        )
        assert Entry.objects.filter(matter=matter, act="session.decide").count() == 3
    assert acts == ["session.note", "session.change_note", "session.change_note"]
    assert problems_now() == []


def test_what_nobody_handles_yet_is_owed_by_case_supervision(city: Player) -> None:
    clue = city.registered("2026-09-28")
    matter = begun(city)
    decide(city, matter, clue, decision="speed_up", due_on="2026-10-09")
    assert city.duty("clerk", clue, "CZ-3.4/assign").holder_id == city.town.organs["supervision"].pk
    handler = city.town.organs["first"].pk
    city.act("2026-10-08", "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    assert city.dates("clerk", clue, "CZ-3.4/assign") == ("discharged", "2026-10-09", "2026-10-08")


def test_a_leader_types_his_instruction_himself_and_a_clerk_names_whose_it_is(city: Player) -> None:
    first, second = handled(city), handled(city, letter_number="清审移〔2026〕4号")
    matter = begun(city)
    decide(city, matter, first, who="deputy", decision="instruct", text="专人盯办", due_on="2026-10-20")
    assert items(city, matter)[first].by_whom == "陆知行"
    assert city.duty("handler", first, "CZ-3.4/instruction").holder_id == city.town.organs["first"].pk
    with pytest.raises(Refused) as refused:
        decide(city, matter, second, decision="instruct", text="专人盯办")
    assert [fault.field for fault in refused.value.faults] == ["by_whom"]
    decide(city, matter, second, decision="instruct", text="专人盯办", by_whom="秦望山")
    with city.see("handler"):
        body = Entry.objects.get(matter=second, act="session.note").content.body["data"]
    assert (body["by_whom"], body["text"]) == ("秦望山", "专人盯办")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"decision": "speed_up"}, "due_on"),
        ({"decision": "answer"}, "due_on"),
        ({"decision": "speed_up", "due_on": "2026-09-29"}, "due_on"),
        ({"decision": "instruct", "by_whom": "秦望山"}, "text"),
        ({"decision": "extend"}, "text"),
        ({"decision": "forget"}, "decision"),
    ],
)
def test_a_decision_without_what_it_needs_is_refused_with_field_and_remedy(
    city: Player, data: dict[str, str], field: str
) -> None:
    clue = handled(city)
    matter = begun(city)
    with pytest.raises(Refused) as refused:
        decide(city, matter, clue, **data)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert items(city, matter)[clue].turn == 0


def test_of_two_clerks_the_second_is_told_what_the_first_decided(city: Player) -> None:
    clue = handled(city)
    matter = begun(city)
    decide(city, matter, clue, turn=0, decision="speed_up", due_on="2026-10-20")
    with pytest.raises(Conflict) as refused:
        decide(city, matter, clue, who="clerk_head", turn=0)
    assert "沈若川" in refused.value.faults[0].reason
    assert items(city, matter)[clue].decision == "speed_up"
    decide(city, matter, clue, who="clerk_head", turn=1)
    assert items(city, matter)[clue].decision == "continue"


def test_an_additional_session_waits_for_the_quota_and_discharges_nothing(city: Player) -> None:
    clue = handled(city)
    swept("2026-09-28")
    with pytest.raises(Refused, match="第三季度"):
        city.act("2026-09-28", "clerk", "session.call", form="sorting", reason="集中清理")
    matter = closed(city, clue)
    extra = city.act("2026-09-30", "clerk", "session.call", form="sorting", reason="集中清理")
    city.act("2026-09-30", "clerk", "session.begin", extra, chair="顾明远")
    assert set(items(city, extra)) == {clue}
    decide(city, extra, clue, "2026-09-30")
    city.act("2026-09-30", "clerk", "session.close", extra)
    swept("2026-10-01")
    assert city.dates("clerk", session(city, SORTING, "2026-10-01"), SORTING)[0] == "open"
    assert city.dates("clerk", matter, SORTING)[2] == "2026-09-29"


def test_only_an_additional_session_is_called_off(city: Player) -> None:
    closed(city, handled(city))
    extra = city.act("2026-09-30", "clerk", "session.call", form="sorting", reason="集中清理")
    city.act("2026-09-30", "clerk", "session.call_off", extra, reason="已无必要")
    swept("2026-10-01")
    with pytest.raises(Refused):
        fourth = session(city, SORTING, "2026-10-01")
        city.act("2026-10-01", "clerk", "session.call_off", fourth, reason="已无必要")


def test_a_session_sees_what_the_last_decided_and_whether_it_was_done(city: Player) -> None:
    done, undone = handled(city), handled(city, letter_number="清审移〔2026〕4号")
    matter = begun(city)
    for clue in (done, undone):
        decide(city, matter, clue, decision="speed_up", due_on="2026-10-20", text="抓紧核实")
    city.act("2026-09-29", "clerk", "session.close", matter)
    city.act("2026-10-12", "handler", "clue.report_progress", done, progress="已核实")
    swept("2026-12-01")
    steering = session(city, STEERING)
    city.act("2026-12-01", "clerk", "session.begin", steering, chair="秦望山")
    with city.see("clerk"):
        before = {line.item.about_id: line.before for line in lines(load(Matter.objects.get(pk=steering)))}
    [was_done], [was_not] = before[done], before[undone]
    assert (was_done.undone, was_not.undone) == (False, True)
    assert was_not.session == city.matter("clerk", matter).number == "清纪梳理〔2026〕1号"


def test_the_minutes_are_drafted_from_the_decisions_and_signed(city: Player) -> None:
    clue, other = handled(city), city.registered("2026-09-28")
    matter = begun(city)
    decide(city, matter, clue, decision="speed_up", due_on="2026-10-20", text="抓紧核实")
    decide(city, matter, other)
    city.act("2026-09-29", "clerk", "session.close", matter, conclusion="按期报告")
    with clock.set_to(at("2026-09-30")), city.see("clerk"):
        seen = Matter.objects.get(pk=matter)
        proposal = MINUTES.propose(seen, city.town.actor("clerk"))
    assert "限期加快办理（1件）" in proposal.body
    assert "第一监督检查室，2026年10月20日前完成：抓紧核实。" in proposal.body
    assert "未结2件" in proposal.body and "按期报告" in proposal.body
    assert "苏见微" not in proposal.body, "minutes go to many: numbers, no names"
    hands = ["clerk", "clerk_head", "deputy", "clerk"]
    texts = {"title": proposal.title, "addressee": proposal.addressee, "body": proposal.body}
    paper = city.letter(["2026-09-30"] * 4, matter, "session_minutes", hands, **texts)
    with city.see("clerk"):
        signed = Paper.objects.get(pk=paper)
        assert signed.number == "清纪纪要〔2026〕1号"
        letter = Letter.from_json(signed.letter["final"])
    assert render_pdf(letter).startswith(b"%PDF") and render_docx(letter).startswith(b"PK")


def test_the_pack_has_a_page_for_each_stuck_item(city: Player) -> None:
    stuck = city.registered("2026-09-28")
    plain = city.in_handling(city.assigned(city.registered("2026-09-27"), "2026-09-28"), "2026-09-28")
    paused = handled(city, letter_number="清审移〔2026〕4号")
    city.act("2026-09-10", "handler", "clue.pause", paused, awaited_from="清川银行", reason="调取")
    matter = begun(city)
    with city.see("clerk"):
        found = load(Matter.objects.select_related("organ__body").get(pk=matter))
        letter = pack(found, lines(found))
        numbers = dict(Matter.objects.values_list("pk", "number"))
    titles = {part.title for part in letter.attachments}
    assert titles == {f"{numbers[stuck]}情况", f"{numbers[paused]}情况"}
    assert "等待清川银行答复" in letter.to_json()
    assert numbers[plain] not in letter.to_json()
    with pdfplumber.open(io.BytesIO(render_pdf(letter))) as pdf:
        assert len(pdf.pages) == 3


def own(captured: CaptureQueriesContext) -> int:
    """Count statements without savepoints, the scope, the post and the rules kept for some seconds."""
    beside = re.compile("SAVEPOINT|current_setting|organs_post|adoption|rolebinding")
    return sum(not beside.search(one["sql"][:90]) for one in captured.captured_queries)


@BY_ACTS
def test_each_of_many_items_takes_the_same_few_statements(city: Player) -> None:
    clues = [handled(city, letter_number=f"清审移〔2026〕{number}号") for number in range(12)]
    swept("2026-09-29")
    matter = session(city)

    def counted(code: str, **data: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            city.act("2026-09-29", "clerk", code, matter, **data)
        return own(captured)

    assert counted("session.begin", chair="陆知行") <= 12
    found = items(city, matter)
    chosen = [str(found[clue].pk) for clue in clues]
    assert {counted("session.decide", item=item, decision="continue") for item in chosen[:6]} == {10}
    dated = {"decision": "speed_up", "due_on": "2026-10-20"}
    assert {counted("session.decide", item=item, **dated) for item in chosen[6:]} == {12}
    with CaptureQueriesContext(connection) as captured, city.see("clerk"):
        lines(load(Matter.objects.get(pk=matter)))
    assert own(captured) == 4
