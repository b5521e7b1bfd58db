"""Correspondence as sealed files (函询交换件): what each kind says, and which act takes it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

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
from guantong.mechanisms.correspondence import lifecycle
from guantong.mechanisms.correspondence.declared import all_answered, find
from guantong.mechanisms.correspondence.models import Correspondence, TurnKind
from guantong.mechanisms.correspondence.papers import turn_of

Short = Annotated[str, Field(max_length=500)]
Long = Annotated[str, Field(min_length=1, max_length=20_000)]


class Person(Said):
    """A person it names (涉及人员)."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    unit: Annotated[str, Field(max_length=120)]
    post: Annotated[str, Field(max_length=80)] = ""
    authority: Annotated[str, Field(max_length=16)] = Authority.UNKNOWN
    id_number: Annotated[str, Field(max_length=18)] = ""


class Written(Said):
    """What is written in a form of correspondence (来函)."""

    form: Annotated[str, Field(max_length=32)]
    title: Annotated[str, Field(max_length=200)]
    text: Long
    known_on: Day | None = None
    answer_by: Day | None = None
    said: Annotated[dict[Annotated[str, Field(max_length=32)], Short], Field(max_length=20)] = {}
    persons: Annotated[tuple[Person, ...], Field(max_length=MAX_ROWS)] = ()


class Receipt(Said):
    """That it came (回执)."""

    received_on: Day
    note: Short = ""


class Answer(Said):
    """What is answered (复函)."""

    refused: bool = False
    text: Long
    readable_until: Day | None = None
    said: Annotated[dict[Annotated[str, Field(max_length=32)], Short], Field(max_length=20)] = {}


class FollowUp(Said):
    """What is asked again (追问)."""

    text: Long
    answer_by: Day | None = None


# --- Out


def _written_of(row: Correspondence, paper: Paper) -> Written:
    turn = lifecycle.asked(row.matter)
    names = ("name", "unit", "post", "authority", "id_number")
    rows = Subject.objects.filter(matter=row.matter).values(*names)
    return Written(
        form=row.form,
        title=row.matter.title,
        text=turn.text,
        known_on=row.known_on,
        answer_by=row.answer_by,
        said=turn.said,
        persons=tuple(Person(**one) for one in rows),
    )


def _answer_of(row: Correspondence, paper: Paper) -> Answer:
    turn = turn_of(paper)
    until = lifecycle.asked(row.matter).said.get("readable_until")
    refused = turn.kind == TurnKind.REFUSAL
    expires = row.declared.expires and not refused and until
    return Answer(
        refused=refused,
        text=paper.letter["body"],
        readable_until=date.fromisoformat(until) if expires and until else None,
        said=turn.said,
    )


def _sent_along(matter: Matter) -> list[Attachment]:
    """Return what the writer attached, which is his to send."""
    return list(Attachment.objects.filter(matter=matter, purpose="attachments", depth__lte=Depth.FEEDBACK))


# --- In


def _take_written(opened: Opened, said: Written, actor: Actor) -> Taken:
    if opened.proof is None or opened.proof.envelope.letter is None or find(said.form) is None:
        raise ExchangeError("not_as_agreed", where="letter")
    letter = opened.proof.envelope.letter
    data = {
        **said.said,
        "form": said.form,
        "happened_on": clock.today().isoformat(),
        "sender": _sender(opened.proof),
        "letter_number": letter.number,
        "letter_date": letter.signed_on.isoformat(),
        "letter_signer": letter.signer,
        "title": said.title,
        "text": said.text,
        "known_on": said.known_on and said.known_on.isoformat(),
        "answer_by": said.answer_by and said.answer_by.isoformat(),
        "subjects": [person.model_dump() for person in said.persons],
    }
    return Taken("correspondence.import_disc", None, data)


def _sender(proof: Proof) -> int:
    """Return the department named in the file, where it is known here; else the body whose key signed."""
    named = proof.envelope.sender.department
    found = Organ.objects.filter(body=proof.peer, name=named, until__isnull=True).first() if named else None
    return (found or proof.peer).pk


def _about(
    act: str, data: Callable[[Any], dict[str, Any]], *, incoming: bool
) -> Callable[[Opened, Any, Actor], Taken]:
    """Return how a file about correspondence known here is taken in: ours that went, or theirs that came."""

    def take(opened: Opened, said: Any, actor: Actor) -> Taken:
        first = Message.objects.filter(
            incoming=incoming, kind="corr_letter", own=actor.body_id, ref=opened.ref
        )
        if opened.proof is not None:
            first = first.filter(peer=opened.proof.peer)
        found = first.select_related("matter").first()
        if found is None:
            raise ExchangeError("no_matter")
        return Taken(act, found.matter_id, {"happened_on": clock.today().isoformat(), **data(said)})

    return take


def _plain(day: date | None) -> str:
    return day.isoformat() if day else ""


def _receipt_data(said: Receipt) -> dict[str, Any]:
    return {"received_on": _plain(said.received_on), "note": said.note}


def _answer_data(said: Answer) -> dict[str, Any]:
    more = {"refused": "1"} if said.refused else {}
    own = {name: value for name, value in said.said.items() if name in all_answered()}
    return {**own, "text": said.text, "readable_until": _plain(said.readable_until), **more}


def _follow_up_data(said: FollowUp) -> dict[str, Any]:
    return {"text": said.text, "answer_by": _plain(said.answer_by)}


# --- Shown before it is taken in


def _written_lines(said: Written) -> list[tuple[str, str]]:
    form = find(said.form)
    people = "\n".join(" ".join(filter(None, (one.name, one.unit, one.post))) for one in said.persons)
    asked = form.asks if form else {}
    own = [(str(asked[name].field().label), value) for name, value in said.said.items() if name in asked]
    return [
        (_("Form of correspondence"), str(form.label) if form else said.form),
        (_("Subject"), said.title),
        (_("Text"), said.text),
        (_("Persons it names"), people or "—"),
        *own,
        (_("Answer wanted by"), _plain(said.answer_by) or "—"),
    ]


def _receipt_lines(said: Receipt) -> list[tuple[str, str]]:
    return [(_("Received by them on"), said.received_on.isoformat()), (_("Note"), said.note or "—")]


def _answer_lines(said: Answer) -> list[tuple[str, str]]:
    refused = _("yes") if said.refused else _("no")
    lines = [(_("What they answer"), said.text), (_("They refuse"), refused)]
    return [*lines, (_("Readable until"), _plain(said.readable_until) or "—")]


def _follow_up_lines(said: FollowUp) -> list[tuple[str, str]]:
    return [(_("What they ask again"), said.text), (_("Answer wanted by"), _plain(said.answer_by) or "—")]


_take_receipt = _about("correspondence.take_receipt", _receipt_data, incoming=False)
_take_answer = _about("correspondence.take_answer", _answer_data, incoming=False)
_take_follow_up = _about("correspondence.take_follow_up", _follow_up_data, incoming=True)

_LABELS = {
    "corr_letter": gettext_lazy("Letter"),
    "corr_receipt": gettext_lazy("Receipt of a letter"),
    "corr_answer": gettext_lazy("Answering letter"),
    "corr_follow_up": gettext_lazy("Asked again"),
}
BY_SENDER, BY_RECIPIENT = lifecycle.BY_SENDER, lifecycle.BY_RECIPIENT
# what is said, who seals it, how it is taken in and shown; the paper that makes it, how, and what goes along
_KINDS: dict[str, tuple[Any, ...]] = {
    "corr_letter": (
        Written, BY_SENDER, _take_written, _written_lines, "correspondence_letter", _written_of, _sent_along
    ),
    "corr_receipt": (Receipt, BY_RECIPIENT, _take_receipt, _receipt_lines),
    "corr_answer": (
        Answer, BY_RECIPIENT, _take_answer, _answer_lines, "correspondence_answer", _answer_of
    ),
    "corr_follow_up": (FollowUp, BY_SENDER, _take_follow_up, _follow_up_lines),
}  # fmt: skip
CARRIERS = {kind: register(Carrier(kind, _LABELS[kind], *made)) for kind, made in _KINDS.items()}
