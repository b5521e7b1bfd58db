"""The shape of a decision table in a measure file (决策表的结构)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from guantong.kernel.measures import forms
from guantong.kernel.measures.text import Cite, Text

Scalar = str | int | bool
RoleRef = Annotated[str, StringConstraints(pattern=forms.ROLE)]
Kind = Literal["enum", "int", "bool", "text"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Column(_Part):
    """A column (列). `values` closes an enum, `min` and `max` (both included) bound an int.

    `setting`, as 'GR-15/superior_transfer', lets the measure answer the column itself.
    """

    label: Text
    kind: Kind
    values: dict[str, Text] = {}
    min: int | None = None
    max: int | None = None
    setting: str | None = None


class Output(_Part):
    """A result column (结果列). Kind 'role': the value is a role of the measure."""

    label: Text
    kind: Literal["enum", "int", "bool", "text", "role"]
    values: dict[str, Text] = {}


class Span(_Part):
    """A range of whole numbers (区间): `from` included, `below` excluded; either may be left open."""

    start: Annotated[int | None, Field(alias="from")] = None
    below: int | None = None


def _condition_tag(value: object) -> str:
    if isinstance(value, dict | Span):
        return "<span>"
    return "<list>" if isinstance(value, list) else "<scalar>"


Condition = Annotated[
    Annotated[Span, Tag("<span>")]
    | Annotated[list[Scalar], Tag("<list>")]
    | Annotated[Scalar, Tag("<scalar>")],
    Discriminator(_condition_tag),
]


class Open(_Part):
    """What a row says when the rules give no answer (未定): why, and who settles it."""

    reason: Text
    settled_by: RoleRef


class RowSpec(_Part):
    """A row (行): conditions left out hold for every value."""

    when: dict[str, Condition] = {}
    then: dict[str, Scalar] = {}
    unknown: Open | None = None
    cite: Cite
    why: Text


class TableSpec(_Part):
    """A decision table (决策表). `settled_by` answers where an input is missing or fits no row."""

    title: Text
    clause: str
    hit: Literal["first", "unique"]
    settled_by: RoleRef
    inputs: Annotated[dict[str, Column], Field(min_length=1)]
    outputs: Annotated[dict[str, Output], Field(min_length=1)]
    rows: Annotated[list[RowSpec], Field(min_length=1)]
