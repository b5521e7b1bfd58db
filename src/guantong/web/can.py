"""What an actor can do now, and why not what he cannot (可办事项与不可办原因)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity
from guantong.kernel.acts.entitlement import Missing, entitling, holds, missing, right_posts
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.kernel.organs.models import Post
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import PaperAct, Subject
from guantong.kernel.papers.models import Paper


@dataclass(frozen=True)
class Offer:
    """An act that can be done now."""

    label: str
    url: str
    grave: bool = False
    recorded: bool = False
    primary: bool = False
    code: str = ""


@dataclass(frozen=True)
class Denied:
    """An act that cannot be done now: what is missing, and the actor's own posts in which it could be."""

    label: str
    missing: list[Missing]
    posts: list[Post] = field(default_factory=list)


@dataclass(frozen=True)
class Standing:
    """An actor before a matter: everything that decides what he can do, read once."""

    actor: Actor
    matter: Matter
    depth: int
    parties: Mapping[str, Party]
    detail: Any

    def lacks(self, act: Act, by: tuple[Capacity, ...]) -> list[Missing]:
        """Return what is missing for the act; readers of a part are not told the states of the rest."""
        found = missing(act, self.actor, self.matter, self.parties, self.depth, by)
        if self.depth >= Depth.FULL:
            return found
        return [self._untold(one) if one.what == "state" else one for one in found]

    @staticmethod
    def _untold(lack: Missing) -> Missing:
        return Missing("state", _("It is not possible in the present state of the matter."), lack.remedy)

    def recorded(self, by: tuple[Capacity, ...]) -> bool:
        """Return whether the actor would record what a leader signed on paper."""
        capacity = entitling(by, self.actor, self.parties)
        return bool(capacity and capacity.recorded)

    def posts(self, by: tuple[Capacity, ...]) -> list[Post]:
        """Return the actor's other posts that have the capacity."""
        return right_posts(by, self.actor, self.parties)


def acts_now(standing: Standing) -> tuple[list[Offer], list[Denied]]:
    """Return the acts on the matter itself: those possible, the one that leads on first, and those not."""
    offers: list[Offer] = []
    denied: list[Denied] = []
    for act in registry.acts_of(standing.matter.kind):
        if act.hidden or act.creates or act.on_item:
            continue
        by = act.entitled(standing.matter, standing.detail)
        lacking = standing.lacks(act, by)
        awaited = "" if lacking else act.awaits(standing.matter, standing.detail)
        if awaited:
            lacking = [Missing("state", awaited, _("It becomes possible once that is done."))]
        if not lacking:
            pk = standing.matter.pk
            url = reverse(act.page, args=[pk]) if act.page else reverse("act", args=[pk, act.code])
            offers.append(Offer(str(act.label), url, act.grave, standing.recorded(by), code=act.code))
        elif standing.depth >= act.sight:
            denied.append(Denied(str(act.label), lacking, standing.posts(by)))
    return _first_leading_on(offers), denied


def _first_leading_on(offers: list[Offer]) -> list[Offer]:
    """Order: what leads on, then what keeps the state, then what is grave; the first is the primary one."""

    def rank(offer: Offer) -> tuple[bool, bool]:
        return offer.grave, not registry.get(offer.code).leads_to

    ordered = sorted(offers, key=rank)
    for place, offer in enumerate(ordered):
        if place == 0 and not offer.grave:
            ordered[0] = Offer(
                offer.label, offer.url, offer.grave, offer.recorded, primary=True, code=offer.code
            )
    return ordered


def drafts_now(standing: Standing) -> tuple[list[Offer], list[Denied]]:
    """Return the papers that can be drafted now, and those that cannot."""
    offers: list[Offer] = []
    denied: list[Denied] = []
    act = registry.get("paper.draft")
    states = matter_kinds.get(standing.matter.kind).states
    for kind in paper_kinds.kinds_of(standing.matter.kind):
        if standing.depth < kind.depth:
            continue
        lacking = standing.lacks(act, kind.drafters)
        if standing.matter.state not in kind.states:
            wanted = _(", ").join(str(states[state]) for state in states if state in kind.states)
            reason = _("It is drafted in the states: %(wanted)s.") % {"wanted": wanted}
            lacking.append(Missing("state", reason, _("See the timeline for what was done last.")))
        if lacking:
            denied.append(Denied(str(kind.label), lacking, standing.posts(kind.drafters)))
        else:
            url = f"{reverse('act', args=[standing.matter.pk, 'paper.draft'])}?kind={kind.code}"
            offers.append(Offer(str(kind.label), url, code="paper.draft"))
    return offers, denied


def paper_acts(standing: Standing, paper: Paper) -> tuple[list[Offer], list[Denied]]:
    """Return the steps of one paper that can be done now, and those that its state allows to others."""
    offers: list[Offer] = []
    denied: list[Denied] = []
    kind = paper_kinds.get(paper.kind)
    for act in registry.all_acts():
        if not isinstance(act, PaperAct) or not act.open_to(paper):
            continue
        by = act.entitled(standing.matter, Subject(kind, paper))
        lacking = standing.lacks(act, by)
        if lacking:
            denied.append(Denied(str(act.label), lacking, standing.posts(by)))
        else:
            url = f"{reverse('act', args=[standing.matter.pk, act.code])}?paper={paper.pk}"
            offers.append(Offer(str(act.label), url, act.grave, standing.recorded(by), code=act.code))
    return offers, denied


def may_file(standing: Standing) -> bool:
    """Return whether the actor may file the matter in the archive, unless that is done already (归档)."""
    act = registry.get("matter.archive")
    return standing.depth >= Depth.FULL and not standing.lacks(act, act.by)


def corrections_now(standing: Standing) -> dict[str, str]:
    """Return the addresses at which facts can be corrected by the actor, by fact."""
    if standing.depth < Depth.FEEDBACK:
        return {}
    kind = matter_kinds.get(standing.matter.kind)
    base = reverse("act", args=[standing.matter.pk, "matter.correct"])
    return {
        name: f"{base}?fact={name}"
        for name, fact in kind.correctables.items()
        if entitling(fact.by, standing.actor, standing.parties)
        and fact.read(standing.detail) not in (None, "")
        and not fact.why_not(standing.detail)
    }


def may_create(actor: Actor, codes: Iterable[str]) -> dict[str, bool]:
    """Return which of the acts that make a matter the actor's present post entitles to."""
    return {
        code: any(
            holds(one, actor.organ, actor.rank, actor.roles, actor.post.officer_id, {})
            for one in registry.get(code).by
        )
        for code in codes
    }
