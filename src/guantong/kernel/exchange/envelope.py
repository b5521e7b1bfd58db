"""What a sealed file says inside (交换件内容): a closed, versioned model, and the files that come with it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives import hashes
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from guantong.kernel.exchange import codec
from guantong.kernel.exchange.errors import ExchangeError

MOST_FILES = 50
_CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


class Said(BaseModel):
    """A part of what is said: closed, so that nothing unknown is taken in unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _plain_name(name: str) -> str:
    if _CONTROL.search(name) or name in (".", "..") or name != PurePosixPath(name).name:
        raise ValueError("a file's name holds no path")
    return name


Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2199, 12, 31))]
Name = Annotated[str, Field(min_length=1, max_length=120)]


class Body(Said):
    """A body as the file names it (机关)."""

    code: Annotated[str, Field(max_length=64)]
    name: Name
    department: Annotated[str, Field(max_length=120)] = ""


class FileEntry(Said):
    """A file that comes with it (随附文件)."""

    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain_name)]
    role: Literal["letter", "attachment"]
    size: Annotated[int, Field(ge=1, le=codec.LIMIT)]
    digest: Annotated[str, Field(pattern=r"^sm3:[0-9a-f]{64}$")]


class LetterPart(Said):
    """The letter as signed (函件)."""

    number: Annotated[str, Field(max_length=60)]
    title: Annotated[str, Field(max_length=200)]
    signed_on: Day
    signer: Annotated[str, Field(max_length=60)]
    model: dict[str, Any]


class Envelope(Said):
    """The whole content of a file (交换件)."""

    schema_version: Literal[1] = 1
    uid: uuid.UUID
    kind: Annotated[str, Field(pattern=r"^[a-z_]{1,16}$")]
    number: Annotated[int, Field(ge=1, le=10**9)]
    sender: Body
    recipient: Body
    made_on: Day
    ref: uuid.UUID
    reply_to: uuid.UUID | None = None
    letter: LetterPart | None = None
    body: dict[str, Any]
    files: Annotated[tuple[FileEntry, ...], Field(max_length=MOST_FILES)] = ()


@dataclass(frozen=True)
class Content:
    """An envelope with its files' bytes, and the digest of all of it."""

    envelope: Envelope
    files: tuple[tuple[FileEntry, bytes], ...]
    digest: str


def digest_of(data: bytes) -> str:
    """Return the SM3 digest, tagged."""
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return f"sm3:{state.finalize().hex()}"


def entry_of(name: str, role: Literal["letter", "attachment"], data: bytes) -> FileEntry:
    """Return a file's line in the list."""
    return FileEntry(name=name, role=role, size=len(data), digest=digest_of(data))


def to_bytes(envelope: Envelope, files: list[bytes]) -> bytes:
    """Return the content to be sealed."""
    return codec.pack(envelope.model_dump_json().encode(), files)


def from_bytes(content: bytes) -> Content:
    """Read a content: closed model, files of exactly the sizes and digests named. Raises ExchangeError."""
    said, rest = codec.unpack(content)
    try:
        envelope = Envelope.model_validate_json(said)
    except ValidationError as error:
        raise not_as_agreed(error) from error
    if sum(entry.size for entry in envelope.files) != len(rest):
        raise ExchangeError("not_as_agreed", where="files")
    files, at = [], 0
    for entry in envelope.files:
        data = bytes(rest[at : at + entry.size])
        at += entry.size
        if digest_of(data) != entry.digest:
            raise ExchangeError("not_as_agreed", where=entry.name)
        files.append((entry, data))
    return Content(envelope, tuple(files), digest_of(content))


def not_as_agreed(error: ValidationError) -> ExchangeError:
    """Return the refusal that names the first place that is wrong, and nothing of its content."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "JSON"
    return ExchangeError("not_as_agreed", where=where)
