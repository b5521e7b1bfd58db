"""The page of one matter: what each reader sees of it, what it costs, what it offers and why not."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.matters.models import Attachment
from guantong.kernel.organs.models import Post
from support.browse import readings, signed_in, text
from support.play import Player, at, scan, uploads
from support.town import SINCE, Town, build

pytestmark = pytest.mark.django_db
TODAY = "2026-11-20"
ID_NUMBER = "11010519491231002X"


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


def look(name: str, matter: uuid.UUID) -> Any:
    return signed_in(name).get(f"/matters/{matter}/")


def test_facts_duties_timeline(play: Player) -> None:
    person = {"name": "苏见微", "unit": "清川公交集团有限公司", "post": "总经理", "id_number": ID_NUMBER}
    clue = play.registered(subjects=[person], amount="1234567.5")
    page = text(look("clerk", clue))
    assert "清纪线索〔2026〕1号" in page
    assert "110***********002X" in page
    assert ID_NUMBER not in page
    assert "1,234,567.50" in page
    assert "2026-12-28" in page  # three months from 2026-09-28 (CZ-3.3)
    assert "2026-09-28 + " in page, "the date is explained"
    assert "沈若川" in page
    assert "中共清川市纪律检查委员会案件监督管理室 工作人员" in page
    assert "CZ-3.2" in page
    assert "登记来件" in page


def test_recorded_later_says_so(play: Player) -> None:
    with clock.set_to(at("2026-10-09", 16)):
        actor = play.town.actor("clerk")
        from guantong.kernel.access.scope import scope
        from guantong.kernel.acts.perform import perform

        with scope(actor):
            clue = perform(
                "clue.register",
                actor,
                None,
                {
                    "happened_on": "2026-09-28",
                    "sender": play.town.organs["executing"].pk,
                    "source": "audit",
                    "letter_number": "1号",
                    "letter_date": "2026-09-27",
                    "category": "discipline",
                    "allegation": "补贴。",
                    "unit": "清川公交",
                },
            ).matter_id
    assert "2026-10-09 16:00" in text(look("clerk", clue))


def test_correction_shows_old_and_new(play: Player) -> None:
    clue = play.registered("2026-09-28", letter_date="2026-09-24")
    play.act("2026-10-09", "clerk", "matter.correct", clue, fact="received_on", value="2026-09-25",
             reason="收文登记簿")  # fmt: skip
    page = text(look("clerk", clue))
    assert '<span class="gt-old">2026-09-28</span>' in page
    assert "2026-12-25" in page
    duties = {line.duty.rule: line for line in look("clerk", clue).context["duties"]}
    (change,) = duties["feedback"].changes
    assert (change[0].what, change[0].old_due_on.isoformat()) == ("correct", "2026-12-28")


def test_recorded_for_a_leader(play: Player) -> None:
    clue = play.registered()
    play.act("2026-10-09", "clerk", "clue.propose_assignment", clue,
             handler=play.town.organs["first"].pk, reason="按分工")  # fmt: skip
    play.act("2026-10-10", "clerk", "clue.approve_assignment", clue, signer="陆知行",
             files=uploads(scan=scan("批示.pdf")))  # fmt: skip
    page = look("clerk", clue)
    assert "代录：陆知行 纸质签批" in text(page)
    file = page.context["attachments"][0]
    answer = signed_in("clerk").get(f"/files/{file.pk}/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 signed sheet"
    assert ("file", str(file.pk)) in readings()
    assert signed_in("auditor").get(f"/files/{file.pk}/").status_code == 404
    assert Attachment.objects.count() == 0, "without a scope nothing is seen"


def test_one_reading_for_each_opening(play: Player) -> None:
    clue = play.registered()
    before = readings().count(("open", ""))
    look("clerk", clue)
    look("clerk", clue)
    assert readings().count(("open", "")) == before + 2


def test_stranger_and_administrator_find_nothing(play: Player) -> None:
    clue = play.registered()
    assert look("stranger", clue).status_code == 404
    assert look("county_clerk", clue).status_code == 404
    assert signed_in("clerk").get(f"/matters/{uuid.uuid4()}/").status_code == 404


def test_sender_sees_no_handling(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    play.act("2026-10-09", "handler", "clue.report_progress", clue, progress="进展之内容")
    page = text(look("auditor", clue))
    for hidden in (
        "初核方案",
        "进展之内容",
        "第一监督检查室",
        "韩牧之",
        "江其琛",
        "陆知行",
        "知悉范围与依据",
    ):
        assert hidden not in page
    assert "正在办理" in page
    assert "处置意见待批" not in page
    full = text(look("handler", clue))
    assert "初核方案" in full
    assert "进展之内容" in full


def test_links_only_to_what_is_seen(play: Player) -> None:
    first = play.registered()
    second = play.registered(letter_number="清审移〔2026〕4号", sender="", sender_name="某单位")
    with play.see("clerk"):
        number = play.matter("clerk", second).number
    play.act("2026-10-09", "clerk", "clue.link_duplicate", first, other=number, reason="同一人")
    assert f"/matters/{second}/" in text(look("clerk", first))
    assert f"/matters/{second}/" not in text(look("auditor", first))
    assert [link[1].pk for link in look("clerk", second).context["others"]] == [first]


def test_grants_name_organs_with_their_reason(play: Player) -> None:
    clue = play.registered()
    lines = {line.who: line for line in look("clerk", clue).context["grants"]}
    assert lines["清川市审计局审计执行科"].depth == "反馈"
    assert lines["中共清川市纪律检查委员会案件监督管理室"].depth == "全部"


def test_what_can_be_done_and_why_not(play: Player) -> None:
    clue = play.registered()
    context = look("clerk", clue).context
    assert context["offers"][0].label == "拟办分办意见"
    assert context["offers"][0].primary
    assert {"clue.return", "clue.merge"} <= {offer.code for offer in context["grave_offers"]}
    denied = {one.label: one for one in context["denied"]}
    lacks = {lack.what for lack in denied["批准分办"].missing}
    assert lacks == {"state"}, "the clerk may record a leader's paper, but not in this state"
    assert {lack.what for lack in denied["报告办理进展"].missing} == {"capacity", "state"}


def test_the_right_post_is_one_button_away(play: Player) -> None:
    clue = play.registered()
    second = Post.objects.create(
        officer=play.town.posts["clerk"].officer, organ=play.town.organs["second"], title="干部",
        rank="staff", since=SINCE,
    )  # fmt: skip
    client = signed_in("clerk")
    client.post("/capacity/", {"post": second.pk})
    assert client.get(f"/matters/{clue}/").status_code == 404, "this post has no sight"
    client.post("/capacity/", {"post": play.town.posts["clerk"].pk, "next": f"/matters/{clue}/"})
    assert client.get(f"/matters/{clue}/").status_code == 200


def test_nothing_to_approve_where_nothing_was_asked(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    denied = {one.label: one for one in look("deputy", clue).context["denied"]}
    assert "尚未" in denied["批准延长"].missing[0].reason or "没有" in denied["批准延长"].missing[0].reason
    play.act("2026-10-09", "handler", "clue.request_extension", clue, until="2027-01-31", reason="案情复杂")
    assert "批准延长" in {offer.label for offer in look("deputy", clue).context["offers"]}


def test_queries_do_not_grow_and_the_page_is_quick(play: Player) -> None:
    small = play.registered()
    large = play.in_handling(play.assigned(play.registered(letter_number="清审移〔2026〕9号", unit="某公司")))
    for number in range(12):
        play.act("2026-10-09", "handler", "clue.report_progress", large, progress=f"进展{number}")
    play.answered(large, "2026-10-12")
    play.act("2026-10-13", "clerk", "matter.correct", large, fact="received_on", value="2026-09-29",
             reason="登记簿")  # fmt: skip
    client = signed_in("clerk")
    counts = {}
    for name, matter in (("small", small), ("large", large), ("again", large)):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/matters/{matter}/")
        assert answer.status_code == 200
        counts[name] = len([one for one in queries if "SAVEPOINT" not in one["sql"]])
    assert counts["again"] <= 30, counts
    assert abs(counts["large"] - counts["small"]) <= 4, counts  # duplicates are looked for before assignment
    spent = []
    for _again in range(5):
        started = time.process_time()
        client.get(f"/matters/{large}/")
        spent.append(time.process_time() - started)
    assert min(spent) < 0.1, spent  # of this process's own time, so that a busy machine does not matter


def test_report_offers_the_transfer(play: Player) -> None:
    report = play.concluded()
    page = text(look("auditor", report))
    assert f"/new/clue.draft/?origin={report}" in page
    assert "拆分采购" in page
    draft = signed_in("auditor").get(f"/new/clue.draft/?origin={report}")
    assert draft.context["form"].initial["unit"] == "清川水务集团有限公司"
    assert draft.context["form"].initial["allegation"] == "拆分采购"


def test_case_page(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    play.act("2026-10-12", "handler", "clue.conclude", clue, result="case", text="属实",
             case_basis="涉嫌违纪之据", approved_by="秦望山")  # fmt: skip
    (link,) = look("handler", clue).context["others"]
    page = text(look("handler", link[1].pk))
    assert "涉嫌违纪之据" in page
    assert look("auditor", link[1].pk).status_code == 404
