"""States of correspondence and who may move it (函询往来的状态)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Exists, Model, OuterRef
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.forms import LetterNumberField, PastDateField
from guantong.kernel.duties.cadence import Span
from guantong.kernel.duties.models import Occasion
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import ByCalendar, Correctable, MatterKind, Sides
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.organs.models import HEADS, LEADERS, Organ, OrganKind
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.people.models import Subject
from guantong.mechanisms.correspondence import (  # noqa: F401 - declare them
    downward_forms,
    first_forms,
    upward_forms,
)
from guantong.mechanisms.correspondence.declared import all_forms
from guantong.mechanisms.correspondence.models import Correspondence, Outcome, Turn, TurnKind

LETTER = "correspondence_letter"
"""The kind of paper with which it is sent."""

OWED = "owed"
DRAFTED = "drafted"
SENT = "sent"
RECEIVED = "received"
ANSWERED = "answered"
REFUSED = "refused"
CLOSED = "closed"
WITHDRAWN = "withdrawn"
STATES = {
    OWED: _("To be written"),
    DRAFTED: _("In preparation"),
    SENT: _("Sent, receipt awaited"),
    RECEIVED: _("Received, to be answered"),
    ANSWERED: _("Answered, to be checked"),
    REFUSED: _("Refused, to be checked"),
    CLOSED: _("Finished"),
    WITHDRAWN: _("Withdrawn"),
}
COME = frozenset({RECEIVED, ANSWERED, REFUSED, CLOSED})
GONE = COME | {SENT}
UNSENT = frozenset({OWED, DRAFTED})

BY_SENDER = (Capacity(party=PartyRole.SENDER),)
SENDER_HEAD = (Capacity(party=PartyRole.SENDER, ranks=HEADS),)
SENDER_SIGNERS = (
    *SENDER_HEAD,
    Capacity(body_of=PartyRole.SENDER, ranks=LEADERS),
    Capacity(party=PartyRole.SENDER, recorded=True),
)
BY_SENDER_ALONE = (Capacity(party=PartyRole.SENDER, elsewhere=PartyRole.RECIPIENT),)
BY_RECIPIENT = (Capacity(party=PartyRole.RECIPIENT),)
RECIPIENT_HEAD = (Capacity(party=PartyRole.RECIPIENT, ranks=HEADS),)
RECIPIENT_SIGNERS = (
    *RECIPIENT_HEAD,
    Capacity(body_of=PartyRole.RECIPIENT, ranks=LEADERS),
    Capacity(party=PartyRole.RECIPIENT, recorded=True),
)
BY_RECIPIENT_ALONE = (Capacity(party=PartyRole.RECIPIENT, elsewhere=PartyRole.SENDER),)

SOURCES = {
    OrganKind.AUDIT: "audit",
    OrganKind.INSPECTION: "inspection",
    OrganKind.REGULATOR: "shareholder",
    OrganKind.ENTERPRISE: "shareholder",
    OrganKind.DISCIPLINE: "supervision",
}
"""What a clue that arises from a notification gives as its source, by the kind of its sender."""


def load(matter: Matter) -> Correspondence:
    """Return the correspondence with both sides; `laid`: whether its letter was laid before the leaders."""
    letters = Paper.objects.filter(matter=OuterRef("pk"), kind=LETTER).exclude(state=PaperState.DRAFT)
    found = Correspondence.objects.select_related("matter", "sender__body", "recipient__body")
    return found.annotate(laid=Exists(letters)).get(matter=matter)


def was_laid_before_leaders(correspondence: Correspondence) -> bool:
    """Whether the writer's leaders have seen it, to sign its letter."""
    return bool(getattr(correspondence, "laid", False))


def asked(matter: Matter) -> Turn:
    """Return what was written first."""
    return Turn.objects.filter(matter=matter, kind=TurnKind.ASK).earliest("id")


def subject(correspondence: Correspondence) -> str:
    """Return what it is about, as its letters call it: of what is periodic its period and its form."""
    form = correspondence.declared
    if form.by_calendar:
        occasion = Occasion.objects.get(matter=correspondence.matter_id)
        return f"{Span(occasion.begins_on, occasion.ends_on).name()}{form.name}"
    return form.name if form.discreet else correspondence.matter.title


def as_day(text: str) -> date:
    """Return a day as a kept field holds it."""
    return date.fromisoformat(text)


def facts(correspondence: Correspondence) -> dict[str, Any]:
    """Return what the rules of measures may ask about correspondence."""
    return {
        "form": correspondence.form,
        "on_paper": correspondence.on_paper,
        "dated": correspondence.answer_by is not None,
        "answer_by": correspondence.answer_by,
        "known_on": correspondence.known_on,
        "sent_on": correspondence.sent_on,
        "received_on": correspondence.received_on,
    }


LABELS = {field.name: field.verbose_name for field in Correspondence._meta.fields}
IN_ORDER = (("known_on", "sent_on"), ("letter_date", "received_on"), ("sent_on", "received_on"))


def _write(name: str) -> Any:
    def write(deed: Deed, value: Any) -> None:
        deed.change(deed.detail, **{name: value})
        refuse_disorder(deed.detail, name, "value")

    return write


def refuse_disorder(correspondence: Correspondence, name: str, field: str) -> None:
    """Refuse a day that no longer agrees with another of the same correspondence. Raises Refused."""
    for pair in IN_ORDER:
        first, second = (getattr(correspondence, one) for one in pair)
        if name in pair and first and second and first > second:
            words = {"earlier": LABELS[pair[0]], "first": first, "later": LABELS[pair[1]], "second": second}
            raise refuse(
                field,
                _t("%(later)s (%(second)s) lies before %(earlier)s (%(first)s). One of the two is wrong.")
                % words,
                _t("If the other date is the wrong one, correct that first."),
            )


def _correctable(name: str, field: Any, by: tuple[Capacity, ...], **more: Any) -> Correctable:
    read = {"read": lambda row: getattr(row, name), "write": _write(name)}
    return Correctable(label=LABELS[name], field=field, by=by, **read, **more)


CORRECTABLES: Mapping[str, Correctable] = {
    "known_on": _correctable("known_on", PastDateField, BY_SENDER, fact="known_on"),
    "received_on": _correctable(
        "received_on",
        PastDateField,
        BY_RECIPIENT,
        fact="received_on",
        day_of=frozenset({"correspondence.receive", "correspondence.register"}),
    ),
    "letter_number": _correctable(
        "letter_number", lambda: LetterNumberField(max_length=60), BY_RECIPIENT_ALONE
    ),
    "letter_date": _correctable("letter_date", PastDateField, BY_RECIPIENT_ALONE),
    "letter_signer": _correctable(
        "letter_signer", lambda: forms.CharField(max_length=60), BY_RECIPIENT_ALONE
    ),
}


def _gives(matter: Matter) -> dict[str, Any]:
    """Return what a clue that arises from it starts with: its letter, its sender and its words."""
    found, turn = load(matter), Turn.objects.filter(matter=matter, kind=TurnKind.ASK).first()
    if turn is None:  # not within the reader's sight
        return {}
    rows = Subject.objects.filter(matter=matter).values("name", "unit", "post", "authority", "id_number")
    kind = OrganKind(found.sender.kind) if found.sender else OrganKind.OTHER
    return {
        "sender": found.sender_id,
        "sender_name": found.sender_name,
        "source": SOURCES.get(kind, "other"),
        "letter_number": found.letter_number or matter.number,
        "letter_date": found.letter_date or found.sent_on,
        "letter_signer": found.letter_signer,
        "allegation": turn.text,
        "unit": turn.said.get("unit", ""),
        "subjects": [dict(row) for row in rows],
    }


def _block(correspondence: Correspondence, depth: int) -> dict[str, Any]:
    from guantong.mechanisms.correspondence import queries

    return queries.block(correspondence, depth)


def fallen_due(occasion: Occasion, sides: Sides) -> list[Model]:
    """Return the rows of what the calendar opened: itself, who owes it, to whom it goes."""
    organs = Organ.objects.select_related("body").in_bulk([sides.holder, sides.claimant or 0])
    holder, claimant = organs[sides.holder], organs[sides.claimant or 0]
    row = Correspondence(
        matter=occasion.matter, form=sides.form, sender=holder, sender_name=holder.full_name,
        recipient=claimant, recipient_name=claimant.full_name,
    )  # fmt: skip
    parties = ((PartyRole.SENDER, holder), (PartyRole.RECIPIENT, claimant))
    since = clock.now()
    return [
        row,
        *(Party(matter=occasion.matter, role=role, organ=organ, since=since) for role, organ in parties),
    ]


def ends(correspondence: Correspondence) -> bool:
    """Whether an answer or refusal ends it: nobody here checks it (往来即告办结)."""
    away = correspondence.sender is None or correspondence.sender.elsewhere
    return away or not correspondence.declared.followed


def answered(deed: Deed, correspondence: Correspondence, outcome: Outcome) -> None:
    """Let the matter go where an answer or refusal leads it, and keep its day."""
    waiting = ANSWERED if outcome == Outcome.ANSWERED else REFUSED
    deed.state = CLOSED if ends(correspondence) else waiting
    deed.change(correspondence, answered_on=deed.happened_on, outcome=outcome)


KIND = kinds.register(
    MatterKind(
        code="correspondence",
        label=_("Correspondence"),
        states=STATES,
        final=frozenset({CLOSED, WITHDRAWN}),
        answered=frozenset(),
        load=load,
        facts=facts,
        fact_values={"form": frozenset(form.code for form in all_forms())},
        dates=frozenset({"known_on", "sent_on", "received_on", "answer_by"}),
        correctables=CORRECTABLES,
        template="correspondence/block.html",
        context=_block,
        gives=_gives,
        begets={"clue.register": frozenset({RECEIVED, ANSWERED, CLOSED})},
        begets_at=Depth.FULL,
        party_labels={PartyRole.SENDER: _("Writer")},
        by_calendar=ByCalendar(
            OWED,
            fallen_due,
            addressed=True,
            forms=frozenset(form.code for form in all_forms() if form.by_calendar),
        ),
    )
)
