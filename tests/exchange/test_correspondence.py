"""A request for information goes to another platform and its receipt and answer come back, on discs."""

from __future__ import annotations

from uuid import UUID

from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Attachment
from guantong.kernel.people.models import Subject
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from support.instances import Instance
from support.play import Player, scan, uploads

OUT = ["auditor", "audit_head", "audit_leader", "auditor"]
BACK = ["clerk", "clerk_head", "deputy", "clerk"]
PERSON = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}


def by_disc(play: Player, day: str, matter: UUID, kind: str, hands: list[str], body: str) -> None:
    """Let a letter be drafted, checked, signed, and dispatched on a disc."""
    texts = {"title": "函", "addressee": "有关单位", "body": body}
    play.act(day, hands[0], "paper.draft", matter, kind=kind, **texts)
    paper = play.paper(hands[0], matter, kind)
    for who, step in zip(hands[1:], ("check", "sign", "dispatch"), strict=True):
        play.act(day, who, f"paper.{step}", matter, paper=paper, way="disc")


def owed(instance: Instance, who: str, matter: UUID) -> dict[str, str]:
    with instance.use() as play, play.see(who):
        return {f"{one.clause}/{one.rule}": one.state for one in Duty.objects.filter(matter=matter)}


def asked(audit: Instance) -> UUID:
    """Let audit ask the commission, which works in another platform, by disc."""
    with audit.use() as play:
        matter = play.done(
            "2026-09-28", "auditor", "correspondence.draft", form="information_request",
            recipient=play.town.organs["supervision"].pk, wanted="integrity", subjects=[PERSON],
            basis="审计法第三十六条", purpose="经济责任审计", readers="审计执行科",
            readable_until="2099-12-31",
            text="请提供其廉政情况。", files=uploads(attachments=scan("名单.pdf", b"%PDF-1.4 list")),
        ).matter_id  # fmt: skip
        by_disc(play, "2026-09-29", matter, "correspondence_letter", OUT, "请提供。")
    return matter


def test_request_receipt_answer_and_follow_up_travel_on_discs(acquainted: tuple[Instance, Instance]) -> None:
    audit, commission = acquainted
    matter = asked(audit)
    looked = commission.look(audit.sealed(matter, "auditor", "corr_letter"), "clerk")
    assert (looked.error, looked.warnings) == (None, [])
    there = commission.take(audit.sealed(matter, "auditor", "corr_letter"), "clerk").matter_id
    with commission.use() as play, play.see("clerk"):
        came = Correspondence.objects.select_related("matter").get(pk=there)
        assert (came.matter.state, came.form, came.on_paper) == ("received", "information_request", False)
        assert came.sender_name == "清川市审计局审计执行科"
        assert Turn.objects.get(matter=there).said["purpose"] == "经济责任审计"
        assert Subject.objects.get(matter=there).name == "王喆"
        assert Attachment.objects.filter(matter=there, name="名单.pdf").exists()
    assert owed(commission, "clerk", there)["CZ-3.1/provide"] == "open"

    with commission.use() as play:
        play.act("2026-09-30", "clerk", "correspondence.acknowledge", there, note="已收悉")
    audit.take(commission.sealed(there, "clerk", "corr_receipt"), "auditor", "2026-10-08")
    with audit.use() as play:
        assert play.matter("auditor", matter).state == "received"
    due = owed(audit, "auditor", matter)
    assert (due["CZ-3.1/receipt"], due["CZ-3.1/provide"]) == ("discharged", "open")

    with commission.use() as play:
        by_disc(play, "2026-10-09", there, "correspondence_answer", BACK, "未发现问题反映。")
    assert owed(commission, "clerk", there)["CZ-3.1/provide"] == "discharged"
    audit.take(commission.sealed(there, "clerk", "corr_answer"), "auditor", "2026-10-10")
    with audit.use() as play, play.see("auditor"):
        known = Correspondence.objects.get(pk=matter)
        assert (known.outcome, str(known.readable_until)) == ("answered", "2099-12-31")
        assert Turn.objects.filter(matter=matter, kind="answer").get().text == "未发现问题反映。"

    with audit.use() as play:
        play.act("2026-10-12", "auditor", "correspondence.follow_up", matter, text="请补充处分情况。")
    commission.take(audit.sealed(matter, "auditor", "corr_follow_up"), "clerk", "2026-10-13")
    with commission.use() as play:
        assert play.matter("clerk", there).state == "received"
    assert owed(commission, "clerk", there)["CZ-3.1/provide_again"] == "open"
