"""What can be done with a session (梳理调度的行为; CZ-3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Conflict, Deed, Fault, Refused, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.mechanisms.sessions import lifecycle, queries
from guantong.mechanisms.sessions.forms import BeginForm, CallForm, CallOffForm, CloseForm, DecideForm
from guantong.mechanisms.sessions.models import Decision, Form, Item, Session
from guantong.mechanisms.sessions.notes import ChangeDecision, NoteDecision

NAMED_AT_MOST = 5
TITLES = {Form.SORTING: "加开问题线索梳理", Form.STEERING: "加开问题线索调度"}
SERIES = {Form.SORTING: "梳理", Form.STEERING: "调度"}


@register
class CallSession(Act):
    """Call a session beyond those that come round (加开梳理、调度)."""

    code = "session.call"
    label = gettext_lazy("Call an additional session")
    kind = "session"
    leads_to = lifecycle.DUE
    by = (Capacity(role="case_supervision"),)
    clauses = ("CZ-3.4",)
    asks = CallForm

    def do(self, deed: Deed) -> None:
        """Make it, unless the one of the period is still to be held."""
        form = Form(deed.data["form"])
        _refuse_while_one_is_due(form, deed.happened_on, deed.actor)
        deed.matter.title = f"{TITLES[form]}（{deed.happened_on}）"
        deed.add(Session(matter=deed.matter, form=form))
        deed.name_party(PartyRole.RECEIVER, deed.actor.organ.pk)
        deed.grant(deed.actor.organ.pk, Depth.FULL, "holds the session (CZ-3.4)")
        place = deed.matter.jurisdiction_id
        leaders = engine.organ_bound("leadership", place, deed.happened_on, deed.actor.body_id)
        if leaders is not None:
            deed.name_party(PartyRole.APPROVER, leaders)
            deed.grant(leaders, Depth.FULL, "the session is held for them (CZ-3.4)")
        deed.facts["form"] = form


def _refuse_while_one_is_due(form: Form, day: date, actor: Actor) -> None:
    due = Session.objects.filter(
        form=form,
        matter__organ=actor.organ,
        matter__state=lifecycle.DUE,
        begins_on__lte=day,
        ends_on__gte=day,
    ).select_related("matter")
    for one in due[:1]:
        reason = _("“%(session)s” is still to be held.") % {"session": one.matter.title}
        raise refuse("form", reason, _("Hold that one; call another once it has been held."))


class SessionAct(Act):
    """An act on a session that exists."""

    kind = "session"
    by: ClassVar[tuple[Capacity, ...]] = lifecycle.BY_SUPERVISION
    clauses = ("CZ-3.4",)

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Any:
        """Load the session."""
        return lifecycle.load(matter)


@register
class BeginSession(SessionAct):
    """Begin: all that lies open in the ledger is listed as it stands now (开始逐件梳理)."""

    code = "session.begin"
    label = gettext_lazy("Begin the session")
    leads_from = frozenset({lifecycle.DUE})
    leads_to = lifecycle.SITTING
    asks = BeginForm

    def do(self, deed: Deed) -> None:
        """Number the session and list the items."""
        session: Session = deed.detail
        items = queries.open_items(deed.matter, deed.actor, deed.happened_on)
        form = Form(session.form)
        body = deed.actor.organ.body or deed.actor.organ
        number = next_number(body.pk, form.value, deed.happened_on.year)
        deed.matter.number = f"{body.number_prefix}{SERIES[form]}〔{deed.happened_on.year}〕{number}号"
        deed.change(
            session, begun_on=deed.happened_on, chair=deed.data["chair"], attendees=deed.data["attendees"]
        )
        deed.add(*items)
        deed.content["items"] = len(items)
        deed.index(Depth.FULL, [deed.matter.title], [deed.matter.number])


@dataclass(frozen=True)
class Subject:
    """A session and the item to be decided on; or, where none is named yet, the items to choose from."""

    session: Session
    item: Item | None
    choices: list[Item]


@register
class DecideItem(SessionAct):
    """Decide on one item; it is told to the clue, and what is to be done by a day is owed (逐件议定)."""

    code = "session.decide"
    label = gettext_lazy("Decide on an item")
    page = "sitting"
    leads_from = frozenset({lifecycle.SITTING})
    by = lifecycle.BY_SUPERVISION + lifecycle.BY_LEADER
    asks = DecideForm

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Subject:
        """Load the session with the item named; without one, those that are undecided."""
        items = Item.objects.filter(matter=matter).select_related("about", "matter__session")
        try:
            found = items.filter(pk=forms.UUIDField().clean(data.get("item"))).first()
        except forms.ValidationError:
            found = None
        if found is not None:
            return Subject(found.matter.session, found, [])
        return Subject(lifecycle.load(matter), None, list(items.filter(decision="")))

    def about(self, matter: Matter, detail: Subject) -> Session:
        """The rules ask about the session."""
        return detail.session

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Offer the items that are undecided."""
        return {"items": [(str(one.pk), f"{one.about.number} {one.about.title}") for one in detail.choices]}

    def initial(self, actor: Actor, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Propose the day of the session."""
        return {"happened_on": detail.session.begun_on}

    def do(self, deed: Deed) -> None:
        """Keep the decision with the item, and tell the clue."""
        item, data = deed.detail.item, deed.data
        if item is None:
            raise refuse("item", _("There is no such item in this session."), _("Choose one from the list."))
        _refuse_unseen_turn(item, data)
        by_whom = _instructor(deed)
        follow = ChangeDecision.code if item.decision else NoteDecision.code
        values = {"decision": data["decision"], "text": data["text"], "due_on": data["due_on"]}
        deed.change(
            item, **values, by_whom=by_whom, decided_by=deed.actor.post, decided_on=deed.happened_on,
            touched_at=deed.now, turn=item.turn + 1,
        )  # fmt: skip
        deed.content["item"] = str(item.pk)
        deed.data["item"] = item.about.number or str(_("not numbered yet"))
        told = {
            "happened_on": deed.happened_on.isoformat(),
            "session": f"{deed.matter.number} {deed.matter.title}",
            "by_whom": by_whom,
            **{name: value or "" for name, value in values.items()},
        }
        deed.follow.append((follow, item.about_id, told))


def _refuse_unseen_turn(item: Item, data: Mapping[str, Any]) -> None:
    """Refuse to decide on what somebody else has decided on since it was looked at."""
    if data["turn"] is None or data["turn"] == item.turn:
        return
    who = item.decided_by.officer.name if item.decided_by else ""
    said = _("%(who)s has decided on this item since: %(decision)s.") % {
        "who": who,
        "decision": item.get_decision_display(),
    }
    raise Conflict(Fault("item", said, _("Look at it; decide again if it is to be otherwise.")))


def _instructor(deed: Deed) -> str:
    """Return who gave a written instruction; a leader who types it gives it himself."""
    if deed.data["decision"] != Decision.INSTRUCT:
        return ""
    if deed.actor.rank in lifecycle.LEADERS:
        return deed.actor.officer.name
    if not deed.data["by_whom"]:
        raise refuse("by_whom", _("Who gave the instruction is missing."), _("Write the leader's name."))
    return str(deed.data["by_whom"])


@register
class CloseSession(SessionAct):
    """Close the session once nothing is left untouched (结束; 不漏一件)."""

    code = "session.close"
    label = gettext_lazy("Close the session")
    leads_from = frozenset({lifecycle.SITTING})
    leads_to = lifecycle.HELD
    asks = CloseForm
    grave = True

    def initial(self, actor: Actor, matter: Matter | None, detail: Session) -> dict[str, Any]:
        """Propose the day of the session."""
        return {"happened_on": detail.begun_on}

    def do(self, deed: Deed) -> None:
        """Refuse while an item has no decision, and name it."""
        session: Session = deed.detail
        if session.begun_on and deed.happened_on < session.begun_on:
            reason = _("The session began on %(day)s.") % {"day": session.begun_on}
            raise refuse("happened_on", reason, _("Give that day or a later one."))
        left = list(
            Item.objects.filter(matter=deed.matter, decision="").values_list("about__number", "about__title")
        )
        if left:
            named = _(", ").join(number or title for number, title in left[:NAMED_AT_MOST])
            more = _(" and %(more)s more") % {"more": len(left) - NAMED_AT_MOST}
            raise Refused(
                Fault(
                    "",
                    _("Nothing stays untouched, and %(count)s items have no decision: %(named)s.")
                    % {"count": len(left), "named": named + (more if len(left) > NAMED_AT_MOST else "")},
                    _("Decide on them; “go on as it is” is a decision too."),
                )
            )
        deed.change(session, conclusion=deed.data["conclusion"])


@register
class CallOffSession(SessionAct):
    """Call off an additional session; one that comes round is held (取消加开)."""

    code = "session.call_off"
    label = gettext_lazy("Call it off")
    leads_from = frozenset({lifecycle.DUE})
    leads_to = lifecycle.CALLED_OFF
    asks = CallOffForm

    def awaits(self, matter: Matter, detail: Session) -> str:
        """What comes round by the measure cannot be called off."""
        return _("The measure asks for this session; only an additional one is called off.") if (
            detail.begins_on
        ) else ""  # fmt: skip

    def do(self, deed: Deed) -> None:
        """The reason stands in the timeline."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("Hold it; held late it counts as late."))
