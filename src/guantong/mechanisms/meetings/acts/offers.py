"""The acts offered beside rows of a meeting (逐行可办的会议行为)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guantong.kernel.acts import registry
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.meetings.acts.base import RowAct, Subject
from guantong.mechanisms.meetings.models import Meeting


def of_rows(matter: Matter, meeting: Meeting) -> Iterator[Beside]:
    """Give every act that the state of matter and row allows, whoever asks (可办行为)."""
    read: dict[str, list[Any]] = {}
    for act in registry.acts_of("meeting"):
        if not isinstance(act, RowAct) or act.hidden or matter.state not in act.leads_from:
            continue
        if act.names not in read:
            read[act.names] = list(act.rows(matter))
        for row in read[act.names]:
            if act.open_to(row):
                yield Beside(act, {act.names: str(row.pk)}, str(row), Subject(meeting, row))


@beside_rows
def _steps(matter: Matter, detail: Any) -> Iterator[Beside]:
    if matter.kind == "meeting" and isinstance(detail, Meeting):
        yield from of_rows(matter, detail)
