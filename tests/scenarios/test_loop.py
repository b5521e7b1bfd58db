"""One clue goes round the whole loop (CZ-3.2, CZ-3.3, CZ-3.5, CZ-4.1)."""

from __future__ import annotations

from datetime import date

import pytest

from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter
from support.play import Player

pytestmark = pytest.mark.django_db


def test_loop(play: Player) -> None:
    report = play.act(
        "2026-09-20",
        "team_member",
        "report.register",
        title="清川水务集团2025年度审计报告",
        unit="清川水务集团有限公司",
        findings=[{"category": "违规采购", "summary": "拆分采购规避招标", "amount": "12864000"}],
    )
    with play.see("team_member"):
        finding = Matter.objects.get(pk=report).report.findings.get()
    play.act(
        "2026-09-28",
        "team_member",
        "report.conclude",
        report,
        findings=[str(finding.pk)],
        concluded_on="2026-09-28",
        opinion="应移送纪检监察机关",
    )
    with play.see("auditor"):
        duty = Duty.objects.get(matter=report)
        assert duty.clause == "CZ-3.5"
        assert duty.due_on == date(2026, 10, 16)
    clue = play.act(
        "2026-09-29",
        "auditor",
        "clue.draft",
        category="discipline",
        allegation="拆分采购十一份合同规避公开招标。",
        amount="12864000",
        subjects=[{"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}],
        evidence=[{"title": "采购合同", "pages": 18}],
        concluded_on="2026-09-28",
        origin=str(report),
    )
    play.act(
        "2026-09-30", "auditor", "paper.draft", clue, kind="transfer_letter", title="关于移送线索的函",
        addressee="中共清川市纪律检查委员会", body="现移送。",
    )  # fmt: skip
    paper = play.paper("auditor", clue, "transfer_letter")
    play.act("2026-09-30", "audit_head", "paper.check", clue, paper=paper)
    play.act("2026-10-08", "audit_leader", "paper.sign", clue, paper=paper)
    play.act("2026-10-09", "auditor", "paper.dispatch", clue, paper=paper, way="paper")
    with play.see("auditor"):
        duty.refresh_from_db()
        assert (duty.state, duty.ended_on) == ("discharged", date(2026, 10, 9))
        assert Matter.objects.get(pk=clue).state == "sent"
    with play.see("stranger"):
        assert not Matter.objects.filter(pk=clue).exists()
    play.act("2026-10-12", "clerk", "clue.receive", clue)
    play.act("2026-10-12", "clerk", "clue.propose_assignment", clue,
             handler=play.town.organs["first"].pk, reason="市管干部")  # fmt: skip
    play.act("2026-10-13", "deputy", "clue.approve_assignment", clue, instruction="抓紧办理")
    play.act("2026-10-14", "handler_head", "clue.accept", clue,
             custodian=play.town.posts["handler"].officer_id)  # fmt: skip
    play.act("2026-10-20", "handler", "clue.propose_handling", clue, way="verify", plan="初步核实")
    play.act("2026-10-21", "deputy", "clue.approve_handling", clue)
    play.act("2026-10-26", "handler", "clue.conclude", clue, result="case", text="属实",
             case_basis="涉嫌违纪", approved_by="秦望山")  # fmt: skip
    play.act("2026-10-27", "clerk", "paper.draft", clue, kind="feedback_letter", title="反馈函",
             addressee="清川市审计局", body="已立案。", progress="已立案")  # fmt: skip
    letter = play.paper("clerk", clue, "feedback_letter")
    play.act("2026-10-27", "clerk_head", "paper.check", clue, paper=letter)
    play.act("2026-10-28", "deputy", "paper.sign", clue, paper=letter)
    play.act("2026-10-28", "clerk", "paper.dispatch", clue, paper=letter, way="paper")
    with play.see("auditor"):
        assert Matter.objects.get(pk=clue).state == "closed"
    with play.see("clerk"):
        owed = Duty.objects.filter(matter=clue).exclude(state="discharged")
        assert [(duty.clause, duty.rule, duty.state) for duty in owed] == [("CZ-3.2", "receipt", "open")]
