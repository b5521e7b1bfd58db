"""Errors of spreadsheets (电子表格错误), with sheet, cell, reason and remedy."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def column_name(column: int) -> str:
    """'A' for 0, 'AA' for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def address(row: int, column: int) -> str:
    """The A1 address of a cell counted from 0, such as 'C5' for row 4, column 2."""
    return f"{column_name(column)}{row + 1}"


class SheetError(ValueError):
    """Something in a spreadsheet that cannot be taken (表格有误).

    `kind` is stable for programs; `sheet` and `cell` (A1) may be '' where the whole file or sheet is meant;
    `reason` and `remedy` are text for people, and `str()` is all of it.
    """

    def __init__(
        self,
        kind: str,
        reason: object,
        remedy: object,
        *,
        sheet: str = "",
        cell: str = "",
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.sheet = sheet
        self.cell = cell
        self._reason = reason
        self._remedy = remedy
        self._values = dict(values or {})

    @property
    def reason(self) -> str:
        """What is wrong."""
        return str(self._reason).format(**self._values)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return str(self._remedy).format(**self._values)

    def at(self, sheet: str, cell: str) -> SheetError:
        """The same error with its place."""
        return SheetError(self.kind, self._reason, self._remedy, sheet=sheet, cell=cell, values=self._values)

    def __str__(self) -> str:
        if self.cell:
            place = _("Sheet “{sheet}”, cell {cell}: ").format(sheet=self.sheet, cell=self.cell)
        elif self.sheet:
            place = _("Sheet “{sheet}”: ").format(sheet=self.sheet)
        else:
            place = ""
        return f"{place}{self.reason} {self.remedy}"


SAVE_AS_XLSX = gettext_lazy("Open it in WPS or Excel, save it as .xlsx, and take that file.")
