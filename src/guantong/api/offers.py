"""What can be done with a matter, and why not what cannot (可办事项)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guantong.api.facts import detail_of
from guantong.api.shapes import ActOut, MissingOut
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity
from guantong.kernel.acts.entitlement import Missing, missing
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.acts import PaperAct, Subject
from guantong.kernel.papers.models import Paper


@dataclass(frozen=True)
class _Standing:
    actor: Actor
    matter: Matter
    depth: int
    detail: Any
    parties: dict[str, Party]

    def offer(
        self, act: Act, by: tuple[Capacity, ...], data: dict[str, str], awaited: str = "", label: str = ""
    ) -> ActOut:
        lacking = missing(act, self.actor, self.matter, self.parties, self.depth, by)
        if awaited and not lacking:
            lacking = [Missing("state", awaited, _("It becomes possible once that is done."))]
        return ActOut(
            act=act.code,
            label=f"{act.label}{_(': ')}{label}" if label else str(act.label),
            href=f"/api/v1/matters/{self.matter.pk}/acts/{act.code}",
            data=data,
            grave=act.grave,
            possible=not lacking,
            missing=[MissingOut(what=one.what, reason=one.reason, remedy=one.remedy) for one in lacking],
        )


def offers(actor: Actor, matter: Matter, depth: int) -> list[ActOut]:
    """Return the acts of a matter, as declared and in that order, in a constant number of queries."""
    rows = Party.objects.filter(matter=matter, until__isnull=True).select_related("organ", "officer")
    parties = {row.role: row for row in rows}
    standing = _Standing(actor, matter, depth, detail_of(matter, depth), parties)
    if depth < Depth.FEEDBACK:
        return []
    return [*_own(standing), *_drafts(standing), *_steps(standing), *_corrections(standing)]


def _own(standing: _Standing) -> Iterator[ActOut]:
    for act in registry.acts_of(standing.matter.kind):
        if not (act.hidden or act.creates or act.on_item):
            awaited = act.awaits(standing.matter, standing.detail) if standing.depth >= act.sight else ""
            yield standing.offer(act, act.entitled(standing.matter, standing.detail), {}, awaited)


def _drafts(standing: _Standing) -> Iterator[ActOut]:
    act = registry.get("paper.draft")
    states = kinds.get(standing.matter.kind).states
    for kind in paper_kinds.kinds_of(standing.matter.kind):
        awaited = ""
        if standing.matter.state not in kind.states:
            wanted = _(", ").join(str(label) for state, label in states.items() if state in kind.states)
            awaited = _("It is drafted in the states: %(wanted)s.") % {"wanted": wanted}
        yield standing.offer(act, kind.drafters, {"kind": kind.code}, awaited, str(kind.label))


def _steps(standing: _Standing) -> Iterator[ActOut]:
    steps = [act for act in registry.all_acts() if isinstance(act, PaperAct) and act.code != "paper.draft"]
    for paper in Paper.objects.filter(matter=standing.matter):
        kind = paper_kinds.get(paper.kind)
        for act in steps:
            if act.open_to(paper):
                by = act.entitled(standing.matter, Subject(kind, paper))
                yield standing.offer(act, by, {"paper": str(paper.pk)}, label=paper.title)


def _corrections(standing: _Standing) -> Iterator[ActOut]:
    act = registry.get("matter.correct")
    for name, fact in kinds.get(standing.matter.kind).correctables.items():
        yield standing.offer(act, fact.by, {"fact": name}, label=str(fact.label))
