"""What the acts on clues share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Deed, Fault, KeepNothing, Refused, refuse
from guantong.kernel.duties.engine import due
from guantong.kernel.duties.governing import calendar_reading, governed
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.kernel.measures.governing import purpose
from guantong.kernel.measures.rules import Term
from guantong.kernel.measures.tables import Decision, Unknown
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Organ, RoleBinding, Tier
from guantong.kernel.papers.incoming import Arrival, take_in, take_in_paper
from guantong.kernel.papers.models import Paper, Way
from guantong.kernel.people.forms import add_subjects
from guantong.kernel.people.jurisdiction import handing_up, heads_asked, is_head, jurisdiction, why_above
from guantong.kernel.people.models import Authority, Subject
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.models import Category, Clue, Handling, Supervision

HAND_UP_PERIOD = purpose("clue.hand_up_period", "period")


class ClueAct(Act):
    """An act on a clue that exists."""

    kind = "clue"

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Clue:
        """Load the clue and its handling."""
        return lifecycle.load(matter)


class DecidingAct(ClueAct):
    """A leader's decision on what was laid before him (审批)."""

    by = lifecycle.BY_LEADER

    def proposal(self, found: Handling) -> list[tuple[Any, Any]]:
        """Return what is decided on, in words."""
        raise NotImplementedError

    def deciding(self, matter: Matter, detail: Clue) -> list[tuple[Any, Any]]:
        """What was proposed, and on what allegation."""
        found = lifecycle.handling_of(detail)
        lines = [(label, value) for label, value in self.proposal(found) if value] if found else []
        return [*lines, (Clue._meta.get_field("allegation").verbose_name, detail.allegation)]

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Show what is decided on above the form, so that nobody signs unseen."""
        return {"deciding": self.deciding(matter, detail)} if matter is not None else {}


def suggested_senders(actor: Actor) -> list[tuple[str, str]]:
    """Return the organs a clue may have come from (移送单位), with the source each of them stands for.

    The place's own come before others, and first who transfers clues by its role.
    """
    bound = RoleBinding.objects.filter(role__in=lifecycle.SENDERS, organ=OuterRef("pk"))
    organs = current(Organ.objects.exclude(pk=actor.organ.pk).select_related("body"))
    organs = organs.annotate(role=Subquery(bound.values("role")[:1]))
    near = Case(When(jurisdiction=actor.organ.jurisdiction_id, then=0), default=1)
    body = (
        Coalesce("body__kind", "kind"),
        Coalesce("body__name", "name"),
        F("body").asc(nulls_first=True),
    )
    senders = organs.order_by(near, F("role").asc(nulls_last=True), *body, "name")
    return [(one.full_name, lifecycle.SENDERS.get(one.role, "")) for one in senders]


def make_title(data: Mapping[str, Any]) -> str:
    """Return a clue's title from its persons, unit and category (事项名称)."""
    rows = data.get("subjects") or []
    if data["category"] == Category.OTHER:
        return (_("On %(who)s") % {"who": _who(rows) or data["unit"]})[:200]
    category = str(Category(data["category"]).label)
    if not rows:
        return _("On %(unit)s: %(category)s") % {"unit": data["unit"], "category": category}
    return (_("On %(who)s: %(category)s") % {"who": _who(rows), "category": category})[:200]


def _who(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    first = rows[0]
    who = f"{first['unit']}{first.get('post') or ''}{first['name']}"
    return _("%(who)s (%(all)s persons)") % {"who": who, "all": len(rows)} if len(rows) > 1 else who


def jurisdiction_outcome(actor: Actor, rows: Sequence[Mapping[str, Any]], on: date) -> str | None:
    """Return where a clue belongs by the jurisdiction table: one outcome, 'split', or None for unknown.

    It goes back only where none of its persons is under supervision (监察法实施条例 Art. 171).
    """
    body = actor.organ.body or actor.organ
    outcomes = set()
    for row in rows:
        found = jurisdiction(body, row, set(), on)
        outcomes.add(str(found.outputs["outcome"]) if isinstance(found, Decision) else None)
    if None in outcomes or not outcomes:
        return None
    outcomes = outcomes - {"return_sender"} or outcomes
    return outcomes.pop() if len(outcomes) == 1 else "split"


def refuse_what_belongs_above(actor: Actor, rows: Sequence[Mapping[str, Any]], on: date) -> None:
    """Refuse to keep what belongs to the superior organ. Raises KeepNothing; nothing is stored."""
    body = actor.organ.body or actor.organ
    heads = heads_asked(body, rows)
    why = handing_up(body, rows, on, heads)
    if why:
        raise KeepNothing(
            Fault(
                "subjects",
                why + " " + _("It is not entered here and nothing of it has been kept."),
                _how_to_hand_up(body, on, any(is_head(body, row, heads) for row in rows)),
            )
        )


def _how_to_hand_up(body: Organ, on: date, at_once: bool) -> str:
    """Return what to do with it, and by when (上送时限); what is about the own head goes at once."""
    remedy = _("Print the cover sheet and hand the paper up to the superior organ.")
    force = engine.rules_on(body.jurisdiction_id, on)
    try:
        found = None if at_once else governed(force, HAND_UP_PERIOD)
        if found is None or not isinstance(found.value, Term):
            return remedy
        day = due(on, found.value, calendar_reading(force)).due_on
    except Refused:
        return remedy  # nothing may be kept, whatever else is wrong
    by = _("By %(clause)s it is to be handed up by %(day)s.") % {"clause": found.clause, "day": day}
    return f"{remedy} {by}"


def index_clue(deed: Deed, clue: Clue, subjects: list[Subject] | list[dict[str, Any]]) -> None:
    """Let the clue be found by its text, names and numbers."""
    names = [subject["name"] if isinstance(subject, dict) else subject.name for subject in subjects]
    units = [subject["unit"] if isinstance(subject, dict) else subject.unit for subject in subjects]
    deed.index(
        Depth.FEEDBACK,
        [deed.matter.title, clue.allegation, clue.sender_name],
        [*names, *units, clue.unit, deed.matter.number, clue.letter_number],
    )


def give_ledger_number(deed: Deed) -> None:
    """Enter the clue in the special ledger of the receiving organ (专门台账; CZ-3.2)."""
    body = deed.actor.organ.body or deed.actor.organ
    number = next_number(body.pk, "clue", deed.happened_on.year)
    deed.matter.number = f"{body.number_prefix}线索〔{deed.happened_on.year}〕{number}号"


def make_clue(deed: Deed, **values: Any) -> Clue:
    """Write a new clue from the form's data."""
    data = deed.data
    deed.matter.title = data.get("title") or make_title(data)
    clue = Clue(
        matter=deed.matter,
        category=data["category"],
        allegation=data["allegation"],
        amount=data.get("amount"),
        unit=data.get("unit") or "",
        evidence=data.get("evidence") or [],
        concluded_on=data.get("concluded_on"),
        **values,
    )
    deed.add(clue)
    return clue


def enter_in_ledger(deed: Deed, *, on_paper: bool = True, **values: Any) -> Clue:
    """Enter a clue that came on paper or disc in the ledger, as received on the day it arrived (CZ-3.2)."""
    data, organ = deed.data, deed.actor.organ
    sender: Organ | None = data["sender"]
    give_ledger_number(deed)
    clue = make_clue(
        deed,
        source=data["source"],
        sender_name=data["sender_name"] or (sender.full_name if sender else ""),
        letter_number=data["letter_number"],
        letter_date=data["letter_date"],
        letter_signer=data["letter_signer"],
        on_paper=on_paper,
        sent_on=data["letter_date"],
        received_on=deed.happened_on,
        **values,
    )
    add_subjects(deed, data["subjects"])
    deed.name_party(PartyRole.RECEIVER, organ.pk)
    deed.grant(organ.pk, Depth.FULL, "case supervision (CZ-3.2)")
    index_clue(deed, clue, data["subjects"])
    return clue


def take_in_letter(deed: Deed, clue: Clue, way: Way) -> None:
    """Enter the letter with which a clue came in the register of papers received (收文登记)."""
    paper = None if clue.on_paper else _letter_here(deed, clue)
    if paper is not None:
        take_in_paper(deed, paper)
        return
    came = Arrival(deed.matter.title, clue.sender_name, clue.letter_number, clue.letter_date, way)
    take_in(deed, came)


def _letter_here(deed: Deed, clue: Clue) -> Paper | None:
    """Return the paper of this platform that brought a clue: its own letter, or the list of its round.

    The paper's matter is locked, as by whoever signs for it: matters first, then the numbers of the body.
    """
    found = Paper.objects.filter(
        matter__in=[deed.matter.pk, *deed.origins], number=clue.letter_number, dispatched_on__isnull=False
    ).select_related("matter", "organ", "department__body")
    return found.select_for_update(of=("matter",)).first() if clue.letter_number else None


def send(
    deed: Deed, clue: Clue, receiver: int | None, *, number: str, signed_on: date | None, signed_by: str
) -> None:
    """Send a drafted clue to case supervision, with a letter or on a list (CZ-3.2). Raises Refused."""
    if clue.concluded_on and deed.happened_on < clue.concluded_on:
        raise refuse(
            "happened_on",
            _("The transfer lies before the concluding opinion (%(day)s).") % {"day": clue.concluded_on},
            _("Give the day on which the letter left, or correct the date of the opinion."),
        )
    if receiver is not None:
        why = why_above(deed.matter.pk, receiver, deed.happened_on)
        if why:
            remedy = _("Nothing reaches that ledger. Hand the letter on paper to the superior organ.")
            raise refuse("", why, remedy)
        deed.name_party(PartyRole.RECEIVER, receiver)
        deed.grant(receiver, Depth.FULL, "case supervision (CZ-3.2)")
    deed.change(
        clue, sent_on=deed.happened_on, letter_number=number, letter_date=signed_on, letter_signer=signed_by
    )


def name_sender(deed: Deed, sender: Organ | None) -> None:
    """Let the organ that sent a clue follow what comes of it, where it is known here (CZ-3.3)."""
    if sender is not None:
        deed.name_party(PartyRole.SENDER, sender.pk)
        deed.grant(sender.pk, Depth.FEEDBACK, "sender (CZ-3.3)")


def facts_of_new(deed: Deed, clue: Clue) -> None:
    """Tell the rules what is known of a clue not yet stored."""
    deed.facts.update(
        source=clue.source,
        category=clue.category,
        on_paper=clue.on_paper,
        sent_on=clue.sent_on,
        received_on=clue.received_on,
        concluded_on=clue.concluded_on,
        happened_on=deed.happened_on,
        jurisdiction=jurisdiction_outcome(deed.actor, deed.data.get("subjects", []), deed.happened_on),
    )


def supervise_by_default(deed: Deed, clue: Clue, known: Supervision | None = None) -> None:
    """Put a clue under key supervision where the measure's table says so (优先办理、重点督办; CZ-4.1)."""
    place = deed.matter.jurisdiction_id
    found = engine.decide(place, deed.happened_on, "priority", {"source": clue.source})
    if known is None and isinstance(found, Decision) and found.outputs["priority"] == "key":
        deed.add(Supervision(matter=deed.matter, since=deed.happened_on))
        deed.put_first(True)
        deed.facts["supervised"] = True


def handling(deed: Deed) -> Handling:
    """Return the clue's handling, which must have begun."""
    found = lifecycle.handling_of(deed.detail)
    if found is None:
        raise refuse("", _("The handling of this clue has not begun."), _("Assign it first."))
    return found


def lay_before_leaders(deed: Deed) -> None:
    """Let the leaders of the actor's body see the matter and owe the decision (领导班子; GR-23, GR-21)."""
    leaders = leadership(deed, deed.actor.body_id)
    if leaders is not None and deed.organ_of(PartyRole.APPROVER) != leaders:
        deed.name_party(PartyRole.APPROVER, leaders)
        deed.grant(leaders, Depth.FULL, "decides on assignment and handling")


def leadership(deed: Deed, body_id: int) -> int | None:
    """Return the organ of a body's leaders, if one is bound (领导班子)."""
    place = deed.matter.jurisdiction_id
    return engine.organ_bound("leadership", place, deed.happened_on, body_id)


def routing(matter: Matter, clue: Clue, subjects: list[Subject], on: date) -> Decision | Unknown | None:
    """Return what the routing table of the measure says of a clue (CZ-3.2); never a guess."""
    place = matter.jurisdiction
    managed = {
        Authority.ENTERPRISE: "enterprise",
        Authority.NONE: "unit",
        (Authority.COUNTY if place.tier == Tier.COUNTY else Authority.CITY): "own",
    }
    categories = {Category.DISCIPLINE, Category.DUTY_VIOLATION, Category.DUTY_CRIME}
    return engine.decide(
        place.pk,
        on,
        "routing",
        {
            "source": clue.source,
            "category": clue.category if clue.category in categories else None,
            "authority": managed.get(Authority(subjects[0].authority)) if subjects else None,
        },
    )
