"""Tampering with an exported journal: what is altered, removed, inserted, reordered, cut off is found."""

from __future__ import annotations

import copy
import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guantong.kernel.journal import export, hashing, verify

AT = datetime(2026, 9, 28, 1, 2, 3, 4, tzinfo=UTC)
MATTERS = [f"0192f0c4-0000-7000-8000-00000000000{n}" for n in range(4)]
EVERY = 5


@dataclass
class Journal:
    """A small honest journal, as rows: 30 entries of 4 matters, ids with holes, a checkpoint every 5."""

    entries: list[export.StoredEntry] = field(default_factory=list)
    contents: list[export.StoredContent | export.StoredExpunging] = field(default_factory=list)
    checkpoints: list[export.StoredCheckpoint] = field(default_factory=list)

    def heads(self, matter: str) -> list[export.StoredEntry]:
        return [entry for entry in self.entries if entry.header.matter_id == matter]

    def add(self, matter: str, content: Any, act: str = "clue.progress") -> export.StoredEntry:
        id_ = (self.entries[-1].id if self.entries else 0) + (3 if len(self.entries) % 7 == 6 else 1)
        before = self.heads(matter)
        salt = random.Random(id_).randbytes(32)  # noqa: S311 - a test wants the same salt each time
        header = hashing.EntryHeader(
            matter_id=matter,
            seq=len(before) + 1,
            prev=before[-1].hash if before else "",
            act=act,
            happened_on=date(2026, 9, 28),
            recorded_at=AT + timedelta(minutes=id_),
            post_id=7,
            organ_id=3,
            officer_name="陈珺",
            capacity="案件监督管理室 干部",
            clauses=("CZ-3.2", "CZ-4.1"),
            depth=1,
            state_from="a",
            state_to="b",
            content_digest=hashing.content_digest(salt, content),
        )
        entry = export.StoredEntry(id_, header, hashing.entry_hash(header))
        self.entries.append(entry)
        self.contents.append(export.StoredContent(id_, salt, content))
        return entry

    def seal(self, start: int, stop: int) -> None:
        part = self.entries[start:stop]
        leaves = [hashing.checkpoint_leaf(entry.id, entry.hash) for entry in part]
        header = hashing.CheckpointHeader(
            number=len(self.checkpoints) + 1,
            first_id=part[0].id,
            last_id=part[-1].id,
            count=len(part),
            root=hashing.merkle_root(leaves),
            previous=self.checkpoints[-1].hash if self.checkpoints else "",
            at=AT + timedelta(days=1),
        )
        self.checkpoints.append(export.StoredCheckpoint(header, hashing.checkpoint_hash(header)))

    def records(self) -> Records:
        return Records(
            *([row.record() for row in rows] for rows in (self.entries, self.contents, self.checkpoints))
        )


@dataclass
class Records:
    """The same as lines of the archive: what a tamperer lays hands on."""

    entries: list[dict[str, Any]]
    contents: list[dict[str, Any]]
    checkpoints: list[dict[str, Any]]

    def verify(self, roots: dict[int, str] | None = None) -> verify.Report:
        return verify.verify_records(self.entries, self.contents, self.checkpoints, roots)

    def rehash(self) -> None:
        """What a tamperer with full command of the table would do: make all entry hashes fit again."""
        heads: dict[str, str] = {}
        for entry in self.entries:
            head = entry["header"]
            head["prev"] = heads.get(head["matter"], "")
            record = {**head, "prev": head["prev"] or hashing.genesis(head["matter"])}
            entry["hash"] = heads[head["matter"]] = hashing.sm3(
                b"guantong/entry/1\n" + hashing.canonical(record)
            )


@pytest.fixture(scope="module")
def journal() -> Journal:
    made = Journal()
    for number in range(30):
        made.add(MATTERS[number % 4], {"no": number, "text": f"办理进展 {number} 䶮"})
    for start in range(0, 25, EVERY):
        made.seal(start, start + EVERY)
    return made


@pytest.fixture
def records(journal: Journal) -> Records:
    return copy.deepcopy(journal.records())


def codes(report: verify.Report) -> set[str]:
    return {fault.code for fault in report.faults}


def test_an_honest_journal_is_sound_and_counted(journal: Journal, records: Records) -> None:
    roots = {stored.header.number: stored.hash for stored in journal.checkpoints[:3]}
    report = records.verify(roots)
    assert (report.ok, report.faults, report.expunged) == (True, [], [])
    assert (report.entries, report.matters, report.checkpoints, report.uncovered) == (30, 4, 5, 5)
    assert report.roots_matched == 3


def test_an_empty_journal_is_sound() -> None:
    assert Records([], [], []).verify().ok


TAMPERS: dict[str, tuple[Callable[[Records], object], str]] = {
    "a header field": (lambda r: r.entries[7]["header"].update(act="clue.close"), "entry_altered"),
    "the day it happened": (
        lambda r: r.entries[7]["header"].update(happened_on="2026-09-27"), "entry_altered"),
    "the hash of an entry": (lambda r: r.entries[7].update(hash=hashing.sm3(b"")), "chain_broken"),
    "a content": (lambda r: r.contents[7]["content"].update(text="没有问题"), "content_altered"),
    "a salt": (lambda r: r.contents[7].update(salt="00" * 32), "content_altered"),
    "contents of two entries": (
        lambda r: r.contents[7].update(content=r.contents[8]["content"]), "content_altered"),
    "an entry removed": (lambda r: (r.entries.pop(7), r.contents.pop(7)), "chain_gap"),
    "the last of a chain removed": (lambda r: (r.entries.pop(24), r.contents.pop(24)), "checkpoint_count"),
    "a content removed": (lambda r: r.contents.pop(7), "content_missing"),
    "an entry put in twice": (lambda r: r.entries.insert(8, r.entries[7]), "entry_order"),
    "a content put in twice": (lambda r: r.contents.insert(8, r.contents[7]), "content_orphan"),
    "two entries exchanged": (lambda r: r.entries.insert(7, r.entries.pop(8)), "entry_order"),
    "two ids exchanged": (lambda r: swap_ids(r, 7, 8), "checkpoint_root"),
    "a checkpoint altered": (lambda r: r.checkpoints[2]["checkpoint"].update(count=4), "checkpoint_altered"),
    "a checkpoint removed": (lambda r: r.checkpoints.pop(2), "checkpoint_gap"),
    "a checkpoint's hash": (lambda r: r.checkpoints[2].update(hash=hashing.sm3(b"")), "checkpoint_chain"),
    "a checkpoint twice": (lambda r: r.checkpoints.insert(2, r.checkpoints[2]), "checkpoint_order"),
    "an unknown field": (lambda r: r.entries[7]["header"].update(note="x"), "entry_malformed"),
    "an unknown format": (lambda r: r.entries[7]["header"].update(format=2), "entry_malformed"),
    "an id that is no number": (lambda r: r.entries[7].update(id=True), "entry_malformed"),
    "half a surrogate": (lambda r: r.entries[7]["header"].update(act="\ud800"), "entry_malformed"),
    "a fraction": (lambda r: r.contents[7]["content"].update(no=7.0), "content_malformed"),
    "a line that is no record": (lambda r: r.contents.insert(7, ["x"]), "content_malformed"),
    "a checkpoint of nonsense": (lambda r: r.checkpoints.insert(2, {"x": 1}), "checkpoint_malformed"),
}  # fmt: skip


def swap_ids(records: Records, left: int, right: int) -> None:
    """Exchange two neighbours altogether, contents and ids too: only the tree can tell."""
    for rows, key in ((records.entries, "id"), (records.contents, "entry")):
        rows[left][key], rows[right][key] = rows[right][key], rows[left][key]
        rows[left], rows[right] = rows[right], rows[left]


@pytest.mark.parametrize("what", TAMPERS)
def test_tampering_is_found_and_named(records: Records, what: str) -> None:
    tamper, code = TAMPERS[what]
    tamper(records)
    assert code in codes(records.verify())


def test_a_fault_names_its_entry_and_does_not_drown_the_rest(records: Records) -> None:
    records.entries[7]["header"]["act"] = "clue.close"
    report = records.verify()
    assert [(fault.code, fault.place) for fault in report.faults] == [
        ("entry_altered", f"entry {records.entries[7]['id']}, matter {MATTERS[3]} no. 2")
    ]
    assert "首部被改动" in report.faults[0].message("zh")
    assert "altered" in report.faults[0].message("en")


@pytest.mark.parametrize("remove", [False, True])
def test_a_tamperer_who_mends_every_hash_is_betrayed_by_the_checkpoints(
    records: Records, remove: bool
) -> None:
    if remove:
        records.entries = [e for e in records.entries if e["header"]["matter"] != MATTERS[1]]
        kept = {e["id"] for e in records.entries}
        records.contents = [c for c in records.contents if c["entry"] in kept]
    else:
        records.entries[7]["header"]["happened_on"] = "2026-09-27"
    records.rehash()
    assert codes(records.verify()) == ({"checkpoint_count"} if remove else {"checkpoint_root"})


def test_a_tamperer_who_mends_the_checkpoints_too_is_betrayed_by_those_kept_elsewhere(
    journal: Journal,
) -> None:
    roots = {stored.header.number: stored.hash for stored in journal.checkpoints[:3]}
    forged = Journal()
    for number in range(30):
        forged.add(MATTERS[number % 4], {"no": number, "text": "没有问题" if number == 7 else "x"})
    for start in range(0, 25, EVERY):
        forged.seal(start, start + EVERY)
    assert forged.records().verify().ok
    assert codes(forged.records().verify(roots)) == {"root_differs"}


def test_cutting_off_the_end_is_found_by_the_checkpoints_kept_elsewhere(
    journal: Journal, records: Records
) -> None:
    roots = {stored.header.number: stored.hash for stored in journal.checkpoints}
    last = journal.checkpoints[2].header.last_id
    records.entries = [entry for entry in records.entries if entry["id"] <= last]
    records.contents = [content for content in records.contents if content["entry"] <= last]
    assert "checkpoint_count" in codes(records.verify())
    records.checkpoints = records.checkpoints[:3]
    assert records.verify().ok
    report = records.verify(roots)
    assert [(f.code, f.place) for f in report.faults] == [
        ("root_missing", "checkpoint 4"),
        ("root_missing", "checkpoint 5"),
    ]


def test_an_entry_slipped_in_between_two_checkpoints_is_found(records: Records) -> None:
    hole = next(i for i in range(1, 25) if records.entries[i]["id"] - records.entries[i - 1]["id"] == 3)
    seals = [c["checkpoint"] for c in records.checkpoints]
    spot = next(i for i in range(1, 5) if seals[i]["first_id"] - seals[i - 1]["last_id"] == 1)
    assert hole
    assert spot
    forged = copy.deepcopy(records.entries[0])
    forged["id"] = records.entries[hole]["id"] - 1
    records.entries.insert(hole, forged)
    assert codes(records.verify()) & {"checkpoint_count", "entry_between"}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_single_change_to_anything_sealed_is_found(data: st.DataObject) -> None:
    records = copy.deepcopy(HONEST)
    name = data.draw(st.sampled_from(["entries", "contents", "checkpoints"]))
    rows = getattr(records, name)
    index = data.draw(st.integers(0, len(rows) - 1 if name == "checkpoints" else 24))
    row = rows[index]
    kind = data.draw(st.sampled_from(["alter", "remove", "repeat", "swap"]))
    if kind == "remove":
        rows.pop(index)
    elif kind == "repeat":
        rows.insert(index, row)
    elif kind == "swap":
        other = data.draw(st.integers(0, len(rows) - 1).filter(lambda i: i != index))
        rows[index], rows[other] = rows[other], rows[index]
    else:
        inner = next(row[key] for key in ("header", "checkpoint", "content") if key in row)
        key = data.draw(st.sampled_from(sorted(inner)))
        inner[key] = data.draw(st.none() | st.integers(-3, 99) | st.text("ab陈", max_size=3).filter(bool))
        if hashing.canonical(row) == hashing.canonical(getattr(HONEST, name)[index]):
            return
    roots = {c["checkpoint"]["number"]: c["hash"] for c in HONEST.checkpoints}
    assert not records.verify(roots).ok


def _honest() -> Records:
    made = Journal()
    for number in range(30):
        made.add(MATTERS[number % 4], {"no": number, "text": str(number)})
    for start in range(0, 25, EVERY):
        made.seal(start, start + EVERY)
    return made.records()


HONEST = _honest()


def expunge(journal: Journal, index: int) -> hashing.Expunging:
    target = journal.entries[index]
    deed = hashing.Expunging(target.id, target.hash, (41, 12), "涉密内容误录", AT + timedelta(days=2))
    journal.add(target.header.matter_id, {"expunges": deed.statement()}, act=hashing.EXPUNGE_ACT)
    journal.contents[index] = export.StoredExpunging(deed)
    return deed


def test_content_expunged_by_two_people_on_the_record_verifies_as_expunged(journal: Journal) -> None:
    changed = copy.deepcopy(journal)
    expunge(changed, 7)
    report = changed.records().verify()
    assert report.ok
    assert [(item["entry"], item["people"], item["reason"]) for item in report.expunged] == [
        (changed.entries[7].id, [12, 41], "涉密内容误录")
    ]


def one_person(records: Records) -> None:
    """Rewrite both the act's content and the stand-in to a single person, with a digest that fits."""
    statement = {**records.contents[7]["expunged"], "people": [12, 12]}
    records.contents[7]["expunged"] = statement
    records.contents[-1]["content"] = {"expunges": statement}
    salt = bytes.fromhex(records.contents[-1]["salt"])
    records.entries[-1]["header"]["content"] = hashing.content_digest(salt, {"expunges": statement})
    records.rehash()


EXPUNGE_TAMPERS: dict[str, tuple[Callable[[Records], object], set[str]]] = {
    "the stand-in without the act": (
        lambda r: (r.entries.pop(), r.contents.pop()), {"expunge_unproved"}),
    "the act without a stand-in": (lambda r: r.contents.pop(7), {"content_missing", "expunge_undone"}),
    "the content still there": (lambda r: r.contents.__setitem__(7, HONEST.contents[7]),
                                {"content_altered", "expunge_undone"}),
    "another reason in the stand-in": (
        lambda r: r.contents[7]["expunged"].update(reason="x"), {"expunge_undone", "expunge_unproved"}),
    "one person in both": (one_person, {"expunge_malformed", "expunge_unproved"}),
    "the stand-in of another entry": (
        lambda r: r.contents[7]["expunged"].update(entry=1), {"expunge_undone", "expunge_unproved"}),
}  # fmt: skip


@pytest.mark.parametrize("what", EXPUNGE_TAMPERS)
def test_an_expunging_that_is_not_in_order_is_a_fault(journal: Journal, what: str) -> None:
    changed = copy.deepcopy(journal)
    expunge(changed, 7)
    records = changed.records()
    tamper, expected = EXPUNGE_TAMPERS[what]
    tamper(records)
    assert codes(records.verify()) == expected


# The archive and the command line


def write(journal: Journal, path: Path) -> Path:
    with export.ExportWriter(path, source="测试", at=AT) as writer:
        assert writer.entries(journal.entries) == len(journal.entries)
        assert writer.contents(journal.contents) == len(journal.contents)
        assert writer.checkpoints(journal.checkpoints) == len(journal.checkpoints)
    return path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The verifier as its users have it: one copied file, isolated from every installed package."""
    folder = Path(str(arguments[0])).parent
    script = shutil.copy(verify.__file__, folder / "verify.py")
    command = [sys.executable, "-I", "-S", str(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_file_stands_alone_and_says_sound(journal: Journal, tmp_path: Path) -> None:
    archive = write(journal, tmp_path / "export.zip")
    headers = [stored.header for stored in journal.checkpoints]
    assert export.write_roots(tmp_path / "roots", headers[:3]) == 3
    assert export.write_roots(tmp_path / "roots", headers) == 2
    done = run(archive, "--roots", tmp_path / "roots")
    assert (done.returncode, done.stderr) == (0, "")
    assert "条目 30，事项 4，检查点 5" in done.stdout
    assert done.stdout.endswith("通过\n")


def tampered(source: Path, target: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.namelist():
            data = old.read(member)
            new.writestr(member, change(data) if member == name else data)
    return target


def test_the_command_names_the_fault_and_ends_with_1(journal: Journal, tmp_path: Path) -> None:
    archive = write(journal, tmp_path / "export.zip")
    bad = tampered(
        archive, tmp_path / "bad.zip", "contents.jsonl", lambda d: d.replace("办理进展 7 ".encode(), b"x")
    )
    done = run(bad, "--lang", "en", "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert [fault["code"] for fault in report["faults"]] == ["content_altered"]
    assert report["ok"] is False


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("entries.jsonl", lambda d: b"".join(d.splitlines(True)[:-1]), "manifest_count"),
        ("entries.jsonl", lambda d: d.replace(b"}\n", b"\n", 1), "line_unreadable"),
        ("entries.jsonl", lambda d: d.replace(b'"depth":1', b'"depth":1,"depth":1', 1), "line_unreadable"),
        ("contents.jsonl", lambda d: d.replace(b'"no":0', b'"no":0.5', 1), "line_unreadable"),
        ("contents.jsonl", lambda d: b"[" * 100_000 + b"\n" + d, "line_unreadable"),
        ("contents.jsonl", lambda d: b"\xff\n" + d, "line_unreadable"),
        ("manifest.json", lambda d: b"{", "manifest_malformed"),
        ("manifest.json", lambda d: b"[]", "manifest_malformed"),
    ],
)
def test_a_damaged_archive_is_reported_not_a_crash(
    journal: Journal, tmp_path: Path, name: str, change: Callable[[bytes], bytes], code: str
) -> None:
    archive = write(journal, tmp_path / "export.zip")
    report = verify.verify_archive(tampered(archive, tmp_path / "bad.zip", name, change))
    assert code in codes(report)


def test_damaged_bytes_inside_the_archive_are_reported(journal: Journal, tmp_path: Path) -> None:
    archive = write(journal, tmp_path / "export.zip")
    data = bytearray(archive.read_bytes())
    for spot in range(200, 260):
        data[spot] ^= 0xFF
    archive.write_bytes(data)
    assert "archive_damaged" in codes(verify.verify_archive(archive))


def test_two_members_of_one_name_are_a_fault(journal: Journal, tmp_path: Path) -> None:
    archive = write(journal, tmp_path / "export.zip")
    with zipfile.ZipFile(archive, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr("manifest.json", zipfile.ZipFile(archive).read("manifest.json"))
    assert "archive_files" in codes(verify.verify_archive(archive))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive"])
def test_what_is_no_archive_ends_with_2(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "export.zip").write_bytes(data)
    done = run(tmp_path / "export.zip")
    assert done.returncode == 2
    assert "无法打开" in done.stderr


def test_a_missing_file_or_member_or_root_ends_with_2(journal: Journal, tmp_path: Path) -> None:
    assert run(tmp_path / "none.zip").returncode == 2
    with zipfile.ZipFile(tmp_path / "half.zip", "w") as half:
        half.writestr("entries.jsonl", b"")
    assert "lacks checkpoints.jsonl" in run(tmp_path / "half.zip").stderr
    archive = write(journal, tmp_path / "export.zip")
    assert run(archive, "--roots", tmp_path / "nowhere").returncode == 2


def test_a_root_that_was_itself_changed_is_a_fault(journal: Journal, tmp_path: Path) -> None:
    archive, folder = write(journal, tmp_path / "export.zip"), tmp_path / "roots"
    export.write_roots(folder, [stored.header for stored in journal.checkpoints])
    file = folder / hashing.root_file_name(2)
    file.write_bytes(file.read_bytes().replace(b'"count":5', b'"count":4'))
    (folder / hashing.root_file_name(3)).write_bytes(b"{")
    report = verify.verify_archive(archive, folder)
    assert [(f.code, f.place) for f in report.faults] == [
        ("root_unreadable", "checkpoint-000002.json"),
        ("root_unreadable", "checkpoint-000003.json"),
    ]
    with pytest.raises(ValueError, match=r"checkpoint-000002\.json says otherwise"):
        export.write_roots(folder, [stored.header for stored in journal.checkpoints])


def test_a_writer_that_fails_leaves_no_archive(journal: Journal, tmp_path: Path) -> None:
    def failing() -> Any:
        yield journal.entries[0]
        raise OSError("disk full")

    with (
        pytest.raises(OSError, match="disk full"),
        export.ExportWriter(tmp_path / "a.zip", source="x", at=AT) as writer,
    ):
        writer.entries(failing())
    with (
        pytest.raises(ValueError, match="without checkpoints, contents"),
        export.ExportWriter(tmp_path / "a.zip", source="x", at=AT) as writer,
    ):
        writer.entries([])
    assert list(tmp_path.iterdir()) == []


def test_the_writer_never_overwrites_and_writes_each_part_once(journal: Journal, tmp_path: Path) -> None:
    archive = write(journal, tmp_path / "export.zip")
    with pytest.raises(FileExistsError):
        write(journal, archive)
    with (
        pytest.raises(ValueError, match="already written"),
        export.ExportWriter(tmp_path / "b.zip", source="x", at=AT) as writer,
    ):
        [writer.entries([]) for _ in range(2)]


def test_the_report_keeps_a_thousand_faults_and_counts_all(records: Records) -> None:
    report = verify.Report()
    for number in range(verify.MAX_FAULTS + 5):
        report.fault("entry_order", str(number))
    assert (len(report.faults), report.fault_count) == (verify.MAX_FAULTS, verify.MAX_FAULTS + 5)
    assert f"发现 {verify.MAX_FAULTS + 5} 处问题" in verify.summary(report)


def test_every_fault_has_words_in_both_languages() -> None:
    source = Path(verify.__file__).read_text(encoding="utf-8")
    for code, (chinese, english) in verify.MESSAGES.items():
        assert source.count(f'"{code}"') > 1, f"{code} is never reported"
        assert chinese
        assert english
