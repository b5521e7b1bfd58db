"""Does a test fail for each carried clause when the clause is taken away (条款删除检验)?

For each clause with status `carried`: the measure files are copied without it, and the tests that bear its
id in their names are run with the town's measures taken from the copy, by acts alone: what is taken away lies
behind pages and API too. They must fail. Run by `make check-clauses`; further arguments are clause ids, to
check these alone. Exit code 1 if the tests of any clause still pass, or if there are none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from ruamel.yaml import YAML

from guantong.kernel.measures.load import load_measure

ROOT = Path(__file__).resolve().parents[1]
MEASURES = ROOT / "src" / "guantong" / "measures"
TESTS = "tests/scenarios"
WAY = "acts"
FAILED, NO_TESTS = 1, 5


def carried() -> list[str]:
    """Return the ids of all carried clauses."""
    files = sorted(MEASURES.glob("*.yaml"))
    return [
        clause.id
        for path in files
        for clause in load_measure(path).file.clauses
        if clause.status == "carried"
    ]


def without(source: dict[str, Any], clause: str) -> None:
    """Take a clause out of a measure, and with it every table and every mention that needs it."""
    source["clauses"] = [one for one in source["clauses"] if one["id"] != clause]
    tables = source.get("tables", {})
    gone = [name for name, table in tables.items() if _needs(table, clause)]
    for name in gone:
        del tables[name]
    for one in source["clauses"]:
        if "tables" in one:
            one["tables"] = [name for name in one["tables"] if name not in gone]
            if not one["tables"] and not one.get("acts") and not one.get("duties"):
                one["status"] = "planned"  # a carried clause that rested on the table alone
                for left in ("settings", "override_fields"):
                    one.pop(left, None)
        for duty in one.get("duties", []):
            if "replaces" in duty:
                duty["replaces"] = [rule for rule in duty["replaces"] if rule.partition("/")[0] != clause]


def _needs(table: dict[str, Any], clause: str) -> bool:
    settings = [column.get("setting", "") for column in table["inputs"].values()]
    return table["clause"] == clause or any(name.partition("/")[0] == clause for name in settings)


def write_without(clause: str, folder: Path) -> None:
    """Write all measures without the clause into a folder. Raises MeasureError where one is then unsound."""
    yaml = YAML()
    yaml.width = 4096
    for path in sorted(MEASURES.glob("*.yaml")):
        source = yaml.load(path.read_text(encoding="utf-8"))
        without(source, clause)
        with (folder / path.name).open("w", encoding="utf-8") as out:
            yaml.dump(source, out)
        load_measure(folder / path.name)


def outcome(clause: str) -> str:
    """Return what became of the tests of a clause once it was taken away; 'fails' is as it should be."""
    name = clause.lower().replace("-", "_").replace(".", "_")
    with tempfile.TemporaryDirectory() as folder:
        write_without(clause, Path(folder))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", TESTS, "-q", "-x", "-p", "no:cacheprovider",
             "-k", f"test_{name} and {WAY}"],
            cwd=ROOT, env={**os.environ, "GUANTONG_TEST_MEASURES": folder, "GUANTONG_TEST_WAYS": WAY},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode == FAILED:
        lines = done.stdout.splitlines()
        broken = next((line for line in lines if line.startswith(("FAILED", "ERROR"))), "")
        return (
            "ERROR in set-up" if broken.startswith("ERROR") else f"fails   {broken.partition('::')[2]}"[:100]
        )
    if done.returncode == NO_TESTS:
        return "NO TEST bears its id"
    return "SURVIVES" if done.returncode == 0 else f"ERROR {done.stdout[-300:]}{done.stderr[-300:]}"


def main(wanted: list[str]) -> int:
    """Print the table; return the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
    django.setup()  # what is wrong with a measure is said in words
    bad = 0
    for clause in wanted or carried():
        said = outcome(clause)
        bad += not said.startswith("fails")
        sys.stdout.write(f"{clause:8} {said}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{bad} clauses are not held by their tests.\n" if bad else "Every clause is held.\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
