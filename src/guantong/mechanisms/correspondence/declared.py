"""The forms of correspondence as data (函询形式): a new one is declared, nothing else is written for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django import forms
from django.db.models import Q, QuerySet

from guantong.kernel import clock
from guantong.kernel.acts.act import Capacity
from guantong.kernel.measures import engine
from guantong.kernel.measures.roles import name_of
from guantong.kernel.organs import stationed
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Organ, RoleBinding, Stationing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor


@dataclass(frozen=True)
class Asked:
    """A field that a form asks beyond the common ones (附加项). `written`: its name in the letter, or ''."""

    field: Callable[[], forms.Field]
    written: str = ""


@dataclass(frozen=True)
class Side:
    """Who may be written to (受函方): every condition given must hold.

    Bound to a `role`; in a body of one of the `kinds`; `hosted`: a department of the body at which the writer
    is stationed (派驻); `own_place`: of the writer's own place (不越级). None of them: every organ.
    """

    role: str = ""
    kinds: frozenset[str] = frozenset()
    hosted: bool = False
    own_place: bool = False

    def condition(self, actor: Actor) -> Q:
        """Return the condition on organs, without a query."""
        found = Q()
        today = clock.today()
        in_force = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
        if self.role:
            found &= Q(pk__in=RoleBinding.objects.filter(in_force, role=self.role).values("organ"))
        if self.kinds:
            found &= Q(kind__in=self.kinds)
        if self.own_place:
            found &= Q(jurisdiction=actor.organ.jurisdiction_id)
        if self.hosted:
            posts = Stationing.objects.filter(in_force, group__in=(actor.organ.pk, actor.body_id))
            found &= Q(body__in=posts.values("host"))
        return found


@dataclass(frozen=True)
class CopyTo:
    """Who gets a copy (抄送): the organs bound to a `role`, or the stationed groups concerned."""

    role: str = ""
    stationed: bool = False

    def resolved(self, sender: Organ, on: date) -> list[tuple[Organ, str]]:
        """Return the organs, each with why it gets one."""
        if self.stationed:
            found = stationed.concerned(sender.body_id_or_own, on)
            return [(one.group, f"派驻{one.host.name}") for one in found]
        bound = engine.organs_bound(self.role, sender.jurisdiction_id, on)
        organs = Organ.objects.filter(pk__in=bound).select_related("body").order_by("pk")
        return [(one, name_of(self.role)) for one in organs]


@dataclass(frozen=True)
class Wording:
    """How the letters of a form are worded and numbered (行文用语): `{}` is what it is about.

    `upward`: it goes to a superior, as a paper that names who signed it (上行文、签发人).
    """

    title: str = "关于{}的函"
    closing: str = ""
    answer: str = "关于{}的复函"
    answer_closing: str = "特此函复。"
    answer_said: str = "现将有关情况函复如下："
    series: str = "函"
    answer_series: str = "复函"
    upward: bool = False


@dataclass(frozen=True)
class CorrespondenceForm:
    """One form of correspondence (函询形式): who writes to whom, what it asks, what is owed in return.

    `name`: what letters and titles call it, in Chinese. `senders`: the roles that may write. `asks`: fields
    beyond the common ones; `subjects`: whether it names persons. `owed`: whether an answer is; `refusable`:
    whether it may be refused with a reason; `followed`: whether the writer checks the answer before it ends;
    `by_letter`: whether it always goes with a signed letter. `expires`: whether what is answered is readable
    for a time only; `known`: whether it counts from the day on which the writer came to know. `discreet`:
    whether who sees the outline only learns no more than the form's name.
    `copies`: who gets a copy, each with a receipt of its own. `by_calendar`: the calendar opens it for each
    period, nobody begins it by hand. `wording`: how its letters are worded. `text_rules`: what its text must
    keep to. `answers`: fields that its answer asks beyond the common ones. `for_body`: whether it may be
    written in the name of a body whose office the writer's organ keeps (议事协调机构). `collects`: the form
    of the returns it is made of (收集), `by_collection`: it is such a return. `releases`: the form whose
    approved content it tells (通报).
    """

    code: str
    label: str | _StrPromise
    name: str
    senders: frozenset[str]
    recipients: tuple[Side, ...]
    clause: str
    asks: Mapping[str, Asked] = field(default_factory=dict)
    subjects: bool = False
    owed: bool = True
    refusable: bool = False
    followed: bool = False
    by_letter: bool = False
    expires: bool = False
    known: bool = False
    discreet: bool = False
    copies: tuple[CopyTo, ...] = ()
    by_calendar: bool = False
    wording: Wording = Wording()
    text_rules: tuple[Callable[[str], None], ...] = ()
    answers: Mapping[str, Asked] = field(default_factory=dict)
    for_body: bool = False
    collects: str = ""
    by_collection: bool = False
    releases: str = ""

    @property
    def by(self) -> tuple[Capacity, ...]:
        """Who may begin it."""
        if self.by_calendar or self.by_collection:
            return ()
        return tuple(Capacity(role=role) for role in sorted(self.senders))

    @property
    def received_by(self) -> tuple[Capacity, ...]:
        """Who may record that it came on paper or as a sealed file."""
        if self.by_calendar or self.by_collection:
            return ()
        return tuple(Capacity(role=role) for role in sorted({side.role for side in self.recipients} - {""}))

    @property
    def answered_in_fields(self) -> bool:
        """Whether its answer has fields that must be filled, which no letter does."""
        return any(one.field().required for one in self.answers.values())

    def may_receive(self, actor: Actor) -> QuerySet[Organ]:
        """Return the organs to which the actor may write it, in one query."""
        wanted = reduce(or_, (side.condition(actor) for side in self.recipients))
        organs = current(Organ.objects.filter(wanted).exclude(pk=actor.organ.pk))
        return organs.select_related("body").order_by("jurisdiction", "body__name", "name")

    def copied_to(self, sender: Organ, recipient: Organ, on: date) -> list[tuple[Organ, str]]:
        """Return who gets a copy and why, each once, writer and recipient never (抄送机关)."""
        found: dict[int, tuple[Organ, str]] = {}
        for one in self.copies:
            for organ, why in one.resolved(sender, on):
                if organ.pk not in (sender.pk, recipient.pk):
                    found.setdefault(organ.pk, (organ, why))
        return list(found.values())


_forms: dict[str, CorrespondenceForm] = {}


def declare(form: CorrespondenceForm) -> CorrespondenceForm:
    """Enter a form. Raises ValueError where its code is taken, or who owes it would write for another."""
    if form.code in _forms:
        raise ValueError(f"two forms of correspondence are called {form.code}")
    if form.by_calendar and form.for_body:
        raise ValueError(f"{form.code} is owed for a period by who writes it, in no other body's name")
    _forms[form.code] = form
    return form


def get(code: str) -> CorrespondenceForm:
    """Return the form of this code. Raises KeyError."""
    return _forms[code]


def find(code: object) -> CorrespondenceForm | None:
    """Return the form of this code, None where there is none."""
    return _forms.get(str(code or ""))


def all_forms() -> list[CorrespondenceForm]:
    """Return all forms, in the order in which they were declared."""
    return list(_forms.values())


def all_asked() -> dict[str, forms.Field]:
    """Return the fields that some forms ask for beyond the common ones."""
    return {name: one.field() for form in all_forms() for name, one in form.asks.items()}


def all_answered() -> dict[str, forms.Field]:
    """Return the fields that the answers to some forms ask for beyond the common ones."""
    return {name: one.field() for form in all_forms() for name, one in form.answers.items()}
