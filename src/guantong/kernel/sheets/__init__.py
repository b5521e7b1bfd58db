"""Spreadsheets (电子表格): reading them as offices keep them, and writing them so that they import again."""

from .errors import SheetError, address
from .guards import Limits
from .headers import Column, Header, Record, Skipped, find_header
from .mapping import Field, Mapping, Match, Reason, propose_mapping
from .reading import Cell, Sheet, read_workbook
from .tables import OutSheet, OutTable, Share, write_tables
from .values import NameList, to_amount, to_date, to_names, to_text
from .writing import OutColumn, write_workbook

__all__ = [
    "Cell",
    "Column",
    "Field",
    "Header",
    "Limits",
    "Mapping",
    "Match",
    "NameList",
    "OutColumn",
    "OutSheet",
    "OutTable",
    "Reason",
    "Record",
    "Share",
    "Sheet",
    "SheetError",
    "Skipped",
    "address",
    "find_header",
    "propose_mapping",
    "read_workbook",
    "to_amount",
    "to_date",
    "to_names",
    "to_text",
    "write_tables",
    "write_workbook",
]
