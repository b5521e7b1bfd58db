"""Pages of meetings: the list, the meeting typed live, which company held what (会议页面)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.models import Occasion
from guantong.kernel.measures.models import MeasureVersion
from guantong.mechanisms.meetings.models import Decision, FollowUp, Invitee
from support.canaries import BACKEND
from support.meetings import MEETS, answered, called, invitee, item, notified, table
from support.play import Player, at, scan, uploads

pytestmark = pytest.mark.django_db
DAY = "2026-09-21"


def signed_in(who: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=who), backend=BACKEND)
    return client


def fetch(who: str, address: str, day: str = MEETS, **asked: str) -> Any:
    with clock.set_to(at(day)):
        return signed_in(who).get(address, asked)


def post(who: str, matter: UUID, htmx: bool = True, **data: str) -> Any:
    with clock.set_to(at(MEETS)):
        return signed_in(who).post(
            f"/meetings/{matter}/do/", data, headers={"HX-Request": "true"} if htmx else {}
        )


@pytest.fixture
def city(play: Player) -> Player:
    table(play.town)
    MeasureVersion.objects.update(published_at=at("2026-07-20"))
    with clock.set_to(at(DAY)):
        open_due(date.fromisoformat(DAY))
    return play


def due(play: Player) -> UUID:
    with play.see("liaison_clerk"):
        return Occasion.objects.get(clause="CD-2.2").matter_id


def sitting(play: Player, items: int = 1) -> UUID:
    matter = answered(play, notified(play, called(play, due(play))))
    for number in range(items):
        play.act("2026-09-23", "liaison_clerk", "meeting.propose", matter, title=f"议题{number}", text="材料")
    return play.act(MEETS, "liaison_clerk", "meeting.begin", matter, chair="陆知行")


def typed(play: Player, matter: UUID, **data: str) -> dict[str, str]:
    row = item(play, "liaison_clerk", matter, "议题0")
    given = {
        "act": "meeting.decide", "place": f"i-{row}", "item": row, "text": "开展排查", "follows": "task",
        "owner": str(play.town.organs["regulator"].pk), "due_on": "2026-10-30",
    }  # fmt: skip
    return {**given, **data}


def test_the_list_says_whose_turn_it_is(city: Player) -> None:
    assert "没有未办结的会议" in fetch("stranger", "/meetings/").content.decode()
    page = fetch("liaison_clerk", "/meetings/").content.decode()
    assert "清川市纪检监察监督与出资人监督联席会议（2026年下半年）" in page and "联系室：召集" in page
    matter = called(city, due(city))
    assert "联系室：发通知" in fetch("liaison_clerk", "/meetings/").content.decode()
    notified(city, matter)
    assert "待回执2份" in fetch("liaison_clerk", "/meetings/").content.decode()
    narrowed = fetch("liaison_clerk", "/meetings/", show="due", body="joint_meeting", company="no")
    assert "没有符合条件的会议" in narrowed.content.decode()
    late = fetch("liaison_clerk", "/meetings/", "2027-01-05", show="coming").content.decode()
    assert "2026-09-28" in late


def test_a_decision_is_typed_into_its_item_and_counted(city: Player) -> None:
    matter = sitting(city)
    answer = post("liaison_clerk", matter, **typed(city, matter))
    body = answer.content.decode()
    assert answer.status_code == 200 and body.lstrip().startswith('<section id="i-')
    assert "开展排查" in body and "议定 1 项" in body
    with city.see("liaison_clerk"):
        assert Decision.objects.get(matter=matter).due_on == date(2026, 10, 30)


@pytest.mark.parametrize("htmx", [True, False])
def test_what_was_typed_stays_where_it_is_refused(city: Player, htmx: bool) -> None:
    matter = sitting(city)
    answer = post("liaison_clerk", matter, htmx, **typed(city, matter, due_on=""))
    body = answer.content.decode()
    assert answer.status_code == 422 and "没有明确完成期限" in body
    assert ">开展排查</textarea>" in body
    with city.see("liaison_clerk"):
        assert not Decision.objects.filter(matter=matter).exists()


def test_a_decision_is_worded_otherwise_and_struck_out_on_the_page(city: Player) -> None:
    matter = sitting(city)
    assert post("liaison_clerk", matter, False, **typed(city, matter)).status_code == 302
    with city.see("liaison_clerk"):
        row = Decision.objects.get(matter=matter)
    given = {"decision": str(row.pk), "turn": "0", "act": "meeting.amend", "text": "开展专项排查"}
    answer = post("liaison_clerk", matter, **typed(city, matter, **given))
    assert "开展专项排查" in answer.content.decode()
    late = post("liaison_head", matter, **typed(city, matter, **{**given, "text": "另行研究"}))
    assert late.status_code == 409 and ">另行研究</textarea>" in late.content.decode()
    struck = {"act": "meeting.strike", "place": f"i-{row.item_id}", "decision": str(row.pk)}
    assert "开展专项排查" not in post("liaison_clerk", matter, **struck).content.decode()


def test_attendance_is_taken_in_its_row_with_who_was_announced_proposed(city: Player) -> None:
    matter = sitting(city)
    row = invitee(city, "liaison_clerk", matter, "regulator")
    page = fetch("liaison_clerk", f"/meetings/{matter}/").content.decode()
    assert 'value="孟昭华（科长）"' in page
    data = {"act": "meeting.attendance", "place": f"a-{row}", "invitee": row, "attendance": "absent"}
    refused = post("liaison_clerk", matter, **data)
    assert refused.status_code == 422 and "没有写明原因" in refused.content.decode()
    done = post("liaison_clerk", matter, **data, why_absent="另有公务")
    assert done.status_code == 200 and "另有公务" in done.content.decode()
    with city.see("liaison_clerk"):
        assert Invitee.objects.get(pk=row).attendance == "absent"


def test_an_item_is_heard_and_an_earlier_decision_struck_off_on_the_page(city: Player) -> None:
    matter = sitting(city)
    row = item(city, "liaison_clerk", matter, "议题0")
    heard = post("liaison_clerk", matter, act="meeting.hear", place=f"i-{row}", item=row, outcome="noted")
    assert heard.status_code == 200 and "议题 1/1" in heard.content.decode()
    given = typed(city, matter, item="", place="i-beside")
    assert post("liaison_clerk", matter, **given).status_code == 200
    for organ in ("regulator", "committee"):
        key = invitee(city, "liaison_clerk", matter, organ)
        data = {"act": "meeting.attendance", "place": f"a-{key}", "invitee": key, "attendance": "present"}
        assert post("liaison_clerk", matter, **data).status_code == 200
    city.act(MEETS, "liaison_clerk", "meeting.adjourn", matter)
    with city.see("liaison_clerk"):
        body = str(city.town.organs["liaison"].offices_of.get().pk)
    extra = city.act(
        MEETS, "liaison_clerk", "meeting.add", body=body, held_on=MEETS, starts_at="15:00", place="三楼",
        reply_by=MEETS, reason="接着开",
    )  # fmt: skip
    city.act(MEETS, "liaison_clerk", "meeting.begin", extra, chair="陆知行")
    with city.see("liaison_clerk"):
        head = FollowUp.objects.get(matter=extra)
    data = {"act": "meeting.review", "place": f"f-{head.pk}", "follow_up": str(head.pk), "outcome": "go_on"}
    assert "继续落实" in post("liaison_clerk", extra, **data).content.decode()


def test_who_attends_reads_along_and_types_nothing(city: Player) -> None:
    matter = sitting(city)
    page = fetch("regulator_chief", f"/meetings/{matter}/")
    assert page.status_code == 200 and "meeting.decide" not in page.content.decode()
    assert post("regulator_chief", matter, **typed(city, matter)).status_code == 403
    for who in ("regulator_head", "water_chief", "stranger"):
        assert fetch(who, f"/meetings/{matter}/").status_code == 404
        assert post(who, matter, **typed(city, matter)).status_code == 404
    assert post("liaison_clerk", matter, act="meeting.adjourn", place="").status_code == 404


def test_pages_ask_the_database_the_same_for_one_item_and_for_many(city: Player) -> None:
    matter = sitting(city)

    def asked(address: str) -> int:
        client = signed_in("liaison_clerk")
        with clock.set_to(at(MEETS)), CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured.captured_queries)

    pages = (f"/meetings/{matter}/", f"/matters/{matter}/", "/meetings/?show=all")
    first = [(asked(one), asked(one))[1] for one in pages]
    for number in range(1, 8):
        city.act(MEETS, "liaison_clerk", "meeting.propose", matter, title=f"议题{number}", text="材料")
    for number in range(3):
        post("liaison_clerk", matter, **typed(city, matter, text=f"事项{number}"))
    organs = city.town.organs
    with city.see("liaison_clerk"):
        body = str(organs["liaison"].offices_of.get().pk)
    for _time in range(3):
        given = {"held_on": MEETS, "starts_at": "15:00", "place": "三楼", "reply_by": MEETS, "reason": "加开"}
        city.act(MEETS, "liaison_clerk", "meeting.add", body=body, **given)
    assert [asked(one) for one in pages] == first


def test_companies_are_listed_tier_by_tier_with_what_they_held(city: Player) -> None:
    empty = fetch("stranger", "/meetings/companies/").content.decode()
    assert "本年没有企业会议" in empty
    with city.see("water_clerk"):
        own = Occasion.objects.get(organ=city.town.organs["water"]).matter_id
    city.act(
        "2026-09-22", "water_clerk", "meeting.record", own, chair="万鹏举", attended="各部门", place="会议室",
        files=uploads(scan=scan("纪要.pdf")),
    )  # fmt: skip
    page = fetch("committee_clerk", "/meetings/companies/").content.decode()
    water, pipes = "清川水务集团有限公司", "清川水务管网工程有限公司"
    assert page.index(water) < page.index(pipes)
    assert "按期召开" in page and "2026-09-22" in page and "待召开" in page
    late = fetch("committee_clerk", "/meetings/companies/", "2027-01-05", year="2026", show="missing")
    listed = late.content.decode().split("<tbody>")[1]
    assert listed.count("未召开") == listed.count("<tr>") == 1 and pipes in listed
    book = fetch("committee_clerk", "/meetings/companies/export/", year="2026")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[2:]] == [water, pipes]
    assert rows[2][4] == "按期召开" and rows[2][5] == date(2026, 9, 22)


def test_the_timeline_says_whom_an_act_concerned(city: Player) -> None:
    """Three organs told of the meeting are three entries: each says which."""
    matter = due(city)
    called(city, matter)
    notified(city, matter)
    said = fetch("liaison_clerk", f"/matters/{matter}/").content.decode()
    told = said.partition("送达会议通知")[2].partition("</li>")[0]
    assert "参会单位" in told
    with city.see("liaison_clerk"):
        names = set(Invitee.objects.filter(matter=matter).values_list("name", flat=True))
    assert any(name in told for name in names)


def test_what_a_meeting_waits_for_from_its_reader_stands_above_its_tables(city: Player) -> None:
    matter = due(city)
    called(city, matter)
    notified(city, matter)

    def above(who: str) -> str:
        return str(fetch(who, f"/matters/{matter}/").content.decode()).partition('id="agenda"')[0]

    assert "反馈参会回执</a>" in above("committee_clerk")
    assert "反馈参会回执</a>" not in above("liaison_clerk"), "the convener owes no answer"
    answered(city, matter)
    assert "反馈参会回执</a>" not in above("committee_clerk")
