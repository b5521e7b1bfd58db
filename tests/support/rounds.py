"""An inspection round played in the small town (巡察轮次演练): its office whole, its clues, its list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from guantong.accounts.models import User
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Officer, Organ, Post
from support.play import Player
from support.town import SINCE, bind

NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥丙"
ROUND = {
    "title": "十二届市委第三轮巡察",
    "units": "清川市住房和城乡建设局\n清川市水利局",
    "leader": "段怀瑾",
    "began_on": "2026-06-01",
    "ended_on": "2026-08-31",
}
HANDS = ["inspector", "inspection_head", "inspection_leader", "inspector"]


def staff(play: Player) -> Player:
    """Give the inspection office a head and a leader, and the town its knowledge of them."""
    town = play.town
    body = town.organs["inspection"]
    town.organs["inspection_leaders"] = Organ.objects.create(
        code="inspection_leaders", name="办领导", short_name="办领导", kind=body.kind,
        jurisdiction=body.jurisdiction, parent=body, body=body, since=SINCE,
    )  # fmt: skip
    bind(town.organs["inspection_leaders"], "leadership")
    for code, name, organ, rank in (
        ("inspection_head", "齐修远", "rounds", "head"),
        ("inspection_leader", "段怀瑾", "inspection_leaders", "principal"),
    ):
        officer = Officer.objects.create(name=name, staff_number=code)
        town.posts[code] = Post.objects.create(
            officer=officer, organ=town.organs[organ], title="职务", rank=rank, since=SINCE
        )
        User.objects.create_user(username=code, password="correct horse", officer=officer)
    engine.forget()
    return play


def opened(play: Player, day: str = "2026-09-21", **data: Any) -> UUID:
    """Let the inspection office open a round."""
    return play.act(day, "inspector", "round.open", **{**ROUND, **data})


def gathered(play: Player, found: UUID, count: int, day: str = "2026-09-22") -> list[UUID]:
    """Let the inspection office prepare clues of a round."""
    return [
        play.act(
            day,
            "inspector",
            "clue.draft",
            origin=str(found),
            category="discipline",
            allegation=f"第{number}件：违规发放津补贴。",
            subjects=[{"name": f"王{name}", "unit": "清川市水利局", "post": "科长", "authority": "city"}],
            evidence=[{"title": "凭证", "pages": 10 + number}],
        )
        for number, name in enumerate(NAMES[:count], start=1)
    ]


def handed_over(play: Player, found: UUID, day: str = "2026-09-28") -> str:
    """Let the hand-over list be drafted, checked, signed and dispatched; return the paper."""
    return play.letter([day] * 4, found, "handover_list", HANDS)


def batch(play: Player, count: int = 3) -> tuple[UUID, list[UUID]]:
    """Return a round handed over with its clues."""
    found = opened(play)
    clues = gathered(play, found, count)
    handed_over(play, found)
    return found, clues


def line(number: int, **data: Any) -> dict[str, Any]:
    """Return a line of a list that came on paper."""
    given = {
        "name": f"王{NAMES[number % len(NAMES)]}", "unit": "清川市水利局", "post": "科长",
        "authority": "city", "category": "discipline", "allegation": f"第{number}件：违规发放津补贴。",
        "pages": number + 1,
    }  # fmt: skip
    return {**given, **data}


def on_paper(play: Player, count: int = 23, day: str = "2026-09-28", **data: Any) -> dict[str, Any]:
    """Return what the form of a batch that came on paper takes."""
    given = {
        **ROUND,
        "sender": play.town.organs["rounds"].pk,
        "letter_number": "清巡移〔2026〕3号",
        "letter_date": day,
        "letter_signer": "段怀瑾",
        "items": [line(number) for number in range(count)],
    }
    return {**given, **data}
