"""Shapes of answers (返回格式)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel


class FaultOut(BaseModel):
    """One thing that is wrong: where, why, and what to do."""

    field: str
    reason: str
    remedy: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[FaultOut]


class OrganRef(BaseModel):
    """An organ by id and full name."""

    id: int
    name: str


class PartyOut(BaseModel):
    """Who is what to the matter, now."""

    role: str
    label: str
    organ: OrganRef
    officer: str | None


class DutyOut(BaseModel):
    """Who owes whom what, by when and why."""

    id: uuid.UUID
    matter: uuid.UUID
    clause: str
    rule: str
    name: str
    holder: OrganRef | None
    claimant: OrganRef | None
    starts_on: date
    due_on: date
    first_due_on: date
    provisional: bool
    overdue: bool
    state: str
    ended_on: date | None
    explanation: str


class DutyListed(DutyOut):
    """A duty in a list, with its matter's number and title."""

    number: str
    title: str


class EntryOut(BaseModel):
    """One act of the timeline. `seq` and `hash` stand in the chain; only who sees all is told them."""

    id: int
    seq: int | None
    hash: str | None
    act: str
    label: str
    happened_on: date
    recorded_at: datetime
    officer: str
    capacity: str
    clauses: list[str]
    state_from: str
    state_to: str
    content: dict[str, Any] | None


class PaperOut(BaseModel):
    """A paper of the matter; its PDF lies at `pdf`."""

    id: uuid.UUID
    kind: str
    label: str
    title: str
    number: str
    state: str
    signed_on: date | None
    dispatched_on: date | None
    signed_for_on: date | None
    flagged: str
    pdf: str


class AttachmentOut(BaseModel):
    """A file of the matter."""

    id: uuid.UUID
    name: str
    size: int
    media_type: str
    purpose: str
    href: str


class LinkOut(BaseModel):
    """Another matter that this one belongs to. `outgoing`: this one arose later."""

    kind: str
    outgoing: bool
    matter: uuid.UUID
    matter_kind: str
    number: str
    title: str


class MatterOut(BaseModel):
    """A matter as deep as the caller sees it: 1 outline, 2 feedback, 3 full."""

    id: uuid.UUID
    kind: str
    number: str
    title: str
    state: str
    state_label: str
    is_open: bool
    secrecy: str
    happened_on: date
    jurisdiction: str
    organ: OrganRef
    depth: int
    version: int | None
    facts: dict[str, Any]
    parties: list[PartyOut]
    duties: list[DutyOut]
    timeline: list[EntryOut]
    papers: list[PaperOut]
    attachments: list[AttachmentOut]
    links: list[LinkOut]


class MissingOut(BaseModel):
    """What stands in the way of an act: 'capacity', 'state' or 'grant'."""

    what: str
    reason: str
    remedy: str


class ActOut(BaseModel):
    """An act on the matter; `data` holds what its request must name (paper, kind of paper, fact)."""

    act: str
    label: str
    href: str
    data: dict[str, str]
    grave: bool
    possible: bool
    missing: list[MissingOut]


class PersonOut(BaseModel):
    """A person concerned, as the ledger names him."""

    name: str
    unit: str
    post: str


class ClueOut(BaseModel):
    """A clue as the ledger lists it. Amount in yuan, as text."""

    id: uuid.UUID
    number: str
    title: str
    state: str
    state_label: str
    depth: int
    listed_on: date | None
    due_on: date | None
    next_duty: str
    source: str | None
    category: str | None
    unit: str
    amount: str | None
    received_on: date | None
    persons: list[PersonOut]
    handler: str
    custodian: str


class CluePage(BaseModel):
    """One page of clues; `next` goes into the parameter cursor."""

    items: list[ClueOut]
    next: str | None


class RoundOut(BaseModel):
    """An inspection round, with its clues counted by their state as the sender is told of it."""

    id: uuid.UUID
    number: str
    title: str
    state: str
    state_label: str
    sender: str
    letter_number: str
    handed_over_on: date | None
    clues: int
    ended: int
    states: dict[str, int]


class RoundPage(BaseModel):
    """One page of inspection rounds; `next` goes into the parameter cursor."""

    items: list[RoundOut]
    next: str | None


class DutyPage(BaseModel):
    """One page of duties; `next` goes into the parameter cursor."""

    items: list[DutyListed]
    next: str | None


class OrganOut(BaseModel):
    """A body, or a department of one."""

    id: int
    code: str
    name: str
    full_name: str
    kind: str
    jurisdiction: str
    body: int | None
    since: date
    until: date | None


class OrganPage(BaseModel):
    """One page of organs; `next` goes into the parameter cursor."""

    items: list[OrganOut]
    next: str | None


class PostOut(BaseModel):
    """A post of an organ and the officer who holds it today."""

    id: int
    officer: int
    name: str
    title: str
    rank: str


class ClauseOut(BaseModel):
    """A clause of a measure: 'carried' by the platform or 'planned'."""

    id: str
    title: str
    text: str
    status: str
    acts: list[str]
    duties: list[str]


class MeasureOut(BaseModel):
    """A measure in force in the caller's jurisdiction today."""

    id: str
    version: str
    title: str
    status: str
    effective_on: date
    clauses: list[ClauseOut]


class TaskOut(BaseModel):
    """A task with both sides; `parts`: what was divided off below it, at every level."""

    id: uuid.UUID
    number: str
    title: str
    state: str
    state_label: str
    field: str
    giver: str
    holder: str
    due_on: date
    late: bool
    whole: uuid.UUID | None
    parts: int
    parts_closed: int
    parts_late: int
    completed_on: date | None


class TaskPage(BaseModel):
    """One page of tasks; `next` goes into the parameter cursor."""

    items: list[TaskOut]
    next: str | None


class SeatOut(BaseModel):
    """A seat on a body; without a holder it is vacant."""

    organ: int
    organ_name: str
    seat: str
    seat_label: str
    holder: str | None
    post: str | None
    since: date


class BodyOut(BaseModel):
    """A body on which organs sit together; `office`: the organ that convenes it."""

    id: int
    kind: str
    kind_label: str
    name: str
    place: str
    office: int
    office_name: str
    company: int | None
    since: date
    until: date | None
    seats: list[SeatOut]


class BodyPage(BaseModel):
    """One page of bodies; `next` goes into the parameter cursor."""

    items: list[BodyOut]
    next: str | None
