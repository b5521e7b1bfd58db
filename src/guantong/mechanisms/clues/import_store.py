"""What an import keeps between its steps (导入暂存): a file of its own, for at most two hours.

Each step writes a new file; which of them counts is written in the transaction of the step (`ImportStand`),
so that what is on file and what is in the ledger are one, wherever a process dies.

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
from django.db import transaction

from guantong.kernel import clock
from guantong.kernel.sheets import Sheet
from guantong.kernel.sheets.differences import Change
from guantong.kernel.sheets.reading import Cell
from guantong.mechanisms.clues.again import Line
from guantong.mechanisms.clues.import_rows import CellFault, Entry
from guantong.mechanisms.clues.importing import Outcome, Status
from guantong.mechanisms.clues.models import ImportStand

KEPT = timedelta(hours=2)
AT_WORK = frozenset({"checking", "trying", "running"})
"""Stages in which rows are being gone through."""
TOKEN = re.compile(r"[0-9a-f]{32}")


class Moved(Exception):  # noqa: N818 - named for what it says
    """The import has been dropped, or gone on elsewhere; the step is taken back."""


@dataclass
class Trial:
    """What the ticked corrections would bring about (试算结果)."""

    moved: int = 0
    opened: int = 0
    ended: int = 0
    flagged: int = 0
    refused: list[Outcome] = field(default_factory=list)


@dataclass
class Draft:
    """An import between upload and result (导入过程).

    `stage`: columns, checking, checked, trying, running, done. `number`: which of its files
    this is. `officer`, `language`: for whom a job goes on; `trouble`: why it stopped.
    """

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
    number: int = 0
    officer: int = 0
    language: str = ""
    trouble: str = ""
    whole: bool = False
    trial: Trial | None = None

    @property
    def at_work(self) -> bool:
        """Whether its rows are being gone through."""
        return self.stage in AT_WORK and not self.trouble


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
    oldest = clock.now() - KEPT
    ImportStand.objects.filter(at__lt=oldest).delete()
    for path in folder().iterdir():
        if path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)


def save(draft: Draft) -> None:
    """Write a draft, whole or not at all, and with the present transaction. Raises OSError, Moved."""
    before, draft.number = draft.number, draft.number + 1
    _write(_path(draft.token, draft.number), _encode(draft))
    stand = {"number": draft.number, "at_work": draft.at_work, "at": clock.now()}
    if before == 0:
        ImportStand.objects.create(token=draft.token, post=draft.post, **stand)
    elif not ImportStand.objects.filter(token=draft.token, number=before).update(**stand):
        raise Moved
    transaction.on_commit(lambda: _path(draft.token, before).unlink(missing_ok=True))


def _write(path: Path, content: Any) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder())
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(json.dumps(content, ensure_ascii=False))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def load(token: str, post: int | None = None) -> Draft | None:
    """Return a draft, with `post` only one of this post; None where there is none (any more)."""
    stand = stand_of(token, post)
    if stand is None:
        return None
    try:
        return _decode(json.loads(_path(token, stand.number).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def stand_of(token: str, post: int | None = None) -> ImportStand | None:
    """Return where a draft stands, without reading it."""
    if not TOKEN.fullmatch(token):
        return None
    found = ImportStand.objects.filter(token=token)
    return (found if post is None else found.filter(post=post)).first()


def drop(draft: Draft) -> None:
    """Remove a draft."""
    ImportStand.objects.filter(token=draft.token).delete()
    for path in folder().glob(f"{draft.token}.*"):
        path.unlink(missing_ok=True)


def tell(token: str, done: int, total: int) -> None:
    """Say how many rows are done; seen at once, whatever becomes of the transaction (导入进度)."""
    _write(folder() / f"{token}.progress", [done, total])


def told(token: str) -> tuple[int, int] | None:
    """Return how many rows are done of how many; None where work has not begun."""
    try:
        done, total = json.loads((folder() / f"{token}.progress").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return done, total


def _path(token: str, number: int) -> Path:
    return folder() / f"{token}.{number}.json"


def _encode(draft: Draft) -> dict[str, Any]:
    made = {name: getattr(draft, name) for name in draft.__dataclass_fields__}
    made["sheets"] = [
        {**asdict(sheet), "rows": [[_of_cell(cell) for cell in row] for row in sheet.rows]}
        for sheet in draft.sheets
    ]
    made["outcomes"] = [_of_outcome(one) for one in draft.outcomes]
    if draft.trial is not None:
        refused = [_of_outcome(one) for one in draft.trial.refused]
        made["trial"] = {**asdict(draft.trial), "refused": refused}
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
    trial = content["trial"]
    if trial is not None:
        trial = Trial(**{**trial, "refused": [_to_outcome(one) for one in trial["refused"]]})
    return Draft(**{**content, "sheets": sheets, "outcomes": outcomes, "trial": trial})


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
