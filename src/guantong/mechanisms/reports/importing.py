"""Importing published findings (导入已公布的问题): every row is accepted or rejected with a reason.

The institutions and units in such a file are real: they become names in published reports, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.acts.entitlement import missing
from guantong.kernel.acts.forms import MAX_ROWS
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.sheets import (
    Column,
    Field,
    Record,
    Sheet,
    SheetError,
    address,
    find_header,
    propose_mapping,
    to_amount,
    to_text,
)
from guantong.mechanisms.reports.acts import PublishedFindingForm, PublishedForm
from guantong.mechanisms.reports.models import Finding, Report, ReportKind

FIELDS = (
    Field("source_org", "来源机构", ("source_org", "公布机构", "发布机构"), required=True),
    Field("announcement", "公告", ("announcement", "公告名称", "来源", "公告标题"), required=True),
    Field("year_published", "公布年度", ("year_published", "公布年份", "年度"), required=True),
    Field("audited_entity", "被监督单位", ("audited_entity", "被审计单位", "被巡察单位"), required=True),
    Field("audited_period", "所涉期间", ("audited_period", "审计期间", "所属期间")),
    Field("finding_category", "问题类别", ("finding_category", "类别"), required=True),
    Field("amount_yuan", "金额（元）", ("amount_yuan", "金额", "涉及金额")),
    Field("summary", "问题摘要", ("summary", "问题", "主要问题", "摘要"), required=True),
    Field("rectification_published", "整改情况", ("rectification_published", "已公布的整改")),
    Field("transferred", "移送情况", ("transferred", "是否移送")),
)
COLUMN_OF = {
    "source_name": "source_org", "title": "announcement", "unit": "audited_entity", "year": "year_published",
    "issued_on": "announcement", "period": "audited_period", "category": "finding_category",
    "amount": "amount_yuan", "summary": "summary", "rectification": "rectification_published",
    "transferred_note": "transferred",
}  # fmt: skip
TRANSFERRED = {"yes": "公布已移送", "no": "公布未移送", "unknown": "未公布是否移送"}
PUBLISHED_ON = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})日(?:公告|公布)|(\d{4})-(\d{2})-(\d{2})(?:公告|公布)"
)
Group = tuple[str, str, str, str]


class Status(StrEnum):
    """What came of a row (处理结果)."""

    ACCEPTED = "accepted"
    THERE = "there"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The status in words."""
        return {
            Status.ACCEPTED: _("accepted"),
            Status.THERE: _("already there"),
            Status.REJECTED: _("rejected"),
        }[self]


@dataclass
class RowOutcome:
    """What came of one row: its number, and where it was rejected the column, reason and remedy."""

    row: int
    status: Status
    column: str = ""
    reason: str = ""
    remedy: str = ""


@dataclass
class Imported:
    """What came of a file (导入结果)."""

    rows: list[RowOutcome] = field(default_factory=list)
    reports: int = 0

    @property
    def counts(self) -> dict[Status, int]:
        """How many rows there are of each status."""
        counted = Counter(row.status for row in self.rows)
        return {status: counted[status] for status in Status}

    @property
    def rejected(self) -> list[RowOutcome]:
        """The rows that are not in."""
        return [row for row in self.rows if row.status is Status.REJECTED]

    def reject(self, row: int, column: str, reason: str, remedy: str) -> None:
        """Note that a row is not in, and why."""
        self.rows.append(RowOutcome(row, Status.REJECTED, column, reason, remedy))


@dataclass(frozen=True)
class _Row:
    row: int
    group: Group
    finding: dict[str, str]


def require_entitled(actor: Actor) -> None:
    """Check the capacity before a file is read. Raises NotAllowed."""
    act = registry.get("report.import_published")
    lacking = missing(act, actor, None, {}, 3, act.by)
    if lacking:
        from guantong.kernel.acts.act import Fault

        raise NotAllowed(*(Fault("", one.reason, one.remedy) for one in lacking))


def import_findings(actor: Actor, sheets: list[Sheet], file_name: str) -> Imported:
    """Import every table of a file, all accepted rows in the caller's transaction, inside the actor's scope.

    A second import of the same rows adds nothing. Raises NotAllowed; SheetError where a sheet has no table
    or lacks a column that is needed.
    """
    require_entitled(actor)
    with connection.cursor() as cursor:  # one import at a time for each body, so that no row comes in twice
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"findings/{actor.body_id}"])
    imported = Imported()
    rows: list[_Row] = []
    for sheet in sheets:
        rows += _rows(actor, sheet, imported)
    _take(actor, _new(rows, imported), PurePath(file_name).name[-200:], imported)
    imported.rows.sort(key=lambda one: one.row)
    return imported


def _rows(actor: Actor, sheet: Sheet, imported: Imported) -> Iterator[_Row]:
    header = find_header(sheet, [name for one in FIELDS for name in (one.label, *one.synonyms)])
    mapping = propose_mapping(header, FIELDS)
    if mapping.missing:
        raise SheetError(
            "columns_missing",
            gettext_lazy("These columns are missing: {columns}."),
            gettext_lazy(
                "Head the columns so, or as in the file of published findings that comes with this."
            ),
            sheet=sheet.name,
            values={"columns": ", ".join(one.label for one in mapping.missing)},
        )
    columns = {match.key: match.column for match in mapping.matches}
    for record in header.records:
        found = _row(actor, record, columns, imported)
        if found is not None:
            yield found
    for row, reason in sorted(header.skipped.items()):
        imported.reject(
            row + 1, "", _("No finding: %(what)s.") % {"what": reason.label}, _("Nothing is to do.")
        )


def _row(actor: Actor, record: Record, columns: dict[str, Column], imported: Imported) -> _Row | None:
    texts: dict[str, str] = {}
    number = record.row + 1
    for key, column in columns.items():
        cell = record.cells[column.index]
        try:
            texts[key] = (
                "" if (amount := to_amount(cell, column.unit)) is None else str(amount)
            ) if key == "amount_yuan" else to_text(cell)  # fmt: skip
        except SheetError as error:
            place = f"{address(record.row, column.index)} {column.path}"
            imported.reject(number, place, error.reason, error.remedy)
            return None
    group = tuple(
        texts.get(key, "") for key in ("source_org", "announcement", "year_published", "audited_entity")
    )
    said = {name: texts.get(key, "") for name, key in COLUMN_OF.items()}
    said["transferred_note"] = TRANSFERRED.get(said["transferred_note"].lower(), said["transferred_note"])
    names = ("period", "category", "amount", "summary", "rectification", "transferred_note")
    finding = {name: said[name] for name in names}
    finding["import_key"] = _digest(actor, texts)
    fault = _fault(group, finding)  # type: ignore[arg-type]
    if fault is None:
        return _Row(number, group, finding)  # type: ignore[arg-type]
    key, reason = fault
    at = columns.get(key)
    place = f"{address(record.row, at.index)} {at.path}" if at else key
    imported.reject(
        number, place, reason, _("Correct the cell and import the file again: what is in stays in.")
    )
    return None


def _digest(actor: Actor, texts: dict[str, str]) -> str:
    """Digest of a row in this body's books; formats of numbers and files do not count."""
    said = "\x1f".join(f"{one.key}={texts.get(one.key, '')}" for one in FIELDS)
    return sm3(f"{actor.body_id}\x1e{said}".encode())


def _fault(group: Group, finding: dict[str, str]) -> tuple[str, str] | None:
    """The first thing wrong with a row: the key of its column, and why."""
    form = PublishedFindingForm(finding)
    for name, messages in form.errors.items():
        return COLUMN_OF.get(name, name), str(messages[0])
    for name, messages in PublishedForm({**_report(group), "findings": [finding]}).errors.items():
        if name != "happened_on":
            return COLUMN_OF.get(name, name), str(messages[0])
    return None


def _report(group: Group) -> dict[str, str]:
    source, announcement, year, entity = group
    issued = _issued(announcement, year)
    return {
        "source_name": source,
        "title": announcement,
        "unit": entity,
        "year": year,
        "issued_on": issued.isoformat() if issued else "",
    }


def _issued(announcement: str, year: str) -> date | None:
    """The day of publication where the announcement itself names it; never guessed."""
    found = PUBLISHED_ON.search(announcement)
    if found is None:
        return None
    numbers = [int(part) for part in found.groups() if part]
    try:
        day = date(*numbers)
    except ValueError:
        return None
    return day if str(day.year) == year else None


def _new(rows: list[_Row], imported: Imported) -> list[_Row]:
    """Return the rows that are not in yet; the others are told."""
    keys = [row.finding["import_key"] for row in rows]
    known = set(Finding.objects.filter(import_key__in=keys).values_list("import_key", flat=True))
    first: dict[str, int] = {}
    new = []
    for row in rows:
        key = row.finding["import_key"]
        if key in known:
            imported.rows.append(RowOutcome(row.row, Status.THERE))
        elif key in first:
            reason = _("The same stands in row %(row)s.") % {"row": first[key]}
            imported.reject(row.row, "", reason, _("Delete one of the two; the first has been taken."))
        else:
            first[key] = row.row
            new.append(row)
    return new


def _take(actor: Actor, rows: Iterable[_Row], file_name: str, imported: Imported) -> None:
    groups: dict[Group, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    there = _reports(groups)
    for group, members in groups.items():
        for start in range(0, len(members), MAX_ROWS):
            some = members[start : start + MAX_ROWS]
            try:
                there[group] = _perform(actor, group, there.get(group), some, file_name, imported)
            except NotAllowed:
                raise
            except Refused as refused:
                fault = refused.faults[0]
                for row in some:
                    imported.reject(row.row, COLUMN_OF.get(fault.field, ""), fault.reason, fault.remedy)
            else:
                imported.rows += [RowOutcome(row.row, Status.ACCEPTED) for row in some]


def _reports(groups: Iterable[Group]) -> dict[Group, Any]:
    """The published reports that are here already, of these announcements."""
    wanted = set(groups)
    found = Report.objects.filter(kind=ReportKind.PUBLISHED, source__in={group[1] for group in wanted})
    by_group = {
        (name, source, str(year), unit): matter
        for matter, name, source, year, unit in found.values_list(
            "matter", "source_name", "source", "year", "unit"
        )
    }
    return {group: matter for group, matter in by_group.items() if group in wanted}


def _perform(
    actor: Actor, group: Group, matter: Any, rows: list[_Row], file_name: str, imported: Imported
) -> Any:
    data: dict[str, Any] = {"findings": [row.finding for row in rows], "file": file_name}
    if matter is not None:
        return perform("report.import_findings", actor, matter, data).matter_id
    done = perform("report.import_published", actor, None, {**data, **_report(group)})
    imported.reports += 1
    return done.matter_id
