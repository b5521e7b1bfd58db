"""One clue goes round the whole loop over HTTP (CZ-3.2, CZ-3.3, CZ-3.5, CZ-4.1; capacity CD-1.3)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from guantong.mechanisms.clues.lifecycle import TOLD_STATES

pytestmark = pytest.mark.django_db


def duty(matter: dict[str, Any], clause: str, rule: str = "") -> dict[str, Any]:
    """Return the matter's one duty of a clause."""
    found = [one for one in matter["duties"] if one["clause"] == clause and rule in one["rule"]]
    assert len(found) == 1, [(one["clause"], one["rule"]) for one in matter["duties"]]
    return found[0]


def told(state: str) -> str:
    """Return what a sender is told of a state, in Chinese."""
    with override("zh-hans"):
        return str(TOLD_STATES[state])


def paper_of(program: Any, who: str, matter: str, kind: str) -> str:
    """Return the id of a matter's paper of a kind."""
    papers = program.get(who, f"/matters/{matter}").json()["papers"]
    return next(str(one["id"]) for one in papers if one["kind"] == kind)


def sent(program: Any) -> tuple[str, str]:
    """Let a report's finding become a clue that is sent; return the ids of both."""
    report = program.act(
        "2026-09-20", "team_member", "report.register", title="清川水务集团2025年度审计报告",
        unit="清川水务集团有限公司",
        findings=[{"category": "违规采购", "summary": "拆分采购规避招标", "amount": "12864000"}],
    )["matter"]  # fmt: skip
    finding = program.get("team_member", f"/matters/{report}").json()["facts"]["findings"][0]
    program.act(
        "2026-09-28", "team_member", "report.conclude", report, findings=[finding["id"]],
        concluded_on="2026-09-28", opinion="应移送纪检监察机关",
    )  # fmt: skip
    clue = program.act(
        "2026-09-29", "auditor", "clue.draft", category="discipline",
        allegation="拆分采购十一份合同规避公开招标。", amount="12864000",
        subjects=[{"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}],
        evidence=[{"title": "采购合同", "pages": 18}], concluded_on="2026-09-28", origin=report,
    )["matter"]  # fmt: skip
    program.act(
        "2026-09-30", "auditor", "paper.draft", clue, kind="transfer_letter", title="关于移送线索的函",
        addressee="中共清川市纪律检查委员会", body="现移送。",
    )  # fmt: skip
    paper = paper_of(program, "auditor", clue, "transfer_letter")
    program.act("2026-09-30", "audit_head", "paper.check", clue, paper=paper)
    program.act("2026-10-08", "audit_leader", "paper.sign", clue, paper=paper)
    program.act("2026-10-09", "auditor", "paper.dispatch", clue, paper=paper, way="system")
    return report, clue


def handled(program: Any, clue: str) -> None:
    """Let a sent clue be received, assigned, handled and concluded with a case."""
    town = program.town
    program.act("2026-10-12", "clerk", "clue.receive", clue)
    handler = town.organs["first"].pk
    program.act("2026-10-12", "clerk", "clue.propose_assignment", clue, handler=handler, reason="市管干部")
    program.act("2026-10-13", "deputy", "clue.approve_assignment", clue, instruction="抓紧办理")
    custodian = town.posts["handler"].officer_id
    program.act("2026-10-14", "handler_head", "clue.accept", clue, custodian=custodian)
    program.act("2026-10-20", "handler", "clue.propose_handling", clue, way="verify", plan="初步核实")
    program.act("2026-10-21", "deputy", "clue.approve_handling", clue)
    program.act(
        "2026-10-26", "handler", "clue.conclude", clue, result="case", text="属实",
        case_basis="涉嫌违纪", approved_by="秦望山",
    )  # fmt: skip


def answered(program: Any, clue: str) -> dict[str, Any]:
    """Let the sender be answered and return what the dispatch led to."""
    program.act(
        "2026-10-27", "clerk", "paper.draft", clue, kind="feedback_letter", title="反馈函",
        addressee="清川市审计局", body="已立案。", progress="已立案",
    )  # fmt: skip
    letter = paper_of(program, "clerk", clue, "feedback_letter")
    program.act("2026-10-27", "clerk_head", "paper.check", clue, paper=letter)
    program.act("2026-10-28", "deputy", "paper.sign", clue, paper=letter)
    done: dict[str, Any] = program.act(
        "2026-10-28", "clerk", "paper.dispatch", clue, paper=letter, way="system"
    )
    return done


def test_cz_3_5_transfer_within_ten_working_days(program: Any) -> None:
    report, clue = sent(program)
    owed = duty(program.get("auditor", f"/matters/{report}", day="2026-10-09").json(), "CZ-3.5")
    assert (owed["due_on"], owed["state"], owed["ended_on"]) == ("2026-10-16", "discharged", "2026-10-09")
    assert "2026-10-16" in owed["explanation"] or "10月16日" in owed["explanation"]
    assert program.get("auditor", f"/matters/{clue}").json()["state"] == "sent"
    assert program.get("stranger", f"/matters/{clue}").status_code == 404


def test_cz_3_2_received_by_case_supervision_alone(program: Any) -> None:
    _report, clue = sent(program)
    refused = program.post("handler", f"/matters/{clue}/acts/clue.receive", {}, day="2026-10-12")
    assert refused.status_code == 404
    done = program.act("2026-10-12", "clerk", "clue.receive", clue)
    assert done["number"] == "清纪线索〔2026〕1号"
    assert done["state"] == "received"
    assert not done["repeated"]
    seen = program.get("clerk", f"/matters/{clue}", day="2026-10-12").json()
    assert duty(seen, "CZ-3.2", "receipt")["state"] == "open"


def test_cz_4_1_the_whole_loop(program: Any) -> None:
    _report, clue = sent(program)
    handled(program, clue)
    seen = program.get("handler", f"/matters/{clue}", day="2026-10-26").json()
    assert (seen["state"], seen["depth"]) == ("concluded", 3)
    assert seen["facts"]["handling"]["result"] == "case"
    assert [link["kind"] for link in seen["links"]] == ["case"]
    done = answered(program, clue)
    assert done["state"] == "closed"
    after = program.get("clerk", f"/matters/{clue}", day="2026-10-28").json()
    left = [(one["clause"], one["rule"]) for one in after["duties"] if one["state"] != "discharged"]
    assert left == [("CZ-3.2", "receipt")]
    assert [one["seq"] for one in after["timeline"]] == list(range(1, len(after["timeline"]) + 1))


def test_cz_3_3_the_sender_sees_state_and_feedback_never_the_investigation(program: Any) -> None:
    _report, clue = sent(program)
    handled(program, clue)
    before = program.get("auditor", f"/matters/{clue}", day="2026-10-26").json()
    assert (before["state"], before["state_label"]) == ("handling", told("handling"))
    assert before["facts"]["handling"] is None
    assert before["facts"]["feedback"] == []
    assert before["version"] is None
    assert {link["kind"] for link in before["links"]} == {"origin"}
    acts = {entry["act"] for entry in before["timeline"]}
    assert not any(act.startswith(("clue.propose", "clue.approve", "clue.conclude")) for act in acts)
    assert all(entry["seq"] is None for entry in before["timeline"])
    listed = program.get("auditor", "/clues", day="2026-10-26").json()["items"]
    assert [one["state"] for one in listed] == ["handling"]
    answered(program, clue)
    after = program.get("auditor", f"/matters/{clue}", day="2026-10-28").json()
    assert (after["state"], after["state_label"]) == ("closed", told("closed"))
    assert [one["progress"] for one in after["facts"]["feedback"]] == ["已立案"]
    states = {state for entry in after["timeline"] for state in (entry["state_from"], entry["state_to"])}
    assert states <= {"", "drafted", "sent", "received", "handling", "closed"}


def test_cz_3_3_a_drafted_feedback_is_not_seen_before_it_is_sent(program: Any) -> None:
    _report, clue = sent(program)
    handled(program, clue)
    program.act(
        "2026-10-27", "clerk", "paper.draft", clue, kind="feedback_letter", title="反馈函草稿",
        addressee="清川市审计局", body="尚未核定的内容。", progress="尚未核定的进展",
    )  # fmt: skip
    seen = program.get("auditor", f"/matters/{clue}", day="2026-10-27").content.decode()
    assert "尚未核定" not in seen
    assert "反馈函草稿" not in seen


def test_cd_1_3_a_token_acts_in_its_own_post(program: Any) -> None:
    clue = program.registered()
    refused = program.post("clerk", f"/matters/{clue}/acts/clue.approve_assignment", {"happened_on": None})
    assert refused.status_code == 403
    entry = program.get("clerk", f"/matters/{clue}").json()["timeline"][0]
    assert entry["capacity"] == program.town.actor("clerk").capacity
