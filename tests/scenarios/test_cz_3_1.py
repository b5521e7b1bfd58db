"""CZ-3.1: information asked for and provided for a time, important matters told in time (信息互通)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters.models import Attachment, Link, LinkKind, Matter
from guantong.kernel.people.models import Subject
from guantong.mechanisms.correspondence.models import Correspondence, Turn
from guantong.mechanisms.correspondence.queries import asked_about_ours, told_after
from support.play import Player, at, scan, uploads
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db
PROVIDE, NOTIFY = "CZ-3.1/provide", "CZ-3.1/notify"
PERSON = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}


def asked(play: Player, day: str = "2026-09-28", **data: Any) -> UUID:
    """Let audit ask case supervision for integrity information about a person."""
    given = {
        "form": "information_request", "recipient": play.town.organs["supervision"].pk,
        "wanted": "integrity", "subjects": [PERSON], "basis": "审计法第三十六条", "purpose": "经济责任审计",
        "readers": "审计执行科", "readable_until": "2026-12-31", "text": "请提供其廉政情况。",
    }  # fmt: skip
    matter = play.act(day, "auditor", "correspondence.draft", **{**given, **data})
    return play.act(day, "auditor", "correspondence.send", matter)


def received(play: Player, **data: Any) -> UUID:
    matter = asked(play, **data)
    return play.act("2026-09-29", "clerk", "correspondence.receive", matter)


def provided(play: Player, until: str = "2099-12-31") -> UUID:
    matter = received(play)
    play.done(
        "2026-09-30", "clerk", "correspondence.answer", matter, text="未发现问题反映。", readable_until=until,
        files=uploads(attachments=scan("廉政情况.pdf")),
    )  # fmt: skip
    return matter


def notified(play: Player, known: str = "2026-09-24", day: str = "2026-09-28", **data: Any) -> UUID:
    """Let audit tell case supervision of an important matter."""
    given = {
        "form": "important_matter", "recipient": play.town.organs["supervision"].pk, "known_on": known,
        "subjects": [PERSON], "unit": "清川水务集团有限公司", "text": "审计发现拆分采购规避招标。",
    }  # fmt: skip
    return play.act(day, "auditor", "correspondence.draft", **{**given, **data})


def test_information_is_asked_for_with_basis_purpose_readers_and_expiry(play: Player) -> None:
    for name in ("basis", "purpose", "readers", "readable_until"):
        with pytest.raises(Refused) as refused:
            asked(play, **{name: ""})
        assert [fault.field for fault in refused.value.faults] == [name]
    with pytest.raises(Refused) as refused:
        asked(play, subjects=[])
    assert [fault.field for fault in refused.value.faults] == ["unit"]
    matter = received(play)
    assert play.dates("clerk", matter, PROVIDE) == ("open", "2026-10-19", "")
    with play.see("clerk"):
        said = Turn.objects.get(matter=matter).said
    assert (said["basis"], said["readable_until"]) == ("审计法第三十六条", "2026-12-31")


def read_by(play: Player, who: str, matter: UUID) -> list[bool]:
    """Return whether somebody reads answer, files and persons, and knows that there is such a matter."""
    with play.see(who):
        return [
            Turn.objects.filter(matter=matter, kind="answer").exists(),
            Attachment.objects.filter(matter=matter).exists(),
            Subject.objects.filter(matter=matter).exists(),
            Matter.objects.filter(pk=matter).exists(),
        ]


def test_what_was_provided_is_read_until_its_expiry_and_not_longer(play: Player) -> None:
    matter = provided(play)
    assert play.dates("auditor", matter, PROVIDE)[::2] == ("discharged", "2026-09-30")
    assert read_by(play, "auditor", matter) == [True, True, True, True]
    past = provided(play, until="2026-10-01")  # the database knows that this day has passed
    with connection.cursor() as cursor:
        cursor.execute("SELECT guantong_expire_grants(%s, %s)", [date(2026, 10, 2), at("2026-10-02")])
    assert read_by(play, "auditor", past) == [False, False, False, True], "that it asked stays known"
    assert read_by(play, "auditor", matter) == [True, True, True, True]
    assert read_by(play, "clerk", past) == [True, True, True, True], "who provided it keeps it"
    with pytest.raises(Refused):
        provided(play, until="2026-09-29")


def test_who_sees_the_outline_learns_no_name(play: Player) -> None:
    matter = asked(play)
    found = play.matter("auditor", matter)
    assert PERSON["name"] not in found.title and PERSON["unit"] not in found.title


def test_a_request_may_be_refused_with_a_reason(play: Player) -> None:
    matter = received(play)
    with pytest.raises(Refused) as refused:
        play.act("2026-09-30", "clerk", "correspondence.refuse", matter, reason="")
    assert [fault.field for fault in refused.value.faults] == ["reason"]
    play.act("2026-09-30", "clerk", "correspondence.refuse", matter, reason="依据不足。")
    assert play.dates("auditor", matter, PROVIDE)[::2] == ("discharged", "2026-09-30")


def test_information_goes_out_on_paper_too_for_as_long_as_it_was_asked(play: Player) -> None:
    matter = received(play)
    hands = ["clerk", "clerk_head", "deputy", "clerk"]
    play.letter(["2026-09-30"] * 4, matter, "correspondence_answer", hands, body="未发现问题反映。")
    with play.see("clerk"):
        found = Correspondence.objects.get(matter=matter)
    assert (found.outcome, found.readable_until) == ("answered", date(2026, 12, 31))
    assert play.dates("auditor", matter, PROVIDE)[::2] == ("discharged", "2026-09-30")


def test_a_query_about_a_person_leaves_a_trace_with_who_holds_the_data(play: Player) -> None:
    matter = provided(play)
    with clock.set_to(at("2026-10-08")):
        for name, found_by in (("", True), ("王喆", True), ("水务", True), ("别人", False)):
            with play.see("clerk"):
                rows, _next = asked_about_ours(play.town.actor("clerk"), 50, name)
            assert [one.row.pk for one in rows] == ([matter] if found_by else [])
        with play.see("clerk"):
            (line,), _next = asked_about_ours(play.town.actor("clerk"), 50)
        assert (line.people[0].name, line.said["purpose"]) == ("王喆", "经济责任审计")
        assert line.row.sender_id == play.town.organs["executing"].pk
        for who in ("auditor", "handler", "inspector"):
            with play.see(who):
                assert asked_about_ours(play.town.actor(who), 50) == ([], None)


def test_an_important_matter_is_told_within_its_days_from_knowing(play: Player) -> None:
    matter = notified(play)
    assert play.dates("auditor", matter, NOTIFY) == ("open", "2026-10-09", "")
    play.act("2026-09-29", "auditor", "correspondence.send", matter)
    assert play.dates("auditor", matter, NOTIFY)[::2] == ("discharged", "2026-09-29")
    with play.see("clerk"):
        found = Correspondence.objects.get(matter=matter)
    assert (found.known_on, found.sent_on, told_after(found)) == (date(2026, 9, 24), date(2026, 9, 29), 5)
    play.act("2026-09-30", "clerk", "correspondence.receive", matter)
    assert play.matter("auditor", matter).state == "closed"


def test_a_wrong_day_of_knowing_is_corrected(play: Player) -> None:
    matter = notified(play)
    play.act(
        "2026-09-28", "auditor", "matter.correct", matter, fact="known_on", value="2026-09-23",
        reason="底稿日期",
    )  # fmt: skip
    assert play.dates("auditor", matter, NOTIFY) == ("open", "2026-10-08", "")


def test_known_after_telling_is_refused(play: Player) -> None:
    with pytest.raises(Refused) as refused:
        notified(play, known="2026-09-26", day="2026-09-25")
    assert "known_on" in [fault.field for fault in refused.value.faults]


def test_a_notification_becomes_a_clue_in_one_act(play: Player) -> None:
    matter = notified(play)
    play.act("2026-09-28", "auditor", "correspondence.send", matter)
    play.act("2026-09-28", "clerk", "correspondence.receive", matter)
    clue = play.registered("2026-09-29", origin=str(matter), letter_number="清审函〔2026〕1号")
    with play.see("clerk"):
        assert Link.objects.get(source=clue, kind=LinkKind.ORIGIN).target_id == matter


@BY_ACTS
def test_the_register_starts_with_what_the_notification_says(play: Player) -> None:
    from guantong.kernel.matters import kinds

    matter = notified(play)
    play.act("2026-09-28", "auditor", "correspondence.send", matter)
    with play.see("clerk"):
        given = kinds.get("correspondence").gives(Matter.objects.get(pk=matter))
    assert (given["source"], given["unit"]) == ("audit", "清川水务集团有限公司")
    assert given["allegation"] == "审计发现拆分采购规避招标。"
    assert [one["name"] for one in given["subjects"]] == ["王喆"]


def test_a_notification_on_paper_is_registered_by_who_receives_it(play: Player) -> None:
    given = {
        "form": "important_matter", "sender_name": "清川市统计局", "letter_number": "清统函〔2026〕2号",
        "letter_date": "2026-09-25", "known_on": "2026-09-21", "unit": "清川水务集团有限公司",
        "text": "发现数据造假线索。",
    }  # fmt: skip
    matter = play.act("2026-09-28", "clerk", "correspondence.register", files=uploads(scan=scan()), **given)
    with play.see("clerk"):
        found = Correspondence.objects.get(matter=matter)
    assert (found.sender, found.sender_name, told_after(found)) == (None, "清川市统计局", 4)


def test_a_draft_is_changed_before_it_goes(play: Player) -> None:
    matter = notified(play)
    county = play.town.organs["county_supervision"]
    play.act(
        "2026-09-28", "auditor", "correspondence.amend", matter, recipient=county.pk, known_on="2026-09-23",
        subjects=[{**PERSON, "name": "苏见微"}], text="更正后的情况。",
    )  # fmt: skip
    assert play.dates("auditor", matter, NOTIFY) == ("open", "2026-10-08", "")
    assert play.duty("auditor", matter, NOTIFY).claimant_id == county.pk
    play.act("2026-09-28", "auditor", "correspondence.send", matter)
    with play.see("county_clerk"):
        assert Turn.objects.get(matter=matter).text == "更正后的情况。"
        assert Subject.objects.get(matter=matter).name == "苏见微"
    with play.see("clerk"):
        assert not Matter.objects.filter(pk=matter).exists()


def test_leaders_who_never_saw_it_see_nothing_of_what_was_provided(play: Player) -> None:
    matter = provided(play)
    with play.see("audit_leader"):
        assert not Matter.objects.filter(pk=matter).exists()


@BY_ACTS
def test_no_act_costs_more_than_twelve_queries(play: Player) -> None:
    costs: dict[str, int] = {}

    def act(day: str, who: str, code: str, matter: UUID | None = None, **data: Any) -> UUID:
        actor = play.town.actor(who)
        with clock.set_to(at(day)), scope(actor), CaptureQueriesContext(connection) as said:
            done = perform(code, actor, matter, {"happened_on": day, **data})
        costs[f"{code} {len(costs)}"] = sum("SAVEPOINT" not in one["sql"] for one in said.captured_queries)
        return done.matter_id

    def letter(day: str, matter: UUID, kind: str, hands: list[str], **data: Any) -> None:
        texts = {"title": "函", "addressee": "有关单位", "body": "内容。", **data}
        act(day, hands[0], "paper.draft", matter, kind=kind, **texts)
        paper = play.paper(hands[0], matter, kind)
        act(day, hands[1], "paper.check", matter, paper=paper)
        act(day, hands[2], "paper.sign", matter, paper=paper)
        act(day, hands[0], "paper.dispatch", matter, paper=paper, way="system")

    day = "2026-09-29"
    matter = act(
        day, "auditor", "correspondence.draft", form="information_request", wanted="integrity",
        recipient=play.town.organs["supervision"].pk, subjects=[PERSON], basis="审计法", purpose="审计",
        readers="审计执行科", readable_until="2099-12-31", text="请提供。",
    )  # fmt: skip
    letter(day, matter, "correspondence_letter", ["auditor", "audit_head", "audit_leader"])
    act(day, "clerk", "correspondence.receive", matter)
    act(day, "clerk", "correspondence.answer", matter, text="无。", readable_until="2099-12-31")
    act(day, "auditor", "correspondence.follow_up", matter, text="请补充。", answer_by="2026-10-12")
    letter(day, matter, "correspondence_answer", ["clerk", "clerk_head", "deputy"])
    assert max(costs.values()) <= 12, costs
