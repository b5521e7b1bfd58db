"""Who may do what of a handover, against a matrix written by hand (工作交接权限)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from guantong.kernel.acts.act import NotVisible, Refused
from support.play import Player
from support.standing import unlike

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("handovers.csv")
DAY = "2026-10-12"


def listed(play: Player) -> UUID:
    posts = play.town.posts
    return play.act(
        DAY, "handler", "handover.open", post=posts["handler"].pk, supervisor="陆知行",
        successor=posts["handler_head"].officer_id,
    )  # fmt: skip


def made(play: Player) -> dict[str, UUID]:
    """Return a handover of the handler's desk in each of its states."""
    for number in range(2):
        play.in_handling(play.assigned(play.registered(letter_number=f"{number}号")))
    found = {"withdrawn": listed(play)}
    play.act(DAY, "handler_head", "handover.withdraw", found["withdrawn"], reason="人员不变")
    found["done"] = listed(play)
    play.act(DAY, "handler_head", "handover.take_over", found["done"])
    play.in_handling(play.assigned(play.registered(letter_number="9号")))
    found["listed"] = listed(play)
    return found


def test_acts_on_handovers_are_as_written(play: Player) -> None:
    assert unlike(play, TABLE, "handover", made(play)) == []


def test_what_the_matrix_allows_the_list_still_has_to_give(play: Player) -> None:
    """Whom the list names takes over; who hands over may act on the list, and is given nothing by it."""
    handover = made(play)["listed"]
    with pytest.raises(Refused, match="清单"):
        play.act(DAY, "handler", "handover.take_over", handover)
    with pytest.raises(NotVisible):
        play.act(DAY, "clerk", "handover.take_over", handover)
    play.act(DAY, "handler_head", "handover.take_over", handover)
    assert play.matter("handler_head", handover).state == "done"
