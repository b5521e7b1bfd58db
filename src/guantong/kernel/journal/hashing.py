"""Hashes of the append-only journal (流水日志): canonical form, entries, Merkle trees, checkpoints.

Pure: no database, no clock, no randomness but what is handed in. Every hash is SM3 (GB/T 32905-2016) written
with its algorithm, ``sm3:`` and 64 hexadecimal digits. The format is described in ``docs/journal-format.md``;
``verify.py`` implements it a second time, from the standard library alone, so that neither has to be trusted.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes

FORMAT = 1
ALGORITHM = "sm3"
SALT_BYTES = 32
EXPUNGE_ACT = "journal.expunge"

_MAX_DEPTH = 64
_INT_LIMIT = 2**63
_TAGGED = re.compile(r"sm3:[0-9a-f]{64}\Z")
_GENESIS = b"guantong/genesis/1\n"
_CONTENT = b"guantong/content/1\n"
_ENTRY = b"guantong/entry/1\n"
_CHECKPOINT = b"guantong/checkpoint/1\n"
_LEAF = b"\x00"
_NODE = b"\x01"


class CanonicalError(ValueError):
    """A value that has no canonical form (无法规范化的值): names the place and the reason."""


def _digest(data: bytes) -> bytes:
    state = hashes.Hash(hashes.SM3())
    state.update(data)
    return state.finalize()


def _tagged(raw: bytes) -> str:
    return f"{ALGORITHM}:{raw.hex()}"


def _raw(tagged: str) -> bytes:
    if not _TAGGED.match(tagged):
        msg = f"not a hash of this format ('sm3:' and 64 hexadecimal digits): {tagged[:80]!r}"
        raise ValueError(msg)
    return bytes.fromhex(tagged[len(ALGORITHM) + 1 :])


def sm3(data: bytes) -> str:
    """SM3 digest (国密杂凑值) of ``data``, tagged: ``sm3:`` and 64 hexadecimal digits."""
    return _tagged(_digest(data))


# --- Canonical form


def iso_instant(moment: datetime) -> str:
    """Instant (时刻) in UTC with six decimals, ``2026-11-23T01:02:03.000004Z``.

    Raises ``CanonicalError`` for a datetime without a time zone.
    """
    if moment.tzinfo is None:
        msg = f"a moment without time zone: {moment.isoformat()}"
        raise CanonicalError(msg)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def _text(value: str, place: str) -> str:
    plain = unicodedata.normalize("NFC", str.__str__(value))
    if "\x00" in plain:
        msg = f"{place}: text holds a NUL character"
        raise CanonicalError(msg)
    try:
        plain.encode()
    except UnicodeEncodeError as error:
        msg = f"{place}: text holds half a surrogate pair, which UTF-8 cannot carry"
        raise CanonicalError(msg) from error
    return plain


def _plain_dict(value: dict[Any, Any], place: str, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            msg = f"{place}: key {key!r} is no text"
            raise CanonicalError(msg)
        name = _text(key, place)
        if name in result:
            msg = f"{place}: key {name!r} occurs twice once normalised (NFC)"
            raise CanonicalError(msg)
        result[name] = _plain(item, f"{place}.{name}", depth + 1)
    return result


def _scalar(value: object, place: str) -> str | int | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, int):
        if not -_INT_LIMIT <= value < _INT_LIMIT:
            msg = f"{place}: whole number beyond 64 bits"
            raise CanonicalError(msg)
        return int(value)
    if isinstance(value, datetime):
        return iso_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    msg = f"{place}: {type(value).__name__} has no canonical form; use text or whole numbers"
    raise CanonicalError(msg)


def _plain(value: object, place: str, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        msg = f"{place[:200]}: nested more than {_MAX_DEPTH} deep"
        raise CanonicalError(msg)
    if isinstance(value, dict):
        return _plain_dict(value, place, depth)
    if isinstance(value, list):
        return [_plain(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
    return _scalar(value, place)


def plain(obj: object) -> Any:
    """The same value in JSON's own types (可存为 JSON 的形式), texts in NFC, dates as ISO text.

    What is stored must be this form, or its hash cannot be computed anew. Raises ``CanonicalError``.
    """
    return _plain(obj, "$", 0)


def canonical(obj: object) -> bytes:
    """Canonical bytes (规范化字节) of a value: JSON, keys sorted by code point, no white space, UTF-8, NFC.

    Takes text, whole numbers within 64 bits, booleans, ``None``, lists, dictionaries with text keys, dates
    and zoned datetimes (as ISO text). Raises ``CanonicalError`` for anything else, ``float`` and ``Decimal``
    above all: write an amount as text, or as whole fen.
    """
    return json.dumps(plain(obj), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


# --- Entries


def genesis(matter_id: str) -> str:
    """What a matter's first entry points back to (创世值): no chain passes for another matter's."""
    return sm3(_GENESIS + matter_id.encode())


def content_digest(salt: bytes, content: object) -> str:
    """Salted digest (加盐摘要) of an entry's content.

    ``salt``: 32 random bytes kept beside the content and expunged with it, so that expunged content cannot be
    guessed from its digest. Raises ``ValueError`` for another length, ``CanonicalError`` for the content.
    """
    if len(salt) != SALT_BYTES:
        msg = f"the salt has {len(salt)} bytes, not {SALT_BYTES}"
        raise ValueError(msg)
    return sm3(_CONTENT + salt + canonical(content))


@dataclass(frozen=True, slots=True)
class EntryHeader:
    """Header of a journal entry (日志条目首部): all that the chain commits to; content only by its digest.

    It outlives an expunging, so it names nobody but who acted: ``post_id``, ``organ_id`` (``None`` only for
    what the calendar does), ``officer_name`` and ``capacity`` (身份) as read that day. ``prev`` is the
    hash of the entry before in the same matter, ``''`` for the first (``seq`` 1). ``depth``: from which
    depth of sight the entry shows. Raises ``ValueError`` when a field is out of form.
    """

    matter_id: str
    seq: int
    prev: str
    act: str
    happened_on: date
    recorded_at: datetime
    post_id: int | None
    organ_id: int | None
    officer_name: str
    capacity: str
    clauses: tuple[str, ...]
    depth: int
    state_from: str
    state_to: str
    content_digest: str
    format: int = FORMAT

    def __post_init__(self) -> None:
        if str(UUID(self.matter_id)) != self.matter_id:
            msg = f"matter id not in lower-case form with hyphens: {self.matter_id!r}"
            raise ValueError(msg)
        if self.seq < 1 or (self.seq == 1) != (self.prev == ""):
            msg = f"entry {self.seq} of matter {self.matter_id}: the first, and only it, has no entry before"
            raise ValueError(msg)
        if self.prev:
            _raw(self.prev)
        _raw(self.content_digest)
        if not self.act:
            msg = "an entry without act code"
            raise ValueError(msg)
        if isinstance(self.happened_on, datetime):
            msg = "happened_on is a day, not a moment"
            raise ValueError(msg)

    def record(self) -> dict[str, Any]:
        """The header as it is hashed, stored and exported (plain JSON types)."""
        return {
            "format": self.format,
            "matter": self.matter_id,
            "seq": self.seq,
            "prev": self.prev,
            "act": self.act,
            "happened_on": self.happened_on.isoformat(),
            "recorded_at": iso_instant(self.recorded_at),
            "post": self.post_id,
            "organ": self.organ_id,
            "officer": self.officer_name,
            "capacity": self.capacity,
            "clauses": list(self.clauses),
            "depth": self.depth,
            "state_from": self.state_from,
            "state_to": self.state_to,
            "content": self.content_digest,
        }


def entry_hash(header: EntryHeader) -> str:
    """Hash of an entry (条目哈希): over its header, with the genesis value where nothing is before."""
    record = header.record()
    if not record["prev"]:
        record["prev"] = genesis(header.matter_id)
    return sm3(_ENTRY + canonical(record))


@dataclass(frozen=True, slots=True)
class Expunging:
    """What an expunging leaves (清除记录): which entry, by which two people, why, when.

    ``people``: ids of two different accounts. The act ``journal.expunge`` carries ``statement()`` in its
    content under the key ``expunges``, in the chain of the same matter; the row that stands in for the
    content repeats it. Raises ``ValueError`` when it names one person twice or no reason.
    """

    entry_id: int
    entry_hash: str
    people: tuple[int, int]
    reason: str
    at: datetime

    def __post_init__(self) -> None:
        _raw(self.entry_hash)
        if self.people[0] == self.people[1]:
            msg = "expunging takes two different people"
            raise ValueError(msg)
        if not self.reason.strip():
            msg = "expunging takes a reason"
            raise ValueError(msg)

    def statement(self) -> dict[str, Any]:
        """The statement both the act and the stand-in row carry (plain JSON types)."""
        return {
            "entry": self.entry_id,
            "hash": self.entry_hash,
            "people": sorted(self.people),
            "reason": unicodedata.normalize("NFC", self.reason),
            "at": iso_instant(self.at),
        }


# --- Merkle trees (RFC 6962, section 2.1)


def checkpoint_leaf(entry_id: int, hash_: str) -> bytes:
    """Leaf (叶子) of a checkpoint's tree: the entry's row id and its hash."""
    return canonical([entry_id, hash_])


def _leaf(data: bytes) -> bytes:
    return _digest(_LEAF + data)


def _node(left: bytes, right: bytes) -> bytes:
    return _digest(_NODE + left + right)


def _level_up(level: list[bytes]) -> list[bytes]:
    paired = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return paired + level[len(level) & ~1 :]


def merkle_root(leaves: Sequence[bytes]) -> str:
    """Root of the Merkle tree (默克尔树根) over ``leaves`` in order. Raises ``ValueError`` when empty."""
    if not leaves:
        msg = "a tree without leaves has no root here"
        raise ValueError(msg)
    level = [_leaf(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _level_up(level)
    return _tagged(level[0])


def merkle_proof(leaves: Sequence[bytes], index: int) -> list[str]:
    """Inclusion proof (存在性证明) of leaf ``index`` (from 0): sibling hashes from the leaf upwards.

    Raises ``IndexError`` when there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        msg = f"no leaf {index} among {len(leaves)}"
        raise IndexError(msg)
    level = [_leaf(leaf) for leaf in leaves]
    proof = []
    while len(level) > 1:
        if index ^ 1 < len(level):
            proof.append(_tagged(level[index ^ 1]))
        level = _level_up(level)
        index >>= 1
    return proof


def verify_proof(leaf: bytes, index: int, size: int, proof: Sequence[str], root: str) -> bool:
    """Whether ``proof`` shows ``leaf`` to be number ``index`` of ``size`` under ``root`` (验证存在性证明).

    ``index`` counts from 0. A proof out of form (wrong length, index outside, not hashes) is simply no proof.
    """
    if not 0 <= index < size or not all(_TAGGED.match(step) for step in proof):
        return False
    steps = iter(proof)
    value = _leaf(leaf)
    while size > 1:
        if index ^ 1 < size:
            step = next(steps, None)
            if step is None:
                return False
            value = _node(_raw(step), value) if index & 1 else _node(value, _raw(step))
        index >>= 1
        size = (size + 1) >> 1
    return next(steps, None) is None and _tagged(value) == root


# --- Checkpoints


@dataclass(frozen=True, slots=True)
class CheckpointHeader:
    """Checkpoint (检查点): the root over all entries with row ids ``first_id`` to ``last_id``.

    ``number`` counts from 1; ``previous`` is the hash of checkpoint ``number - 1``, ``''`` for the first;
    ``count`` is the number of entries (ids have holes where a transaction was rolled back). Raises
    ``ValueError``.
    """

    number: int
    first_id: int
    last_id: int
    count: int
    root: str
    previous: str
    at: datetime
    format: int = FORMAT

    def __post_init__(self) -> None:
        if self.number < 1 or (self.number == 1) != (self.previous == ""):
            msg = f"checkpoint {self.number}: the first, and only it, has no checkpoint before"
            raise ValueError(msg)
        if not 1 <= self.count <= self.last_id - self.first_id + 1:
            msg = f"checkpoint {self.number}: {self.count} entries in ids {self.first_id}-{self.last_id}"
            raise ValueError(msg)
        _raw(self.root)
        if self.previous:
            _raw(self.previous)

    def record(self) -> dict[str, Any]:
        """The checkpoint as it is hashed, stored and exported (plain JSON types)."""
        return {
            "format": self.format,
            "number": self.number,
            "first_id": self.first_id,
            "last_id": self.last_id,
            "count": self.count,
            "root": self.root,
            "previous": self.previous,
            "at": iso_instant(self.at),
        }


def checkpoint_hash(header: CheckpointHeader) -> str:
    """Hash of a checkpoint (检查点哈希): what is carried outside and what the next checkpoint names."""
    return sm3(_CHECKPOINT + canonical(header.record()))


def root_file_name(number: int) -> str:
    """Name of the file a checkpoint leaves the house in (检查点外存文件名), ``checkpoint-000012.json``."""
    return f"checkpoint-{number:06d}.json"


def root_file(header: CheckpointHeader) -> bytes:
    """Bytes of that file (检查点外存文件): the checkpoint and its hash, one line of JSON."""
    return canonical({"checkpoint": header.record(), "hash": checkpoint_hash(header)}) + b"\n"
