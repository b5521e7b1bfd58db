"""What can happen to discs between two platforms: lost, repeated, altered, misaddressed, late, old keys."""

from __future__ import annotations

import json
from typing import Any

import pdfplumber
import pytest

from guantong.kernel.acts.act import KeepNothing, Refused
from guantong.kernel.exchange import cover, keyring
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.models import ExchangeKey, Line, Message
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.organs.models import Officer, Organ, Post
from support.instances import Instance
from support.play import scan, uploads

from .test_round_trip import BACK, HANDS, by_disc, owed, state, transferred

Both = tuple[Instance, Instance]


def refused(instance: Instance, data: bytes, who: str, day: str = "2026-10-09") -> str:
    """See that a file is not taken in, neither by looking nor by trying; return why."""
    finding = instance.look(data, who, day)
    assert finding.error is not None
    entries = count(instance, who)
    with pytest.raises(ExchangeError):
        instance.take(data, who, day)
    assert count(instance, who) == entries
    return finding.error.code


def count(instance: Instance, who: str) -> int:
    with instance.use() as play, play.see(who):
        return Entry.objects.count()


def missing(instance: Instance) -> tuple[int, list[int]]:
    with instance.use():
        line = Line.objects.get()
        return line.received, line.missing


def test_a_lost_disc_is_seen_and_may_come_late(acquainted: Both) -> None:
    audit, commission = acquainted
    files = [transferred(audit)[1] for _n in range(3)]
    commission.take(files[0], "clerk")
    finding = commission.look(files[2], "clerk")
    assert finding.error is None
    assert any("2" in one for one in finding.warnings)
    commission.take(files[2], "clerk")
    assert missing(commission) == (3, [2])
    late = commission.look(files[1], "clerk")
    assert any("2" in one and "3" in one for one in late.warnings)
    commission.take(files[1], "clerk")
    assert missing(commission) == (3, [])


def test_a_repeated_disc_does_nothing_and_says_so(acquainted: Both) -> None:
    audit, commission = acquainted
    clue, file = transferred(audit)
    commission.take(file, "clerk")
    assert refused(commission, file, "clerk") == "repeated"
    with audit.use() as play:
        with play.see("auditor"):
            message = Message.objects.get(matter=clue)
        play.act("2026-10-08", "auditor", "exchange.seal", clue, message=str(message.pk))
    again = audit.sealed(clue, "auditor", "transfer")
    assert again != file
    assert refused(commission, again, "clerk") == "repeated"
    with commission.use() as play, play.see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 1


def test_the_same_number_with_another_content_is_named(acquainted: Both) -> None:
    audit, commission = acquainted
    _clue, file = transferred(audit)
    commission.take(file, "clerk")
    with audit.use():
        Line.objects.update(sent=0)
        with audit.use() as play, play.see("auditor"):
            Message.objects.update(number=None)
    assert refused(commission, transferred(audit)[1], "clerk") == "same_number"


def test_an_altered_file_is_not_taken(acquainted: Both) -> None:
    audit, commission = acquainted
    _clue, file = transferred(audit)
    for place in (5, 14, 40, len(file) // 2, len(file) - 3):
        altered = file[:place] + bytes([file[place] ^ 4]) + file[place + 1 :]
        assert refused(commission, altered, "clerk") in {
            "no_file", "newer", "damaged", "forged", "unknown_sender"
        }  # fmt: skip
    assert refused(commission, file[:-70], "clerk") == "damaged"


def test_a_file_for_others_stays_closed(acquainted: Both) -> None:
    audit, commission = acquainted
    _clue, file = transferred(audit)
    assert refused(commission, file, "county_clerk") == "other_body"
    with commission.use():
        ExchangeKey.objects.filter(own=True).delete()
    assert refused(commission, file, "clerk") == "misaddressed"


def test_a_feedback_before_its_receipt_waits_for_it(acquainted: Both) -> None:
    audit, commission = acquainted
    clue, file = transferred(audit)
    there = commission.take(file, "clerk").matter_id
    with commission.use() as play:
        play.act("2026-10-08", "clerk", "clue.acknowledge", there)
        by_disc(play, ["2026-10-08"], there, "feedback_letter", BACK, progress="正在核实。")
    receipt = commission.sealed(there, "clerk", "receipt")
    feedback = commission.sealed(there, "clerk", "feedback")
    assert refused(audit, feedback, "auditor") == "not_yet"
    audit.take(receipt, "auditor", "2026-10-10")
    audit.take(feedback, "auditor", "2026-10-10")
    assert state(audit, "auditor", clue) == "handling"


def test_keys_unknown_unconfirmed_revoked_and_replaced(audit: Instance, commission: Instance) -> None:
    ours = audit.make_key()
    audit.trust("commission", commission.make_key())
    _clue, file = transferred(audit)
    assert refused(commission, file, "clerk") == "unknown_sender"
    with commission.use():
        key, _said = keyring.take(commission.organ("audit"), ours)
    assert refused(commission, file, "clerk") == "unconfirmed_sender"
    with commission.use(), pytest.raises(Refused):
        keyring.confirm(key, "00000 " * 8, "方靖宇")
    with commission.use():
        keyring.confirm(key, key.fingerprint.replace(" ", "-"), "方靖宇")
    commission.trust("audit", audit.make_key())  # replaced: what is under way still counts
    finding = commission.look(file, "clerk")
    assert finding.error is None
    assert len(finding.warnings) == 1
    newer = transferred(audit)[1]
    assert commission.look(newer, "clerk").error is None
    with commission.use():
        keyring.revoke(ExchangeKey.objects.get(pk=key.pk), "泄露")
    assert refused(commission, file, "clerk") == "revoked_sender"
    commission.take(newer, "clerk")


def test_a_file_for_our_old_key_opens_until_it_is_revoked(acquainted: Both) -> None:
    audit, commission = acquainted
    _clue, file = transferred(audit)
    commission.make_key()
    finding = commission.look(file, "clerk")
    assert finding.error is None
    assert finding.warnings
    with commission.use():
        old = ExchangeKey.objects.get(own=True, state="retired")
        keyring.revoke(old, "旧机器报废")
    assert refused(commission, file, "clerk") == "own_key_revoked"


def test_without_a_key_nothing_is_sealed_and_no_number_is_lost(audit: Instance, commission: Instance) -> None:
    audit.make_key()
    with pytest.raises(Refused, match="message"):
        transferred(audit)
    with audit.use() as play, play.see("auditor"):
        assert Message.objects.get().number is None
        assert Line.objects.count() == 0
    audit.trust("commission", commission.make_key())
    assert transferred(audit)[1].count(b'"number":1,') + 1


def test_nothing_can_be_read_in_the_file_nor_on_the_cover(acquainted: Both, tmp_path: Any) -> None:
    audit, _commission = acquainted
    _clue, file = transferred(audit)
    secrets = ["王喆", "拆分采购", "清川水务", "采购合同", "清审移", "120000"]
    assert [word for word in secrets if word.encode() in file] == []
    with audit.use() as play, play.see("auditor"):
        found = list(Message.objects.select_related("own", "peer", "paper", "file"))
        assert found[0].file is not None
        assert found[0].file.name == "清川市审计局_中共清川市纪律检查委员会_000001.gtx"
        sheet = tmp_path / "cover.pdf"
        sheet.write_bytes(cover.sheet(found, found[0].on))
        form = cover.answer_form(found[0]).decode()
        [theirs] = ExchangeKey.objects.filter(own=False)
    with pdfplumber.open(sheet) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
    assert [word for word in secrets if word in text + form and word != "清审移"] == []
    flat = "".join(text.split())
    assert theirs.fingerprint.replace(" ", "")[:10] in flat
    assert "000001.gtx" in flat
    for outside in ("http:", "https:", "src=", "fetch("):
        assert outside not in form
    assert "default-src 'none'" in form


def answered(form: str, **body: Any) -> bytes:
    """Return what the offline form would save."""
    start = form.index("const made = ") + len("const made = ")
    made = json.loads(form[start : form.index(";\n", start)])
    kind = body.pop("kind")
    whole = {
        "format": "guantong-plain-answer", "version": 1, "kind": kind, "ref": made["ref"],
        "message": made["message"], "from_body": made["from"], "written_by": "沈若川", "body": body,
    }  # fmt: skip
    return json.dumps(whole, ensure_ascii=False).encode()


def test_an_organ_without_the_platform_answers_with_the_form(acquainted: Both) -> None:
    audit, _commission = acquainted
    clue, _file = transferred(audit)
    with audit.use() as play, play.see("auditor"):
        form = cover.answer_form(Message.objects.select_related("own", "peer", "paper").get()).decode()
    answer = answered(
        form, kind="receipt", outcome="received", received_on="2026-10-08", ledger_number="纪收7", note=""
    )
    finding = audit.look(answer, "auditor", "2026-10-09")
    assert finding.error is None
    assert finding.opened is not None
    assert finding.opened.proof is None
    with pytest.raises(Refused, match="scan"):
        audit.take(answer, "auditor", "2026-10-09")
    audit.take(answer, "auditor", "2026-10-09", scan())
    with audit.use() as play, play.see("auditor"):
        assert (Matter.objects.get(pk=clue).state, Matter.objects.get(pk=clue).number) == (
            "received",
            "纪收7",
        )
        came = Message.objects.get(incoming=True)
        assert (came.signed, came.peer.code) == (False, "commission")
        assert Attachment.objects.filter(matter=clue, purpose="scan").count() == 1
    for wrong in (b"{", b"[1]", answer.replace(b'"version": 1', b'"version": 9'), b'{"a":' * 2000):
        finding = audit.look(wrong, "auditor", "2026-10-09")
        assert finding.error is not None
        assert finding.error.code in {"no_file", "not_as_agreed"}


def test_a_request_is_answered_with_material(acquainted: Both) -> None:
    audit, commission = acquainted
    clue, file = transferred(audit)
    there = commission.take(file, "clerk").matter_id
    with commission.use() as play:
        play.act("2026-10-08", "clerk", "clue.acknowledge", there)
        hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
        by_disc(play, ["2026-10-09"], there, "request_letter", hands, body="请补充付款凭证。")
    audit.take(commission.sealed(there, "clerk", "receipt"), "auditor", "2026-10-10")
    audit.take(commission.sealed(there, "clerk", "request"), "auditor", "2026-10-10")
    assert owed(commission, "clerk", there)["GR-0.4/answer"] == "open"
    assert owed(audit, "auditor", clue)["GR-0.4/answer"] == "open"
    with audit.use() as play:
        play.done(
            "2026-10-11", "auditor", "paper.draft", clue, kind="answer_letter", title="复函",
            addressee="中共清川市纪律检查委员会", body="凭证附后。",
            files=uploads(materials=scan("付款凭证.pdf")),
        )  # fmt: skip
        paper = play.paper("auditor", clue, "answer_letter")
        for who, code in zip(HANDS[1:3], ("paper.check", "paper.sign"), strict=True):
            play.act("2026-10-11", who, code, clue, paper=paper)
        play.act("2026-10-11", "auditor", "paper.dispatch", clue, paper=paper, way="disc")
    answer = audit.sealed(clue, "auditor", "answer")
    assert owed(audit, "auditor", clue)["GR-0.4/answer"] == "discharged"
    assert commission.take(answer, "clerk", "2026-10-12").matter_id == there
    assert owed(commission, "clerk", there)["GR-0.4/answer"] == "discharged"
    with commission.use() as play, play.see("clerk"):
        names = set(Attachment.objects.filter(matter=there).values_list("name", flat=True))
        assert {"付款凭证.pdf", "清审复-2026-1号.pdf"} <= names
        assert Message.objects.get(kind="request").acknowledged_on is not None


def test_what_belongs_above_leaves_no_trace(acquainted: Both) -> None:
    """Who is the head of the commission is known there and not to the sender (GR-15)."""
    audit, commission = acquainted
    _clue, file = transferred(audit)
    with commission.use():
        head = Officer.objects.create(name="王喆", staff_number="H1")
        Post.objects.create(
            officer=head,
            organ=commission.organ("leaders"),
            title="书记",
            rank="principal",
            since="2020-01-01",
        )
        Organ.objects.filter(code="commission").update(short_name="清川水务集团有限公司")
    with pytest.raises(KeepNothing):
        commission.take(file, "clerk")
    with commission.use() as play, play.see("clerk"):
        assert not Attachment.objects.exists()
        assert not Line.objects.exists()
    assert [one for one in (commission.folder / "files").rglob("*") if one.is_file()] == []
