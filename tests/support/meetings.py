"""Bodies of the small town that meet, and a meeting brought from its call to its minutes (会议)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from guantong.kernel.organs.models import Body, Organ, Seat
from guantong.mechanisms.meetings.models import Decision, Invitee, Item
from support.play import Player
from support.shareholders import join
from support.town import SINCE, Town

DAY, MEETS = "2026-09-21", "2026-09-28"
CALL = {
    "held_on": MEETS, "starts_at": "上午9:00", "place": "三楼会议室", "reply_by": "2026-09-24",
    "subject": "国企重点领域监督",
}  # fmt: skip


def seat(town: Town, kind: str, name: str, office: str, members: list[str], company: str = "") -> Body:
    """Make a body with its seats."""
    body = Body.objects.create(
        jurisdiction=town.place, kind=kind, name=name, office=town.organs[office], since=SINCE,
        company=town.organs.get(company),
    )  # fmt: skip
    for code in [office, *members]:
        Seat.objects.create(body=body, organ=town.organs[code], since=SINCE)
    return body


def table(town: Town) -> Town:
    """Let the shareholder's side join, and the joint meeting of liaison office, regulator and committee."""
    join(town)
    seat(
        town, "joint_meeting", "清川市纪检监察监督与出资人监督联席会议", "liaison",
        ["regulator", "committee"],
    )  # fmt: skip
    return town


def invitee(play: Player, who: str, matter: UUID, organ: str) -> str:
    """Return the row of an organ invited, as somebody sees it."""
    with play.see(who):
        found: Organ = play.town.organs[organ]
        return str(Invitee.objects.get(matter=matter, organ=found).pk)


def item(play: Player, who: str, matter: UUID, title: str) -> str:
    """Return an item of the agenda by its title."""
    with play.see(who):
        return str(Item.objects.get(matter=matter, title=title).pk)


def decision(play: Player, who: str, matter: UUID, number: int = 1) -> str:
    """Return a decision by its number."""
    with play.see(who):
        return str(Decision.objects.get(matter=matter, number=number).pk)


def called(play: Player, matter: UUID, day: str = DAY, members: tuple[str, ...] = ("regulator", "committee"),
           who: str = "liaison_clerk", **data: Any) -> UUID:  # fmt: skip
    """Let the liaison office call its meeting."""
    organs = [play.town.organs[one].pk for one in members]
    return play.act(day, who, "meeting.call", matter, **{**CALL, "members": organs, **data})


def notified(play: Player, matter: UUID, day: str = DAY) -> UUID:
    """Let the notice be drafted, checked, signed and sent."""
    hands = ["liaison_clerk", "liaison_head", "deputy", "liaison_clerk"]
    play.letter([day] * 4, matter, "meeting_notice", hands)
    return matter


def answered(play: Player, matter: UUID, day: str = "2026-09-22") -> UUID:
    """Let regulator and committee answer: the one comes, the other sends a deputy."""
    reply(play, matter, "regulator_chief", "regulator", day)
    reply(play, matter, "committee_clerk", "committee", day, reply="deputy")
    return matter


def reply(play: Player, matter: UUID, who: str, organ: str, day: str = "2026-09-22", **data: Any) -> UUID:
    """Let an organ answer the notice."""
    row = invitee(play, who, matter, organ)
    post = play.town.posts[who]
    given = {"reply": "coming", "post": post.pk, **data}
    return play.act(day, who, "meeting.reply", matter, invitee=row, **given)


def attended(play: Player, matter: UUID, organ: str, attendance: str = "present", **data: Any) -> None:
    """Let the attendance of an organ be recorded."""
    row = invitee(play, "liaison_clerk", matter, organ)
    given = {"invitee": row, "attendance": attendance, **data}
    play.act(MEETS, "liaison_clerk", "meeting.attendance", matter, **given)


def minuted(play: Player, matter: UUID, day: str = MEETS, **texts: str) -> UUID:
    """Let the minutes be drafted, checked, signed and sent."""
    hands = ["liaison_clerk", "liaison_head", "deputy", "liaison_clerk"]
    play.letter([day] * 4, matter, "meeting_minutes", hands, **texts)
    return matter
