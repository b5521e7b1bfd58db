"""Decision tables (决策表): one explained answer, or an explained 'unknown', never a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.domains import holds
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.table_schema import Column, RowSpec, Scalar, TableSpec
from guantong.kernel.measures.text import Cite, Text


@dataclass(frozen=True)
class Step:
    """How one row was judged (判断步骤): `row` counts from 1; `holds` is None where an input is missing."""

    row: int
    holds: bool | None
    column: str | None = None


@dataclass(frozen=True)
class Decision:
    """The answer of a table (结论), with the row (from 1), its citation and how it was reached."""

    table: str
    row: int
    outputs: Mapping[str, Scalar]
    cite: Cite
    why: Text
    trace: tuple[Step, ...]


@dataclass(frozen=True)
class Unknown:
    """No answer (未定): why, and the role ('role:…') that settles it."""

    table: str
    reason: Message
    settled_by: str
    missing: tuple[str, ...] = ()
    cite: Cite | None = None
    trace: tuple[Step, ...] = ()


class DecisionTable:
    """A decision table of a measure, ready to decide (决策表)."""

    def __init__(self, name: str, spec: TableSpec, *, preset: Mapping[str, Scalar] | None = None) -> None:
        self.name = name
        self.spec = spec
        self._preset = dict(preset or {})

    def decide(self, inputs: Mapping[str, object]) -> Decision | Unknown:
        """The row that holds for `inputs` (决策), or Unknown where one that matters is missing or unfit.

        Inputs are str, int or bool by column; None or absent means not known. ValueError: a name that is
        no column of the table, or one that the measure's own setting answers.
        """
        strange = set(inputs) - set(self.spec.inputs) | set(inputs) & set(self._preset)
        if strange:
            raise ValueError(f"not inputs of table {self.name}: {', '.join(sorted(strange))}")
        known: dict[str, Scalar] = dict(self._preset)
        for name, value in inputs.items():
            if value is None:
                continue
            if not isinstance(value, str | int) or not _fits(self.spec.inputs[name], value):
                return self._unfit(name, value)
            known[name] = value
        return self._search(known)

    def _search(self, known: Mapping[str, Scalar]) -> Decision | Unknown:
        trace: list[Step] = []
        missing: dict[str, None] = {}
        for number, row in enumerate(self.spec.rows, start=1):
            failed, lacking = _judge(row, known)
            if failed is not None:
                trace.append(Step(number, False, failed))
            elif lacking:
                trace.append(Step(number, None, lacking[0]))
                missing |= dict.fromkeys(lacking)
            elif missing and self.spec.hit == "first":
                break
            else:
                trace.append(Step(number, True))
                return self._answer(number, row, tuple(trace))
        return self._no_row(tuple(missing), tuple(trace))

    def _answer(self, number: int, row: RowSpec, trace: tuple[Step, ...]) -> Decision | Unknown:
        if row.unknown is None:
            return Decision(self.name, number, dict(row.then), row.cite, row.why, trace)
        reason = Message("{reason}", reason=_Labels(row.unknown.reason))
        return Unknown(self.name, reason, row.unknown.settled_by, cite=row.cite, trace=trace)

    def _no_row(self, missing: tuple[str, ...], trace: tuple[Step, ...]) -> Unknown:
        if missing:
            labels = _Labels(*(self.spec.inputs[name].label for name in missing))
            reason = Message(_("Not decided: {columns} not known."), columns=labels)
        else:
            reason = Message(_("Not decided: no row of the table fits."))
        return Unknown(self.name, reason, self.spec.settled_by, missing, trace=trace)

    def _unfit(self, name: str, value: object) -> Unknown:
        label = _Labels(self.spec.inputs[name].label)
        reason = Message(
            _("Not decided: '{value}' is not a value the table knows for {column}."),
            value=value,
            column=label,
        )
        return Unknown(self.name, reason, self.spec.settled_by, (name,))


class _Labels:
    """Texts of the measure in the reader's language, joined (双语标签)."""

    def __init__(self, *labels: Text) -> None:
        self.labels = labels

    def __str__(self) -> str:
        code = get_language()
        comma = ", " if (code or "").startswith("en") else "、"
        return comma.join(label.in_language(code) for label in self.labels)


def _judge(row: RowSpec, known: Mapping[str, Scalar]) -> tuple[str | None, list[str]]:
    """The first column on which the row fails, else None, and the columns it needs and lacks."""
    for name, condition in row.when.items():
        if name in known and not holds(condition, known[name]):
            return name, []
    return None, [name for name in row.when if name not in known]


def _fits(column: Column, value: str | int | bool) -> bool:
    if column.kind == "bool":
        return isinstance(value, bool)
    if column.kind == "int":
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return (column.min is None or value >= column.min) and (column.max is None or value <= column.max)
    if not isinstance(value, str):
        return False
    return column.kind == "text" or value in column.values
