"""A measure ready for use (可用的办法): settings decided, rules resolved, tables ready to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from guantong.kernel.measures.cadences import Cadence, resolve_cadence
from guantong.kernel.measures.rules import Rule, Term, resolve
from guantong.kernel.measures.schema import BodyRule, Clause, ConcurrentRule, MeasureFile, Setting, SettingRef
from guantong.kernel.measures.settings import decided, overridden
from guantong.kernel.measures.table_schema import Scalar
from guantong.kernel.measures.tables import Decision, DecisionTable, Unknown
from guantong.kernel.measures.text import Text


@dataclass(frozen=True)
class OpenReading:
    """A setting still to be confirmed (待核事项): the value used, how it was read, what else it may be."""

    clause: str
    name: str
    setting: Setting

    @property
    def key(self) -> str:
        """As 'CZ-3.3/feedback_start'."""
        return f"{self.clause}/{self.name}"


def _asked(clause: Clause, required: SettingRef | None) -> bool:
    return required is None or clause.settings[required.setting].value is True


class Measure:
    """A checked measure (办法). Make it with `load_measure`."""

    def __init__(self, file: MeasureFile) -> None:
        self.file = file
        self.clauses: dict[str, Clause] = {clause.id: clause for clause in file.clauses}
        self.rules: tuple[Rule, ...] = tuple(
            resolve(clause, rule)
            for clause in file.clauses
            if clause.status == "carried"
            for rule in clause.duties
        )
        self.cadences: tuple[Cadence, ...] = tuple(
            resolve_cadence(clause, cadence)
            for clause in file.clauses
            if clause.status == "carried"
            for cadence in clause.cadences
        )
        self.rules += tuple(cadence.rule for cadence in self.cadences)
        self.bodies: tuple[tuple[Clause, BodyRule], ...] = tuple(
            (clause, body)
            for clause in file.clauses
            if clause.status == "carried"
            for body in clause.bodies
            if _asked(clause, body.required)
        )
        self.concurrent: tuple[tuple[Clause, ConcurrentRule], ...] = tuple(
            (clause, rule)
            for clause in file.clauses
            if clause.status == "carried"
            for rule in clause.concurrent
            if _asked(clause, rule.required)
        )
        self.tables: dict[str, DecisionTable] = {name: self._table(name) for name in file.tables}

    def _table(self, name: str) -> DecisionTable:
        spec = self.file.tables[name]
        preset: dict[str, Scalar] = {}
        for column, inputs in spec.inputs.items():
            if inputs.setting is not None:
                clause, _slash, setting = inputs.setting.partition("/")
                value = self.setting(clause, setting)
                if isinstance(value, str | int):
                    preset[column] = value
        return DecisionTable(name, spec, preset=preset)

    @property
    def id(self) -> str:
        """Its id, as 'chenzhou'."""
        return self.file.id

    @property
    def title(self) -> Text:
        """Its title in both languages."""
        return self.file.title

    @property
    def effective_on(self) -> date:
        """The day this version counts from (施行日期); whether it is certain: `file.effective.pending`."""
        return self.file.effective.on

    def setting(self, clause: str, name: str) -> Term | Scalar:
        """The value in force of a setting (参数): a Term for a period, else a scalar. KeyError."""
        return decided(self.clauses[clause].settings[name])

    def read_by(self, clause: str, name: str) -> list[str]:
        """What reads a setting (参数的使用处): rules and tables by name, and the purpose it governs."""
        found = self.clauses[clause]
        rules = [f"{clause}/{one.code}" for one in found.duties if name in one.settings()]
        rules += [f"{clause}/{one.code}" for one in found.cadences if name in one.settings()]
        rules += [f"{clause}/{one.kind}" for one in found.bodies if name in one.settings()]
        rules += [f"{clause}/{one.code}" for one in found.concurrent if name in one.settings()]
        tables = [
            key
            for key, table in self.file.tables.items()
            if any(column.setting == f"{clause}/{name}" for column in table.inputs.values())
        ]
        purpose = found.settings[name].governs
        return [*rules, *tables, *([purpose] if purpose else [])]

    def open_readings(self) -> list[OpenReading]:
        """Everything the adopting city still has to confirm (待核清单), in the order of the clauses."""
        return [
            OpenReading(clause.id, name, setting)
            for clause in self.file.clauses
            for name, setting in clause.settings.items()
            if setting.pending
        ]

    def decide(self, table: str, inputs: Mapping[str, object]) -> Decision | Unknown:
        """What a decision table says (决策). KeyError: no such table."""
        return self.tables[table].decide(inputs)

    def with_settings(self, overrides: Mapping[str, object]) -> Measure:
        """This measure with a jurisdiction's own values (本地调整, CD-1.2), by 'clause/setting'.

        A period is written as in the file: {'months': 6}. Raises MeasureError naming each value refused:
        no such setting, override forbidden, value unfit.
        """
        return Measure(overridden(self.file, overrides))
