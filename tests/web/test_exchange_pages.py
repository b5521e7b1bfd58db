"""Pages of the exchange by disc: keys by the security administrator, outbox, inbox, taking a file in."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import AdminRecord, User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter, scope
from guantong.kernel.acts.perform import perform
from guantong.kernel.exchange import keyring, keys, refusals
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.models import ExchangeKey, Message, Refusal
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.organs.models import Organ
from support.browse import hidden, readings, signed_in, text
from support.play import Player, at

pytestmark = pytest.mark.django_db
HANDS = ["auditor", "audit_head", "audit_leader"]


@pytest.fixture
def security(play: Player) -> Any:
    User.objects.create_user(username="security", password="correct horse", administers="security")
    return signed_in("security")


@pytest.fixture
def apart(play: Player) -> Player:
    """The commission works elsewhere; both have keys and know each other, as if in two platforms."""
    organs = play.town.organs
    there = [organs["commission"].pk, *organs["commission"].all_departments.values_list("pk", flat=True)]
    Organ.objects.filter(pk__in=there).update(elsewhere=True)
    keyring.make(organs["audit"])
    return play


def acquaint(play: Player) -> None:
    pair = keys.make()
    body = play.town.organs["commission"]
    with clock.set_to(at("2026-09-28")):
        file = keys.key_file(body.name, body.code, clock.today(), pair.signing, pair.sealing, pair.private)
        key, _said = keyring.take(body, file)
        keyring.confirm(key, key.fingerprint, "沈若川")


def dispatched(play: Player) -> UUID:
    clue = play.drafted("2026-09-28")
    texts = {"title": "函", "addressee": "市纪委监委", "body": "内容。"}
    play.act("2026-09-29", "auditor", "paper.draft", clue, kind="transfer_letter", **texts)
    paper = play.paper("auditor", clue, "transfer_letter")
    for who, step in zip([*HANDS[1:], "auditor"], ("check", "sign", "dispatch"), strict=True):
        play.act("2026-09-29", who, f"paper.{step}", clue, paper=paper, way="disc")
    return clue


def test_the_outbox_makes_the_file_and_the_disc(apart: Player) -> None:
    clue = dispatched(apart)
    client = signed_in("auditor")
    with clock.set_to(at("2026-09-30")):
        page = text(client.get("/exchange/"))
        assert "无已确认公钥" in page
        with apart.see("auditor"):
            message = Message.objects.get()
        refused = client.post(f"/exchange/{message.pk}/seal/")
        assert refused.status_code == 422
        assert "没有中共清川市纪律检查委员会的已确认公钥" in text(refused)
        acquaint(apart)
        assert "制作文件" in text(client.get("/exchange/"))
        assert client.post(f"/exchange/{message.pk}/seal/").status_code == 302
        page = text(client.get("/exchange/"))
        assert "2026-09-30 已制作" in page
        disc = client.get(f"/exchange/disc/{apart.town.organs['commission'].pk}/")
        with ZipFile(BytesIO(disc.content)) as archive:
            names = archive.namelist()
            assert names == ["封面.pdf", "清川市审计局_中共清川市纪律检查委员会_000001.gtx"]
        form = client.get(f"/exchange/{message.pk}/form/")
        assert form["Content-Disposition"].startswith("attachment")
        assert str(clue) in text(form)
    enter(())
    noted = readings()
    assert ("export", f"disc {message.pk}") in noted
    assert ("export", f"answer form {message.pk}") in noted


def test_an_answer_form_is_looked_at_and_then_recorded_with_its_scan(apart: Player) -> None:
    acquaint(apart)
    clue = dispatched(apart)
    with apart.see("auditor"):
        message = Message.objects.get()
    answer = (
        f'{{"format": "guantong-plain-answer", "version": 1, "kind": "receipt", "ref": "{clue}",'
        f' "message": "{message.uid}", "from_body": "市纪委监委", "written_by": "沈若川", "body":'
        ' {"outcome": "received", "received_on": "2026-09-30", "ledger_number": "纪收7", "note": ""}}'
    )
    client = signed_in("auditor")
    with clock.set_to(at("2026-10-08")):
        looked = client.post("/exchange/take/", {"file": SimpleUploadedFile("回复.json", answer.encode())})
        assert looked.status_code == 200
        assert "登记对方回执" in text(looked)
        assert "没有签名" in text(looked)
        with apart.see("auditor"):
            assert Matter.objects.get(pk=clue).state == "sent"
        given = {"kept-file": hidden(looked, "kept-file"), "record": "1", "happened_on": "2026-10-08"}
        without = client.post("/exchange/take/", given)
        assert without.status_code == 422
        assert "既没有加密件，也没有对方纸质件的扫描件" in text(without)
        given["kept-file"] = hidden(without, "kept-file")
        scan = SimpleUploadedFile("scan.pdf", b"%PDF-1.4 receipt", "application/pdf")
        done = client.post("/exchange/take/", {**given, "scan": scan})
        assert done.status_code == 302
        assert "无签名，附扫描件" in text(client.get("/exchange/"))
    with apart.see("auditor"):
        assert (Matter.objects.get(pk=clue).state, Matter.objects.get(pk=clue).number) == (
            "received",
            "纪收7",
        )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 a zip", "这不是交换文件"),
        (b"", "没有选择文件"),
        (b"GTX\r\n\x1a\n\x00\x01\x00\x09\x00\x00\x00\x02{}", "第 9 版格式"),
    ],
)
def test_a_wrong_file_says_what_and_what_to_do(apart: Player, content: bytes, said: str) -> None:
    client = signed_in("auditor")
    files = {"file": SimpleUploadedFile("x.gtx", content)} if content else {}
    answer = client.post("/exchange/take/", files)
    assert answer.status_code == 422
    assert said in text(answer)
    with apart.see("auditor"):
        assert not Attachment.objects.exists()


def test_strangers_see_nothing_of_messages(apart: Player) -> None:
    acquaint(apart)
    dispatched(apart)
    with apart.see("auditor"):
        message = Message.objects.get()
    for who in ("team_member", "inspector", "county_clerk"):
        client = signed_in(who)
        assert "制作文件" not in text(client.get("/exchange/"))
        assert client.post(f"/exchange/{message.pk}/seal/").status_code == 404
        assert client.get(f"/exchange/{message.pk}/form/").status_code == 404
        assert client.get(f"/exchange/disc/{message.peer_id}/").status_code == 404


def test_the_page_takes_the_same_queries_for_one_message_and_for_six(apart: Player) -> None:
    acquaint(apart)
    counts = []
    for more in (1, 5):
        for _n in range(more):
            dispatched(apart)
        client = signed_in("auditor")
        client.get("/exchange/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/exchange/")
        counts.append(len(caught))
    assert counts[0] == counts[1] < 16


def test_sealing_takes_twelve_statements(apart: Player) -> None:
    acquaint(apart)
    clue = dispatched(apart)
    with apart.see("auditor"):
        message = Message.objects.get()
    actor = apart.town.actor("auditor")
    with clock.set_to(at("2026-09-30")), scope(actor), CaptureQueriesContext(connection) as caught:
        perform("exchange.seal", actor, clue, {"message": str(message.pk)})
    ours = [one["sql"] for one in caught if "SAVEPOINT" not in one["sql"]]
    assert len(ours) <= 12, "\n".join(one[:120] for one in ours)


def test_the_security_administrator_makes_gives_and_trusts_keys(play: Player, security: Any) -> None:
    organs = play.town.organs
    Organ.objects.filter(pk=organs["commission"].pk).update(elsewhere=True)
    made = security.post("/administration/keys/", {"organ": organs["audit"].pk})
    [own] = ExchangeKey.objects.all()
    assert made["Location"] == f"/administration/keys/{own.pk}/"
    assert own.fingerprint in text(security.get(made["Location"]))
    given = security.get(f"/administration/keys/{own.pk}/file/")
    assert keys.read_key_file(given.content).body == "清川市审计局"
    refused = security.post("/administration/keys/", {"organ": organs["commission"].pk})
    assert refused.status_code == 404

    pair, body = keys.make(), organs["commission"]
    file = keys.key_file(
        body.name, body.code, at("2026-09-28").date(), pair.signing, pair.sealing, pair.private
    )
    upload = {"organ": body.pk, "file": SimpleUploadedFile("a.gtk", file)}
    imported = security.post("/administration/keys/import/", upload)
    peer = ExchangeKey.objects.get(own=False)
    shown = text(security.get(imported["Location"]))
    assert peer.fingerprint not in shown
    upload["file"] = SimpleUploadedFile("a.gtk", file)
    again = security.post("/administration/keys/import/", upload)
    assert again.status_code == 422
    assert "已经登记" in text(again)
    wrong = {"step": "confirm", "heard": "11111 22222", "spoken_to": "沈若川"}
    answer = security.post(imported["Location"], wrong)
    assert answer.status_code == 422
    assert "不是这个密钥的指纹" in text(answer)
    assert 'value="11111 22222"' in text(answer)
    security.post(imported["Location"], {**wrong, "heard": peer.fingerprint})
    peer.refresh_from_db()
    assert (peer.state, peer.confirmed_with) == ("active", "沈若川")
    security.post(imported["Location"], {"step": "revoke", "reason": "对方换机"})
    peer.refresh_from_db()
    assert (peer.state, peer.reason) == ("revoked", "对方换机")
    enter((), "security")
    done = list(AdminRecord.objects.order_by("id").values_list("what", flat=True))
    assert done == ["key.make", "key.export", "key.import", "key.confirm", "key.revoke"]
    said = " ".join(f"{one.before} {one.after}" for one in AdminRecord.objects.all())
    assert bytes(own.private).hex() not in said


def test_a_department_is_where_its_body_is(play: Player) -> None:
    User.objects.create_user(username="system", password="correct horse", administers="system")
    client, body = signed_in("system"), play.town.organs["inspection"]
    given = {
        "code": body.code, "name": body.name, "short_name": body.short_name, "kind": body.kind,
        "jurisdiction": body.jurisdiction_id, "since": "2020-01-01", "elsewhere": "on",
    }  # fmt: skip
    assert client.post(f"/administration/register/organs/{body.pk}/", given).status_code == 302
    assert set(body.all_departments.values_list("elsewhere", flat=True)) == {True}


def test_a_refused_file_is_listed_without_its_content(apart: Player, security: Any) -> None:
    clerk, other = signed_in("auditor"), signed_in("inspector")
    secret = SimpleUploadedFile("绝密人名.gtx", b"not a file of ours: secret words")
    for _time in range(2):
        secret.seek(0)
        assert clerk.post("/exchange/take/", {"file": secret}).status_code == 422
    page = text(clerk.get("/exchange/"))
    enter(())
    row = Refusal.objects.get()
    assert (row.code, row.times) == ("no_file", 2)
    for words in ("这不是交换文件", row.digest[-12:], "2次"):
        assert words in page
    assert row.digest[-12:] not in text(other.get("/exchange/"))
    seen = text(security.get("/administration/keys/"))
    assert row.digest[-12:] in seen
    for shown in (page, seen, str(row.words)):
        assert "绝密人名" not in shown
        assert "secret words" not in shown


def test_of_a_place_in_a_refused_file_only_a_place_is_told(play: Player) -> None:
    error = ExchangeError("not_as_agreed", where="body.张三")
    with play.see("clerk"):
        row = refusals.keep(play.town.actor("clerk"), b"x", error)
    assert row.words == {"where": "—"}
