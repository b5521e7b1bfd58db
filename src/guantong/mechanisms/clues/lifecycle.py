"""States of a clue and who may move it (问题线索的状态)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.forms import LongTextField, PastDateField, RowsField
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Correctable, MatterKind
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.models import Rank
from guantong.kernel.people.codes import mask_id
from guantong.kernel.people.models import Authority, Subject
from guantong.mechanisms.clues.models import Clue, Handling, Source

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
LEADERS = frozenset({Rank.PRINCIPAL, Rank.LEADER})
HEADS = frozenset({Rank.HEAD})

BY_SENDER = (Capacity(party=PartyRole.SENDER),)
BY_RECEIVER = (Capacity(party=PartyRole.RECEIVER, role="case_supervision"),)
BY_HANDLER = (Capacity(party=PartyRole.HANDLER),)
BY_CUSTODIAN = (Capacity(custodian=True), Capacity(party=PartyRole.HANDLER, ranks=HEADS))
BY_LEADER = (
    Capacity(body_of=PartyRole.RECEIVER, ranks=LEADERS),
    Capacity(party=PartyRole.RECEIVER, role="case_supervision", recorded=True),
)


def whole() -> QuerySet[Clue]:
    """Return clues with their handling and what the old book says of them."""
    return Clue.objects.select_related("matter", "matter__handling", "matter__book_record")


def load(matter: Matter) -> Clue:
    """Return the clue with its handling and what the old book says of it, in one query."""
    return whole().get(matter=matter)


def handling_of(clue: Clue) -> Handling | None:
    """Return the handling of a loaded clue; None before there is any, or without the sight of it."""
    return getattr(clue.matter, "handling", None)


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
    }


SEARCHED = frozenset({"allegation", "unit", "letter_number"})


def _write(name: str) -> Any:
    def write(deed: Deed, value: Any) -> None:
        deed.change(deed.detail, **{name: value})
        if name in SEARCHED:
            _index_anew(deed)

    return write


def _index_anew(deed: Deed) -> None:
    from guantong.mechanisms.clues.acts.common import index_clue

    index_clue(deed, deed.detail, list(Subject.objects.filter(matter=deed.matter)))


def _correctable(name: str, field: Any, *, fact: str = "") -> Correctable:
    return Correctable(
        label=LABELS[name],
        field=field,
        read=lambda clue: getattr(clue, name),
        write=_write(name),
        by=BY_RECEIVER,
        fact=fact,
    )


def _block(clue: Clue, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.clues import queries

    return queries.block(clue, depth)


LABELS = {field.name: field.verbose_name for field in Clue._meta.fields}

PERSON = ("name", "unit", "post", "authority", "id_number")


def _persons(clue: Clue) -> list[dict[str, str]]:
    return [dict(row) for row in Subject.objects.filter(matter=clue.matter_id).values(*PERSON)]


def _say_persons(rows: list[dict[str, str]]) -> str:
    said = []
    for row in rows:
        about = [row["unit"], row["post"], str(Authority(row["authority"]).label)]
        if row["id_number"]:
            about.append(mask_id(row["id_number"]))
        said.append(f"{row['name']}({'，'.join(part for part in about if part)})")
    return "\n".join(said)


def _write_persons(deed: Deed, rows: list[dict[str, Any]]) -> None:
    from guantong.mechanisms.clues.acts import common

    if not rows and not deed.detail.unit:
        raise refuse("value", str(_("A clue names a person or at least a unit.")))
    Subject.objects.filter(matter=deed.matter).delete()
    common.add_subjects(deed, rows)
    common.index_clue(deed, deed.detail, rows)


def _persons_field() -> forms.Field:
    from guantong.mechanisms.clues.forms import SubjectForm

    return RowsField(SubjectForm)


CORRECTABLES = {
    "subjects": Correctable(
        label=_("Persons concerned"),
        field=_persons_field,
        read=_persons,
        write=_write_persons,
        by=BY_RECEIVER,
        say=_say_persons,
    ),
    "received_on": _correctable("received_on", PastDateField, fact="received_on"),
    "sent_on": _correctable("sent_on", PastDateField, fact="sent_on"),
    "letter_date": _correctable("letter_date", PastDateField),
    "letter_number": _correctable("letter_number", lambda: forms.CharField(max_length=60)),
    "letter_signer": _correctable("letter_signer", lambda: forms.CharField(max_length=60)),
    "amount": _correctable(
        "amount", lambda: forms.DecimalField(min_value=0, max_digits=18, decimal_places=2)
    ),
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
    )
)
