"""Writing the export archive of the journal (流水日志导出包), which ``verify.py`` reads; pure, one pass."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from guantong.kernel.journal.hashing import (
    FORMAT,
    CheckpointHeader,
    EntryHeader,
    Expunging,
    canonical,
    checkpoint_hash,
    iso_instant,
    root_file,
    root_file_name,
)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it stands in the table (已存条目): row id, header and the hash stored with it."""

    id: int
    header: EntryHeader
    hash: str

    def record(self) -> dict[str, Any]:
        """Its line in ``entries.jsonl``, also what ``verify.verify_records`` takes."""
        return {"id": self.id, "header": self.header.record(), "hash": self.hash}


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Content of an entry with its salt (已存内容)."""

    entry_id: int
    salt: bytes
    content: Any

    def record(self) -> dict[str, Any]:
        """Its line in ``contents.jsonl``, also what ``verify.verify_records`` takes."""
        return {"entry": self.entry_id, "salt": self.salt.hex(), "content": self.content}


@dataclass(frozen=True, slots=True)
class StoredExpunging:
    """What stands in for content that was expunged (已清除内容的替代记录)."""

    expunging: Expunging

    def record(self) -> dict[str, Any]:
        """Its line in ``contents.jsonl``, also what ``verify.verify_records`` takes."""
        return {"entry": self.expunging.entry_id, "expunged": self.expunging.statement()}


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint and the hash stored with it (已存检查点)."""

    header: CheckpointHeader
    hash: str

    def record(self) -> dict[str, Any]:
        """Its line in ``checkpoints.jsonl``, also what ``verify.verify_records`` takes."""
        return {"checkpoint": self.header.record(), "hash": self.hash}


Stored = StoredEntry | StoredContent | StoredExpunging | StoredCheckpoint


class ExportWriter:
    """Writes one archive (导出包写入器): entries, contents, checkpoints, each once, and the manifest.

    ``with ExportWriter(file, source='…', at=now) as writer: writer.entries(…); writer.contents(…);
    writer.checkpoints(…)``. ``file``: a path that must not exist yet, or an open binary file. Entries and
    contents must come by ascending row id (the verifier says so if not). Hashes are written as they are
    stored, never computed anew: that is the verifier's work. When the block ends by an error, no manifest is
    written and a path is removed: a half archive is never taken for a whole one.
    """

    def __init__(self, file: Path | IO[bytes], *, source: str, at: datetime) -> None:
        self._path = file if isinstance(file, Path) else None
        self._zip = zipfile.ZipFile(
            file, "x" if self._path else "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6
        )
        self._source, self._at = source, at
        self._counts: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._manifest()
        except ValueError:
            kind = ValueError
            raise
        finally:
            self._zip.close()
            if kind is not None and self._path:
                self._path.unlink()

    def entries(self, rows: Iterable[StoredEntry]) -> int:
        """Write ``entries.jsonl``; the number written."""
        return self._member("entries", rows)

    def contents(self, rows: Iterable[StoredContent | StoredExpunging]) -> int:
        """Write ``contents.jsonl``; the number written. Raises ``CanonicalError`` for content out of form."""
        return self._member("contents", rows)

    def checkpoints(self, rows: Iterable[StoredCheckpoint]) -> int:
        """Write ``checkpoints.jsonl``; the number written."""
        return self._member("checkpoints", rows)

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, date_time=self._at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info

    def _member(self, name: str, rows: Iterable[Stored]) -> int:
        if name in self._counts:
            msg = f"{name} of this archive were already written"
            raise ValueError(msg)
        count = 0
        with self._zip.open(self._info(f"{name}.jsonl"), "w", force_zip64=True) as member:
            for row in rows:
                member.write(canonical(row.record()) + b"\n")
                count += 1
        self._counts[name] = count
        return count

    def _manifest(self) -> None:
        missing = {"entries", "contents", "checkpoints"} - self._counts.keys()
        if missing:
            msg = f"archive without {', '.join(sorted(missing))}: write them, even when there are none"
            raise ValueError(msg)
        manifest = {"format": FORMAT, "source": self._source, "at": iso_instant(self._at), **self._counts}
        self._zip.writestr(self._info("manifest.json"), canonical(manifest) + b"\n")


def write_roots(folder: Path, checkpoints: Iterable[CheckpointHeader]) -> int:
    """Write each checkpoint as a file of its own into ``folder`` (检查点外存); the number newly written.

    A file already there is left as it is when it says the same. Raises ``ValueError`` when it says otherwise:
    then either the folder or the journal was changed, and neither may be overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for header in checkpoints:
        path, data = folder / root_file_name(header.number), root_file(header)
        if path.exists():
            if path.read_bytes() != data:
                msg = f"{path.name} says otherwise than checkpoint {header.number}, {checkpoint_hash(header)}"
                raise ValueError(msg)
            continue
        partial = path.with_suffix(".part")
        partial.write_bytes(data)
        partial.replace(path)
        written += 1
    return written
