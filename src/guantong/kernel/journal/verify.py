"""Stand-alone verifier of the journal (流水日志独立校验): one file, Python's standard library, no database.

    python verify.py export.zip --roots roots/

It reads an export archive and, where given, a folder of checkpoints that left the house earlier and were
kept elsewhere. It finds every entry altered, removed, inserted or put in another order; that the newest are
gone it finds with the help of that folder, or where a checkpoint in the archive still covers them. Content
that two people expunged on the record verifies as expunged. Ends with 0 (sound), 1 (faults), 2 (unreadable).

The format is in docs/journal-format.md. It is implemented here anew, on purpose: not to trust the writer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
FILES = ("checkpoints.jsonl", "contents.jsonl", "entries.jsonl", "manifest.json")
EXPUNGE_ACT = "journal.expunge"
MAX_FAULTS = 1000
MAX_DEPTH = 64
HASH = re.compile(r"sm3:[0-9a-f]{64}\Z")
SALT = re.compile(r"[0-9a-f]{64}\Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
Digest = Callable[[bytes], bytes]

MESSAGES = {
    "archive_files": ("压缩包内文件与格式不符", "the archive does not hold exactly the files of the format"),
    "archive_damaged": ("压缩包数据损坏", "the archive's data is damaged"),
    "line_unreadable": ("该行无法读取", "this line cannot be read"),
    "manifest_malformed": ("清单不符合格式", "the manifest is out of form"),
    "manifest_count": ("清单所列数量与实际不符", "the manifest's count differs from what is there"),
    "entry_malformed": ("条目不符合格式", "the entry is out of form"),
    "entry_order": ("条目编号未递增：被调换次序或重复", "row ids do not ascend: reordered or repeated"),
    "entry_altered": ("条目内容与其哈希不符：首部被改动", "the header does not give the hash: altered"),
    "chain_gap": ("事项链序号不连续：有条目被删除或插入", "numbers skip: removed or inserted"),
    "chain_broken": ("前一条哈希不符：前一条被改动或替换", "does not point to the entry before"),
    "content_missing": ("内容缺失且无清除记录", "content is absent and no expunging is on record"),
    "content_altered": ("内容与摘要不符：内容被改动", "content does not give its digest: altered"),
    "content_malformed": ("内容行不符合格式", "the content row is out of form"),
    "content_orphan": ("内容没有对应条目，或次序错乱", "content without its entry, or out of order"),
    "expunge_unproved": ("有清除记录，但事项链中无相应清除行为", "expunged without an act in the chain"),
    "expunge_undone": ("清除行为所指内容并未清除", "an act of expunging not carried out"),
    "expunge_malformed": ("清除行为不符合要求（须两人、有理由）", "expunging without two people, or reason"),
    "head_differs": (
        "事项所记末条在链中不存在：末尾条目被删除",
        "the matter's last entry is gone",
    ),
    "checkpoint_malformed": ("检查点不符合格式", "the checkpoint is out of form"),
    "checkpoint_altered": ("检查点与其哈希不符：被改动", "the checkpoint does not give its hash: altered"),
    "checkpoint_gap": ("检查点编号不连续：有检查点被删除", "numbers skip: a checkpoint was removed"),
    "checkpoint_chain": ("未指向前一检查点：前一检查点被替换", "does not point to the one before"),
    "checkpoint_order": ("检查点编号区间与前一检查点重叠", "its ids overlap those before"),
    "checkpoint_count": ("检查点覆盖的条目数不符：有删除或插入", "another number of entries"),
    "checkpoint_root": ("检查点树根不符：条目被改动或调换", "another root: altered or reordered"),
    "entry_between": ("条目位于两个检查点之间：事后插入", "between two checkpoints: inserted later"),
    "root_differs": ("与外存检查点不符：日志被整体改写", "differs from the one kept: rewritten"),
    "root_missing": ("外存检查点在日志中不存在：末尾被截断", "kept elsewhere, absent here: truncated"),
    "root_unreadable": ("外存检查点文件无法读取或自身不符", "a file kept elsewhere is not sound"),
}


class Unreadable(Exception):  # noqa: N818 - says what it is
    """The archive or the folder of roots cannot be read at all (无法读取)."""


# --- SM3, GB/T 32905-2016

_IV = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)
_MASK = 0xFFFFFFFF


def _rotate(word: int, by: int) -> int:
    return (word << by | word >> 32 - by) & _MASK


_T = [_rotate(0x79CC4519 if j < 16 else 0x7A879D8A, j % 32) for j in range(64)]


def _expand(block: bytes) -> list[int]:
    w = [int.from_bytes(block[i : i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)
        w.append(x ^ _rotate(x, 15) ^ _rotate(x, 23) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    return w


def _compress(state: tuple[int, ...], block: bytes) -> tuple[int, ...]:
    w = _expand(block)
    a, b, c, d, e, f, g, h = state
    for j in range(64):
        a12 = _rotate(a, 12)
        ss1 = _rotate((a12 + e + _T[j]) & _MASK, 7)
        ff = a ^ b ^ c if j < 16 else a & b | a & c | b & c
        gg = e ^ f ^ g if j < 16 else e & f | ~e & g
        tt1 = (ff + d + (ss1 ^ a12) + (w[j] ^ w[j + 4])) & _MASK
        tt2 = (gg + h + ss1 + w[j]) & _MASK
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = tt2 ^ _rotate(tt2, 9) ^ _rotate(tt2, 17), e, _rotate(f, 19), g
    return tuple(old ^ new for old, new in zip(state, (a, b, c, d, e, f, g, h), strict=True))


def sm3_pure(data: bytes) -> bytes:
    """SM3 digest (国密杂凑值) of ``data``, 32 bytes, without any library."""
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    state: tuple[int, ...] = _IV
    for start in range(0, len(padded), 64):
        state = _compress(state, padded[start : start + 64])
    return b"".join(word.to_bytes(4, "big") for word in state)


def _sm3_openssl(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def best_sm3() -> Digest:
    """OpenSSL's SM3 where this Python has it and it agrees with ours (about 100 times faster), else ours."""
    try:
        agrees = _sm3_openssl(b"abc") == sm3_pure(b"abc")
    except ValueError:
        return sm3_pure
    return _sm3_openssl if agrees else sm3_pure


# --- Canonical form


def _plain(value: object, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return value
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        result = {unicodedata.normalize("NFC", key): _plain(item, depth + 1) for key, item in value.items()}
        if len(result) == len(value):
            return result
        raise ValueError("a key occurs twice")
    raise ValueError(f"{type(value).__name__} or its size is not of the format")


def canonical(value: object) -> bytes:
    """Canonical bytes (规范化字节) of a value read from JSON. Raises ``ValueError`` when it has none."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key occurs twice")
    return result


def _no_float(text: str) -> Any:
    raise ValueError(f"number {text[:40]} is not whole")


def read_json(text: str) -> Any:
    """JSON of this format: no fractions, no key twice. Raises ``ValueError``."""
    return json.loads(text, object_pairs_hook=_unique, parse_float=_no_float, parse_constant=_no_float)


# --- Form of the records


def _id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _id_or_none(value: object) -> bool:
    return value is None or _id(value)


def _text(value: object) -> bool:
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _like(pattern: re.Pattern[str], *, or_empty: bool = False) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and (bool(pattern.match(value)) or (or_empty and not value))


Shape = Mapping[str, Callable[[object], bool]]
HEADER: Shape = {
    "format": _id, "matter": _text, "seq": _id, "prev": _like(HASH, or_empty=True), "act": _text,
    "happened_on": _like(DAY), "recorded_at": _like(MOMENT), "post": _id_or_none, "organ": _id_or_none,
    "officer": _text, "capacity": _text, "clauses": _texts, "depth": _id,
    "state_from": _text, "state_to": _text, "content": _like(HASH),
}  # fmt: skip
CHECKPOINT: Shape = {
    "format": _id, "number": _id, "first_id": _id, "last_id": _id, "count": _id, "root": _like(HASH),
    "previous": _like(HASH, or_empty=True), "at": _like(MOMENT),
}  # fmt: skip
STATEMENT: Shape = {
    "entry": _id, "hash": _like(HASH), "people": lambda v: isinstance(v, list) and all(map(_id, v)),
    "reason": _text, "at": _like(MOMENT),
}  # fmt: skip
ENTRY: Shape = {"id": _id, "header": lambda v: _shaped(v, HEADER), "hash": _like(HASH)}
SEALED: Shape = {"checkpoint": lambda v: _shaped(v, CHECKPOINT), "hash": _like(HASH)}
CONTENT: Shape = {"entry": _id, "salt": _like(SALT), "content": lambda _: True}
EXPUNGED: Shape = {"entry": _id, "expunged": lambda v: _shaped(v, STATEMENT)}


def _shaped(value: object, shape: Shape) -> bool:
    if not isinstance(value, dict) or value.keys() != shape.keys():
        return False
    return all(shape[key](item) for key, item in value.items())


# --- Report


@dataclass(frozen=True)
class Fault:
    """One fault (问题): its code (a key of ``MESSAGES``), where it is, and particulars."""

    code: str
    place: str
    detail: str = ""

    def message(self, lang: str = "zh") -> str:
        """The fault in words, ``lang`` 'zh' or 'en'."""
        words = MESSAGES[self.code][0 if lang == "zh" else 1]
        return f"[{self.code}] {self.place}: {words}" + (f" ({self.detail})" if self.detail else "")


@dataclass
class Report:
    """What verifying found (校验结果). ``faults`` keeps the first ``MAX_FAULTS``; ``fault_count`` counts all.

    ``uncovered``: entries newer than the last checkpoint, whose removal nobody could notice yet.
    """

    entries: int = 0
    contents: int = 0
    matters: int = 0
    checkpoints: int = 0
    uncovered: int = 0
    roots_matched: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    expunged: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """No fault at all; expunged content is none."""
        return not self.fault_count

    def fault(self, code: str, place: str, detail: str = "") -> None:
        """Add a fault."""
        self.fault_count += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(code, place, detail))


# --- The walk


class _Tree:
    """Merkle root (RFC 6962) of leaves that come one by one, in logarithmic space."""

    def __init__(self, digest: Digest) -> None:
        self.digest, self.count = digest, 0
        self.peaks: list[bytes] = []

    def add(self, data: bytes) -> None:
        self.peaks.append(self.digest(b"\x00" + data))
        self.count += 1
        size = self.count
        while not size & 1:
            self._join()
            size >>= 1

    def _join(self) -> None:
        right, left = self.peaks.pop(), self.peaks.pop()
        self.peaks.append(self.digest(b"\x01" + left + right))

    def root(self) -> str:
        while len(self.peaks) > 1:
            self._join()
        return "sm3:" + (self.peaks[0].hex() if self.peaks else "")


class _Seals:
    """Checkpoints, held against the entries as these pass by and against the roots kept elsewhere."""

    def __init__(
        self, records: Iterable[Any], roots: Mapping[int, str], report: Report, digest: Digest
    ) -> None:
        self.records, self.roots, self.report, self.digest = iter(records), dict(roots), report, digest
        self.tree = _Tree(digest)
        self.number, self.hash, self.last_id = 0, "", -1
        self.current = self._next()

    def _next(self) -> dict[str, Any] | None:
        for record in self.records:
            self.report.checkpoints += 1
            if _shaped(record, SEALED) and record["checkpoint"]["format"] == FORMAT:
                self._check(record["checkpoint"], record["hash"])
                self.tree = _Tree(self.digest)
                return dict(record["checkpoint"])
            self.report.fault("checkpoint_malformed", f"checkpoint after {self.number}")
        return None

    def _check(self, head: dict[str, Any], hash_: str) -> None:
        number, fault, place = head["number"], self.report.fault, f"checkpoint {head['number']}"
        if "sm3:" + self.digest(b"guantong/checkpoint/1\n" + canonical(head)).hex() != hash_:
            fault("checkpoint_altered", place)
        if number != self.number + 1:
            fault("checkpoint_gap", place, f"{self.number} -> {number}")
        elif head["previous"] != self.hash:
            fault("checkpoint_chain", place)
        if head["first_id"] <= self.last_id or head["last_id"] < head["first_id"]:
            fault("checkpoint_order", place, f"{head['first_id']}-{head['last_id']}")
        kept = self.roots.pop(number, None)
        if kept == hash_:
            self.report.roots_matched += 1
        elif kept is not None:
            fault("root_differs", place)
        self.number, self.hash, self.last_id = number, hash_, head["last_id"]

    def _close(self, head: dict[str, Any]) -> None:
        place = f"checkpoint {head['number']} (entries {head['first_id']}-{head['last_id']})"
        if self.tree.count != head["count"]:
            self.report.fault("checkpoint_count", place, f"{head['count']} -> {self.tree.count}")
        elif self.tree.root() != head["root"]:
            self.report.fault("checkpoint_root", place)

    def entry(self, id_: int, hash_: str) -> None:
        while self.current and id_ > self.current["last_id"]:
            self._close(self.current)
            self.current = self._next()
        if self.current is None:
            self.report.uncovered += 1
        elif id_ < self.current["first_id"]:
            self.report.fault("entry_between", f"entry {id_}")
        else:
            self.tree.add(canonical([id_, hash_]))

    def finish(self) -> None:
        while self.current:
            self._close(self.current)
            self.current = self._next()
        for number in sorted(self.roots):
            self.report.fault("root_missing", f"checkpoint {number}")


class _Contents:
    """Contents and stand-ins, met in the order of their entries."""

    def __init__(self, records: Iterable[Any], report: Report) -> None:
        self.records, self.report = iter(records), report
        self.next = self._read()

    def _read(self) -> dict[str, Any] | None:
        for record in self.records:
            self.report.contents += 1
            if _shaped(record, CONTENT) or _shaped(record, EXPUNGED):
                return dict(record)
            where = record.get("entry", "?") if isinstance(record, dict) else "?"
            self.report.fault("content_malformed", f"content of entry {where}")
        return None

    def take(self, id_: int) -> dict[str, Any] | None:
        while self.next and self.next["entry"] < id_:
            self.report.fault("content_orphan", f"content of entry {self.next['entry']}")
            self.next = self._read()
        found = self.next if self.next and self.next["entry"] == id_ else None
        if found:
            self.next = self._read()
        return found

    def finish(self) -> None:
        while self.next:
            self.take(self.next["entry"] + 1)


class _Walk:
    """One pass over the entries: chain of each matter, content of each entry, expungings."""

    def __init__(self, report: Report, contents: _Contents | None, seals: _Seals, digest: Digest) -> None:
        self.report, self.contents, self.seals, self.digest = report, contents, seals, digest
        self.last_id = -1
        self.heads: dict[str, tuple[int, str]] = {}
        self.pending: dict[int, tuple[str, dict[str, Any], str]] = {}

    def _hash(self, data: bytes) -> str:
        return "sm3:" + self.digest(data).hex()

    def entry(self, record: Any) -> None:
        self.report.entries += 1
        if not _shaped(record, ENTRY) or record["header"]["format"] != FORMAT:
            where = record.get("id", "?") if isinstance(record, dict) else "?"
            self.report.fault("entry_malformed", f"entry {where}, after entry {self.last_id}")
            return
        id_, head, hash_ = record["id"], record["header"], record["hash"]
        place = f"entry {id_}, matter {head['matter']} no. {head['seq']}"
        if id_ <= self.last_id:
            self.report.fault("entry_order", place, f"after entry {self.last_id}")
        else:
            self.last_id = id_
        self._chain(head, hash_, place)
        self.seals.entry(id_, hash_)
        self._content(id_, head, hash_, place)

    def _chain(self, head: dict[str, Any], hash_: str, place: str) -> None:
        matter = head["matter"]
        before_first = self._hash(b"guantong/genesis/1\n" + matter.encode())
        hashed = {**head, "prev": head["prev"] or before_first}
        if self._hash(b"guantong/entry/1\n" + canonical(hashed)) != hash_:
            self.report.fault("entry_altered", place)
        seq, before = self.heads.get(matter, (0, ""))
        if head["seq"] != seq + 1:
            self.report.fault("chain_gap", place, f"{seq} -> {head['seq']}")
        elif head["prev"] != before:
            self.report.fault("chain_broken", place)
        self.heads[matter] = (head["seq"], hash_)

    def _content(self, id_: int, head: dict[str, Any], hash_: str, place: str) -> None:
        if self.contents is None:
            return
        row = self.contents.take(id_)
        if row is None:
            self.report.fault("content_missing", place)
        elif "expunged" in row:
            statement = row["expunged"]
            if statement["entry"] != id_ or statement["hash"] != hash_:
                self.report.fault("expunge_unproved", place)
            else:
                self.pending[id_] = (head["matter"], statement, place)
        elif self._content_holds(row, head, place) and head["act"] == EXPUNGE_ACT:
            self._expunging(row["content"], head, place)

    def _content_holds(self, row: dict[str, Any], head: dict[str, Any], place: str) -> bool:
        try:
            data = canonical(row["content"])
        except ValueError as error:
            self.report.fault("content_malformed", place, str(error))
            return False
        digest = self._hash(b"guantong/content/1\n" + bytes.fromhex(row["salt"]) + data)
        holds: bool = digest == head["content"]
        if not holds:
            self.report.fault("content_altered", place)
        return holds

    def _expunging(self, content: Any, head: dict[str, Any], place: str) -> None:
        said: dict[str, Any] = (content.get("expunges") if isinstance(content, dict) else None) or {}
        if (
            not _shaped(said, STATEMENT)
            or len(said["people"]) != 2
            or said["people"][0] == said["people"][1]
            or not said["reason"].strip()
        ):
            self.report.fault("expunge_malformed", place)
            return
        matter, marked, _ = self.pending.get(said["entry"], ("", {}, ""))
        if matter != head["matter"] or marked != said:
            self.report.fault("expunge_undone", place, f"entry {said['entry']}")
            return
        del self.pending[said["entry"]]
        self.report.expunged.append({**said, "matter": matter, "act_entry_seq": head["seq"]})

    def finish(self) -> None:
        if self.contents is not None:
            self.contents.finish()
        self.seals.finish()
        for _, _, place in self.pending.values():
            self.report.fault("expunge_unproved", place)
        self.report.matters = len(self.heads)


def verify_records(
    entries: Iterable[Any],
    contents: Iterable[Any] | None,
    checkpoints: Iterable[Any],
    roots: Mapping[int, str] | None = None,
    *,
    report: Report | None = None,
    digest: Digest | None = None,
) -> Report:
    """Verify records in the shapes of the archive's lines (校验各记录), each iterable read once.

    ``entries`` and ``contents`` by ascending row id, ``checkpoints`` by number; ``roots``: number -> hash of
    checkpoints kept elsewhere; ``digest``: SM3 over bytes. Holds one small tuple a matter in memory. Without
    ``contents`` only headers are verified: what entries say is then not looked at, nor whether it is there.
    """
    result = report if report is not None else Report()
    sm3 = digest or best_sm3()
    seals = _Seals(checkpoints, roots or {}, result, sm3)
    walk = _Walk(result, None if contents is None else _Contents(contents, result), seals, sm3)
    for entry in entries:
        walk.entry(entry)
    walk.finish()
    return result


def tell_missing_heads(missing: Mapping[str, tuple[int, str]], report: Report) -> None:
    """Add a fault for each matter whose last entry, as the matter itself remembers it, was not met."""
    for matter, (seq, _head) in sorted(missing.items()):
        report.fault("head_differs", f"matter {matter} no. {seq}")


# --- The archive


def _lines(file: IO[bytes], name: str, report: Report) -> Iterator[Any]:
    number = 0
    try:
        for number, line in enumerate(file, 1):
            try:
                yield read_json(line.decode())
            except (ValueError, RecursionError) as error:
                report.fault("line_unreadable", f"{name}:{number}", str(error)[:200])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        report.fault("archive_damaged", f"{name}:{number + 1}", str(error))


def _check_manifest(archive: zipfile.ZipFile, report: Report) -> None:
    try:
        manifest = read_json(archive.read("manifest.json").decode())
    except (ValueError, RecursionError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        report.fault("manifest_malformed", "manifest.json", str(error)[:200])
        return
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        report.fault("manifest_malformed", "manifest.json")
        return
    for name in ("entries", "contents", "checkpoints"):
        if manifest.get(name) != getattr(report, name):
            found = f"{manifest.get(name)} -> {getattr(report, name)}"
            report.fault("manifest_count", f"{name}.jsonl", found)


def read_roots(folder: Path, report: Report, digest: Digest | None = None) -> dict[int, str]:
    """Checkpoints kept elsewhere (外存检查点), number -> hash; files that are not sound become faults.

    Raises ``Unreadable`` when the folder holds none.
    """
    sm3, roots = digest or best_sm3(), dict[int, str]()
    for path in sorted(folder.glob("checkpoint-*.json")):
        try:
            record = read_json(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            report.fault("root_unreadable", path.name, str(error)[:200])
            continue
        head = record["checkpoint"] if _shaped(record, SEALED) else None
        if not head or "sm3:" + sm3(b"guantong/checkpoint/1\n" + canonical(head)).hex() != record["hash"]:
            report.fault("root_unreadable", path.name)
        else:
            roots[head["number"]] = record["hash"]
    if not roots and report.ok:
        raise Unreadable(f"{folder}: 没有检查点文件 / no checkpoint-*.json in this folder")
    return roots


def verify_archive(
    path: Path, roots: Path | None = None, digest: Digest | None = None, *, headers_only: bool = False
) -> Report:
    """Verify an export archive (校验导出包), with a folder of checkpoints kept elsewhere where there is one.

    ``headers_only``: for an archive without contents, as an audit administrator carries it away.
    Raises ``Unreadable`` when the archive cannot be opened or lacks a file, or the folder has no checkpoint.
    """
    report = Report()
    kept = read_roots(roots, report, digest) if roots else {}
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(archive.namelist())
            if not set(FILES) <= set(names):
                raise Unreadable(f"{path}: 缺少文件 / lacks {', '.join(sorted(set(FILES) - set(names)))}")
            if names != sorted(FILES):
                report.fault("archive_files", str(path), ", ".join(names)[:300])
            with (
                archive.open("entries.jsonl") as entries,
                archive.open("contents.jsonl") as contents,
                archive.open("checkpoints.jsonl") as checkpoints,
            ):
                verify_records(
                    _lines(entries, "entries.jsonl", report),
                    None if headers_only else _lines(contents, "contents.jsonl", report),
                    _lines(checkpoints, "checkpoints.jsonl", report),
                    kept,
                    report=report,
                    digest=digest,
                )
            _check_manifest(archive, report)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise Unreadable(f"{path}: 无法打开 / cannot be opened: {error}") from error
    return report


# --- Command line


def summary(report: Report, lang: str = "zh") -> str:
    """The report in words (校验报告), several lines, ``lang`` 'zh' or 'en'."""
    zh = lang == "zh"
    figures = (
        f"条目 {report.entries}，事项 {report.matters}，检查点 {report.checkpoints}"
        f"（与外存核对一致 {report.roots_matched}），尚未进入检查点的条目 {report.uncovered}"
        if zh
        else f"{report.entries} entries of {report.matters} matters, {report.checkpoints} checkpoints "
        f"({report.roots_matched} agree with those kept), {report.uncovered} entries not yet under one"
    )
    words = "{at} 经账号 {people} 两人清除：{reason}" if zh else "expunged {at} by {people}: {reason}"
    lines = [figures]
    for item in report.expunged:
        people = " + ".join(map(str, item["people"]))
        said = words.format(at=item["at"], people=people, reason=item["reason"])
        lines.append(f"  entry {item['entry']}, matter {item['matter']}: {said}")
    lines += ["  " + fault.message(lang) for fault in report.faults]
    if not report.ok:
        found = report.fault_count
        lines.append(f"未通过：发现 {found} 处问题" if zh else f"NOT SOUND: {found} faults")
    elif report.expunged:
        lines.append("通过（含依规清除的内容）" if zh else "OK, with expunged content")
    else:
        lines.append("通过" if zh else "OK")
    return "\n".join(lines)


def _as_json(report: Report, lang: str) -> str:
    record = {k: v for k, v in vars(report).items() if k != "faults"} | {"ok": report.ok}
    record["faults"] = [{**vars(fault), "message": fault.message(lang)} for fault in report.faults]
    return json.dumps(record, ensure_ascii=False, indent=2)


def main(arguments: list[str] | None = None) -> int:
    """Command line (命令行). Returns 0 when sound, 1 when faults were found, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(description="Verify an exported journal / 校验导出的流水日志")
    parser.add_argument("archive", type=Path, help="export archive (.zip) / 导出包")
    parser.add_argument("--roots", type=Path, help="folder of checkpoints kept elsewhere / 外存检查点文件夹")
    parser.add_argument("--headers-only", action="store_true", help="without contents / 不含内容")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--json", action="store_true", help="report as JSON / 以 JSON 输出")
    options = parser.parse_args(arguments)
    try:
        report = verify_archive(options.archive, options.roots, headers_only=options.headers_only)
    except Unreadable as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write((_as_json if options.json else summary)(report, options.lang) + "\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
