"""The desk: what is owed, awaited, to be decided and new, for each kind of reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.duties.models import Duty
from guantong.mechanisms.clues import ledger_sql
from guantong.web import desk_work
from guantong.web.templatetags.guantong import seen_from
from support.browse import signed_in
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db
TODAY = "2026-10-12"


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


def look(name: str) -> Any:
    answer = signed_in(name).get("/")
    assert answer.status_code == 200, answer.content[:500]
    return answer


def test_every_post_has_a_desk(play: Player) -> None:
    play.in_handling(play.assigned(play.registered()))
    for name in play.town.posts:
        page = look(name)
        assert "desk.html" in {part.name.split("/")[-1] for part in page.templates if part.name}


def test_owed_by_urgency(play: Player) -> None:
    play.registered("2026-09-21")
    groups = look("clerk").context["owed"]
    rows = {group.code: [row.duty.due_on.isoformat() for row in group.rows] for group in groups}
    for group in groups:
        assert group.number == len(group.rows)
    assert list(rows) == [code for code in ("late", "today", "soon", "later") if code in rows]
    flat = [day for days in rows.values() for day in days]
    assert flat
    assert flat == sorted(flat)


def test_leader_decides_first(play: Player) -> None:
    clue = play.registered(title="请示分办的线索")
    play.act(
        "2026-10-09", "clerk", "clue.propose_assignment", clue,
        handler=play.town.organs["first"].pk, reason="按分工",
    )  # fmt: skip
    context = look("deputy").context
    assert [step.matter.title for step in context["steps"]] == ["请示分办的线索"]
    assert context["steps"][0].decides
    assert [one["code"] for one in context["three"]] == ["decide", "instruct", "supervised"]
    assert context["three"][0]["number"] == 1
    assert context["three"][0]["oldest"] == context["steps"][0].due_on
    assert look("clerk").context["steps"] == []  # recording a signed sheet is no decision of the clerk's
    assert look("stranger").context["steps"] == []


def test_paper_comes_to_the_desk_of_who_signs(play: Player) -> None:
    clue = play.registered()
    play.act(
        "2026-10-09", "clerk", "paper.draft", clue, kind="receipt", title="回执", addressee="清川市审计局",
        body="收到。",
    )  # fmt: skip
    assert ["paper.check" in step.url for step in look("clerk_head").context["steps"] if step.paper] == [True]


def test_custodian_sees_his_own_first(play: Player) -> None:
    other = play.registered("2026-09-21", title="同室他人的线索")
    mine = play.registered("2026-09-28", title="我保管的线索")
    play.assigned(mine)
    head = play.town.posts["handler_head"].officer_id
    play.act("2026-09-29", "clerk", "clue.propose_assignment", other,
             handler=play.town.organs["first"].pk, reason="按分工")  # fmt: skip
    play.act("2026-09-29", "deputy", "clue.approve_assignment", other)
    play.act("2026-09-29", "handler_head", "clue.accept", other, custodian=head)
    for group in look("handler").context["owed"]:
        marks = [row.mine for row in group.rows]
        assert marks == sorted(marks, reverse=True)
    rows = [row for group in look("handler").context["owed"] for row in group.rows]
    assert {row.duty.matter.title for row in rows if row.mine} == {"我保管的线索"}
    assert "同室他人的线索" in {row.duty.matter.title for row in rows}


def test_sender_follows_what_was_sent(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered(title="移送的线索")))
    page = look("auditor")
    (one,) = page.context["followed"]
    assert one["row"].matter == clue
    assert one["row"].state_label == "正在办理"
    body = page.content.decode()
    for secret in ("第一监督检查室", "韩牧之", "初核方案", "待批准"):
        assert secret not in body
    assert any(row.duty.matter_id == clue for row in page.context["awaited"])


def test_news_are_what_others_did_since(play: Player) -> None:
    client = signed_in("clerk")
    with clock.set_to(at("2026-10-09", 9)):
        client.get("/")
    with clock.set_to(at("2026-10-09", 11)):
        clue = play.done("2026-10-09", "auditor", "clue.draft", category="discipline", allegation="新情况",
                         unit="清川公交集团有限公司", title="新移送").matter_id  # fmt: skip
    play.letter(
        ["2026-10-09"] * 4, clue, "transfer_letter", ["auditor", "audit_head", "audit_leader", "auditor"]
    )
    found = client.get("/").context["news"]
    assert [one.entry.matter_id for one in found] == [clue]
    again = client.get("/").context["news"]
    assert len(again) == 1, "news stay during the visit"
    with clock.set_to(at("2026-10-13")):
        assert client.get("/").context["news"] == []


def test_figures_agree_with_the_ledger_they_lead_to(play: Player) -> None:
    play.registered("2026-06-01")
    play.registered("2026-10-09")
    client = signed_in("clerk")
    for figure in client.get("/").context["figures"]:
        listed = client.get(figure["url"]).context["rows"]
        assert len(listed) == figure["number"], figure["code"]


def test_queries_do_not_grow(play: Player) -> None:
    play.assigned(play.registered())
    client = {name: signed_in(name) for name in ("clerk", "handler", "deputy", "auditor")}
    before = {}
    for name, one in client.items():
        one.get("/")
        with CaptureQueriesContext(connection) as queries:
            one.get("/")
        before[name] = len(queries)
    for place in range(5):
        clue = play.registered(title=f"又一件{place}")
        play.assigned(clue)
    for name, one in client.items():
        with CaptureQueriesContext(connection) as queries:
            one.get("/")
        assert len(queries) <= before[name], name
        assert len(queries) <= 30, name


def test_closed_this_month(play: Player) -> None:
    town = play.town
    clue = play.in_handling(play.assigned(play.registered()))
    play.act("2026-10-09", "handler", "clue.conclude", clue, result="closed", text="不属实")
    with clock.set_to(at("2026-10-10")), scope(town.actor("clerk")):
        assert ledger_sql.closed_since(town.actor("clerk"), at("2026-10-01").date()) == 0
    play.letter(["2026-10-10"] * 4, clue, "feedback_letter", ["clerk", "clerk_head", "deputy", "clerk"],
                progress="已了结")  # fmt: skip
    for name, expected in (("clerk", 1), ("auditor", 1), ("stranger", 0)):
        with scope(town.actor(name)):
            assert ledger_sql.closed_since(town.actor(name), at("2026-10-01").date()) == expected, name


def test_administrators_have_no_desk_of_matters(play: Player) -> None:
    User.objects.create_user(username="sys", password="correct horse", administers="system")
    answer = signed_in("sys").get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/administration/")
    assert Client().get("/").status_code == 302


def test_urgency_counts_working_days() -> None:
    today = at("2026-09-30").date()
    assert desk_work.soon_until(today).isoformat() == "2026-10-13"


def test_leader_looks_after_what_is_late_and_what_is_supervised(play: Player) -> None:
    """The second and third thing of a leader, and the lists behind them."""
    late = play.in_handling(
        play.assigned(play.registered("2026-06-01", title="超期的"), "2026-06-02"), "2026-06-03"
    )
    marked = play.in_handling(
        play.assigned(play.registered("2026-06-01", title="督办的"), "2026-06-02"), "2026-06-03"
    )
    play.act("2026-06-04", "deputy", "clue.supervise", marked, instruction="请抓紧")
    play.assigned(play.registered("2026-10-12", title="不急的"), "2026-10-12")
    client = signed_in("deputy")
    three = {one["code"]: one for one in client.get("/").context["three"]}
    listed = {code: client.get(three[code]["url"]).context["rows"] for code in ("instruct", "supervised")}
    assert [row.matter.pk for row in listed["instruct"]] == [late], "an open instruction is one too"
    supervised = {row.matter.pk for row in listed["supervised"]}
    assert supervised >= {late, marked}, "what an audit sent is under key supervision from the start"
    for code, rows in listed.items():
        assert three[code]["number"] == len(rows)
        assert three[code]["oldest"] == rows[0].due_on
    play.act("2026-10-12", "deputy", "clue.supervise", late, instruction="限期办结")
    assert client.get("/clues/leaders/instruct/").context["rows"] == []
    play.act("2026-10-12", "deputy", "clue.lift_supervision", marked, reason="已无必要")
    left = {row.matter.pk for row in client.get("/clues/leaders/supervised/").context["rows"]}
    assert left == supervised - {marked}


@pytest.mark.parametrize("who", ["handler", "stranger", "auditor", "audit_leader", "county_clerk"])
def test_lists_of_leaders_show_nobody_what_he_does_not_see(play: Player, who: str) -> None:
    play.in_handling(
        play.assigned(play.registered("2026-06-01", title="只限委内"), "2026-06-02"), "2026-06-03"
    )
    for what in ("instruct", "supervised"):
        page = signed_in(who).get(f"/clues/leaders/{what}/")
        assert ("只限委内" in page.content.decode()) is (who == "handler")


def test_lists_of_leaders_cost_the_same_however_long(play: Player) -> None:
    counts = []
    for turn in range(2):
        for n in range(1 + 2 * turn):
            clue = play.assigned(play.registered("2026-06-01", title=f"{turn}{n}"), "2026-06-02")
            play.in_handling(clue, "2026-06-03")
        client = signed_in("deputy")
        with CaptureQueriesContext(connection) as queries:
            client.get("/clues/leaders/instruct/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_cz_4_1_what_is_under_key_supervision_comes_first_within_its_urgency(play: Player) -> None:
    plain = play.registered("2026-10-09", source="enforcement", title="一般线索")
    key = play.registered("2026-10-09", title="重点督办的线索")
    groups = look("clerk").context["owed"]
    assert any(len(group.rows) > 1 for group in groups)
    for group in groups:
        places = [row.duty.matter_id for row in group.rows]
        assert [row.duty.key for row in group.rows] == [matter == key for matter in places]
        assert places == sorted(places, key=lambda matter: matter != key)
    assert {plain, key} == {row.duty.matter_id for group in groups for row in group.rows}


def test_another_body_is_named_by_itself_and_one_s_own_by_the_department(play: Player) -> None:
    town = play.town
    assert seen_from(town.organs["executing"], town.actor("clerk")) == town.organs["audit"].name
    assert seen_from(town.organs["first"], town.actor("clerk")) == town.organs["first"].name
    assert seen_from(None, town.actor("clerk")) == ""


def test_a_leaders_own_late_decision_waits_in_the_stack_and_is_not_to_be_instructed_on(play: Player) -> None:
    own = play.registered("2026-06-01", title="请示分办的线索")
    play.act(
        "2026-06-02", "clerk", "clue.propose_assignment", own,
        handler=play.town.organs["first"].pk, reason="按分工",
    )  # fmt: skip
    with play.see("clerk"):
        others = Duty.objects.filter(matter=own, state="open").exclude(holder_party="approver")
        others.update(due_on="2026-12-31")
    client = signed_in("deputy")

    def listed() -> bool:
        rows = client.get("/clues/leaders/instruct/").context["rows"]
        three = {one["code"]: one["number"] for one in client.get("/").context["three"]}
        assert (three["decide"], three["instruct"]) == (1, len(rows))
        return own in [row.matter.pk for row in rows]

    with play.see("deputy"):
        late = Duty.objects.filter(matter=own, state="open", due_on__lt=TODAY)
        assert {duty.holder_party for duty in late} == {"approver"}
    assert own in [one.waiting.matter.pk for one in client.get("/stack/").context["place"].sheets]
    assert not listed()
    with play.see("clerk"):
        others.update(due_on="2026-10-01")
    assert listed(), "once others are late too, it is to be instructed on"
