"""CZ-3.3 where a clue is forwarded: the organ that has it answers who sent it (转送线索的反馈)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from guantong.kernel.acts import files as store
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.orphans import remove_orphans
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Link, Matter, Party
from guantong.kernel.measures.publish import adopt, publish
from guantong.kernel.papers import kinds as papers
from guantong.mechanisms.clues import lifecycle, queries
from support.play import Player, scan, uploads
from support.town import SINCE

pytestmark = pytest.mark.django_db
COUNTY = [{"name": "路遥之", "unit": "云麓县城市管理局", "post": "副局长", "authority": "county"}]


def forwarded(play: Player, clue: UUID, day: str = "2026-09-29", who: str = "clerk", to: str = "") -> UUID:
    """Let a clue be forwarded and return the one that arrives."""
    organ = play.town.organs[to or "county_commission"].pk
    play.act(day, who, "clue.forward", clue, to=organ, reason="不属本机关管辖的内部意见")
    with play.see(who):
        return Link.objects.get(target=clue, kind="forwarded").source_id


def parties(play: Player, who: str, clue: UUID) -> dict[str, int]:
    with play.see(who):
        found = Party.objects.filter(matter=clue, until__isnull=True)
        return dict(found.values_list("role", "organ_id"))


def test_the_receiving_organ_owes_the_first_sender_the_feedback(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    arrived = forwarded(play, clue)
    assert play.dates("auditor", clue, "CZ-3.3/feedback")[0] == "cancelled"
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    duty = play.duty("auditor", arrived, "CZ-3.3/feedback")
    sides = [play.town.organs[name].pk for name in ("county_supervision", "executing")]
    assert (duty.state, duty.due_on.isoformat()) == ("open", "2026-12-30")
    assert [duty.holder_id, duty.claimant_id] == sides
    assert parties(play, "county_clerk", arrived) == {
        "sender": sides[1], "forwarder": play.town.organs["supervision"].pk, "receiver": sides[0],
    }  # fmt: skip


def test_the_sender_sees_where_it_went_and_nothing_of_why(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    arrived = forwarded(play, clue)
    depth = 2
    with play.see("auditor"):
        old, new = Matter.objects.get(pk=clue), Matter.objects.get(pk=arrived)
        assert lifecycle.state_for(depth, old.state) == lifecycle.PASSED_ON
        assert (new.organ_id, new.state) == (play.town.organs["county_commission"].pk, "sent")
        assert Link.objects.filter(source=arrived, target=clue).exists()
        said = str([entry.content.body for entry in Entry.objects.select_related("content")])
    assert "内部意见" not in said
    assert "receiver" in parties(play, "auditor", arrived)


def test_what_the_sender_is_told_in_writing(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    arrived = forwarded(play, clue)
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    city, county = play.town.organs["commission"].name, play.town.organs["county_commission"].name
    with play.see("clerk"):
        here = papers.get("receipt").propose(Matter.objects.get(pk=clue), play.town.actor("clerk"))
    with play.see("county_clerk"):
        actor, matter = play.town.actor("county_clerk"), Matter.objects.get(pk=arrived)
        there = [papers.get(kind).propose(matter, actor) for kind in ("receipt", "feedback_letter")]
    assert f"已转送{county}" in here.body, "the first organ's receipt says who will answer"
    for letter in there:
        assert letter.addressee == play.town.organs["audit"].name
        assert "清审移〔2026〕3号" in letter.body and city in letter.body


def test_the_first_organs_receipt_is_still_owed_and_can_be_given(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    forwarded(play, clue)
    assert play.dates("auditor", clue, "CZ-3.2/receipt")[0] == "open"
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    play.letter(["2026-09-30"] * 4, clue, "receipt", hands)
    assert play.dates("auditor", clue, "CZ-3.2/receipt") == ("discharged", "2026-10-08", "2026-09-30")


def test_the_countys_feedback_reaches_the_sender_and_ends_the_duty(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    arrived = forwarded(play, clue)
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    head = play.town.posts["county_clerk"]
    head.rank = "head"  # the small town's county has one officer: he checks, and records who signed
    head.save()
    texts = {"title": "反馈函", "addressee": "清川市审计局", "body": "正在办理。", "progress": "正在办理"}
    play.act("2026-10-09", "county_clerk", "paper.draft", arrived, kind="feedback_letter", **texts)
    paper = play.paper("county_clerk", arrived, "feedback_letter")
    play.act("2026-10-09", "county_clerk", "paper.check", arrived, paper=paper)
    signed = {"paper": paper, "signer": "冯时雨", "files": uploads(scan=scan())}
    play.done("2026-10-09", "county_clerk", "paper.sign", arrived, **signed)
    play.act("2026-10-09", "county_clerk", "paper.dispatch", arrived, paper=paper, way="paper")
    assert play.dates("auditor", arrived, "CZ-3.3/feedback")[0] == "discharged"
    assert play.paper("auditor", arrived, "feedback_letter") == paper


def test_a_sender_without_a_seat_here_is_named_to_the_organ_that_answers(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY, sender=None, sender_name="某省属单位")
    arrived = forwarded(play, clue)
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    duty = play.duty("county_clerk", arrived, "CZ-3.3/feedback")
    assert (duty.state, duty.claimant_id) == ("open", None)
    with play.see("county_clerk"):
        matter = Matter.objects.get(pk=arrived)
        letter = papers.get("feedback_letter").propose(matter, play.town.actor("county_clerk"))
    assert letter.addressee == "某省属单位"


def test_forwarded_on_the_sender_stays_the_sender(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    arrived = forwarded(play, clue)
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    back = forwarded(play, arrived, "2026-10-08", "county_clerk", "commission")
    play.act("2026-10-09", "clerk", "clue.receive", back)
    assert parties(play, "clerk", back)["sender"] == play.town.organs["executing"].pk
    assert play.dates("auditor", back, "CZ-3.3/feedback") == ("open", "2027-01-11", "")
    assert play.dates("auditor", arrived, "CZ-3.3/feedback")[0] == "cancelled"


def test_returned_by_the_other_organ_it_is_owed_here_again(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    arrived = forwarded(play, clue)
    with pytest.raises(Refused):
        play.act("2026-09-30", "clerk", "clue.take_back", clue, reason="对方退回")
    play.act("2026-09-30", "county_clerk", "clue.return", arrived, reason="不属本县管辖")
    play.act("2026-10-08", "clerk", "clue.take_back", clue, reason="对方退回")
    assert play.matter("clerk", clue).state == "received"
    # three months from the first receipt, as before it was forwarded
    assert play.dates("auditor", clue, "CZ-3.3/feedback") == ("open", "2026-12-28", "")
    assert play.dates("auditor", clue, "CZ-4.1/close")[0] == "open"
    assert play.dates("clerk", clue, "CZ-3.2/reassignment")[0] == "open"
    forwarded_again = forwarded_later(play, clue)
    assert play.dates("auditor", clue, "CZ-3.3/feedback")[0] == "cancelled"
    with pytest.raises(Refused):  # the one returned before says nothing of the one that is there now
        play.act("2026-10-10", "clerk", "clue.take_back", clue, reason="误")
    assert forwarded_again != arrived


def forwarded_later(play: Player, clue: UUID) -> UUID:
    organ = play.town.organs["county_commission"].pk
    play.act("2026-10-09", "clerk", "clue.forward", clue, to=organ, reason="补充后再转")
    with play.see("clerk"):
        return Link.objects.filter(target=clue, kind="forwarded").latest("id").source_id


def test_among_like_clues_the_forwarding_organ_reads_the_told_state(play: Player) -> None:
    arrived = forwarded(play, play.registered("2026-09-28", subjects=COUNTY))
    play.act("2026-09-30", "county_clerk", "clue.receive", arrived)
    for who, labels in (("clerk", lifecycle.TOLD_STATES), ("county_clerk", lifecycle.STATES)):
        with play.see(who):
            found = queries.find_like(letter_number="", names=["路遥之"], unit="", category="")
            states = {one.clue.pk: one.state for one in found}
        assert states[arrived] == str(labels[lifecycle.RECEIVED]), who
    assert str(lifecycle.TOLD_STATES["received"]) != str(lifecycle.STATES["received"])


# --- what came with it


def kept() -> list[Path]:
    return [path for path in (Path(settings.GUANTONG_DATA) / "files").rglob("*") if path.is_file()]


def with_files(play: Player) -> UUID:
    """Register a letter with its scan, and let a leader's scanned refusal come to it as well."""
    clue = play.registered(
        "2026-09-28", subjects=COUNTY, files=uploads(scan=scan("来函.pdf", b"%PDF-1.4 letter of the sender"))
    )
    handler = play.town.organs["first"].pk
    play.act("2026-09-28", "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    internal = uploads(scan=scan("批示.pdf", b"%PDF-1.4 what the leader wrote"))
    declined: dict[str, Any] = {"signer": "陆知行", "reason": "应转县里", "files": internal}
    play.done("2026-09-28", "clerk", "clue.decline_assignment", clue, **declined)
    return clue


def test_the_files_travel_and_what_is_internal_stays(play: Player) -> None:
    clue = with_files(play)
    before = kept()
    arrived = forwarded(play, clue)
    with play.see("county_clerk"):
        [file] = Attachment.objects.all()
        assert (file.matter_id, file.name) == (arrived, "来函.pdf")
        assert store.open_stored(file.digest).read() == b"%PDF-1.4 letter of the sender"
    with play.see("clerk"):
        digests = Attachment.objects.filter(name="来函.pdf").values_list("digest", flat=True)
        assert list(digests) == [file.digest] * 2
    assert sorted(kept()) == sorted(before), "the bytes are stored once"
    with play.see("auditor"):
        assert Attachment.objects.filter(matter=arrived, pk=file.pk).exists(), "it is what he sent"


def test_a_file_that_another_matter_names_is_no_orphan(play: Player) -> None:
    arrived = forwarded(play, with_files(play))
    with play.see("county_clerk"):
        file = store.path_of(Attachment.objects.get(matter=arrived).digest)
    stray = file.with_name("0" * 64)
    stray.write_bytes(b"named by nothing")
    for path in (file, stray):
        os.utime(path, (1_000_000, 1_000_000))
    assert remove_orphans(at_once=True) >= 1
    assert file.is_file() and not stray.exists()


# --- what a city's own rule may ask

OWN_RULE = """
id: example
prefix: EX
title: {zh: 示范办法, en: Example}
jurisdiction: {tier: county, place: {zh: 云麓县, en: Yunlu}}
version: '1.0'
effective: {on: 2026-01-01}
status: in_force
source: {source: text, at: {zh: 全文, en: Whole text}}
sources:
  text: {title: {zh: 示范办法, en: Example}}
roles:
  case_supervision:
    name: {zh: 案件监督管理部门, en: Case supervision department}
    description: {zh: 归口接收问题线索, en: Takes in all clues}
clauses:
  - id: EX-1
    title: {zh: 告知移送单位, en: Tell the sender}
    text: {zh: 收到转送线索后告知移送单位。, en: The sender of a forwarded clue is told.}
    cite: [{source: text, at: {zh: 第一条, en: Article 1}}]
    status: carried
    override: forbidden
    duties:
      - code: tell
        name: {zh: 告知移送单位, en: Tell the sender}
        on: [clue.arrive]
        holder: role:case_supervision
        claimant: party:sender
        period: {working_days: 3}
        discharged_by: ['paper.dispatch:receipt']
"""


def test_what_follows_from_forwarding_may_be_owed_between_others(play: Player) -> None:
    adopt(play.town.county, publish(OWN_RULE, "example.yaml"), SINCE)
    arrived = forwarded(play, play.registered("2026-09-28", subjects=COUNTY))
    for who in ("county_clerk", "auditor"):
        assert play.dates(who, arrived, "EX-1/tell") == ("open", "2026-10-09", ""), who
    with play.see("clerk"):
        assert not Duty.objects.filter(matter=arrived, clause="EX-1").exists(), "it is not the forwarder's"
