"""Clues as sealed files (线索交换件): what transfer, receipt, feedback say, and who takes them in."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.forms import MAX_ROWS
from guantong.kernel.exchange.carriers import Carrier, Taken, register
from guantong.kernel.exchange.envelope import Day, Said
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.incoming import Opened, Proof
from guantong.kernel.exchange.models import Message
from guantong.kernel.matters.models import Attachment, Depth, Matter
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.models import Paper
from guantong.kernel.people.models import Authority, Subject
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.models import Category, Clue, Feedback, Source
from guantong.mechanisms.clues.papers import RECEIVER, SENDER, feedback_of

Short = Annotated[str, Field(max_length=120)]
Long = Annotated[str, Field(max_length=20_000)]


class Person(Said):
    """A person concerned (被反映人)."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    unit: Short
    post: Annotated[str, Field(max_length=80)] = ""
    authority: Annotated[str, Field(max_length=16)] = Authority.UNKNOWN
    id_number: Annotated[str, Field(max_length=18)] = ""


class Evidence(Said):
    """A piece of evidence in the list (证据材料)."""

    title: Annotated[str, Field(max_length=200)]
    pages: Annotated[int, Field(ge=1, le=100_000)] | None = None
    note: Annotated[str, Field(max_length=200)] = ""


class Transfer(Said):
    """A clue as it is transferred (移送)."""

    title: Annotated[str, Field(max_length=200)]
    source: Source
    category: Category
    allegation: Long
    amount: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)] | None = None
    unit: Short = ""
    persons: Annotated[tuple[Person, ...], Field(max_length=MAX_ROWS)] = ()
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=MAX_ROWS)] = ()
    concluded_on: Day | None = None


class Receipt(Said):
    """That a clue came, or went back (回执)."""

    outcome: Literal["received", "returned"]
    ledger_number: Annotated[str, Field(max_length=60)] = ""
    received_on: Day
    note: Annotated[str, Field(max_length=500)] = ""


class Told(Said):
    """How a clue is handled, as the sender may know (反馈)."""

    final: bool
    progress: Annotated[str, Field(min_length=1, max_length=1000)]


class Letter(Said):
    """A letter between both sides, in words (商请、答复)."""

    text: Annotated[str, Field(min_length=1, max_length=20_000)]


# --- Out


def _transfer_of(clue: Clue, paper: Paper) -> Transfer:
    rows = Subject.objects.filter(matter=clue.matter_id)
    persons = rows.values("name", "unit", "post", "authority", "id_number")
    return Transfer(
        title=clue.matter.title,
        source=Source(clue.source),
        category=Category(clue.category),
        allegation=clue.allegation,
        amount=clue.amount,
        unit=clue.unit,
        persons=tuple(Person(**row) for row in persons),
        evidence=tuple(Evidence(**_evidence(row)) for row in clue.evidence),
        concluded_on=clue.concluded_on,
    )


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    pages = row.get("pages")
    return {"title": row["title"], "pages": int(pages) if pages else None, "note": row.get("note") or ""}


def _sent_along(matter: Matter) -> list[Attachment]:
    """Return what the sender attached, which is his to send."""
    return list(Attachment.objects.filter(matter=matter, purpose="attachments", depth__lte=Depth.FEEDBACK))


def _receipt_of(clue: Clue, paper: Paper) -> Receipt:
    assert clue.received_on is not None  # noqa: S101 - a receipt is drafted for what was received
    return Receipt(outcome="received", ledger_number=clue.matter.number, received_on=clue.received_on)


def _told_of(clue: Clue, paper: Paper) -> Told:
    feedback: Feedback = feedback_of(paper)
    return Told(final=feedback.final, progress=feedback.progress)


def _letter_of(clue: Clue, paper: Paper) -> Letter:
    return Letter(text=paper.letter["body"])


def _materials(matter: Matter) -> list[Attachment]:
    """Return what was attached to the newest answer."""
    newest = Attachment.objects.filter(matter=matter, purpose="materials").order_by("-recorded_at")
    first = newest.first()
    return list(newest.filter(recorded_at=first.recorded_at)) if first else []


# --- In


def _take_transfer(opened: Opened, said: Transfer, actor: Actor) -> Taken:
    if opened.proof is None or opened.proof.envelope.letter is None:
        raise ExchangeError("not_as_agreed", where="letter")
    letter = opened.proof.envelope.letter
    data = {
        "happened_on": clock.today().isoformat(),
        "sender": _sender(opened.proof),
        "source": said.source.value,
        "letter_number": letter.number,
        "letter_date": letter.signed_on.isoformat(),
        "letter_signer": letter.signer,
        "title": said.title,
        "category": said.category.value,
        "allegation": said.allegation,
        "amount": said.amount,
        "unit": said.unit,
        "subjects": [person.model_dump() for person in said.persons],
        "evidence": [row.model_dump() for row in said.evidence],
        "concluded_on": said.concluded_on and said.concluded_on.isoformat(),
    }
    return Taken("clue.import_disc", None, data, _alike(said, letter.number))


def _sender(proof: Proof) -> int:
    """Return the department named in the file, where it is known here; else the body whose key signed."""
    named = proof.envelope.sender.department
    found = Organ.objects.filter(body=proof.peer, name=named, until__isnull=True).first() if named else None
    return (found or proof.peer).pk


def _alike(said: Transfer, letter_number: str) -> list[str]:
    """Say which clues of the ledger look like the one in the file (查重)."""
    from guantong.mechanisms.clues import queries

    names = [person.name for person in said.persons]
    found = queries.find_like(
        letter_number=letter_number, names=names, unit=said.unit, category=said.category
    )
    return [
        _("Like a clue in the ledger: %(number)s %(title)s")
        % {"number": one.clue.matter.number or "—", "title": one.clue.matter.title}
        for one in found
    ]


def _own_clue(opened: Opened, actor: Actor, asked: str = "transfer") -> Matter:
    """Return the clue about which we sent a message of that kind. Raises ExchangeError."""
    sent = Message.objects.filter(incoming=False, kind=asked, own=actor.body_id, ref=opened.ref)
    if opened.proof is not None:
        sent = sent.filter(peer=opened.proof.peer)
    found = sent.select_related("matter").first()
    if found is None:
        raise ExchangeError("no_matter")
    return found.matter


def _take_receipt(opened: Opened, said: Receipt, actor: Actor) -> Taken:
    clue = _own_clue(opened, actor)
    data: dict[str, Any] = {"happened_on": clock.today().isoformat()}
    if said.outcome == "returned":
        return Taken("clue.take_return", clue.pk, {**data, "reason": said.note or "—"})
    data |= {
        "received_on": said.received_on.isoformat(),
        "ledger_number": said.ledger_number,
        "note": said.note,
    }
    return Taken("clue.take_receipt", clue.pk, data)


def _take_told(opened: Opened, said: Told, actor: Actor) -> Taken:
    clue = _own_clue(opened, actor)
    if clue.state == lifecycle.SENT:
        raise ExchangeError("not_yet")
    data = {
        "happened_on": clock.today().isoformat(),
        "progress": said.progress,
        "final": said.final,
    }
    return Taken("clue.take_feedback", clue.pk, data)


def _take_request(opened: Opened, said: Letter, actor: Actor) -> Taken:
    clue = _own_clue(opened, actor)
    if clue.state == lifecycle.SENT:
        raise ExchangeError("not_yet")
    return Taken("clue.take_request", clue.pk, {"text": said.text})


def _take_answer(opened: Opened, said: Letter, actor: Actor) -> Taken:
    clue = _own_clue(opened, actor, "request")
    return Taken("clue.take_answer", clue.pk, {"text": said.text})


# --- Shown before it is taken in


def _transfer_lines(said: Transfer) -> list[tuple[str, str]]:
    people = "\n".join(" ".join(filter(None, (one.name, one.unit, one.post))) for one in said.persons)
    return [
        (_("Matter"), said.title),
        (_("Source"), str(said.source.label)),
        (_("Category"), str(said.category.label)),
        (_("Persons concerned"), people or "—"),
        (_("Unit concerned"), said.unit or "—"),
        (_("Allegation and facts"), said.allegation),
        (_("Amount in yuan"), f"{said.amount:f}" if said.amount is not None else "—"),
        (_("Evidence list"), "\n".join(row.title for row in said.evidence) or "—"),
    ]


def _receipt_lines(said: Receipt) -> list[tuple[str, str]]:
    outcome = _("Received") if said.outcome == "received" else _("Returned")
    lines = [(_("Outcome"), outcome), (_("Their ledger number"), said.ledger_number or "—")]
    return [*lines, (_("Received by them on"), said.received_on.isoformat()), (_("Note"), said.note or "—")]


def _told_lines(said: Told) -> list[tuple[str, str]]:
    final = _("yes") if said.final else _("no")
    return [(_("What they tell"), said.progress), (_("It is the final result"), final)]


def _letter_lines(said: Letter) -> list[tuple[str, str]]:
    return [(_("What they write"), said.text)]


TRANSFER = register(
    Carrier(
        kind="transfer",
        label=gettext_lazy("Transfer"),
        said=Transfer,
        by=SENDER,
        take=_take_transfer,
        lines=_transfer_lines,
        paper="transfer_letter",
        compose=_transfer_of,
        files=_sent_along,
    )
)
RECEIPT = register(
    Carrier(
        kind="receipt",
        label=gettext_lazy("Receipt"),
        said=Receipt,
        by=RECEIVER,
        take=_take_receipt,
        lines=_receipt_lines,
        paper="receipt",
        compose=_receipt_of,
    )
)
FEEDBACK = register(
    Carrier(
        kind="feedback",
        label=gettext_lazy("Feedback"),
        said=Told,
        by=RECEIVER,
        take=_take_told,
        lines=_told_lines,
        paper="feedback_letter",
        compose=_told_of,
    )
)
REQUEST = register(
    Carrier(
        kind="request",
        label=gettext_lazy("Request by letter"),
        said=Letter,
        by=RECEIVER,
        take=_take_request,
        lines=_letter_lines,
        paper="request_letter",
        compose=_letter_of,
    )
)
ANSWER = register(
    Carrier(
        kind="answer",
        label=gettext_lazy("Answer by letter"),
        said=Letter,
        by=SENDER,
        take=_take_answer,
        lines=_letter_lines,
        paper="answer_letter",
        compose=_letter_of,
        files=_materials,
    )
)
