"""Uploads kept while a form is mended (暂存附件): a refused form need not be given its scan again.

They lie apart from the file store, under random names, for a day at most; the browser holds a signed ticket
that only the same person can use. Nothing of them is left once the act is done or must keep nothing.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

PREFIX = "kept-"
SALT = "guantong.pending"
SECONDS = 24 * 3600
LARGEST = 60 * 2**20


def folder() -> Path:
    """Return the folder of kept uploads."""
    return Path(settings.GUANTONG_DATA) / "pending"


def _ticket(user_id: int, field: str, name: str, stored: str) -> str:
    return signing.dumps([user_id, field, name, stored], salt=SALT)


def _read(ticket: str, user_id: int, field: str) -> tuple[str, Path] | None:
    try:
        owner, named, name, stored = signing.loads(ticket, salt=SALT, max_age=SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    path = folder() / Path(str(stored)).name
    if owner != user_id or named != field or not path.is_file():
        return None
    return str(name), path


def _tickets(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    lists = data.lists() if isinstance(data, QueryDict) else ()
    return [(name[len(PREFIX) :], one) for name, many in lists if name.startswith(PREFIX) for one in many]


def with_kept(
    data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile[Any]], user_id: int
) -> MultiValueDict[str, UploadedFile[Any]]:
    """Return the uploads together with those kept from the form's last submission.

    A newly chosen file takes the place of a kept one.
    """
    together = files.copy()
    for field, ticket in _tickets(data):
        found = _read(ticket, user_id, field)
        if field in files or found is None:
            continue
        name, path = found
        handle = path.open("rb")
        together.appendlist(field, UploadedFile(handle, name, size=path.stat().st_size))
    return together


def keep(files: MultiValueDict[str, UploadedFile[Any]], user_id: int) -> list[tuple[str, str, str]]:
    """Keep uploads and return a (field, file name, ticket) for each; what cannot be kept is left out."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep()
    kept = []
    for field, many in files.lists():
        for upload in many:
            if 0 < (upload.size or 0) <= LARGEST:
                stored = _write(upload)
                if stored:
                    kept.append(
                        (field, upload.name or "", _ticket(user_id, field, upload.name or "", stored))
                    )
    return kept


def _write(upload: UploadedFile[Any]) -> str:
    stored = secrets.token_hex(16)
    path = folder() / stored
    try:
        upload.seek(0)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
    except OSError:
        path.unlink(missing_ok=True)
        return ""
    return stored


def drop(data: Mapping[str, Any], user_id: int) -> None:
    """Remove what was kept for a form."""
    for field, ticket in _tickets(data):
        found = _read(ticket, user_id, field)
        if found:
            found[1].unlink(missing_ok=True)


def _sweep() -> None:
    old = time.time() - SECONDS
    for path in folder().iterdir():
        try:
            if path.stat().st_mtime < old:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
