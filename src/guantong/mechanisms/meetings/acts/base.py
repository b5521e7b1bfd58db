"""What acts on a meeting have in common (会议行为的共同部分)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Act, Capacity, refuse
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.mechanisms.meetings import lifecycle
from guantong.mechanisms.meetings.models import Meeting


def of(organ_id: int | None) -> tuple[Capacity, ...]:
    """Return the capacity of one of the many organs concerned by a meeting (参会单位身份)."""
    return (Capacity(party=PartyRole.PARTICIPANT, organ=organ_id),) if organ_id else ()


class MeetingAct(Act):
    """An act on a meeting that exists."""

    kind = "meeting"
    by: ClassVar[tuple[Capacity, ...]] = lifecycle.BY_CONVENER
    clauses = lifecycle.CLAUSES

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Any:
        """Load the meeting."""
        return lifecycle.load(matter)


@dataclass(frozen=True)
class Subject:
    """A meeting, and the row of it that an act is about."""

    meeting: Meeting
    row: Any


class RowAct(MeetingAct):
    """An act about one row of a meeting: who is invited, an item, a decision.

    `names`: the field that names the row; `row_states`: field and values that allow the act.
    """

    on_item = True
    names: ClassVar[str]
    model: ClassVar[type[models.Model]]
    row_states: ClassVar[tuple[str, frozenset[str]]] = ("", frozenset())

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Subject:
        """Load the meeting with the row named. Raises Refused where there is none, or its time is over."""
        meeting = lifecycle.load(matter)
        row = self.rows(matter).filter(pk=_uuid(data.get(self.names))).first()
        if row is None:
            reason = _("There is no such row in this meeting.")
            raise refuse(self.names, reason, _("Open it from the meeting's page."))
        if not self.open_to(row):
            reason = _("This step is no longer, or not yet, possible.")
            raise refuse(self.names, reason, _("Look at the meeting's page for how it stands now."))
        return Subject(meeting, row)

    def rows(self, matter: Matter) -> models.QuerySet[Any]:
        """Return the rows among which to look."""
        return self.model._default_manager.filter(matter=matter)

    def open_to(self, row: Any) -> bool:
        """Return whether the row's own state allows the act (行状态)."""
        field, wanted = self.row_states
        return not field or getattr(row, field) in wanted

    def about(self, matter: Matter, detail: Subject) -> Meeting:
        """The rules ask about the meeting."""
        return detail.meeting

    def entitled(self, matter: Matter, detail: Any) -> tuple[Capacity, ...]:
        """The convener, and whose row it is where the act is his."""
        own = self.owner(detail.row) if isinstance(detail, Subject) else None
        return of(own) + self.by

    def owner(self, row: Any) -> int | None:
        """Return the organ whose act it is besides the convener's; None where it is the convener's alone."""
        return None

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Name the row."""
        return {self.names: detail.row.pk}


class Told(RowAct):
    """An act of which who sees the meeting only in part reads, and which such a one may do."""

    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK


def _uuid(given: Any) -> UUID | None:
    try:
        found: UUID | None = forms.UUIDField(required=False).clean(given)
    except forms.ValidationError:
        return None
    return found
