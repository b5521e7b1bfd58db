"""A task goes to a body on another platform and its reply comes back, on discs (光盘交办与回复; CZ-1.2)."""

from __future__ import annotations

import pytest

from guantong.kernel.acts.act import NotAllowed
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.papers.models import Incoming
from guantong.mechanisms.tasks.models import Task
from support.instances import Instance
from support.play import scan, uploads

from .test_round_trip import BACK, HANDS, by_disc, owed, state


def test_a_part_travels_on_a_disc_and_closes_by_the_reply(acquainted: tuple[Instance, Instance]) -> None:
    audit, commission = acquainted
    with commission.use() as play:
        said = {"title": "审计整改", "text": "逐项整改。", "due_on": "2026-11-30", "field": "audit"}
        own, away = play.town.organs["supervision"].pk, play.town.organs["audit"].pk
        whole = play.act("2026-09-28", "clerk", "task.give", None, holder=own, **said)
        row = {"holder": away, "title": "核实整改", "due_on": "2026-10-30"}
        play.act("2026-09-28", "clerk", "task.divide", whole, parts=[row])
        with play.see("clerk"):
            part = Task.objects.get(whole=whole).pk
        by_disc(play, ["2026-09-29"], part, "task_letter", BACK)
    there = audit.take(commission.sealed(part, "clerk", "task"), "auditor").matter_id
    assert owed(audit, "auditor", there)["GR-0.7/accept"] == "open"
    with audit.use() as play:
        with play.see("auditor"):
            found = Task.objects.select_related("matter").get(pk=there)
            assert (found.matter.title, str(found.due_on), found.field) == ("核实整改", "2026-10-30", "audit")
            assert found.letter_number == found.matter.number
            assert Incoming.objects.filter(matter=there, letter_number=found.letter_number).exists()
        play.act("2026-10-08", "auditor", "task.accept", there)
        evidence = uploads(attachments=scan("整改台账.pdf"))
        play.done("2026-10-20", "auditor", "task.complete", there, text="全部整改到位。", files=evidence)
        by_disc(play, ["2026-10-20"], there, "task_reply", HANDS)
    reply = audit.sealed(there, "auditor", "task_reply")
    commission.take(reply, "clerk", "2026-10-22")
    assert state(commission, "clerk", part) == "reported"
    due = owed(commission, "clerk", part)
    assert (due["GR-0.7/accept"], due["GR-0.7/complete"], due["GR-0.7/approve"]) == (
        "discharged", "discharged", "open",
    )  # fmt: skip
    with commission.use() as play:
        with play.see("clerk"):
            assert Task.objects.get(pk=part).progress == "全部整改到位。"
            assert Attachment.objects.filter(matter=part, name="整改台账.pdf").exists()
        play.act("2026-10-23", "clerk", "task.close", part)
        play.act("2026-10-23", "clerk", "task.complete", whole, text="各部分均已办结。")
        play.act("2026-10-23", "clerk", "task.close", whole)
        with play.see("clerk"):
            assert not Duty.objects.filter(matter__in=[whole, part], state="open").exists()
            assert not Matter.objects.filter(pk__in=[whole, part], is_open=True).exists()


def test_the_letter_of_an_organ_without_the_platform_is_recorded_by_who_gave_the_task(
    acquainted: tuple[Instance, Instance],
) -> None:
    _audit, commission = acquainted
    with commission.use() as play:
        away = play.town.organs["audit"].pk
        said = {"title": "审计整改", "text": "逐项整改。", "due_on": "2026-11-30"}
        task = play.act("2026-09-28", "clerk", "task.give", None, holder=away, **said)
        with pytest.raises(NotAllowed):
            play.act("2026-10-09", "handler", "task.accept", task)
        paper = {"signer": "何嘉禾", "files": uploads(scan=scan("回函.pdf"))}
        play.done("2026-10-09", "clerk", "task.accept", task, **paper)
        paper["files"] = uploads(scan=scan("复函.pdf"))
        play.done("2026-10-20", "clerk", "task.complete", task, text="复函称已整改。", **paper)
        play.act("2026-10-20", "clerk", "task.close", task)
        assert play.matter("clerk", task).state == "closed"
