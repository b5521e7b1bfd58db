"""CZ-1.2: one unifies, several divide the work (统分结合); GR-0.7: tasks given and done (交办与办理)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from guantong.kernel.access.scope import scope_of
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.mechanisms.tasks.models import Task
from guantong.mechanisms.tasks.queries import parts_of
from support.consistency import problems_now
from support.play import Player
from support.program import Program

pytestmark = pytest.mark.django_db
ACCEPT, COMPLETE, APPROVE = "GR-0.7/accept", "GR-0.7/complete", "GR-0.7/approve"
DIVIDE, SETTLE = "CZ-1.2/divide", "CZ-1.2/settle"


def given(play: Player, holder: str, day: str = "2026-09-28", who: str = "clerk", **data: Any) -> UUID:
    """Let somebody give a task to an organ of the town."""
    said = {
        "title": "专项资金审计发现问题整改",
        "text": "逐项核实，督促整改。",
        "due_on": "2026-11-30",
        "holder": play.town.organs[holder].pk,
        **data,
    }
    return play.act(day, who, "task.give", None, **said)


def unified(play: Player, *holders: str, day: str = "2026-09-28", **data: Any) -> tuple[UUID, list[UUID]]:
    """Let case supervision unify an audit matter and divide it among these organs."""
    whole = given(play, "supervision", day, field="audit", **data)
    divided(play, whole, *holders, day=day)
    return whole, parts(play, "clerk", whole)


def divided(play: Player, whole: UUID, *holders: str, day: str = "2026-09-28", who: str = "clerk") -> None:
    """Divide a task among organs."""
    rows = [
        {"holder": play.town.organs[one].pk, "title": f"{one}承担部分", "due_on": "2026-10-30"}
        for one in holders
    ]
    play.act(day, who, "task.divide", whole, parts=rows)


def parts(play: Player, who: str, whole: UUID) -> list[UUID]:
    """Return the parts directly below a task, in the order in which they were made."""
    with play.see(who):
        return [one.task for one in parts_of([whole]) if one.whole == whole]


def done(play: Player, who: str, task: UUID, day: str = "2026-10-08", by: str = "clerk") -> None:
    """Let a holder accept and report a task, and let who gave it close it."""
    play.act(day, who, "task.accept", task)
    play.act(day, who, "task.complete", task, text="已全部整改到位。")
    play.act(day, by, "task.close", task)


def test_gr_0_7_a_task_is_accepted_done_by_its_day_and_approved(play: Player) -> None:
    task = given(play, "executing")
    assert play.dates("clerk", task, ACCEPT) == ("open", "2026-10-08", ""), "three working days, holiday off"
    assert play.dates("auditor", task, COMPLETE) == ("open", "2026-11-30", "")
    duty = play.duty("clerk", task, COMPLETE)
    organs = play.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["executing"].pk, organs["supervision"].pk)
    play.act("2026-10-08", "auditor", "task.accept", task)
    play.act("2026-10-20", "auditor", "task.report", task, text="已核实三项。")
    play.act("2026-11-20", "auditor", "task.complete", task, text="整改到位。")
    assert play.dates("clerk", task, COMPLETE) == ("discharged", "2026-11-30", "2026-11-20")
    play.act("2026-11-23", "clerk", "task.send_back", task, reason="第二项没有凭证。", due_on="2026-12-10")
    with play.see("auditor"):
        assert Task.objects.get(pk=task).due_on.isoformat() == "2026-12-10"
    play.act("2026-12-01", "auditor", "task.complete", task, text="补齐。")
    play.act("2026-12-02", "clerk", "task.close", task)
    assert play.matter("auditor", task).state == "closed"
    assert play.dates("clerk", task, APPROVE)[0] == "discharged"
    assert problems_now() == []


def test_gr_0_7_nobody_else_moves_a_task_and_nobody_else_sees_it(play: Player) -> None:
    task = given(play, "executing")
    for who, code, data in [
        ("clerk", "task.accept", {}),
        ("auditor", "task.withdraw", {"reason": "不办了。"}),
    ]:
        with pytest.raises(NotAllowed):
            play.act("2026-09-29", who, code, task, **data)
    with pytest.raises(Refused):
        play.act("2026-09-29", "inspector", "task.accept", task)
    with play.see("inspector"):
        assert not Task.objects.exists()


def test_gr_0_7_more_time_is_asked_for_with_a_reason_and_granted_with_its_explanation(play: Player) -> None:
    task = given(play, "executing")
    play.act("2026-09-29", "auditor", "task.accept", task)
    with pytest.raises(Refused) as refused:
        play.act("2026-10-09", "auditor", "task.request_extension", task, until="2026-11-01", reason="早")
    assert refused.value.faults[0].field == "until"
    play.act("2026-10-09", "auditor", "task.request_extension", task, until="2026-12-15", reason="涉及面广。")
    assert play.dates("clerk", task, "GR-0.7/decide_extension")[0] == "open"
    play.act("2026-10-12", "clerk", "task.approve_extension", task)
    assert play.dates("auditor", task, COMPLETE) == ("open", "2026-12-15", "")
    with play.see("auditor"):
        found = Task.objects.get(pk=task)
    assert (found.due_on.isoformat(), found.extension_until) == ("2026-12-15", None)


def test_gr_0_7_a_task_names_the_matter_it_comes_from(play: Player) -> None:
    clue = play.registered()
    with play.see("clerk"):
        Matter.objects.filter(pk=clue).update(secrecy="secret")
    task = given(play, "executing", origin=str(clue), link="decided")
    assert play.matter("auditor", task).secrecy == "secret"
    with play.see("clerk"):
        link = Link.objects.get(source=task)
    assert (link.target_id, link.kind) == (clue, LinkKind.DECIDED)
    with pytest.raises(Refused) as refused:
        given(play, "supervision", who="inspector", origin=str(clue))
    assert refused.value.faults[0].field == "origin"
    with play.see("auditor"):
        assert not Link.objects.filter(source=task, target__kind="case").exists()


def test_cz_1_2_the_unifying_organ_divides_the_work_and_each_does_its_part(play: Player) -> None:
    whole = given(play, "supervision", field="audit")
    assert play.dates("clerk", whole, DIVIDE) == ("open", "2026-10-10", "")
    divided(play, whole, "executing", "rounds")
    assert play.dates("clerk", whole, DIVIDE)[0] == "discharged"
    first, second = parts(play, "clerk", whole)
    organs = play.town.organs
    duty = play.duty("auditor", first, COMPLETE)
    assert (duty.holder_id, duty.claimant_id) == (organs["executing"].pk, organs["supervision"].pk)
    assert duty.due_on.isoformat() == "2026-10-30"
    assert play.matter("auditor", first).number == play.matter("clerk", whole).number + "-1"
    with play.see("auditor"):
        assert not Task.objects.filter(pk__in=[whole, second]).exists(), (
            "no dividing organ sees another's part"
        )
        assert parts_of([whole]) == [], "nor what is below the whole"
    with play.see("clerk"):
        found = parts_of([whole])
    assert [(one.holder, one.state, one.seen) for one in found] == [
        ("清川市审计局审计执行科", "given", True),
        ("中共清川市委巡察工作领导小组办公室综合科", "given", True),
    ]
    assert problems_now() == []


def test_cz_1_2_nothing_closes_above_while_a_part_is_open_below(play: Player) -> None:
    whole, (first, second) = unified(play, "executing", "rounds")
    done(play, "auditor", first)
    for code, data in [("task.complete", {"text": "完成。"}), ("task.withdraw", {"reason": "不办了。"})]:
        with pytest.raises(Refused) as refused:
            play.act("2026-10-09", "clerk", code, whole, **data)
        assert play.matter("clerk", second).number in str(refused.value)
        assert play.matter("clerk", first).number not in str(refused.value)
    play.act("2026-10-09", "clerk", "task.withdraw", second, reason="并入其他工作。")
    play.act("2026-10-09", "clerk", "task.complete", whole, text="各部分均已办结。")
    play.act("2026-10-10", "clerk", "task.close", whole)
    assert play.matter("clerk", whole).state == "closed"
    with pytest.raises(Refused):
        divided(play, whole, "executing", day="2026-10-10")


def test_cz_1_2_a_part_is_divided_further_and_seen_above_in_outline(play: Player) -> None:
    whole, (part,) = unified(play, "executing")
    play.act("2026-09-29", "auditor", "task.accept", part)
    divided(play, part, "team", day="2026-09-29", who="auditor")
    (below,) = parts(play, "auditor", part)
    with play.see("clerk"):
        found = {one.task: one for one in parts_of([whole])}
    assert (found[below].level, found[below].holder, found[below].title, found[below].seen) == (
        2, "清川市审计局企业审计科", "", False,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        play.act("2026-10-09", "auditor", "task.complete", part, text="完成。")
    assert play.matter("auditor", below).number in str(refused.value)
    done(play, "team_member", below, by="auditor")
    play.act("2026-10-09", "auditor", "task.complete", part, text="完成。")


def test_cz_1_2_a_contested_part_goes_back_up_and_is_settled_there(play: Player) -> None:
    whole, (part,) = unified(play, "executing")
    play.act("2026-09-29", "auditor", "task.contest", part, reason="属企业审计科职责。")
    assert play.dates("clerk", part, SETTLE) == ("open", "2026-10-12", "")
    assert play.dates("clerk", part, COMPLETE)[0] == "cancelled"
    with pytest.raises(NotAllowed):
        play.act("2026-09-30", "auditor", "task.confirm", part, reason="还是我办。")
    with pytest.raises(Refused) as refused:
        play.act("2026-09-30", "clerk", "task.complete", whole, text="完成。")
    assert play.matter("clerk", part).number in str(refused.value), "contested is open"
    team = play.town.organs["team"].pk
    play.act("2026-10-08", "clerk", "task.reassign", part, holder=team, reason="同意。", due_on="2026-11-06")
    assert play.dates("clerk", part, SETTLE)[0] == "discharged"
    duty = play.duty("team_member", part, COMPLETE)
    assert (duty.holder_id, duty.state, duty.due_on.isoformat()) == (team, "open", "2026-11-06")
    with play.see("auditor"):
        assert not Task.objects.filter(pk=part).exists(), "who contested it sees it no longer"
    play.act("2026-10-08", "team_member", "task.contest", part, reason="人手不足。")
    play.act("2026-10-09", "clerk", "task.confirm", part, reason="按职责由你科承担。")
    assert play.matter("team_member", part).state == "handling"
    play.act("2026-10-20", "team_member", "task.complete", part, text="完成。")
    play.act("2026-10-20", "clerk", "task.close", part)
    assert problems_now() == []


def test_cz_1_2_a_part_is_not_due_after_its_whole(play: Player) -> None:
    whole = given(play, "supervision", field="audit", due_on="2026-10-20")
    rows = [{"holder": play.town.organs["executing"].pk, "title": "核实", "due_on": "2026-10-21"}]
    with pytest.raises(Refused) as refused:
        play.act("2026-09-28", "clerk", "task.divide", whole, parts=rows)
    assert refused.value.faults[0].field == "parts"
    assert "2026-10-20" in refused.value.faults[0].reason


def test_cz_1_2_a_program_reads_the_parts_as_deep_as_it_may(play: Player) -> None:
    whole, (part,) = unified(play, "executing")
    play.act("2026-09-29", "auditor", "task.accept", part)
    divided(play, part, "team", day="2026-09-29", who="auditor")
    program = Program(play.town)

    def told(who: str, task: UUID) -> list[tuple[int, str, bool]]:
        with scope_of(()):
            answer = program.get(who, f"/matters/{task}", "2026-09-29").json()
        return [(one["level"], one["title"], one["task"] is not None) for one in answer["facts"]["parts"]]

    assert told("clerk", whole) == [(1, "executing承担部分", True), (2, "", False)]
    assert told("auditor", part) == [(1, "team承担部分", True)]
