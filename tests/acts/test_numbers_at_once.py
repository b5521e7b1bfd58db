"""Receipt numbers and archive numbers taken by several at once (收文号、档号): no doubles, no gaps.

One letter has one receipt number, whichever acts take it in and in whichever order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from guantong.kernel.acts.act import Refused, refuse
from guantong.kernel.archive.models import Volume
from guantong.kernel.journal.models import Entry
from guantong.kernel.papers.models import Incoming, Paper
from support.consistency import problems_committed
from support.databases import TestDatabases
from support.play import Player
from support.rounds import batch, on_paper, staff
from support.together import DAY, at_once, committed_town, work

THREADS = 8


@pytest.fixture
def together(committed: TestDatabases) -> Player:
    """A town that is committed, so that threads see it."""
    return staff(committed_town())


def failing(done: Callable[[], Any]) -> Callable[[], Any]:
    """Return work that takes its number and then fails."""

    def do() -> None:
        with transaction.atomic():
            done()
            raise refuse("", "失败")

    return do


def registering(play: Player, letter: str, who: str = "clerk", **data: str) -> Callable[[], Any]:
    given = {
        "sender_name": "某单位", "source": "audit", "letter_date": "2026-09-28", "category": "discipline",
        "allegation": "问题", "unit": "清川水务", "letter_number": letter, **data,
    }  # fmt: skip
    return work(play, who, "clue.register", None, **given)


def received(play: Player, who: str = "clerk", **wanted: Any) -> list[str]:
    """Return the receipt numbers somebody sees."""
    with play.see(who):
        return sorted(Incoming.objects.filter(**wanted).values_list("number", flat=True))


def told(play: Player, *acts: str) -> list[str]:
    """Return the receipt numbers that the journal says acts have given or found."""
    with play.see("clerk"):
        found = Entry.objects.filter(act__in=acts).order_by("pk")
        return [one.content.body["incoming"] for one in found.select_related("content")]


def closed(play: Player, count: int) -> list[UUID]:
    """Return matters that are closed: clues returned to who sent them."""
    found = [play.registered(letter_number=f"{number}号") for number in range(count)]
    for clue in found:
        play.act(DAY, "clerk", "clue.return", clue, reason="不全")
    return found


def test_receipt_numbers_have_no_doubles_and_no_gaps(together: Player) -> None:
    works = [
        registering(together, f"{number}号", ("clerk", "clerk_head")[number % 2])
        for number in range(THREADS - 2)
    ]
    lost = [failing(registering(together, f"误{number}号")) for number in range(2)]
    results = at_once(lost[0], *works, lost[1])
    assert [isinstance(one, Refused) for one in results] == [True, *[False] * (THREADS - 2), True]
    assert received(together) == [f"清纪收〔2026〕{number}号" for number in range(1, THREADS - 1)]
    assert problems_committed() == []


def test_bodies_number_what_they_receive_apart(together: Player) -> None:
    ready = []
    for number in range(3):
        clue = together.registered(letter_number=f"{number}号")
        hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
        ready.append((clue, together.letter([DAY] * 4, clue, "receipt", hands)))
    signing = [
        work(together, "auditor", "paper.sign_for", clue, paper=paper, signed_by="叶怀安")
        for clue, paper in ready
    ]
    results = at_once(*signing, *[registering(together, f"新{number}号") for number in range(3)])
    assert not [one for one in results if isinstance(one, Refused)]
    assert received(together) == [f"清纪收〔2026〕{number}号" for number in range(1, 7)]
    assert received(together, "auditor") == [f"清审收〔2026〕{number}号" for number in range(1, 4)]


def test_archive_numbers_have_no_doubles_and_no_gaps(together: Player) -> None:
    found = closed(together, THREADS)
    works = [
        work(together, ("clerk", "clerk_head")[number % 2], "matter.archive", clue, keeper="段知秋",
             retention=("years30", "years10")[number % 2])
        for number, clue in enumerate(found)
    ]  # fmt: skip
    results = at_once(failing(works[0]), *works[1:-1], failing(works[-1]))
    assert [isinstance(one, Refused) for one in results] == [True, *[False] * (THREADS - 2), True]
    with together.see("clerk"):
        numbers = set(Volume.objects.values_list("number", flat=True))
    each = range(1, THREADS // 2)
    assert numbers == {f"清纪-WS·2026-{term}-{serial:04d}" for term in ("D30", "D10") for serial in each}
    assert problems_committed() == []


def test_of_two_who_file_one_matter_at_once_one_is_told_its_number(together: Player) -> None:
    (clue,) = closed(together, 1)
    works = [work(together, who, "matter.archive", clue, keeper="段知秋") for who in ("clerk", "clerk_head")]
    lost = [one for one in at_once(*works) if isinstance(one, Refused)]
    assert len(lost) == 1
    assert "D30-0001" in lost[0].faults[0].reason
    with together.see("clerk"):
        assert Volume.objects.count() == 1


def test_a_letter_received_and_signed_for_at_once_has_one_number(together: Player) -> None:
    sent = [together.sent(together.drafted()) for _time in range(3)]
    papers = [together.paper("clerk", clue, "transfer_letter") for clue in sent]
    works = []
    for clue, paper in zip(sent, papers, strict=True):
        works.append(work(together, "clerk", "clue.receive", clue))
        works.append(work(together, "clerk_head", "paper.sign_for", clue, paper=paper, signed_by="顾明远"))
    results = at_once(*works)
    assert not [one for one in results if isinstance(one, Refused)]
    wanted = [f"清纪收〔2026〕{number}号" for number in (1, 2, 3)]
    assert received(together) == wanted
    assert sorted(told(together, "clue.receive", "paper.sign_for")) == sorted(wanted * 2)
    assert problems_committed() == []


def test_a_list_of_many_clues_has_one_number_however_many_take_it_in(together: Player) -> None:
    found, clues = batch(together, 6)
    paper = together.paper("clerk", found, "handover_list")
    signing = work(together, "clerk_head", "paper.sign_for", found, paper=paper, signed_by="顾明远")
    results = at_once(signing, *[work(together, "clerk", "clue.receive", clue) for clue in clues])
    assert not [one for one in results if isinstance(one, Refused)]
    assert received(together) == ["清纪收〔2026〕1号"]
    assert received(together, matter=found, paper=paper) == ["清纪收〔2026〕1号"]
    assert told(together, "clue.receive", "paper.sign_for") == ["清纪收〔2026〕1号"] * 7


def test_a_letter_on_paper_with_many_clues_has_one_number(together: Player) -> None:
    listed = on_paper(together, 5, DAY)
    results = at_once(
        work(together, "clerk", "round.register", None, **listed),
        *[registering(together, "清审移〔2026〕8号") for _time in range(3)],
        registering(together, "清审移〔2026〕8号", sender_name="另一单位"),
        registering(together, "清审移〔2026〕8号", letter_date="2026-09-25"),
    )
    assert not [one for one in results if isinstance(one, Refused)]
    # the list, the letter, and two that are like it but not the same
    assert received(together) == [f"清纪收〔2026〕{number}号" for number in range(1, 5)]


@pytest.mark.parametrize("first", ["clue.receive", "paper.sign_for"])
def test_the_turn_of_the_year_gives_no_second_number(together: Player, first: str) -> None:
    clue = together.sent(together.drafted())
    paper = together.paper("clerk", clue, "transfer_letter")
    steps: dict[str, dict[str, str]] = {
        "clue.receive": {}, "paper.sign_for": {"paper": paper, "signed_by": "沈若川"},
    }  # fmt: skip
    for day, code in zip(("2026-12-31", "2027-01-04"), sorted(steps, key=lambda one: one != first),
                         strict=True):  # fmt: skip
        together.act(day, "clerk", code, clue, **steps[code])
    assert received(together) == ["清纪收〔2026〕1号"]


def test_a_clue_sent_again_comes_with_another_letter(together: Player) -> None:
    clue = together.sent(together.drafted())
    together.act(DAY, "clerk", "clue.receive", clue)
    second = together.sent(together.drafted())
    together.act(DAY, "clerk", "clue.receive", second)
    assert received(together) == ["清纪收〔2026〕1号", "清纪收〔2026〕2号"]


@pytest.mark.parametrize("on_paper", [True, False])
def test_the_database_refuses_a_second_number_for_one_letter(together: Player, on_paper: bool) -> None:
    if on_paper:
        together.registered()
    else:
        together.act(DAY, "clerk", "clue.receive", together.sent(together.drafted()))
    with together.see("clerk"):
        again = Incoming.objects.get()
        assert (again.paper_id is None) == on_paper
        again.pk, again.serial, again.number = Paper().pk, 9, "清纪收〔2026〕9号"
        with pytest.raises(IntegrityError, match=r"incoming_(paper|letter)_once"), transaction.atomic():
            again.save(force_insert=True)
