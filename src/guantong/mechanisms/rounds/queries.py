"""What pages, papers and API read of inspection rounds (巡察轮次查询)."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Line, Stage
from guantong.kernel.matters.models import Depth, Link, LinkKind, Party, PartyRole
from guantong.kernel.papers.language import language_of_papers
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.rounds.models import Item, Round

CLUE = "clue"


SHORT = 120


def in_short(text: str) -> str:
    """Return a text as a list has room for it."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORT else f"{plain[: SHORT - 1]}…"


def said_of(line: Line) -> dict[str, Any]:
    """Return what a list says of a clue; nothing that its sender may not know, in the language of papers."""
    with language_of_papers():
        return {
            "person": line.person,
            "unit": line.unit,
            "post": line.post,
            "text": in_short(line.text),
            "pages": line.pages,
            "letter_number": line.letter_number,
            "state": kinds.get(CLUE).state_label(Depth.FEEDBACK, line.matter.state),
            "told": in_short(line.told),
        }


@dataclass(frozen=True)
class Row:
    """One clue of a round as its reader may know it (轮次线索).

    `said`: what the list says of it; `line` is what is so now, None for who may not see the clue.
    """

    position: int
    said: dict[str, Any]
    line: Line | None
    depth: int = 0

    @property
    def state(self) -> str:
        """The state in words, as deep as its reader sees."""
        return kinds.get(CLUE).state_label(self.depth, self.line.matter.state) if self.line else ""

    @property
    def waits(self) -> bool:
        """Whether it has not been taken in or returned yet."""
        return self.line is not None and self.line.stage is Stage.WAITING


def drafts(found: Round) -> list[Line]:
    """Return the clues prepared for the round, in the order in which they were."""
    links = Link.objects.filter(target=found.matter_id, kind=LinkKind.ORIGIN, source__kind=CLUE)
    ids = list(links.order_by("id").values_list("source", flat=True))
    lines = kinds.get(CLUE).listed(ids)
    return [lines[one] for one in ids if one in lines and lines[one].stage is Stage.PREPARED]


def items_of(found: Round, paper: Paper | None) -> list[Row]:
    """Return the lines of one list of a round, by number, in six queries at most."""
    items = list(Item.objects.filter(round=found, paper=paper).order_by("position"))
    ids = [one.clue_id for one in items]
    lines = kinds.get(CLUE).listed(ids)
    seen = Visibility.objects.filter(matter__in=ids).values("matter").annotate(deepest=Max("depth"))
    depths = dict(seen.values_list("matter", "deepest"))
    return [
        Row(
            one.position,
            said_of(lines[one.clue_id]) if one.clue_id in lines else one.said,
            lines.get(one.clue_id),
            depths.get(one.clue_id, 0),
        )
        for one in items
    ]


def rows_of(found: Round) -> list[Row]:
    """Return the clues of a round: those handed over, or before that those prepared."""
    if found.handover_id or found.on_paper:
        return items_of(found, found.handover)
    return [
        Row(number, said_of(line), line, Depth.FEEDBACK) for number, line in enumerate(drafts(found), start=1)
    ]


def block(found: Round) -> dict[str, Any]:
    """Return what the round's block on the page of the matter shows."""
    rows = rows_of(found)
    open_to = registry.get("clue.propose_assignment").leads_from
    return {
        "round": found,
        "rows": rows,
        "waiting": sum(row.waits for row in rows),
        "to_assign": [row.line.matter.pk for row in rows if row.line and row.line.matter.state in open_to],
        "same": same_persons(rows),
    }


def same_persons(rows: Iterable[Row]) -> dict[int, list[int]]:
    """Return by number the other lines that name a person of this one with the same unit (同名同单位)."""
    lines: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        for name in filter(None, row.said["person"].split("、")):
            lines[name, row.said["unit"]].add(row.position)
    found: dict[int, set[int]] = defaultdict(set)
    for positions in lines.values():
        for position in positions:
            found[position] |= positions - {position}
    return {position: sorted(others) for position, others in found.items() if others}


def unsettled(found: Round, rows: Iterable[Row]) -> list[int]:
    """Return the numbers of the clues that are open, or on which something is owed to the sender."""
    lines = {row.line.matter.pk: row for row in rows if row.line}
    sender = Party.objects.filter(matter=found.matter_id, role=PartyRole.SENDER, until__isnull=True)
    owed = set(
        Duty.objects.filter(
            matter__in=list(lines),
            claimant__in=sender.values("organ"),
            state__in=[DutyState.OPEN, DutyState.PAUSED],
        ).values_list("matter", flat=True)
    )
    return [row.position for pk, row in lines.items() if row.line and (row.line.matter.is_open or pk in owed)]


@dataclass(frozen=True)
class Listed:
    """A round in the list of rounds, with its clues counted by what the sender may know of them."""

    round: Round
    depth: int
    total: int
    ended: int
    states: list[tuple[str, int]]

    @property
    def state(self) -> str:
        """The state of the round in words."""
        return kinds.get("round").state_label(self.depth, self.round.matter.state)


def listed(rounds: list[Round], depths: dict[uuid.UUID, int]) -> list[Listed]:
    """Return the rounds with their counts, in one query.

    Before the hand-over there are no lines that count; then they are of the list by which the clues went.
    """
    by_id = {one.pk: one for one in rounds}
    counts: dict[uuid.UUID, Counter[str]] = defaultdict(Counter)
    open_ones: Counter[uuid.UUID] = Counter()
    handed = [one.handover_id for one in rounds if one.handover_id]
    counted = Item.objects.filter(Q(paper__in=handed) | Q(paper__isnull=True), round__in=rounds)
    for which, state, is_open in counted.values_list("round", "clue__state", "clue__is_open"):
        counts[which][kinds.get(CLUE).state_label(Depth.FEEDBACK, state)] += 1
        open_ones[which] += is_open
    return [
        Listed(
            one,
            depths.get(pk, 0),
            counts[pk].total(),
            counts[pk].total() - open_ones[pk],
            list(counts[pk].items()),
        )
        for pk, one in by_id.items()
    ]
