"""Requests that are repeated, too late, wrong or not for the caller: nothing half done, nothing told."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.accounts import tokens
from guantong.kernel import clock
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Matter
from support.play import Player, at

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
AUTHENTICATING = ("accounts_token", '"organs_post"', "set_config")
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def test_the_same_key_twice_is_one_act(program: Any) -> None:
    letter = program.letter()
    first = program.post("clerk", "/acts/clue.register", letter, key="letter-3")
    again = program.post("clerk", "/acts/clue.register", letter, key="letter-3")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first["Location"] == f"/api/v1/matters/{first.json()['matter']}"
    assert not first.json()["repeated"]
    same = ("matter", "number", "state", "version")
    assert [again.json()[name] for name in same] == [first.json()[name] for name in same]
    assert again.json()["repeated"]
    with Player(program.town).see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 1
        assert Entry.objects.count() == 1


def test_the_same_key_with_other_content_is_a_conflict(program: Any, refusal: Any) -> None:
    program.post("clerk", "/acts/clue.register", program.letter(), key="letter-3")
    other = program.post("clerk", "/acts/clue.register", program.letter(allegation="别的"), key="letter-3")
    assert refusal(other, 409)["faults"][0]["remedy"]
    with Player(program.town).see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 1


def test_the_key_of_another_post_is_another_key(program: Any) -> None:
    program.post("clerk", "/acts/clue.register", program.letter(), key="k")
    second = program.post("clerk_head", "/acts/clue.register", program.letter(), key="k")
    assert second.status_code == 201


@pytest.mark.parametrize("key", [None, "", "a" * 81, "with space"])
def test_an_act_needs_a_key(program: Any, refusal: Any, key: str | None) -> None:
    headers = program.headers("clerk", **({} if key is None else {"Idempotency-Key": key}))
    with clock.set_to(at(program.day)):
        answer = program.client.post(
            "/api/v1/acts/clue.register", data=json.dumps(program.letter()),
            content_type="application/json", headers=headers,
        )  # fmt: skip
    assert refusal(answer, 422)["faults"][0]["field"] == "Idempotency-Key"


def test_an_old_version_is_a_conflict(program: Any, refusal: Any) -> None:
    clue = program.registered()
    seen = program.get("clerk", f"/matters/{clue}")["ETag"]
    path = f"/matters/{clue}/acts/clue.propose_assignment"
    data = {"handler": program.town.organs["first"].pk, "reason": "按分工"}
    assert program.post("clerk", path, data, **{"If-Match": seen}).status_code == 200
    late = program.post(
        "clerk_head", f"/matters/{clue}/acts/clue.return", {"reason": "不全"}, **{"If-Match": seen}
    )
    refusal(late, 409)
    wrong = program.post("clerk_head", path, data, **{"If-Match": '"x"'})
    assert refusal(wrong, 422)["faults"][0]["field"] == "If-Match"


def test_faults_name_field_reason_and_remedy_in_both_languages(program: Any, refusal: Any) -> None:
    future = program.letter(letter_date="2026-10-02", allegation="")
    chinese = refusal(program.post("clerk", "/acts/clue.register", future), 422)
    english = refusal(
        program.post("clerk", "/acts/clue.register", future, **{"Accept-Language": "en-GB,en;q=0.9"}), 422
    )
    assert chinese["faults"][0]["field"] == english["faults"][0]["field"] == "allegation"
    assert english["faults"][0]["reason"] == "This is needed."
    assert chinese["faults"][0]["reason"] == "此项必填。"
    assert chinese["title"] == "未予受理"
    assert english["title"] == "Refused"
    late = refusal(
        program.post("clerk", "/acts/clue.register", program.letter(letter_date="2026-10-02")), 422
    )
    assert {fault["field"] for fault in late["faults"]} == {"letter_date"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"allegation": "长" * 20_001}, "allegation"),
        ({"letter_number": "9" * 61}, "letter_number"),
        ({"source": "rumour"}, "source"),
        ({"amount": "12.345"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"letter_date": "2026-02-31"}, "letter_date"),
        ({"letter_date": "昨天"}, "letter_date"),
        ({"happened_on": "2026-09-29"}, "happened_on"),
        ({"sender": 999_999_999}, "sender"),
        ({"sender": "审计局"}, "sender"),
        ({"subjects": [{"name": "某"}]}, "subjects.0.unit"),
        ({"subjects": [{"name": "某", "unit": "某", "id_number": "110101199003070000"}]}, "subjects"),
        ({"subjects": [{"name": "某", "unit": "某"}] * 101}, "subjects"),
        ({"alegation": "错名"}, "alegation"),
        ({"category": None}, "category"),
    ],
)
def test_wrong_content_is_refused_by_its_field(
    program: Any, refusal: Any, changes: dict[str, Any], field: str
) -> None:
    body = refusal(program.post("clerk", "/acts/clue.register", program.letter(**changes)), 422)
    assert field in {fault["field"] for fault in body["faults"]}
    assert all(fault["reason"] for fault in body["faults"])
    with Player(program.town).see("clerk"):
        assert not Matter.objects.exists()


@pytest.mark.parametrize(
    ("text", "status"),
    [("{", 400), ("", 415), ("[]", 422), ("null", 422), (b"\xff\xfe{}", 400), ('{"a": 1e999}', 422)],
)
def test_what_is_no_json_object_is_refused(
    program: Any, refusal: Any, text: str | bytes, status: int
) -> None:
    refusal(program.post("clerk", "/acts/clue.register", text), status)


def test_too_much_is_refused(program: Any, refusal: Any, settings: Any) -> None:
    big = json.dumps(program.letter(allegation="长" * 3_000_000), ensure_ascii=False).encode()
    refusal(program.post("clerk", "/acts/clue.register", big), 413)
    settings.REQUEST_LIMIT = 1000
    body = refusal(program.post("clerk", "/acts/clue.register", program.letter(allegation="长" * 900)), 413)
    assert "MB" in body["detail"]


def test_files_come_beside_the_data(program: Any, refusal: Any) -> None:
    def send(key: str, **parts: Any) -> Any:
        with clock.set_to(at(program.day)):
            return program.client.post(
                "/api/v1/acts/clue.register", data=parts,
                headers=program.headers("clerk", **{"Idempotency-Key": key}),
            )  # fmt: skip

    data = json.dumps(program.letter())
    done = send(
        "f1", data=data, scan=SimpleUploadedFile("来函.pdf", PDF),
        attachments=[SimpleUploadedFile("一.pdf", PDF + b"1"), SimpleUploadedFile("二.pdf", PDF + b"2")],
    )  # fmt: skip
    assert done.status_code == 201, done.content.decode()
    listed = program.get("clerk", f"/matters/{done.json()['matter']}").json()["attachments"]
    assert {one["name"] for one in listed} == {"来函.pdf", "一.pdf", "二.pdf"}
    listed.sort(key=lambda one: one["purpose"] != "scan")
    got = program.get("clerk", listed[0]["href"].removeprefix("/api/v1"))
    assert (b"".join(got.streaming_content), got["Content-Type"]) == (PDF, "application/pdf")
    assert program.get("stranger", listed[0]["href"].removeprefix("/api/v1")).status_code == 404
    files = {"scan": SimpleUploadedFile("另一份.pdf", PDF)}
    refusal(send("f1", data=data, **files), 409)
    wrong = send("f2", data=data, scan=SimpleUploadedFile("来函.pdf", b"MZ\x90\x00program"))
    assert refusal(wrong, 422)["faults"][0]["field"] == "scan"
    stray = send("f3", data=data, photo=SimpleUploadedFile("a.pdf", PDF))
    assert refusal(stray, 422)["faults"][0]["field"] == "photo"
    refusal(send("f4", data=data, scan=[SimpleUploadedFile("a.pdf", PDF)] * 2), 422)
    broken = program.client.generic(
        "POST", "/api/v1/acts/clue.register", BytesIO(b"--x\r\nnonsense").read(),
        content_type="multipart/form-data; boundary=y",
        headers=program.headers("clerk", **{"Idempotency-Key": "f5"}),
    )  # fmt: skip
    assert broken.status_code in (400, 422)
    with Player(program.town).see("clerk"):
        assert Attachment.objects.count() == 3


def test_other_media_are_refused(program: Any, refusal: Any) -> None:
    answer = program.client.post(
        "/api/v1/acts/clue.register", data="a=1", content_type="application/x-www-form-urlencoded",
        headers=program.headers("clerk", **{"Idempotency-Key": "k"}),
    )  # fmt: skip
    assert refusal(answer, 415)["faults"][0]["field"] == "Content-Type"


def test_what_is_not_visible_is_as_if_it_were_not(program: Any) -> None:
    clue = program.registered(allegation="绝密内容甲")
    absent = uuid4()
    for path in ("/matters/{}", "/matters/{}/acts", "/papers/{}.pdf", "/attachments/{}"):
        there = program.get("stranger", path.format(clue))
        gone = program.get("stranger", path.format(absent))
        assert there.status_code == gone.status_code == 404
        assert there.content == gone.content
    for code, data in (("clue.receive", {}), ("clue.return", {"reason": "x"}), ("matter.correct", None)):
        given = data if data is not None else {"fact": "amount", "value": "1", "reason": "x"}
        there = program.post("stranger", f"/matters/{clue}/acts/{code}", given)
        gone = program.post("stranger", f"/matters/{absent}/acts/{code}", given)
        assert there.status_code == gone.status_code == 404
        assert there.content == gone.content


def test_refusals_tell_the_sender_nothing_of_the_state(program: Any) -> None:
    """Whatever the sender asks for is refused in the same words, however far the handling has come."""
    play = Player(program.town)
    words: list[set[str]] = []
    clues = [program.registered() for _number in range(3)]
    play.assigned(UUID(clues[1]))
    play.in_handling(play.assigned(UUID(clues[2])))
    asked = [
        ("clue.amend", program.letter() | {"sender": None}), ("clue.approve_assignment", {}),
        ("clue.accept", {"custodian": 1}), ("clue.approve_handling", {}), ("clue.withdraw", {"reason": "x"}),
        ("paper.draft", {"kind": "approval_sheet", "title": "t", "addressee": "a", "body": "b"}),
        ("paper.draft", {"kind": "receipt", "title": "t", "addressee": "a", "body": "b"}),
    ]  # fmt: skip
    for clue in clues[1:]:
        said = {program.get("auditor", f"/matters/{clue}/acts").content.decode().replace(clue, "")}
        for code, data in asked:
            answer = program.post("auditor", f"/matters/{clue}/acts/{code}", data)
            assert answer.status_code in (403, 422)
            said.add(answer.content.decode())
        words.append(said)
    assert words[0] == words[1]


def test_an_act_that_only_follows_cannot_be_asked_for(program: Any, refusal: Any) -> None:
    for code in ("clue.arrive", "case.open", "no.such_act"):
        refusal(program.post("clerk", f"/acts/{code}", {}), 404)
    refusal(program.get("clerk", "/nowhere"), 404)
    refusal(program.get("clerk", "/matters/not-an-id"), 404)
    assert refusal(program.get("clerk", "/acts/clue.register"), 405)["faults"]


def test_a_wrong_capacity_is_refused_with_what_it_takes(program: Any, refusal: Any) -> None:
    clue = program.registered()
    body = refusal(program.post("clerk", f"/matters/{clue}/acts/clue.accept", {"custodian": 1}), 403)
    assert any("承办" in fault["reason"] or "身份" in fault["reason"] for fault in body["faults"])


def test_what_can_be_done_and_why_not(program: Any) -> None:
    clue = program.registered()
    offered = program.get("clerk", f"/matters/{clue}/acts").json()
    by_code = {one["act"]: one for one in offered if not one["data"]}
    assert by_code["clue.propose_assignment"]["possible"]
    assert not by_code["clue.propose_assignment"]["missing"]
    approve = by_code["clue.approve_assignment"]
    assert (approve["possible"], {one["what"] for one in approve["missing"]}) == (False, {"state"})
    accept = by_code["clue.accept"]
    assert {one["what"] for one in accept["missing"]} == {"capacity", "state"}
    assert all(one["reason"] and one["remedy"] for one in accept["missing"])
    possible = [one for one in offered if one["possible"] and not one["data"]]
    for one in possible:
        assert one["href"] == f"/api/v1/matters/{clue}/acts/{one['act']}"
    facts = {one["data"]["fact"] for one in offered if one["act"] == "matter.correct"}
    assert {"received_on", "amount"} <= facts


def test_a_correction_keeps_the_old_value(program: Any) -> None:
    clue = program.registered(amount="1000")
    done = program.act(
        "2026-09-29", "clerk", "matter.correct", clue, fact="amount", value="2500.50", reason="来函附件为准"
    )
    seen = program.get("clerk", f"/matters/{clue}").json()
    assert seen["facts"]["amount"] == "2500.50"
    change = next(one for one in seen["timeline"] if one["id"] == done["entry"])["content"]
    assert (change["fact"], change["old"], change["new"]) == ("amount", "1000.00", "2500.50")
    other = program.post(
        "clerk", f"/matters/{clue}/acts/matter.correct", {"fact": "chain_head", "value": "x", "reason": "x"}
    )
    assert other.status_code == 422


def test_identity_numbers_are_masked(program: Any) -> None:
    number = "11010519491231002X"
    clue = program.registered(subjects=[{"name": "某甲", "unit": "某单位", "id_number": number}])
    seen = program.get("clerk", f"/matters/{clue}").content.decode()
    assert number not in seen
    assert "11010519" not in seen.replace("1949", "")  # not in parts either


def test_an_act_costs_at_most_twelve_queries(program: Any) -> None:
    clue = program.registered()
    handler = program.town.organs["first"].pk
    custodian = program.town.posts["handler"].officer_id
    asked = [
        ("clerk", "/acts/clue.register", program.letter()),
        ("clerk", f"/matters/{clue}/acts/clue.propose_assignment", {"handler": handler, "reason": "按分工"}),
        ("deputy", f"/matters/{clue}/acts/clue.approve_assignment", {}),
        ("handler_head", f"/matters/{clue}/acts/clue.accept", {"custodian": custodian}),
        ("handler", f"/matters/{clue}/acts/clue.propose_handling", {"way": "verify", "plan": "方案"}),
        ("deputy", f"/matters/{clue}/acts/clue.approve_handling", {}),
        ("handler", f"/matters/{clue}/acts/clue.report_progress", {"progress": "已谈话"}),
    ]
    for who, path, data in asked:
        program.token(who)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = program.post(who, path, data)
        assert answer.status_code in (200, 201), answer.content.decode()
        texts = [one["sql"] for one in captured.captured_queries if "SAVEPOINT" not in one["sql"]]
        for part, text in zip(AUTHENTICATING, texts[: len(AUTHENTICATING)], strict=True):
            assert part in text
        own = texts[len(AUTHENTICATING) :]
        assert len(own) <= MOST_QUERIES, f"{path}\n" + "\n".join(own)


def test_a_browser_session_opens_nothing(program: Any, refusal: Any) -> None:
    client = Client()
    client.force_login(
        program.town.posts["clerk"].officer.account, "django.contrib.auth.backends.ModelBackend"
    )
    body = refusal(client.get("/api/v1/clues"), 401)
    assert body["faults"][0]["field"] == "Authorization"


def test_who_sees_the_outline_only_is_told_no_more(program: Any, refusal: Any) -> None:
    clue = program.registered(allegation="绝密内容乙")
    stranger = program.town.actor("stranger")
    with Player(program.town).see("clerk"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_settle(%s, NULL, %s::jsonb, '[]'::jsonb, NULL, now())",
            [clue, json.dumps([{"principal": stranger.organ.pk, "depth": 1, "basis": "x", "until": None}])],
        )
    seen = program.get("stranger", f"/matters/{clue}")
    assert seen.status_code == 200
    assert "绝密内容乙" not in seen.content.decode()
    body = seen.json()
    assert (body["depth"], body["facts"], body["timeline"], body["version"]) == (1, {}, [], None)
    assert program.get("stranger", f"/matters/{clue}/acts").json() == []
    for code, data in (
        ("clue.receive", {}), ("clue.report_progress", {"progress": "x"}),
        ("paper.draft", {"kind": "receipt", "title": "t", "addressee": "a", "body": "b"}),
        ("matter.correct", {"fact": "amount", "value": "1", "reason": "x"}),
    ):  # fmt: skip
        refusal(program.post("stranger", f"/matters/{clue}/acts/{code}", data), 403)


def test_a_database_that_goes_away_is_told_with_503(program: Any, refusal: Any, monkeypatch: Any) -> None:
    def gone(raw: str) -> None:
        raise OperationalError("the connection is closed")

    headers = program.headers("clerk")
    monkeypatch.setattr(tokens, "find", gone)
    answer = program.client.get("/api/v1/clues", headers=headers)
    refusal(answer, 503)
    assert answer["Retry-After"]
