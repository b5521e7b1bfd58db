"""Filling the lines of a batch from a spreadsheet (从表格填入): the form is the dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guantong.kernel.acts.act import Fault
from guantong.kernel.acts.forms import MAX_ROWS
from guantong.kernel.people.models import Authority
from guantong.kernel.sheets import (
    Column,
    Field,
    Record,
    SheetError,
    address,
    choosing,
    find_header,
    propose_mapping,
    read_workbook,
    to_amount,
    to_text,
)
from guantong.mechanisms.rounds.registering import categories
from guantong.web import pending
from guantong.web.acts import sheet_of, show_filled
from guantong.web.guard import in_post

FIELDS = (
    Field("name", "被反映人", ("姓名", "被反映人姓名", "反映对象", "人员", "Persons", "Name")),
    Field("unit", "单位", ("所在单位", "工作单位", "单位名称", "被反映单位", "Unit"), required=True),
    Field("post", "职务", ("职务职级", "岗位", "Post")),
    Field("authority", "干部管理权限", ("管理权限", "管理级别", "Cadre authority")),
    Field("category", "问题类别", ("类别", "问题性质", "线索类别", "Category")),
    Field("allegation", "主要问题", ("反映的主要问题", "问题摘要", "反映问题", "线索内容", "Allegation"),
          required=True),
    Field("amount", "涉及金额（元）", ("涉及金额", "金额", "涉案金额", "Amount in yuan", "Amount")),
    Field("id_number", "身份证号", ("公民身份号码", "身份证号码", "证件号码", "Identity number")),
    Field("pages", "材料页数", ("页数", "证据页数", "证据材料页数", "Pages")),
)  # fmt: skip
LABELS = [name for one in FIELDS for name in (one.label, *one.synonyms)]


PREFIX = "column-"


@dataclass
class Read:
    """What a file fills in: the lines, its columns to choose from, and the cells that could not be taken."""

    rows: list[dict[str, str]] = field(default_factory=list)
    choices: list[choosing.Choice] = field(default_factory=list)
    options: list[tuple[int, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


@in_post
@never_cache
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Fill the lines of the form from a spreadsheet and show it again; all else that was typed stays.

    The file stays too, so that its columns can be chosen by hand where they were not recognised.
    """
    sheet = sheet_of(request, "round.register", None)
    if sheet.missing:
        raise PermissionDenied(" ".join(f"{one.reason} {one.remedy}" for one in sheet.missing))
    files = pending.with_kept(request.POST, request.FILES, int(request.user.pk or 0))
    given = files.get("sheet")
    by_hand = choosing.chosen(request.POST, FIELDS, PREFIX) if "sheet" not in request.FILES else {}
    try:
        if given is None:
            raise SheetError("missing", _("No file is chosen."), _("Choose the list: xlsx, xls, ods or csv."))
        found = rows_in(given.read(), by_hand)
        given.seek(0)
    except SheetError as error:
        found = Read(faults=[Fault("", error.reason, error.remedy)])
    filled = {"items": found.rows} if found.rows else {}
    status = 200 if found.rows else 422
    return show_filled(sheet, filled, also=("sheet",), status=status, read=found, cells=found.faults)


def rows_in(content: bytes, by_hand: Mapping[str, int] | None = None) -> Read:
    """Return the lines of the first table of a file, by the columns chosen or proposed. Raises SheetError."""
    trouble: SheetError | None = None
    for sheet in read_workbook(content):
        try:
            header = find_header(sheet, LABELS)
        except SheetError as error:
            trouble = trouble or error
            continue
        mapping = propose_mapping(header, FIELDS)
        columns = {match.key: match.column for match in mapping.matches}
        if by_hand:
            by_index = {column.index: column for column in header.columns}
            columns = {key: by_index[at] for key, at in by_hand.items() if at in by_index}
        serial = next((one for one in header.columns if one.index == header.serial), None)
        if serial and _all_numbers(header.records, serial):
            columns["number"] = serial
        faults = _column_faults(columns)
        found = Read(faults=faults) if faults else _lines(header.records, columns)
        found.choices = choosing.choices(header, FIELDS, mapping.matches, columns, PREFIX)
        found.options = choosing.options(header)
        return found
    raise trouble or SheetError("empty", _("The file has no lines."), _("Choose the list."))


def _all_numbers(records: tuple[Record, ...], column: Column) -> bool:
    """Whether a column numbers the lines as the form does: by figures."""
    return all(str(record.cells[column.index] or "").isdecimal() for record in records)


def _column_faults(columns: Mapping[str, Column]) -> list[Fault]:
    missing = [one.label for one in FIELDS if one.required and one.key not in columns]
    twice = choosing.taken_twice(columns)
    faults = []
    if missing:
        reason = _("No column is chosen for: %(fields)s.") % {"fields": ", ".join(missing)}
        faults.append(Fault("", reason, _("Choose it below, and read the file again.")))
    if twice is not None:
        reason = _("The column “%(name)s” is chosen for two fields.") % {"name": twice.path}
        faults.append(Fault("", reason, _("Choose it for one of them only.")))
    return faults


def _lines(records: tuple[Record, ...], columns: dict[str, Column]) -> Read:
    found = Read()
    if len(records) > MAX_ROWS:
        reason = _("The file has %(all)s lines; %(most)s fit into one batch.") % {
            "all": len(records),
            "most": MAX_ROWS,
        }
        found.faults.append(Fault("", reason, _("The rest is left out; enter it as a second batch.")))
    for record in records[:MAX_ROWS]:
        row = {}
        for key, column in columns.items():
            place = f"{address(record.row, column.index)} {column.path}"
            row[key] = _cell(key, record.cells[column.index], place, found.faults, column.unit)
        found.rows.append(row)
    return found


def _cell(key: str, cell: Any, place: str, faults: list[Fault], unit: str) -> str:
    try:
        if key == "amount":
            amount = to_amount(cell, unit)
            return "" if amount is None else f"{amount:f}"
        text = to_text(cell)
    except SheetError as error:
        faults.append(Fault(place, error.reason, error.remedy))
        return ""
    choices = {"authority": list(Authority.choices), "category": categories()}.get(key)
    if not text or choices is None:
        return text
    chosen = choice_called(text, choices)
    if not chosen:
        reason = _("“%(text)s” is none of: %(known)s.") % {
            "text": text[:40],
            "known": _(", ").join(str(label) for _code, label in choices),
        }
        faults.append(Fault(place, reason, _("Choose it in the form.")))
    return chosen


def choice_called(text: str, choices: list[tuple[str, Any]]) -> str:
    """Return the one choice that a word of a list means, in either language; '' where none or several."""
    wanted = text.strip().casefold()
    names: dict[str, set[str]] = {}
    for language in {get_language() or "en", "zh-hans", "en"}:
        with override(language):
            for code, label in choices:
                names.setdefault(code, set()).add(str(label).casefold())
    exact = [code for code, called in names.items() if wanted == code or wanted in called]
    if exact:
        return exact[0]
    alike = [code for code, called in names.items() if any(wanted in one or one in wanted for one in called)]
    return alike[0] if len(alike) == 1 else ""
