"""Files that come with acts (附件): kept under their digest, outside the database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import filetype
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import refuse

LIMIT = 60 * 1024 * 1024
SNIFFED = {
    "application/pdf": {".pdf"},
    "image/jpeg": {".jpg", ".jpeg"},
    "image/png": {".png"},
    "image/tiff": {".tif", ".tiff"},
    "application/zip": {".zip", ".docx", ".xlsx", ".ofd", ".wps", ".et"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {".xlsx"},
    "application/msword": {".doc", ".wps"},
    "application/vnd.ms-excel": {".xls", ".et"},
    "application/x-ole-storage": {".doc", ".xls", ".wps", ".et"},
}
PLAIN = {
    ".txt": "text/plain",
    ".csv": "text/plain",
    ".json": "application/json",
    ".gtx": "application/vnd.guantong.exchange",
}
"""Kinds without a mark of their own; the exchange looks into its files itself."""
SCANS = {"application/pdf", "image/jpeg", "image/png", "image/tiff"}


@dataclass(frozen=True)
class StoredFile:
    """A file in the store."""

    name: str
    digest: str
    size: int
    media_type: str


def folder() -> Path:
    """Return the folder of the file store."""
    return Path(settings.GUANTONG_DATA) / "files"


def path_of(digest: str) -> Path:
    """Return where the file of this digest lies."""
    name = digest.partition(":")[2] or digest
    return folder() / name[:2] / name


def _media_type(field: str, upload: UploadedFile[Any], only_scans: bool) -> str:
    head = upload.read(8192)
    upload.seek(0)
    name = upload.name or ""
    suffix = Path(name).suffix.lower()
    guess = filetype.guess(head)
    media_type = guess.mime if guess else ""
    if media_type == "" and suffix in PLAIN and not only_scans:
        return PLAIN[suffix]
    if suffix not in SNIFFED.get(media_type, set()) or (only_scans and media_type not in SCANS):
        allowed = (
            "PDF, JPEG, PNG, TIFF"
            if only_scans
            else "PDF, JPEG, PNG, TIFF, DOCX, XLSX, DOC, XLS, OFD, ZIP, TXT"
        )
        raise refuse(
            field,
            _("“%(name)s” is not a file of a kind that is accepted, or its ending and its content differ.")
            % {"name": name},
            _("Accepted are: %(kinds)s.") % {"kinds": allowed},
        )
    return media_type


def store(field: str, upload: UploadedFile[Any], *, only_scans: bool = False) -> StoredFile:
    """Put an uploaded file into the store and return what it is.

    Raises Refused for files too large, empty, of a kind not accepted, or when the disk is full. A file whose
    act then fails stays until the sweep removes what no attachment names.
    """
    name = (upload.name or "")[-200:]
    size = upload.size or 0
    if size == 0:
        raise refuse(field, _("“%(name)s” is empty.") % {"name": name}, _("Choose the right file."))
    if size > LIMIT:
        raise refuse(
            field,
            _("“%(name)s” has %(size)s MB; at most %(limit)s MB are accepted.")
            % {"name": name, "size": size // 1048576, "limit": LIMIT // 1048576},
            _("Scan at a lower resolution, or split the file."),
        )
    media_type = _media_type(field, upload, only_scans)
    try:
        digest = _write(upload.chunks())
    except OSError as error:
        raise refuse(
            field,
            _("The file could not be stored: %(error)s.") % {"error": error.strerror},
            _("Nothing was recorded. Tell the system administrator, then submit again."),
        ) from error
    return StoredFile(name, digest, size, media_type)


def write_bytes(data: bytes) -> str:
    """Put bytes made here into the store and return their digest."""
    return _write([data])


def _write(chunks: Iterable[bytes]) -> str:
    folder().mkdir(parents=True, exist_ok=True)
    state = hashes.Hash(hashes.SM3())
    handle, temporary = tempfile.mkstemp(dir=folder())
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                state.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        digest = f"sm3:{state.finalize().hex()}"
        target = path_of(digest)
        target.parent.mkdir(exist_ok=True)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return digest


def open_stored(digest: str) -> BinaryIO:
    """Open a stored file for reading. Raises FileNotFoundError."""
    return path_of(digest).open("rb")
