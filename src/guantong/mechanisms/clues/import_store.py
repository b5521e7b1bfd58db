"""What an import page keeps between its steps (导入暂存): a file of its own, for at most two hours.

It lies in the data folder, readable by the server's account only, and goes when dropped or too old. Rows that
belong to the superior organ are gone from it as soon as the dry run has found them: from then on it holds the
rows to be entered and no longer the sheets.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import uuid
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from guantong.kernel import clock
from guantong.kernel.sheets import Sheet
from guantong.kernel.sheets.differences import Change
from guantong.kernel.sheets.reading import Cell
from guantong.mechanisms.clues.again import Line
from guantong.mechanisms.clues.import_rows import CellFault, Entry
from guantong.mechanisms.clues.importing import Outcome, Status

KEPT = timedelta(hours=2)
TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass
class Draft:
    """An import between upload and result (导入过程). `stage`: columns, checked, running, done."""

    token: str
    post: int
    name: str
    stage: str = "columns"
    sheets: list[Sheet] = field(default_factory=list)
    columns: dict[str, dict[str, int]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    skipped: list[list[Any]] = field(default_factory=list)
    given_up: bool = False
    platform: str = ""
    was_recognised: bool = False
    taken_before: str = ""
    digest: str = ""
    gone: list[list[str]] = field(default_factory=list)


def folder() -> Path:
    """Return the folder of drafts; it is made where it is not there."""
    found = Path(settings.GUANTONG_DATA) / "imports"
    found.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def new(post: int, name: str, sheets: list[Sheet], digest: str = "") -> Draft:
    """Begin an import; drafts that are too old go."""
    sweep()
    return Draft(uuid.uuid4().hex, post, name[-200:], sheets=sheets, digest=digest)


def sweep() -> None:
    """Remove the drafts that are too old (清理过期导入)."""
    oldest = (clock.now() - KEPT).timestamp()
    for path in folder().iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def save(draft: Draft) -> None:
    """Write a draft, whole or not at all. Raises OSError."""
    content = json.dumps(_encode(draft), ensure_ascii=False)
    handle, temporary = tempfile.mkstemp(dir=folder())
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(content)
        os.replace(temporary, _path(draft.token))
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(token: str, post: int) -> Draft | None:
    """Return a draft of this post; None where there is none (any more)."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        content = json.loads(_path(token).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return _decode(content) if content["post"] == post else None


def drop(draft: Draft) -> None:
    """Remove a draft."""
    _path(draft.token).unlink(missing_ok=True)


def _path(token: str) -> Path:
    return folder() / f"{token}.json"


def _encode(draft: Draft) -> dict[str, Any]:
    made = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    made["sheets"] = [
        {**asdict(sheet), "rows": [[_of_cell(cell) for cell in row] for row in sheet.rows]}
        for sheet in draft.sheets
    ]
    made["outcomes"] = [_of_outcome(one) for one in draft.outcomes]
    return made


def _decode(content: dict[str, Any]) -> Draft:
    sheets = [
        Sheet(
            one["name"],
            [[_to_cell(cell) for cell in row] for row in one["rows"]],
            None if one["merged"] is None else tuple((a, b, c, d) for a, b, c, d in one["merged"]),
            one["keys"],
        )
        for one in content["sheets"]
    ]
    outcomes = [_to_outcome(one) for one in content["outcomes"]]
    return Draft(**{**content, "sheets": sheets, "outcomes": outcomes})


def _of_cell(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, date):
        return ["date", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["seconds", cell.total_seconds()]
    return cell


def _to_cell(value: Any) -> Cell:
    if not isinstance(value, list):
        return value  # type: ignore[no-any-return]
    kind, said = value
    if kind == "datetime":
        return datetime.fromisoformat(said)
    if kind == "date":
        return date.fromisoformat(said)
    return time.fromisoformat(said) if kind == "time" else timedelta(seconds=said)


def _of_outcome(one: Outcome) -> dict[str, Any]:
    made = asdict(one)
    if one.entry is not None:
        made["entry"]["mapped"] = sorted(one.entry.mapped)
    return made


def _to_outcome(made: dict[str, Any]) -> Outcome:
    entry = made["entry"]
    if entry is not None:
        faults = [CellFault(**fault) for fault in entry["faults"]]
        entry = Entry(**{**entry, "faults": faults, "mapped": frozenset(entry["mapped"])})
    faults = [CellFault(**fault) for fault in made["faults"]]
    lines = [Line(**{**line, "change": Change(line["change"])}) for line in made["lines"]]
    known = {"status": Status(made["status"]), "entry": entry, "faults": faults, "lines": lines}
    return Outcome(**{**made, **known})
