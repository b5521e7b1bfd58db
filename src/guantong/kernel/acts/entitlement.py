"""Who may do an act now, and if not, why not (行为权限)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.organs.models import Post, Rank

ANY_STATE = frozenset({"*"})


@dataclass(frozen=True)
class Missing:
    """What stands between an actor and an act: 'capacity', 'state' or 'grant', in words, with the way out."""

    what: str
    reason: str
    remedy: str


def holds(
    capacity: Capacity,
    organ: Any,
    rank: str,
    roles: frozenset[str],
    officer_id: int,
    parties: Mapping[str, Party],
) -> bool:
    """Return whether somebody in this post has the capacity towards these parties."""
    if not _is_party(capacity, organ, parties):
        return False
    if capacity.role and capacity.role not in roles:
        return False
    if capacity.ranks and rank not in capacity.ranks:
        return False
    if capacity.custodian:
        custodian = parties.get(PartyRole.CUSTODIAN)
        if custodian is None or (custodian.officer_id, custodian.organ_id) != (officer_id, organ.pk):
            return False
    return not capacity.elsewhere or _is_away(parties.get(capacity.elsewhere))


def _is_away(party: Party | None) -> bool:
    """Return whether a party works outside the platform, or is not known here."""
    return party is None or party.organ.elsewhere


def _is_party(capacity: Capacity, organ: Any, parties: Mapping[str, Party]) -> bool:
    """Whether the organ is the party the capacity names, and its body the one it names."""
    party, other = parties.get(capacity.party), parties.get(capacity.body_of)
    wanted = capacity.organ or (party.organ_id if party else 0)
    if capacity.party and wanted not in (organ.pk, organ.body_id):
        return False
    body = capacity.body or (other.organ.body_id_or_own if other else 0)
    return not capacity.body_of or body == organ.body_id_or_own


def entitling(by: tuple[Capacity, ...], actor: Actor, parties: Mapping[str, Party]) -> Capacity | None:
    """Return the first of the capacities that the actor has; None where he has none."""
    for capacity in by:
        if holds(capacity, actor.organ, actor.rank, actor.roles, actor.post.officer_id, parties):
            return capacity
    return None


def right_posts(by: tuple[Capacity, ...], actor: Actor, parties: Mapping[str, Party]) -> list[Post]:
    """Return the actor's other posts in which he might do the act (CD-1.3)."""
    return [
        post
        for post, roles in actor.roles_elsewhere
        if any(holds(one, post.organ, post.rank, roles, post.officer_id, parties) for one in by)
    ]


def describe(capacity: Capacity, kind: kinds.MatterKind | None = None) -> str:
    """Return a capacity in words, its parties as matters of the kind call them."""

    def called(role: str) -> str:
        return kind.party_label(role) if kind else str(PartyRole(role).label)

    parts = []
    if capacity.party:
        parts.append(called(capacity.party))
    if capacity.body_of:
        parts.append(_("the organ of the %(party)s") % {"party": called(capacity.body_of)})
    if capacity.role:
        parts.append(_("an organ bound to the role “%(role)s”") % {"role": role_name(capacity.role)})
    if capacity.ranks:
        parts.append("/".join(str(Rank(rank).label) for rank in sorted(capacity.ranks)))
    if capacity.custodian:
        parts.append(_("custodian of the matter"))
    if capacity.elsewhere:
        away = called(capacity.elsewhere)
        parts.append(_("where the %(party)s works elsewhere, outside this platform") % {"party": away})
    if capacity.recorded:
        parts.append(_("recording what a leader signed on paper"))
    return _(", ").join(parts)


def role_name(code: str) -> str:
    """Return the name of a measure role in the reader's language, or its code."""
    from guantong.kernel.measures.roles import name_of

    return name_of(code)


def missing(
    act: Act,
    actor: Actor,
    matter: Matter | None,
    parties: Mapping[str, Party],
    depth: int,
    by: tuple[Capacity, ...],
) -> list[Missing]:
    """Return all that is missing for the act; empty where it can be done.

    Whose act it is not, and who sees only a part, is not told whether the state would allow it: from many
    such answers the state could be guessed.
    """
    found = []
    if entitling(by, actor, parties) is None:
        kind = kinds.get(matter.kind) if matter is not None else None
        needed = _("; or ").join(describe(capacity, kind) for capacity in by)
        posts = right_posts(by, actor, parties)
        remedy = (
            _("Switch to the post “%(post)s”.") % {"post": _(", ").join(str(post) for post in posts)}
            if posts
            else _("It is for them to do.")
        )
        reason = _("It takes the capacity: %(needed)s. You act as %(capacity)s.") % {
            "needed": needed,
            "capacity": actor.capacity,
        }
        found.append(Missing("capacity", reason, remedy))
    if matter is not None and not act.creates:
        lacking = _missing_in_matter(act, matter, depth)
        told = [one for one in lacking if one.what != "state"] if found and depth < Depth.FULL else lacking
        found += told
    return found


def _missing_in_matter(act: Act, matter: Matter, depth: int) -> list[Missing]:
    """Return what the matter lacks; who does not see enough for the act learns nothing of its state."""
    if depth < act.sight:
        reason = _("You see only part of this matter.")
        return [Missing("grant", reason, _("Ask its case supervision department for a grant."))]
    if act.leads_from == ANY_STATE or matter.state in act.leads_from:
        return []
    kind = kinds.get(matter.kind)
    wanted = _(", ").join(str(label) for state, label in kind.states.items() if state in act.leads_from)
    reason = _("The matter is now “%(now)s”; the act is possible in: %(wanted)s.") % {
        "now": kind.state_label(depth, matter.state),
        "wanted": wanted,
    }
    return [Missing("state", reason, _("See the timeline for what was done last."))]
