"""CD-1.1: from the console those who owe are reminded by letter, one an organ (协调台制发工作提示函)."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.acts.act import Refused
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.correspondence.models import Correspondence
from support import shareholders
from support.canaries import BACKEND
from support.consistency import problems_now
from support.play import Player, at
from support.ways import BY_ACTS

pytestmark = [pytest.mark.django_db, BY_ACTS]
DAY = "2027-01-11"
ANSWER = "CD-2.1/answer_by"


@pytest.fixture
def city(play: Player) -> Player:
    """The town with its liaison office; two organs are late with what they owe another body."""
    shareholders.join(play.town)
    for number in (1, 2):
        play.registered(letter_number=f"{number}号", allegation="违规发放补贴。")
    told = {
        "form": "important_matter", "recipient": play.town.organs["supervision"].pk, "known_on": "2026-10-08",
        "unit": "清川水务集团有限公司", "text": "发现拆分采购。",
    }  # fmt: skip
    play.act("2026-10-08", "regulator_clerk", "correspondence.draft", **told)
    return play


def signed_in(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who), backend=BACKEND)
    return client


def post(who: str, **data: Any) -> Any:
    with clock.set_to(at(DAY)):
        return signed_in(who).post("/console/letters/", data)


def ids(**asked: str) -> list[str]:
    with clock.set_to(at(DAY)):
        page = signed_in("liaison_clerk").get("/console/", asked).content.decode()
    return re.findall(r'name="ids" value="([0-9a-f-]{36})"', page)


def confirmed(city: Player, again: int = 1) -> list[Correspondence]:
    """Let the liaison office confirm letters for all that is late; return what it wrote."""
    data = {"ids": ids(show="late"), "text": "请抓紧反馈。", "batch": "b" * 32, "confirmed": "1"}
    for _time in range(again):
        assert post("liaison_clerk", **data).status_code == 200
    with city.see("liaison_clerk"):
        return list(Correspondence.objects.filter(form="work_reminder").order_by("recipient"))


def test_cd_1_1_what_will_be_written_is_shown_first_and_nothing_is_done(city: Player) -> None:
    chosen = ids(show="late")
    assert len(chosen) >= 3
    page = post("liaison_clerk", ids=chosen, text="请抓紧反馈。").content.decode()
    assert page.count("data-letter") == 2, "one an organ"
    assert "工作提示函" in page and "请抓紧反馈。" in page and "拟制2份提示函" in page
    assert "违规发放补贴" not in page and "拆分采购" not in page, "in outline, as the console is"
    assert set(re.findall(r'name="ids" value="([0-9a-f-]{36})"', page)) == set(chosen)
    with city.see("liaison_clerk"):
        assert not Matter.objects.exists()


def test_cd_1_1_what_one_letter_does_not_hold_is_said(city: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guantong.insight.console_letters.MOST", 1)
    chosen = ids(show="late")
    page = post("liaison_clerk", ids=chosen, text="").content.decode()
    left = [int(one) for one in re.findall(r"另有(\d+)件未列入本函", page)]
    assert left and sum(left) + len(re.findall(r'name="ids"', page)) == len(chosen)


def test_cd_1_1_confirmed_each_organ_gets_one_letter_once(city: Player) -> None:
    organs, written = city.town.organs, {one.recipient_id: one for one in confirmed(city, again=2)}
    assert set(written) == {organs["supervision"].pk, organs["accountability"].pk}
    with city.see("liaison_clerk"):
        papers = Paper.objects.filter(kind="correspondence_letter")
        assert papers.count() == 2
        letter = papers.get(matter=written[organs["supervision"].pk].matter_id)
    assert "工作提示函" in letter.title and letter.letter["addressee"] == organs["supervision"].full_name
    assert "应向" in letter.letter["body"] and "请抓紧反馈。" in letter.letter["body"]
    assert problems_now() == []


def test_cd_1_1_the_result_names_each_organ(city: Player) -> None:
    data = {"ids": ids(show="late"), "confirmed": "1"}
    page = post("liaison_clerk", **data).content.decode()
    for organ in ("supervision", "accountability"):
        assert city.town.organs[organ].full_name in page
    assert page.count("已拟制提示函，待核稿、签发") == 2


def sent(city: Player) -> UUID:
    """Let the letter to case supervision be checked, signed and dispatched."""
    row = next(one for one in confirmed(city) if one.recipient_id == city.town.organs["supervision"].pk)
    paper = city.paper("liaison_clerk", row.matter_id, "correspondence_letter")
    city.act(DAY, "liaison_head", "paper.check", row.matter_id, paper=paper)
    city.act(DAY, "deputy", "paper.sign", row.matter_id, paper=paper)
    city.act(DAY, "liaison_clerk", "paper.dispatch", row.matter_id, paper=paper, way="system")
    return row.matter_id


def test_cd_1_1_signed_and_dispatched_the_answer_is_owed(city: Player) -> None:
    matter = sent(city)
    city.act("2027-01-12", "clerk", "correspondence.receive", matter)
    assert city.dates("clerk", matter, ANSWER) == ("open", "2027-01-18", "")
    hands = ["clerk", "clerk_head", "deputy", "clerk"]
    city.letter(["2027-01-13"] * 4, matter, "correspondence_answer", hands, body="已办结，即日反馈。")
    assert city.dates("liaison_clerk", matter, ANSWER)[::2] == ("discharged", "2027-01-13")


def test_cd_1_1_it_goes_by_letter_and_nobody_else_reads_it(city: Player) -> None:
    first, second = confirmed(city)
    with pytest.raises(Refused):
        city.act(DAY, "liaison_clerk", "correspondence.send", first.matter_id)
    for who in ("clerk", "regulator_clerk", "auditor", "water_clerk", "handler"):
        with city.see(who):
            assert not Matter.objects.filter(pk__in=[first.pk, second.pk]).exists(), who
    to_supervision = sent(city)
    for who in ("regulator_clerk", "auditor", "water_clerk"):
        with city.see(who):
            assert not Matter.objects.filter(pk=to_supervision).exists(), who


def test_cd_1_1_letters_are_the_coordinating_office_s_alone(city: Player) -> None:
    for who in ("clerk", "auditor", "regulator_clerk"):
        assert post(who, ids=ids(show="late"), confirmed="1").status_code == 403
    nothing = post("liaison_clerk", text="请抓紧")
    assert nothing.status_code == 422 and "没有选中任何事项" in nothing.content.decode()
    assert 'value="请抓紧"' in nothing.content.decode()


def test_cd_1_1_the_preview_asks_as_often_for_many_as_for_few(city: Player) -> None:
    client = signed_in("liaison_clerk")

    def asked() -> int:
        chosen = ids()
        with clock.set_to(at(DAY)), CaptureQueriesContext(connection) as queries:
            assert client.post("/console/letters/", {"ids": chosen}).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for number in range(3, 8):
        city.registered(letter_number=f"{number}号")
    assert asked() == few
