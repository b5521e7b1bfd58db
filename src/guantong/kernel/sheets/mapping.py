"""Proposing which column is which field (列对应建议), with a reason for each proposal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, product

from django.utils.translation import gettext as _

from .headers import Column, Header, heading, plain

NOISE = re.compile(r"[()\[\]【】{}<>《》::,,、。.*#/\\_\-—“”\"'?!]")
LIKENESS = 0.6


class Reason(StrEnum):
    """Why a column was proposed for a field (对应理由)."""

    EXPORT = "export"
    """The file is an export of ours and names the field."""
    EXACT = "exact"
    """The heading, with its group, is the field's name or a synonym."""
    LABEL = "label"
    """The heading without its group is."""
    CONTAINS = "contains"
    """One contains the other."""
    SIMILAR = "similar"
    """Most pairs of characters are the same."""

    @property
    def label(self) -> str:
        """The reason in words, in the language of the reader."""
        return {
            Reason.EXPORT: _("exported by this system"),
            Reason.EXACT: _("same heading"),
            Reason.LABEL: _("same heading, under another group"),
            Reason.CONTAINS: _("one heading contains the other"),
            Reason.SIMILAR: _("similar heading"),
        }[self]


CONFIDENCE = {
    Reason.EXPORT: 1.0,
    Reason.EXACT: 0.95,
    Reason.LABEL: 0.8,
    Reason.CONTAINS: 0.6,
    Reason.SIMILAR: 0.4,
}


@dataclass(frozen=True)
class Field:
    """A field that may be filled from a column (字段): key, label, synonyms, whether it is required."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Match:
    """A proposal (对应): column, key of the field, confidence from 0 to 1, reason, equally good columns."""

    column: Column
    key: str
    confidence: float
    reason: Reason
    rivals: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """All proposals of a table, and what is left over on either side."""

    matches: tuple[Match, ...]
    unmatched_columns: tuple[Column, ...]
    unmatched_fields: tuple[Field, ...]

    @property
    def missing(self) -> tuple[Field, ...]:
        """Required fields without a column."""
        return tuple(field for field in self.unmatched_fields if field.required)

    def column(self, key: str) -> Column | None:
        """The column proposed for a field."""
        return next((match.column for match in self.matches if match.key == key), None)


def propose_mapping(header: Header, fields: Sequence[Field]) -> Mapping:
    """The best column for each field, each column at most once; the serial number column stays out.

    A heading counts with its group first ('被反映人' over '姓名' is 被反映人姓名). The result is a
    proposal for a person to confirm; nothing is filled by it.
    """
    columns = [column for column in header.columns if column.index != header.serial]
    keys = {heading(label): key for label, key in header.sheet.keys.items()}
    scored = [(*_score(column, field, keys), column, field) for column, field in product(columns, fields)]
    ranked = sorted(
        (item for item in scored if item[0] > 0), key=lambda item: (-item[0], item[2].index, item[3].key)
    )
    matches: dict[str, Match] = {}
    used: set[int] = set()
    for confidence, reason, column, field in ranked:
        if field.key in matches or column.index in used:
            continue
        rivals = tuple(
            other
            for value, _reason, other, wanted in ranked
            if wanted is field and value == confidence and other is not column and other.index not in used
        )
        matches[field.key] = Match(column, field.key, confidence, reason, rivals)
        used.add(column.index)
    return Mapping(
        tuple(sorted(matches.values(), key=lambda match: match.column.index)),
        tuple(column for column in columns if column.index not in used),
        tuple(field for field in fields if field.key not in matches),
    )


def _score(column: Column, field: Field, keys: dict[str, str]) -> tuple[float, Reason]:
    if keys.get(column.label) == field.key:
        return CONFIDENCE[Reason.EXPORT], Reason.EXPORT
    names = [_bare(name) for name in (field.label, *field.synonyms)]
    path, label = _bare(column.path), _bare(column.label)
    reason, part = Reason.SIMILAR, max((_likeness(path, name) for name in names), default=0.0)
    if path in names:
        reason, part = Reason.EXACT, 0.0
    elif label in names:
        reason, part = Reason.LABEL, 0.0
    elif shares := [_share(path, name) for name in names if _share(path, name)]:
        reason, part = Reason.CONTAINS, max(shares)
    elif part < LIKENESS:
        return 0.0, reason
    return CONFIDENCE[reason] + 0.1 * part, reason


def _bare(label: str) -> str:
    return NOISE.sub("", plain(label)).lower()


def _share(one: str, other: str) -> float:
    """How much of the longer text the shorter is, if it is inside it and has two characters or more."""
    short, long = sorted((one, other), key=len)
    return len(short) / len(long) if len(short) >= 2 and short in long else 0.0


def _likeness(one: str, other: str) -> float:
    """Dice's coefficient of the pairs of characters, 0 to 1."""
    first, second = (Counter(a + b for a, b in pairwise(text)) for text in (one, other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0
