"""What the acts on correspondence share (函询行为公用)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.forms import Field
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.matters.models import Depth, Link, LinkKind, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Organ
from guantong.kernel.people.forms import add_subjects
from guantong.mechanisms.correspondence import asks, lifecycle
from guantong.mechanisms.correspondence.declared import CorrespondenceForm, all_forms, find
from guantong.mechanisms.correspondence.models import Copy, Correspondence, Turn, TurnKind
from guantong.mechanisms.correspondence.returns import summary_of

CLAUSES = tuple(dict.fromkeys(form.clause for form in all_forms()))


def clauses_of(detail: Any) -> tuple[str, ...]:
    """Return the clause of the form of correspondence at hand; of all forms where none is chosen yet."""
    if isinstance(detail, Correspondence):
        return (detail.declared.clause,)
    return (detail.clause,) if isinstance(detail, CorrespondenceForm) else CLAUSES


class CorrespondenceAct(Act):
    """An act on correspondence that exists."""

    kind = "correspondence"
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    clauses = CLAUSES

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Correspondence:
        """Load the correspondence with both sides."""
        return lifecycle.load(matter)

    def under(self, detail: Any) -> tuple[str, ...]:
        """The clause of its form."""
        return clauses_of(detail)


class BeginningAct(Act):
    """An act that makes correspondence: its form of correspondence is named in the data (选择函询形式)."""

    kind = "correspondence"
    shown_at = Depth.FEEDBACK
    clauses = CLAUSES
    template = "correspondence/draft.html"

    def named_by(self, form: CorrespondenceForm) -> tuple[Capacity, ...]:
        """Return who may begin with this form."""
        raise NotImplementedError

    def load(self, matter: Matter, data: Mapping[str, Any]) -> CorrespondenceForm | None:
        """Find the form named; None where none is named yet. Raises Refused where there is none such."""
        code = data.get("form")
        form = find(code)
        if code and form is None:
            raise refuse("form", _("There is no such form."), _("Choose one of those offered."))
        return form

    def entitled(self, matter: Matter, detail: CorrespondenceForm | None) -> tuple[Capacity, ...]:
        """Those whom the form names, each in the capacity it wants (CD-1.3)."""
        return self.named_by(detail) if detail else self.by

    def under(self, detail: CorrespondenceForm | None) -> tuple[str, ...]:
        """The clause of the form named."""
        return clauses_of(detail)

    def form_class(self, detail: CorrespondenceForm | None) -> Any:
        """The form with what this form of correspondence asks besides."""
        return asks.with_fields(self.asks, detail)

    def further_fields(self) -> dict[str, Field]:
        """What each form asks for besides."""
        return asks.further_fields()

    def page_context(self, actor: Any, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the forms among which to choose, where none is chosen."""
        if detail is not None:
            return {"chosen": detail}
        roles = actor.roles
        return {
            "choices": [form for form in all_forms() if any(one.role in roles for one in self.named_by(form))]
        }


def union(of: list[tuple[Capacity, ...]]) -> tuple[Capacity, ...]:
    """Return capacities without repetition."""
    return tuple(dict.fromkeys(one for many in of for one in many))


def said(form: CorrespondenceForm, data: Mapping[str, Any]) -> dict[str, str]:
    """Return the form's own fields as they are kept."""
    names = ["in_name_of", *form.asks] if form.for_body else list(form.asks)
    return {name: str(data[name]) for name in names if data.get(name) not in (None, "")}


def answered(form: CorrespondenceForm, data: Mapping[str, Any]) -> dict[str, str]:
    """Return what the answer's own fields say, as it is kept."""
    return {name: str(data[name]) for name in form.answers if data.get(name) not in (None, "")}


def title_of(form: CorrespondenceForm, data: Mapping[str, Any]) -> str:
    """Return the matter's title; that of a discreet form says nothing of what it is about."""
    return form.name if form.discreet else str(data["title"])


def write_copies(deed: Deed, form: CorrespondenceForm, sender: Organ, recipient: Organ) -> None:
    """Write who is to get a copy, as stationing, equity and roles have it on this day (抄送机关)."""
    for organ, why in form.copied_to(sender, recipient, deed.happened_on):
        deed.add(Copy(matter=deed.matter, organ=organ, name=organ.full_name, why=why))


def write_content(deed: Deed, form: CorrespondenceForm) -> Turn:
    """Write what is asked or told, and the persons it names; let it be found by both sides alone."""
    data = deed.data
    turn = Turn(
        matter=deed.matter,
        kind=TurnKind.ASK,
        depth=Depth.FEEDBACK,
        text=data["text"],
        said=said(form, data),
        on=deed.happened_on,
        answer_by=data.get("answer_by"),
    )
    deed.add(turn)
    rows = data.get("subjects") or []
    add_subjects(deed, rows)
    index(deed, turn, rows)
    return turn


def index(deed: Deed, turn: Turn, rows: list[dict[str, Any]]) -> None:
    """Let it be found by its text, its names and its number."""
    names = [row["name"] for row in rows] + [row["unit"] for row in rows]
    names += [turn.said.get("unit", ""), deed.matter.number, deed.data.get("letter_number", "")]
    deed.index(Depth.FEEDBACK, [deed.matter.title, turn.text], [one for one in names if one])


def facts_of_new(deed: Deed, row: Correspondence) -> None:
    """Tell the rules what is known of correspondence not yet stored."""
    deed.facts.update(lifecycle.facts(row), happened_on=deed.happened_on)


def link_about(deed: Deed, about: Any) -> None:
    """Link it with the matter it is about, which the writer sees; the recipient sees it only if granted."""
    if not about:
        return
    found = Matter.objects.filter(pk=about).first()
    if found is None:
        reason = _("There is no such matter, or you may not see it.")
        raise refuse("about", reason, _("Start from the page of the matter."))
    deed.add(Link(source=deed.matter, target=found, kind=LinkKind.ABOUT))


def name_sides(deed: Deed, sender: Organ | None, recipient: Organ) -> None:
    """Name both sides as parties."""
    if sender is not None:
        deed.name_party(PartyRole.SENDER, sender.pk)
    deed.name_party(PartyRole.RECIPIENT, recipient.pk)


def leaders_of(deed: Deed, body_id: int) -> int | None:
    """Return the organ of a body's leaders, if one is bound (领导班子)."""
    place = deed.matter.jurisdiction_id
    return engine.organ_bound("leadership", place, deed.happened_on, body_id)


def send(deed: Deed, row: Correspondence, number: str) -> None:
    """Send what was drafted: the recipient sees all of it from now on (发出)."""
    recipient = deed.parties[PartyRole.RECIPIENT]
    deed.state = lifecycle.SENT
    deed.matter.number = number
    deed.change(row, sent_on=deed.happened_on)
    lifecycle.refuse_disorder(row, "sent_on", "happened_on")
    deed.facts["sent_on"] = deed.happened_on
    deed.grant(recipient.organ_id, Depth.FULL, "recipient of the letter")
    deed.content["number"] = number
    told = {"happened_on": deed.happened_on.isoformat()}
    for copy in Copy.objects.filter(matter=deed.matter) if row.declared.copies else ():
        deed.follow.append(("correspondence.copy", deed.matter.pk, {**told, "of_copy": str(copy.pk)}))
    summary = summary_of(deed.matter) if row.declared.releases else None
    if summary is not None:
        deed.follow.append(("correspondence.release", summary.pk, told))


def own_number(deed: Deed, form: CorrespondenceForm) -> str:
    """Return the next number of the writer's body in the form's series (编号)."""
    body, year = deed.actor.organ.body or deed.actor.organ, deed.happened_on.year
    series = form.wording.series
    return f"{body.number_prefix}{series}〔{year}〕{next_number(body.pk, series, year)}号"


def ends_sight(deed: Deed, row: Correspondence, until: date) -> None:
    """Let the writer's side read what it was given until a day, then only that it asked (到期不可查看)."""
    sender = deed.parties.get(PartyRole.SENDER)
    if sender is None:
        return
    principals = [sender.organ_id]
    body = row.sender.body_id_or_own if row.sender else 0
    leaders = leaders_of(deed, body) if body and lifecycle.was_laid_before_leaders(row) else None
    if leaders is not None:
        principals.append(leaders)
    for principal in principals:
        deed.withdraw(principal)
        deed.grant(principal, Depth.OUTLINE, "asked for the information")
        deed.grant(principal, Depth.FEEDBACK, "was given the information", until)
    deed.change(row, readable_until=until)
