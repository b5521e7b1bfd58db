"""Clues as sealed files (线索交换件): what transfer, receipt, feedback say, and who takes them in."""

from __future__ import annotations

from collections.abc import Callable
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
from guantong.kernel.people.models import Authority
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
    return Transfer(
        title=clue.matter.title,
        source=Source(clue.source),
        category=Category(clue.category),
        allegation=clue.allegation,
        amount=clue.amount,
        unit=clue.unit,
        persons=tuple(
            Person(**{name: row[name] for name in lifecycle.PERSON}) for row in lifecycle.persons_of(clue)
        ),
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


def _about_ours(
    act: Callable[[Any], str], data: Callable[[Any], dict[str, Any]], *, asked: str = "transfer", known: bool
) -> Callable[[Opened, Any, Actor], Taken]:
    """Return how a file about a clue of ours is taken in; `known`: once they have said that it came."""

    def take(opened: Opened, said: Any, actor: Actor) -> Taken:
        clue = _own_clue(opened, actor, asked)
        if known and clue.state == lifecycle.SENT:
            raise ExchangeError("not_yet")
        return Taken(act(said), clue.pk, {"happened_on": clock.today().isoformat(), **data(said)})

    return take


def _receipt_act(said: Receipt) -> str:
    return "clue.take_return" if said.outcome == "returned" else "clue.take_receipt"


def _receipt_data(said: Receipt) -> dict[str, Any]:
    if said.outcome == "returned":
        return {"reason": said.note or "—"}
    received_on = said.received_on.isoformat()
    return {"received_on": received_on, "ledger_number": said.ledger_number, "note": said.note}


def _told_data(said: Told) -> dict[str, Any]:
    return {"progress": said.progress, "final": said.final}


def _letter_data(said: Letter) -> dict[str, Any]:
    return {"text": said.text}


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


_take_receipt = _about_ours(_receipt_act, _receipt_data, known=False)
_take_told = _about_ours(lambda said: "clue.take_feedback", _told_data, known=True)
_take_request = _about_ours(lambda said: "clue.take_request", _letter_data, known=True)
_take_answer = _about_ours(lambda said: "clue.take_answer", _letter_data, asked="request", known=False)

_LABELS = {
    "transfer": gettext_lazy("Transfer"),
    "receipt": gettext_lazy("Receipt"),
    "feedback": gettext_lazy("Feedback"),
    "request": gettext_lazy("Request by letter"),
    "answer": gettext_lazy("Answer by letter"),
}
# what is said, who seals it, how it is taken in and shown; the paper that makes it, how, and what goes along
_KINDS: dict[str, tuple[Any, ...]] = {
    "transfer": (
        (Transfer, SENDER, _take_transfer, _transfer_lines, "transfer_letter", _transfer_of, _sent_along)
    ),
    "receipt": (Receipt, RECEIVER, _take_receipt, _receipt_lines, "receipt", _receipt_of),
    "feedback": (Told, RECEIVER, _take_told, _told_lines, "feedback_letter", _told_of),
    "request": (Letter, RECEIVER, _take_request, _letter_lines, "request_letter", _letter_of),
    "answer": (Letter, SENDER, _take_answer, _letter_lines, "answer_letter", _letter_of, _materials),
}
CARRIERS = {kind: register(Carrier(kind, _LABELS[kind], *made)) for kind, made in _KINDS.items()}
