"""Checks of decision tables (决策表的检查): words, values, gaps, overlaps, rows never reached."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.check_duties import unknown_role
from guantong.kernel.measures.domains import Space
from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import MeasureFile, Setting
from guantong.kernel.measures.table_schema import Column, Output, RowSpec, Scalar, Span, TableSpec

SHOWN = 5
_TYPES: dict[str, type] = {"int": int, "bool": bool, "text": str, "enum": str, "role": str}


def check_tables(file: MeasureFile) -> Iterator[Finding]:
    """Faults of every decision table of the file (决策表检查)."""
    clauses = {clause.id for clause in file.clauses}
    for name, table in file.tables.items():
        here: Loc = ("tables", name)
        if table.clause not in clauses:
            reason = Message(_("There is no clause '{clause}' in this measure."), clause=table.clause)
            yield Finding((*here, "clause"), "unknown_clause", reason, Message(_("Correct the id.")))
        yield from _check_settlers(file, table, here)
        faults = [*_check_columns(file, table, here), *_check_rows(file, table, here)]
        yield from faults
        if not faults:
            yield from _check_space(table, here)


def _check_settlers(file: MeasureFile, table: TableSpec, here: Loc) -> Iterator[Finding]:
    named: list[tuple[Loc, str]] = [((*here, "settled_by"), table.settled_by)]
    for at, row in enumerate(table.rows):
        if row.unknown is not None:
            named.append(((*here, "rows", at, "unknown", "settled_by"), row.unknown.settled_by))
    for loc, role in named:
        name = role.removeprefix("role:")
        if name not in file.roles:
            yield unknown_role(loc, name)


def _check_columns(file: MeasureFile, table: TableSpec, here: Loc) -> Iterator[Finding]:
    for name, column in table.inputs.items():
        loc = (*here, "inputs", name)
        if column.kind == "enum" and not column.values:
            yield _no_values(loc, name)
        if column.min is not None and column.max is not None and column.min > column.max:
            reason = Message(_("Column '{name}' has a least value above its greatest."), name=name)
            yield Finding((*loc, "min"), "empty_domain", reason, Message(_("Exchange min and max.")))
        if column.setting is not None:
            yield from _check_column_setting(file, column, column.setting, (*loc, "setting"))
    for name, output in table.outputs.items():
        if output.kind == "enum" and not output.values:
            yield _no_values((*here, "outputs", name), name)


def _no_values(loc: Loc, name: str) -> Finding:
    reason = Message(_("Column '{name}' lists no values."), name=name)
    return Finding(loc, "no_values", reason, Message(_("List them under 'values'.")), "key")


def _check_column_setting(file: MeasureFile, column: Column, reference: str, loc: Loc) -> Iterator[Finding]:
    clause, _slash, name = reference.partition("/")
    found: Setting | None = None
    for candidate in file.clauses:
        if candidate.id == clause:
            found = candidate.settings.get(name)
    if found is None:
        reason = Message(_("'{key}' is no setting of this measure."), key=reference)
        yield Finding(loc, "undefined_setting", reason, Message(_("Write it as clause/setting.")))
    elif found.kind == "period" or not all(
        _value_fits(column, value) for value in (found.choices if found.kind == "choice" else [found.value])
    ):
        reason = Message(_("Setting '{key}' has values the column does not know."), key=reference)
        yield Finding(loc, "wrong_setting_kind", reason, Message(_("Give both the same values.")))


def _value_fits(column: Column | Output, value: object) -> bool:
    if type(value) is not _TYPES[column.kind]:
        return False
    if column.kind == "enum":
        return value in column.values
    if isinstance(column, Column) and isinstance(value, int) and not isinstance(value, bool):
        above = column.min is None or value >= column.min
        return above and (column.max is None or value <= column.max)
    return True


def _check_rows(file: MeasureFile, table: TableSpec, here: Loc) -> Iterator[Finding]:
    for at, row in enumerate(table.rows):
        loc = (*here, "rows", at)
        for name, condition in row.when.items():
            place = (*loc, "when", name)
            if name not in table.inputs:
                yield _unknown_column(place, name)
            elif isinstance(condition, Span):
                yield from _check_span(table.inputs[name], condition, place)
            else:
                listed = isinstance(condition, list)
                for number, value in enumerate(condition if isinstance(condition, list) else [condition]):
                    if not _value_fits(table.inputs[name], value):
                        yield _wrong_value((*place, number) if listed else place, value, name)
        yield from _check_result(file, table, row, loc)


def _check_span(column: Column, span: Span, place: Loc) -> Iterator[Finding]:
    empty = span.start is not None and span.below is not None and span.start >= span.below
    if column.kind != "int" or empty or span.start is span.below is None:
        reason = Message(_("The range holds no value of its column."))
        remedy = Message(_("Write {{from: 1, below: 10}} for a column of whole numbers."))
        yield Finding(place, "wrong_range", reason, remedy)


def _unknown_column(loc: Loc, name: str) -> Finding:
    reason = Message(_("The table has no column '{name}'."), name=name)
    return Finding(loc, "unknown_column", reason, Message(_("Correct its spelling or remove it.")), "key")


def _wrong_value(loc: Loc, value: Scalar, name: str) -> Finding:
    reason = Message(_("'{value}' is not a value for '{key}'."), value=value, key=name)
    return Finding(loc, "wrong_value", reason, Message(_("Write a value the column declares.")))


def _check_result(file: MeasureFile, table: TableSpec, row: RowSpec, loc: Loc) -> Iterator[Finding]:
    if (row.unknown is None) == (not row.then):
        reason = Message(_("A row needs either a result or a reason why there is none."))
        remedy = Message(_("Give 'then', or 'unknown' with reason and settled_by."))
        yield Finding(loc, "no_result", reason, remedy)
        return
    if row.unknown is not None:
        return
    for name, value in row.then.items():
        place = (*loc, "then", name)
        if name not in table.outputs:
            yield _unknown_column(place, name)
        elif not _value_fits(table.outputs[name], value):
            yield _wrong_value(place, value, name)
        elif table.outputs[name].kind == "role" and value not in file.roles:
            yield unknown_role(place, str(value))
    for name in table.outputs:
        if name not in row.then:
            reason = Message(_("The row says nothing for result '{name}'."), name=name)
            yield Finding((*loc, "then"), "no_result", reason, Message(_("Add it under 'then'.")))


def _check_space(table: TableSpec, here: Loc) -> Iterator[Finding]:
    space = Space(table)
    gaps = space.gaps()
    for gap in gaps[:SHOWN]:
        reason = Message(
            _("No row fits: {where} ({more} such gaps in all)."), where=space.describe(gap), more=len(gaps)
        )
        remedy = Message(_("Add a row for it; if nobody can decide it, a row with 'unknown'."))
        yield Finding((*here, "rows"), "gap", reason, remedy, "key")
    if table.hit == "unique":
        for first, second, where in space.overlaps():
            reason = Message(
                _("Rows {first} and {second} both fit: {where}."),
                first=first + 1,
                second=second + 1,
                where=space.describe(where),
            )
            remedy = Message(_("Narrow one of them, or let the first that fits count (hit: first)."))
            yield Finding((*here, "rows", second), "overlap", reason, remedy)
    for at in space.unreachable():
        reason = Message(_("Row {row} never applies: earlier rows take all its cases."), row=at + 1)
        yield Finding((*here, "rows", at), "unreachable", reason, Message(_("Remove it or put it higher.")))
