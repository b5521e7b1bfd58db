"""Doing acts through their pages: refusals that lose nothing, conflicts, confirmation, what is not kept."""

from __future__ import annotations

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.forms import AmountField, LetterNumberField
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Matter, Party
from guantong.mechanisms.clues.models import Clue
from guantong.web import pending
from support.browse import act_url, hidden, readings, signed_in, text
from support.play import Player, at, scan
from support.town import Town, build

pytestmark = pytest.mark.django_db
TODAY = "2026-11-20"


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY)):
        yield


def letter(town: Town, **changes: str) -> dict[str, Any]:
    return {
        "key": uuid.uuid4().hex,
        "sender": town.organs["executing"].pk,
        "source": "audit",
        "letter_number": "清审移〔2026〕7号",
        "letter_date": "2026-10-09",
        "happened_on": "2026-10-12",
        "category": "discipline",
        "allegation": "拆分采购。",
        "subjects-0-name": "王喆",
        "subjects-0-unit": "清川水务集团有限公司",
        "subjects-0-authority": "city",
        **changes,
    }


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin with no file kept: other tests of the run leave theirs in the same folder."""
    for path in kept_files():
        path.unlink()


def kept_files() -> list[Path]:
    return [path for path in Path(settings.GUANTONG_DATA).glob("pending/*") if path.is_file()]


def test_registering_leads_to_the_matter(town: Town) -> None:
    client = signed_in("clerk")
    answer = client.post("/new/clue.register/", letter(town), follow=True)
    assert answer.status_code == 200
    assert "“登记来件”已记录，编号 清纪线索〔2026〕1号。" in text(answer)


def test_the_same_form_twice_is_recorded_once(town: Town, play: Player) -> None:
    client = signed_in("clerk")
    given = letter(town)
    first = client.post("/new/clue.register/", given)
    second = client.post("/new/clue.register/", given, follow=True)
    assert "此前已记录" in text(second)
    assert second.redirect_chain[0][0] == first["Location"]
    with play.see("clerk"):
        assert Matter.objects.filter(kind="clue").count() == 1


def test_a_refusal_keeps_what_was_typed_and_names_each_field(town: Town) -> None:
    client = signed_in("clerk")
    given = letter(town, letter_date="2026-10-20", **{"subjects-0-id_number": "110105194912310021"})
    page = client.post("/new/clue.register/", given)
    body = text(page)
    assert page.status_code == 422
    assert {"happened_on", "subjects"} <= set(page.context["form"].errors)
    assert "2026-10-20" in body
    assert 'value="王喆"' in body
    assert "拆分采购。" in body
    assert hidden(page, "key") == given["key"]
    assert 'href="#id_happened_on"' in body


def test_a_scan_need_not_be_chosen_again(town: Town, play: Player) -> None:
    client = signed_in("clerk")
    page = client.post("/new/clue.register/", letter(town, letter_number="", scan=scan("来信.pdf")))
    assert page.status_code == 422
    assert "来信.pdf" in text(page)
    ticket = hidden(page, "kept-scan")
    assert len(kept_files()) == 1
    stolen = letter(town, **{"kept-scan": ticket})
    other = signed_in("county_clerk").post("/new/clue.register/", stolen)
    assert other.status_code in (302, 422)
    done = client.post("/new/clue.register/", letter(town, **{"kept-scan": ticket}))
    assert done.status_code == 302
    with play.see("clerk"):
        assert [one.name for one in Attachment.objects.all()] == ["来信.pdf"]
    with play.see("county_clerk"):
        assert Attachment.objects.count() == 0, "another person's ticket is worth nothing"
    assert kept_files() == []


def test_a_forged_ticket_is_no_file() -> None:
    data = QueryDict("kept-scan=" + pending._ticket(1, "scan", "a.pdf", "../secret.key"))
    assert pending.with_kept(data, MultiValueDict(), 1) == MultiValueDict()
    assert pending.with_kept(QueryDict("kept-scan=rubbish"), MultiValueDict(), 1) == MultiValueDict()


def test_what_belongs_above_leaves_nothing(town: Town, play: Player) -> None:
    client = signed_in("clerk")
    page = client.post("/new/clue.register/", letter(town, letter_number="", scan=scan("来信.pdf")))
    ticket = hidden(page, "kept-scan")
    before = len(readings())
    given = letter(
        town,
        **{"kept-scan": ticket, "subjects-0-name": "秦望山", "subjects-0-unit": "中共清川市纪律检查委员会"},
    )
    page = client.post("/new/clue.register/", given)
    body = text(page)
    assert page.status_code == 422
    assert "不予登记" in body
    assert "秦望山" not in body
    assert "拆分采购" not in body
    assert kept_files() == []
    with play.see("clerk"):
        assert Matter.objects.count() == 0
        assert Entry.objects.count() == 0
    cover = client.post(
        "/clues/cover/", {"sender": given["sender"], "letter_number": "7号", "letter_date": "2026-10-09"}
    )
    assert cover["Content-Type"] == "application/pdf"
    assert cover.content.startswith(b"%PDF")
    assert cover["Cache-Control"].startswith("private, no-store") or "no-store" in cover["Cache-Control"]
    assert len(readings()) == before, "no trace of it"


def test_a_conflict_says_what_changed(play: Player) -> None:
    clue = play.registered()
    client = signed_in("clerk")
    page = client.get(act_url(clue, "clue.propose_assignment"))
    form = {"key": hidden(page, "key"), "version": hidden(page, "version"), "happened_on": "2026-10-12",
            "handler": play.town.organs["first"].pk, "reason": "我的理由"}  # fmt: skip
    play.act("2026-10-09", "clerk", "matter.correct", clue, fact="letter_number", value="8号", reason="笔误")
    page = client.post(act_url(clue, "clue.propose_assignment"), form)
    assert page.status_code == 409
    assert [item.label for item in page.context["sheet"].since] == ["更正"]
    assert "我的理由" in text(page)
    again = {**form, "version": hidden(page, "version")}
    assert client.post(act_url(clue, "clue.propose_assignment"), again).status_code == 302


def test_a_grave_step_is_confirmed(play: Player) -> None:
    clue = play.registered()
    client = signed_in("clerk")
    form = {"key": uuid.uuid4().hex, "happened_on": "2026-10-12", "reason": "材料不全"}
    page = client.post(act_url(clue, "clue.return"), form)
    assert page.status_code == 422
    assert "尚未确认" in text(page)
    assert "材料不全" in text(page)
    assert "<noscript>" in text(page)
    assert client.post(act_url(clue, "clue.return"), {**form, "confirmed": "1"}).status_code == 302


def test_paper_fields_only_for_who_records_paper(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-09", "clerk", "clue.propose_assignment", clue,
             handler=play.town.organs["first"].pk, reason="按分工")  # fmt: skip
    url = act_url(clue, "clue.approve_assignment")
    assert 'name="signer"' in text(signed_in("clerk").get(url))
    assert 'name="signer"' not in text(signed_in("deputy").get(url))
    page = signed_in("clerk").post(url, {"key": "k1", "happened_on": "2026-10-12"})
    assert {"signer", "scan"} <= set(page.context["form"].errors)


def test_why_not_instead_of_a_form(play: Player) -> None:
    clue = play.registered()
    page = signed_in("clerk").get(act_url(clue, "clue.conclude"))
    assert page.status_code == 403
    assert page.context["form"] is None
    assert {lack.what for lack in page.context["sheet"].missing} == {"capacity", "state"}
    assert signed_in("stranger").get(act_url(clue, "clue.receive")).status_code == 404
    assert signed_in("clerk").get(act_url(clue, "no.such_act")).status_code == 404
    assert signed_in("clerk").get("/new/clue.arrive/").status_code == 404
    assert signed_in("auditor").get("/intake/").status_code == 403
    sender = text(signed_in("auditor").get(act_url(clue, "clue.approve_assignment")))
    assert "待分办" not in sender, "a sender is not told the state"


def test_who_loses_sight_by_the_act_is_told(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-09", "clerk", "clue.propose_assignment", clue,
             handler=play.town.organs["first"].pk, reason="按分工")  # fmt: skip
    play.act("2026-10-10", "deputy", "clue.approve_assignment", clue)
    form = {"key": "k", "happened_on": "2026-10-12", "reason": "应当回避", "confirmed": "1"}
    answer = signed_in("handler_head").post(act_url(clue, "clue.refuse_assignment"), form)
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_correction_is_tried_without_being_done(play: Player) -> None:
    clue = play.registered("2026-09-28", letter_date="2026-09-24")
    client = signed_in("clerk")
    page = client.get(act_url(clue, "matter.correct") + "?fact=received_on")
    assert "2026-09-28" in text(page)
    answer = client.post(
        f"/matters/{clue}/correct/preview/",
        {"fact": "received_on", "value": "2026-09-25", "happened_on": "2026-10-09"},
    )
    assert "2026-12-25" in text(answer)
    assert "2026-12-28" in text(answer)
    assert play.dates("clerk", clue, "CZ-3.3/feedback")[1] == "2026-12-28"
    with scope(play.town.actor("clerk")):
        assert not Entry.objects.filter(matter=clue, act="matter.correct").exists()


def test_like_letters_are_found_within_ones_own_ledger(play: Player) -> None:
    play.registered(letter_number="清审移〔2026〕3号")
    typed = {"letter_number": "清审移〔2026〕3号", "subjects-0-name": "苏 见微", "category": "discipline"}
    found = text(signed_in("clerk").post("/clues/alike/", typed))
    assert "清纪线索〔2026〕1号" in found
    assert found.count("gt-badge") == 2  # letter number and person
    assert "清纪线索" not in text(signed_in("county_clerk").post("/clues/alike/", typed))


def test_rule_of_the_assignment_or_who_settles_it(play: Player) -> None:
    decided = play.registered()
    page = signed_in("clerk").get(act_url(decided, "clue.propose_assignment"))
    assert page.context["decision_cite"]
    proposed = page.context["form"].initial["handler"]
    assert getattr(proposed, "pk", proposed) == play.town.organs["first"].pk
    unknown = play.registered(subjects=[{"name": "某人", "unit": "某公司"}], letter_number="9号")
    page = signed_in("clerk").get(act_url(unknown, "clue.propose_assignment"))
    assert "decision" not in page.context
    assert "案件监督管理部门" in text(page)


def test_a_wrong_person_is_mended_and_the_old_one_stays_in_sight(play: Player) -> None:
    wrong = {"name": "苏见薇", "unit": "清川公交集团有限公司", "post": "总经理", "authority": "city"}
    clue = play.registered(subjects=[{**wrong, "id_number": "11010519491231002X"}])
    client = signed_in("clerk")
    url = act_url(clue, "matter.correct") + "?fact=subjects"
    page = client.get(url)
    assert "110***********002X" in page.context["standing"]
    form = {"key": "k", "fact": "subjects", "happened_on": "2026-10-12", "reason": "笔误",
            "value-0-name": "苏见微", "value-0-unit": "清川公交集团有限公司", "value-0-post": "总经理",
            "value-0-authority": "city"}  # fmt: skip
    bad = client.post(url, {**form, "value-0-unit": ""})
    assert bad.status_code == 422
    assert "苏见薇" in bad.context["standing"]
    assert client.post(url, form).status_code == 302
    body = text(client.get(f"/matters/{clue}/"))
    assert "苏见微" in body
    assert "苏见薇" in body
    assert "11010519491231002X" not in body
    found = text(client.post("/clues/alike/", {"subjects-0-name": "苏见微", "category": "discipline"}))
    assert "清纪线索〔2026〕1号" in found


def test_a_sender_is_found_by_its_name(play: Player) -> None:
    """Who writes a listed name in full means it; any other text stays what the letter says."""
    given = {
        "letter_number": "清审移[2026]7号", "letter_date": "2026-10-09", "source": "audit",
        "category": "discipline", "allegation": "补贴。", "unit": "清川公交", "amount": "386.5万元",
    }  # fmt: skip
    listed = play.act("2026-10-12", "clerk", "clue.register", sender_name="清川市审计局审计执行科", **given)
    other = play.act("2026-10-12", "clerk", "clue.register", sender_name="清川市审计", **given)
    with play.see("clerk"):
        senders = {
            party.matter_id: party.organ
            for party in Party.objects.filter(role="sender").select_related("organ")
        }
        clue = Clue.objects.get(matter=listed)
    assert senders == {listed: play.town.organs["executing"]}
    assert clue.letter_number == "清审移〔2026〕7号"
    assert clue.amount == 3_865_000
    assert "清川市审计" in text(signed_in("clerk").get(f"/matters/{other}/"))
    assert signed_in("auditor").get(f"/matters/{other}/").status_code == 404


@pytest.mark.parametrize("wrong", ["三百万", "12.345", "-1", "万"])
def test_what_is_no_sum_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        AmountField().clean(wrong)


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [("3860000", "3860000"), ("３，８６０，０００元", "3860000"), ("0.01", "0.01"), ("1.23456万", "12345.6")],
)
def test_sums_are_read_as_people_write_them(typed: str, yuan: str) -> None:
    assert AmountField().clean(typed) == Decimal(yuan)


@pytest.mark.parametrize(
    "typed",
    ["清审移[2026]7号", "清审移（2026）7号", "清审移【2026】 7号", "清审移〔2026〕7号", "清审移(2026)7号"],
)
def test_brackets_of_a_letter_number_are_those_of_the_standard(typed: str) -> None:
    assert LetterNumberField().clean(typed) == "清审移〔2026〕7号"
