"""Tasks as sealed files (交办交换件): what a task letter and its reply say, and who takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field as Limits

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.exchange.carriers import Carrier, Taken, register
from guantong.kernel.exchange.envelope import Day, Said
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.incoming import Opened
from guantong.kernel.exchange.models import Message
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.tasks import lifecycle
from guantong.mechanisms.tasks.forms import OUTCOMES
from guantong.mechanisms.tasks.models import Field, Task
from guantong.mechanisms.tasks.papers import REPLY, TASK_LETTER

Outcome = Literal["accepted", "contested", "progress", "done"]


class Given(Said):
    """A task as it is given (交办)."""

    title: Annotated[str, Limits(min_length=1, max_length=200)]
    text: Annotated[str, Limits(min_length=1, max_length=5000)]
    field: Field
    due_on: Day


class Reply(Said):
    """What came of a task (回复)."""

    outcome: Outcome
    text: Annotated[str, Limits(min_length=1, max_length=5000)]


def _given_of(task: Task, paper: Paper) -> Given:
    return Given(title=task.matter.title, text=task.text, field=Field(task.field), due_on=task.due_on)


def _reply_of(task: Task, paper: Paper) -> Reply:
    outcome: Outcome = "accepted"
    if task.matter.state == lifecycle.REPORTED:
        outcome = "done"
    elif task.contested:
        outcome = "contested"
    elif task.progress:
        outcome = "progress"
    return Reply(outcome=outcome, text=task.contested or task.progress or paper.letter["body"][:5000])


def _sent_along(matter: Matter) -> list[Attachment]:
    """Return what was attached to the task or to what is reported of it."""
    return list(Attachment.objects.filter(matter=matter, purpose="attachments"))


def _take_given(opened: Opened, said: Given, actor: Actor) -> Taken:
    if opened.proof is None or opened.proof.envelope.letter is None:
        raise ExchangeError("not_as_agreed", where="letter")
    data = {
        "happened_on": clock.today().isoformat(),
        "giver": str(opened.proof.peer.pk),
        "letter_number": opened.proof.envelope.letter.number,
        "title": said.title,
        "text": said.text,
        "field": said.field.value,
        "due_on": said.due_on.isoformat(),
    }
    return Taken("task.import_disc", None, data)


def _take_reply(opened: Opened, said: Reply, actor: Actor) -> Taken:
    sent = Message.objects.filter(incoming=False, kind="task", own=actor.body_id, ref=opened.ref)
    if opened.proof is not None:
        sent = sent.filter(peer=opened.proof.peer)
    found = sent.select_related("matter").first()
    if found is None:
        raise ExchangeError("no_matter")
    data = {"happened_on": clock.today().isoformat(), "outcome": said.outcome, "text": said.text}
    return Taken("task.take_reply", found.matter_id, data)


def _given_lines(said: Given) -> Sequence[tuple[str, str]]:
    return [
        (_("Matter"), said.title),
        (_("What is to be done"), said.text),
        (_("To be done by"), said.due_on.isoformat()),
    ]


def _reply_lines(said: Reply) -> Sequence[tuple[str, str]]:
    return [(_("Outcome"), str(dict(OUTCOMES)[said.outcome])), (_("What they write"), said.text)]


def _carrier(kind: str, label: Any, said: type[Said], paper: Any, *how: Any) -> Carrier:
    take, lines, compose = how
    return register(Carrier(kind, label, said, paper.drafters, take, lines, paper.code, compose, _sent_along))


CARRIERS = {
    "task": _carrier("task", gettext_lazy("Task"), Given, TASK_LETTER, _take_given, _given_lines, _given_of),
    "task_reply": _carrier(
        "task_reply", gettext_lazy("Reply to a task"), Reply, REPLY, _take_reply, _reply_lines, _reply_of
    ),
}
