"""What can travel as a sealed file (交换件种类): mechanisms say how it is made, and which act takes it in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from guantong.kernel.exchange.envelope import Said, not_as_agreed
from guantong.kernel.exchange.errors import ExchangeError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from guantong.kernel.access.actors import Actor
    from guantong.kernel.acts.act import Capacity
    from guantong.kernel.exchange.incoming import Opened
    from guantong.kernel.matters.models import Attachment, Matter


@dataclass(frozen=True)
class Taken:
    """What taking a file in comes to: the act, on which matter, with which data; and what to look at."""

    act: str
    matter_id: uuid.UUID | None
    data: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


def _no_files(matter: Matter) -> list[Attachment]:
    return []


@dataclass(frozen=True)
class Carrier:
    """A kind of message. `paper`: the kind of paper whose dispatch by disc makes one; '' where an act does.

    `compose` says the content from the mechanism's own row and the paper; `files` are sent with it; `take`
    turns an opened file into an act; `lines` show a content before it is taken in. `by` may seal it anew.
    """

    kind: str
    label: str | _StrPromise
    said: type[Said]
    by: tuple[Capacity, ...]
    take: Callable[[Opened, Any, Actor], Taken]
    lines: Callable[[Any], Sequence[tuple[str, str]]]
    paper: str = ""
    compose: Callable[[Any, Any], Said] | None = None
    files: Callable[[Matter], list[Attachment]] = _no_files

    def read(self, body: dict[str, Any]) -> Said:
        """Return the content by its closed model. Raises ExchangeError."""
        try:
            return self.said.model_validate(body)
        except ValidationError as error:
            raise not_as_agreed(error) from error


_carriers: dict[str, Carrier] = {}


def register(carrier: Carrier) -> Carrier:
    """Enter a kind of message. Raises ValueError where its name is taken."""
    if carrier.kind in _carriers:
        raise ValueError(f"two kinds of message are called {carrier.kind}")
    _carriers[carrier.kind] = carrier
    return carrier


def get(kind: str) -> Carrier:
    """Return a kind of message. Raises ExchangeError where this platform knows none such."""
    if kind not in _carriers:
        raise ExchangeError("not_as_agreed", where="kind")
    return _carriers[kind]


def label(kind: str) -> str:
    """Return the name of a kind of message."""
    return str(_carriers[kind].label) if kind in _carriers else kind


def for_paper(kind: str) -> Carrier | None:
    """Return what carries this kind of paper."""
    return next((one for one in _carriers.values() if one.paper == kind), None)
