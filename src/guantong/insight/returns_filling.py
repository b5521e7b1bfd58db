"""Filling the superior's templates (上级报表模板填报): values go into named cells, all else stays as it was.

The sheets' own XML is patched, cell by cell; nothing is laid out anew, so that merged cells, fonts, widths,
print settings and the formulas of others stay what they were. Results of formulas kept in it are dropped:
they were computed from the old values; Excel, WPS and LibreOffice compute them when the file is opened.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from lxml import etree

from guantong.kernel.sheets.errors import SheetError
from guantong.kernel.sheets.guards import DAMAGE, Limits, broken, check_archive, check_size

LIMITS = Limits(file_bytes=2 * 2**20, unpacked_bytes=40 * 2**20, rows=20_000, columns=400)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d{1,7})(?::.*)?")
ACTIVE = re.compile(r"vbaProject|macrosheets/|activeX/|embeddings/|externalLinks/|customUI", re.IGNORECASE)
OURS = re.compile(r"(clues|duties|report)_\w+")
WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True)
class Named:
    """A named cell of a template (命名单元格). `has_formula`: it computes something and is left alone."""

    name: str
    sheet: str
    cell: str
    has_formula: bool = False


def check_template(content: bytes) -> None:
    """Refuse what is no plain .xlsx: macros, embedded objects, links elsewhere. Raises SheetError."""
    check_size(len(content), LIMITS)
    if not content.startswith(b"PK"):
        raise broken()
    check_archive(content, LIMITS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if WORKBOOK not in names:
            raise broken()
        active = next((name for name in names if ACTIVE.search(name)), "")
        if active or b"macroEnabled" in archive.read("[Content_Types].xml"):
            raise SheetError(
                "macros",
                _("The file holds macros, embedded objects or links to other files."),
                _("Save it as a plain .xlsx without them and upload that."),
            )


def named_cells(content: bytes) -> list[Named]:
    """Return the cells of a template that bear a name of ours, known or not. Raises SheetError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return list(_Template(archive).named())
    except SheetError:
        raise
    except (*DAMAGE, KeyError, etree.XMLSyntaxError) as error:
        raise broken() from error


def fill(content: bytes, values: Mapping[str, int | str]) -> bytes:
    """Return the template with these values in the cells of these names. Raises SheetError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Template(archive).filled(values)
    except SheetError:
        raise
    except (*DAMAGE, KeyError, etree.XMLSyntaxError) as error:
        raise broken() from error


class _Template:
    """A workbook as its parts: names, sheets, cells."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.workbook = self._parse(WORKBOOK)
        self.sheets = dict(self._sheets())
        self.parts: dict[str, Any] = {}

    def _parse(self, name: str) -> Any:
        text = self.archive.read(name)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise broken()
        return etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True))

    def _sheets(self) -> Iterator[tuple[str, str]]:
        related = self._parse("xl/_rels/workbook.xml.rels")
        targets = {one.get("Id"): str(one.get("Target")) for one in related}
        for sheet in self.workbook.iterfind(f"{{{MAIN}}}sheets/{{{MAIN}}}sheet"):
            target = targets[sheet.get(f"{{{RELATED}}}id")]
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            yield str(sheet.get("name")), part

    def part(self, sheet: str) -> Any:
        """Return the XML of a sheet."""
        name = self.sheets[sheet]
        if name not in self.parts:
            self.parts[name] = self._parse(name)
        return self.parts[name]

    def named(self) -> Iterator[Named]:
        """Give the named cells of ours, in the order of their names."""
        for one in self.workbook.iterfind(f"{{{MAIN}}}definedNames/{{{MAIN}}}definedName"):
            name, found = str(one.get("name")), REFERENCE.fullmatch((one.text or "").strip())
            if not OURS.fullmatch(name) or found is None:
                continue
            sheet = (found[1] or found[2]).replace("''", "'")
            if sheet not in self.sheets:
                continue
            cell = self._find(sheet, found[3], int(found[4]))
            has_formula = cell is not None and cell.find(f"{{{MAIN}}}f") is not None
            yield Named(name, sheet, f"{found[3]}{found[4]}", has_formula)

    def _find(self, sheet: str, letters: str, row: int) -> Any:
        path = f"{{{MAIN}}}sheetData/{{{MAIN}}}row[@r='{row}']/{{{MAIN}}}c[@r='{letters}{row}']"
        return self.part(sheet).find(path)

    def filled(self, values: Mapping[str, int | str]) -> bytes:
        """Return the workbook with the values put in."""
        for named in self.named():
            if named.name in values and not named.has_formula:
                _put(self._cell(named), values[named.name])
        for sheet in self.sheets:
            for formula in self.part(sheet).iter(f"{{{MAIN}}}f"):
                cell = formula.getparent()
                for result in cell.findall(f"{{{MAIN}}}v"):
                    cell.remove(result)
        calculation = self.workbook.find(f"{{{MAIN}}}calcPr")
        if calculation is not None:
            calculation.set("fullCalcOnLoad", "1")
        self.parts[WORKBOOK] = self.workbook
        return self._written()

    def _cell(self, named: Named) -> Any:
        letters, number = re.sub(r"\d", "", named.cell), int(re.sub(r"\D", "", named.cell))
        found = self._find(named.sheet, letters, number)
        if found is not None:
            return found
        data = self.part(named.sheet).find(f"{{{MAIN}}}sheetData")
        row = data.find(f"{{{MAIN}}}row[@r='{number}']")
        if row is None:
            row = etree.Element(f"{{{MAIN}}}row", r=str(number))
            before = sum(int(one.get("r")) < number for one in data)
            data.insert(before, row)
        cell = etree.Element(f"{{{MAIN}}}c", r=named.cell)
        before = sum(_place(one.get("r")) < _place(named.cell) for one in row)
        row.insert(before, cell)
        return cell

    def _written(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            for item in self.archive.infolist():
                part = self.parts.get(item.filename)
                text = (
                    self.archive.read(item)
                    if part is None
                    else etree.tostring(part, xml_declaration=True, encoding="UTF-8", standalone=True)
                )
                made.writestr(item.filename, text)
        return out.getvalue()


def _place(reference: str) -> tuple[int, str]:
    letters = re.sub(r"\d", "", reference)
    return len(letters), letters


def _put(cell: Any, value: int | str) -> None:
    """Put a value into a cell, whose style stays."""
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, int):
        etree.SubElement(cell, f"{{{MAIN}}}v").text = str(value)
        return
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
    text.text = value
