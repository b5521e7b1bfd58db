"""`guantong import` and `guantong export`: reports, exit codes, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import guantong.data
from guantong.cli.export import export
from guantong.cli.import_ import import_
from guantong.kernel import clock
from guantong.kernel.sheets import read_workbook
from guantong.mechanisms.clues.models import Clue
from guantong.mechanisms.reports.models import Report
from importing.test_ledger_import import ROWS, book
from support.play import Player, at

pytestmark = pytest.mark.django_db
FINDINGS = Path(guantong.data.__path__[0]) / "findings.csv"


def call(command: Any, *arguments: object) -> Result:
    with clock.set_to(at("2026-10-12")):
        return CliRunner().invoke(command, [str(one) for one in arguments])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "book.xlsx"
    made.write_bytes(book(ROWS))
    return made


def number(play: Player, model: type[Clue] | type[Report]) -> int:
    with play.see("clerk"):
        return model.objects.count()


def test_findings_twice(play: Player) -> None:
    first = call(import_, "findings", FINDINGS, "--as", "clerk", "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told["counts"] == {"accepted": 203, "there": 0, "rejected": 0}
    assert len(told["rows"]) == 203
    again = call(import_, "findings", FINDINGS, "--as", "clerk")
    assert again.exit_code == 0
    assert "203" in again.stdout
    assert number(play, Report) == 94


def test_findings_with_a_bad_row(play: Player, tmp_path: Path) -> None:
    lines = FINDINGS.read_text(encoding="utf-8").splitlines()[:3]
    lines[2] = lines[2].replace(",2016,", ",20166,", 1)
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join(lines), encoding="utf-8")
    result = call(import_, "findings", bad, "--as", "clerk")
    assert result.exit_code == 1
    assert "C3" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--as", "nobody"], "nobody"), (["--as", "handler"], ""), (["--as", "clerk", "--post", "1"], "")],
)
def test_who_may_not_import_changes_nothing(
    play: Player, file: Path, arguments: list[str], words: str
) -> None:
    for what, source in (("findings", FINDINGS), ("ledger", file)):
        result = call(import_, what, source, *arguments)
        assert result.exit_code == 2, result.output
        assert words in result.output
    assert number(play, Report) == number(play, Clue) == 0


def test_a_dry_run_changes_nothing(play: Player, file: Path) -> None:
    result = call(import_, "ledger", file, "--as", "clerk", "--dry-run", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["counts"]["new"] == 3
    assert told["counts"]["rejected"] == told["counts"]["above"] == 1
    assert [one["row"] for one in told["skipped"]] == [10]
    assert "秘密甲" not in result.output
    assert number(play, Clue) == 0


def test_all_or_nothing(play: Player, file: Path, tmp_path: Path) -> None:
    assert call(import_, "ledger", file, "--as", "clerk", "--all-or-nothing").exit_code == 1
    assert number(play, Clue) == 0
    good = tmp_path / "good.xlsx"
    good.write_bytes(book(ROWS[:2]))
    assert call(import_, "ledger", good, "--as", "clerk", "--all-or-nothing").exit_code == 0
    assert number(play, Clue) == 2


def test_row_by_row_with_errors_in_a_file(play: Player, file: Path, tmp_path: Path) -> None:
    errors = tmp_path / "errors.xlsx"
    result = call(import_, "ledger", file, "--as", "clerk", "--errors", errors)
    assert result.exit_code == 1
    assert "D7" in result.output
    assert "秘密甲" not in result.output
    assert "绝密" not in result.output
    assert number(play, Clue) == 3
    assert [row[1] for row in read_workbook(errors)[0].rows[1:]] == [7, 7, 8]


def test_a_mapping_of_ones_own(play: Player, tmp_path: Path) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text("甲列,乙列,丙列,丁列\n2026-10-08,群众来信,违规收费,清川一中\n", encoding="utf-8")
    refused = call(import_, "ledger", plain, "--as", "clerk")
    assert refused.exit_code == 2
    mapping = tmp_path / "map.json"
    wanted = {"*": {"received_on": "甲列", "sender_name": "B", "allegation": "丙列", "unit": "D"}}
    mapping.write_text(json.dumps(wanted), encoding="utf-8")
    result = call(import_, "ledger", plain, "--as", "clerk", "--map", mapping)
    assert result.exit_code == 0, result.output
    with play.see("clerk"):
        assert Clue.objects.get().unit == "清川一中"


def test_an_export_imports_again(play: Player, file: Path, tmp_path: Path) -> None:
    call(import_, "ledger", file, "--as", "clerk")
    written = tmp_path / "out.xlsx"
    result = call(export, "ledger", written, "--as", "clerk")
    assert result.exit_code == 0, result.output
    again = call(import_, "ledger", written, "--as", "clerk", "--json")
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["counts"]["there"] == 3
    closed = tmp_path / "closed.xlsx"
    call(export, "ledger", closed, "--as", "clerk", "--tab", "closed")
    assert len(read_workbook(closed)[0].rows) == 3
    assert call(export, "ledger", closed, "--as", "clerk", "--received-from", "2026-13-01").exit_code == 2
