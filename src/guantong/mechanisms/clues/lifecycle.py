"""States of a clue and who may move it (问题线索的状态)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.forms import (
    AmountField,
    LetterNumberField,
    LongTextField,
    PastDateField,
    RowsField,
)
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Correctable, Digest, Line, MatterKind
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.measures.rules import Term
from guantong.kernel.measures.schema import Unit
from guantong.kernel.organs.models import HEADS, LEADERS
from guantong.kernel.people.codes import mask_id
from guantong.kernel.people.forms import SubjectForm, add_subjects
from guantong.kernel.people.models import Authority, Subject
from guantong.kernel.prepared import Given, Prepared
from guantong.mechanisms.clues import correcting
from guantong.mechanisms.clues.models import Category, Clue, Handling, Source, Supervision

DRAFTED = "drafted"
SENT = "sent"
RETURNED = "returned"
RECEIVED = "received"
ASSIGNMENT_PROPOSED = "assignment_proposed"
ASSIGNED = "assigned"
ACCEPTED = "accepted"
HANDLING_PROPOSED = "handling_proposed"
HANDLING = "handling"
PAUSED = "paused"
CONCLUDED = "concluded"
CLOSED = "closed"
FORWARDED = "forwarded"
MERGED = "merged"
WITHDRAWN = "withdrawn"

STATES = {
    DRAFTED: _("Being drafted"),
    SENT: _("Sent, not yet received"),
    RETURNED: _("Returned"),
    RECEIVED: _("Received, to be assigned"),
    ASSIGNMENT_PROPOSED: _("Assignment awaits approval"),
    ASSIGNED: _("Assigned, to be signed for"),
    ACCEPTED: _("Handling to be proposed"),
    HANDLING_PROPOSED: _("Proposal awaits approval"),
    HANDLING: _("In handling"),
    PAUSED: _("Waiting for an answer"),
    CONCLUDED: _("Result reached, to be fed back"),
    CLOSED: _("Closed"),
    FORWARDED: _("Forwarded"),
    MERGED: _("Merged"),
    WITHDRAWN: _("Withdrawn"),
}
FINAL = frozenset({RETURNED, CLOSED, FORWARDED, MERGED, WITHDRAWN})
WITH_CASE_SUPERVISION = frozenset({RECEIVED, ASSIGNMENT_PROPOSED, ASSIGNED})
IN_HANDLING = frozenset({HANDLING, PAUSED})
WITH_HANDLER = frozenset({ACCEPTED, HANDLING_PROPOSED, HANDLING, PAUSED, CONCLUDED})

PASSED_ON = "passed_on"
TOLD_STATES = {
    DRAFTED: _("Being drafted"),
    SENT: _("Transferred"),
    RECEIVED: _("Received by them"),
    HANDLING: _("Being handled"),
    CLOSED: _("Closed"),
    RETURNED: _("Returned"),
    PASSED_ON: _("Passed on"),
    WITHDRAWN: _("Withdrawn"),
}
"""States as a sender is told of them (告知移送单位的状态): nothing of assignment and handling."""

_TOLD = {
    **{state: state for state in (DRAFTED, SENT, CLOSED, RETURNED, WITHDRAWN)},
    **dict.fromkeys(WITH_CASE_SUPERVISION, RECEIVED),
    **dict.fromkeys(WITH_HANDLER, HANDLING),
    **dict.fromkeys((FORWARDED, MERGED), PASSED_ON),
}


def state_for(depth: int, state: str) -> str:
    """Return the state as a reader of this depth may know it (按知悉范围显示的状态; CZ-3.3).

    Only who sees everything learns the state itself; everybody else one of `TOLD_STATES`.
    """
    return state if depth >= Depth.FULL else _TOLD[state]


def state_label(depth: int, state: str) -> str:
    """Return the name of the state, as a reader of this depth may know it."""
    shown = state_for(depth, state)
    return str((STATES if depth >= Depth.FULL else TOLD_STATES)[shown])


SENDERS = {
    "audit_executing_department": Source.AUDIT,
    "inspection_office": Source.INSPECTION,
    "accountability_department": Source.SHAREHOLDER,
}
BY_SENDER = (Capacity(party=PartyRole.SENDER),)
BY_RECEIVER = (Capacity(party=PartyRole.RECEIVER, role="case_supervision"),)
BY_HANDLER = (Capacity(party=PartyRole.HANDLER),)
BY_CUSTODIAN = (Capacity(custodian=True), Capacity(party=PartyRole.HANDLER, ranks=HEADS))
BY_LEADER = (
    Capacity(body_of=PartyRole.RECEIVER, ranks=LEADERS),
    Capacity(party=PartyRole.RECEIVER, role="case_supervision", recorded=True),
)


PERSON = ("name", "unit", "post", "authority", "id_number")
PERSONS = ArraySubquery(
    Subject.objects.filter(matter=OuterRef("pk"))
    .order_by("id")
    .values(row=JSONObject(id="id", **{name: name for name in PERSON}))
)
"""The persons of a clue as rows, loaded with it."""


def whole() -> QuerySet[Clue]:
    """Return clues with their handling, their supervision, and what the old book says of them."""
    return Clue.objects.select_related(
        "matter", "matter__handling", "matter__book_record", "matter__supervision"
    )


WITH_PERSONS = Prepared(lambda: whole().annotate(persons=PERSONS).filter(matter=Given("matter")))


def load(matter: Matter) -> Clue:
    """Return the clue with its persons, its handling and what the old book says of it, in one query."""
    return WITH_PERSONS.get(matter=matter.pk)


def persons_of(clue: Clue) -> list[dict[str, Any]]:
    """Return the persons of a loaded clue, as rows."""
    return getattr(clue, "persons", [])


def handling_of(clue: Clue) -> Handling | None:
    """Return the handling of a loaded clue; None before there is any, or without the sight of it."""
    return getattr(clue.matter, "handling", None)


def supervision_of(clue: Clue) -> Supervision | None:
    """Return the key supervision of a loaded clue, lifted or not; None without it or the sight of it."""
    return getattr(clue.matter, "supervision", None)


def is_supervised(clue: Clue) -> bool:
    """Whether the clue is under key supervision now (重点督办)."""
    found = supervision_of(clue)
    return found is not None and found.lifted_on is None


def interval_of(supervision: Supervision | None) -> Term | None:
    """Return the interval a leader has set for the progress; None where the measure's counts."""
    if supervision is None or not supervision.interval:
        return None
    return Term(cast(Unit, supervision.interval_unit), supervision.interval)


def facts(clue: Clue) -> dict[str, Any]:
    """Return what the rules of measures may ask about a clue."""
    handling = handling_of(clue)
    return {
        "source": clue.source,
        "category": clue.category,
        "on_paper": clue.on_paper,
        "sent_on": clue.sent_on,
        "received_on": clue.received_on,
        "concluded_on": clue.concluded_on,
        "assigned_on": handling.assigned_on if handling else None,
        "accepted_on": handling.accepted_on if handling else None,
        "result": handling.result if handling else None,
        "supervised": is_supervised(clue),
        "in_handling": clue.matter.state in IN_HANDLING,
        "progress_interval": interval_of(supervision_of(clue)),
    }


SEARCHED = frozenset({"allegation", "unit", "letter_number"})
IN_ORDER = (("concluded_on", "sent_on"), ("letter_date", "received_on"), ("sent_on", "received_on"))


def _write(name: str) -> Any:
    def write(deed: Deed, value: Any) -> None:
        deed.change(deed.detail, **{name: value})
        _refuse_disorder(deed.detail, name)
        if name in SEARCHED:
            _index_anew(deed)

    return write


def _write_letter_date(deed: Deed, value: Any) -> None:
    """A paper letter was sent on its date: correct one, and the other follows (来文日期更正)."""
    clue: Clue = deed.detail
    if clue.on_paper and clue.sent_on == clue.letter_date:
        deed.change(clue, sent_on=value)
        deed.corrected["sent_on"] = deed.facts["sent_on"] = value
    _write("letter_date")(deed, value)


def _refuse_disorder(clue: Clue, name: str) -> None:
    """Refuse a date that no longer agrees with another of the clue."""
    for pair in IN_ORDER:
        first, second = (getattr(clue, one) for one in pair)
        if name in pair and first and second and first > second:
            words = {"earlier": LABELS[pair[0]], "first": first, "later": LABELS[pair[1]], "second": second}
            raise refuse(
                "value",
                _t("%(later)s (%(second)s) lies before %(earlier)s (%(first)s). One of the two is wrong.")
                % words,
                _t("If the other date is the wrong one, correct that first."),
            )


def _index_anew(deed: Deed) -> None:
    from guantong.mechanisms.clues.acts.common import index_clue

    index_clue(deed, deed.detail, persons_of(deed.detail))


def _correctable(name: str, field: Any, **more: Any) -> Correctable:
    given = {"read": lambda clue: getattr(clue, name), "write": _write(name), "by": BY_RECEIVER, **more}
    return Correctable(label=LABELS[name], field=field, **given)


def _block(clue: Clue, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.clues import queries

    return queries.block(clue, depth)


def _listed(ids: Iterable[UUID]) -> dict[UUID, Line]:
    from guantong.mechanisms.clues import queries

    return queries.listed(ids)


def _digests(matters: Collection[UUID]) -> dict[UUID, Digest]:
    from guantong.mechanisms.clues import queries

    return queries.digests(matters)


LABELS = {field.name: field.verbose_name for field in Clue._meta.fields}


def _persons(clue: Clue) -> list[dict[str, str]]:
    return [{name: row[name] for name in PERSON} for row in persons_of(clue)]


def _say_persons(rows: list[dict[str, str]]) -> str:
    said = []
    for row in rows:
        about = [row["unit"], row["post"], str(Authority(row["authority"]).label)]
        if row["id_number"]:
            about.append(mask_id(row["id_number"]))
        said.append(f"{row['name']}（{'，'.join(part for part in about if part)}）")
    return "\n".join(said)


def _write_persons(deed: Deed, rows: list[dict[str, Any]]) -> None:
    from guantong.mechanisms.clues.acts import common

    if not rows and not deed.detail.unit:
        raise refuse("value", str(_("A clue names a person or at least a unit.")))
    Subject.objects.filter(matter=deed.matter).delete()
    add_subjects(deed, rows)
    common.index_clue(deed, deed.detail, rows)


def _persons_field() -> forms.Field:
    return RowsField(SubjectForm)


CORRECTABLES = {
    "sender": Correctable(
        label=LABELS["sender_name"],
        field=correcting.sender_field,
        read=lambda clue: clue.sender_name,
        write=correcting.write_sender,
        by=BY_RECEIVER,
        say=str,
        depth=Depth.FULL,
        page=correcting.suggestions,
        why_not=correcting.sent_itself,
    ),
    "source": _correctable(
        "source",
        lambda: forms.ChoiceField(choices=Source.choices),
        write=correcting.write_source,
        say=correcting.say_source,
        why_not=correcting.sent_itself,
    ),
    "category": _correctable(
        "category",
        lambda: forms.ChoiceField(choices=Category.choices),
        write=correcting.write_category,
        say=correcting.say_category,
    ),
    "subjects": Correctable(
        label=_("Persons concerned"),
        field=_persons_field,
        read=_persons,
        write=_write_persons,
        by=BY_RECEIVER,
        say=_say_persons,
    ),
    "received_on": _correctable(
        "received_on", PastDateField, fact="received_on", day_of=frozenset({"clue.register", "clue.receive"})
    ),
    "sent_on": _correctable("sent_on", PastDateField, fact="sent_on"),
    "letter_date": _correctable("letter_date", PastDateField, write=_write_letter_date),
    "letter_number": _correctable("letter_number", lambda: LetterNumberField(max_length=60)),
    "letter_signer": _correctable("letter_signer", lambda: forms.CharField(max_length=60)),
    "amount": _correctable("amount", AmountField),
    "allegation": _correctable("allegation", LongTextField),
    "unit": _correctable("unit", lambda: forms.CharField(max_length=120)),
    "concluded_on": _correctable("concluded_on", PastDateField, fact="concluded_on"),
}

KIND = kinds.register(
    MatterKind(
        code="clue",
        label=_("Clue"),
        states=STATES,
        final=FINAL,
        answered=frozenset({CLOSED}),
        load=load,
        facts=facts,
        fact_values={"source": frozenset(Source.values)},
        dates=frozenset({"sent_on", "received_on", "concluded_on", "assigned_on", "accepted_on"}),
        correctables=CORRECTABLES,
        template="clues/clue.html",
        context=_block,
        told=state_label,
        listed=_listed,
        digests=_digests,
    )
)
