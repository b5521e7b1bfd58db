"""Write the pages of the documentation that follow from the code (由代码生成的文档).

`python scripts/diagrams.py`          writes docs/generated/*.md and docs/clauses.md
`python scripts/diagrams.py --check`  exit code 1, with the names, where one of them is not up to date
"""

from __future__ import annotations

import ast
import csv
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "guantong"
MADE = "Made by `python scripts/diagrams.py`; do not edit.\n"
PURPOSES = {
    "kernel/access": "grants, depths of sight, row-level security, actors and their scope",
    "kernel/acts": "declaring acts, who is entitled, performing them in one transaction",
    "kernel/calendar": "working days, periods, due dates with their explanation",
    "kernel/duties": "opening, pausing, extending, discharging duties; the sweep",
    "kernel/journal": "entries, chains, checkpoints, export, verifier",
    "kernel/matters": "kinds, numbers, parties, links, attachments",
    "kernel/exchange": "sealed files between platforms that share no network: format, keys, numbers",
    "kernel/measures": "loading, checking, publishing, adopting measures; decision tables",
    "kernel/organs": "organs, officers, posts, roles bound to organs",
    "kernel/archive": "volumes: catalogue, binding, filing of closed matters (归档)",
    "kernel/papers": "letters: model, sign-off, PDF and DOCX",
    "kernel/people": "persons a matter is about, identity numbers, cadre authority",
    "kernel/search": "index and search under row-level security",
    "kernel/sheets": "reading and writing spreadsheets",
    "mechanisms/cases": "cases opened from clues",
    "mechanisms/clues": "clues from transfer to feedback",
    "mechanisms/reminders": "work reminder letters: drafted when a duty is late, sent, answered",
    "mechanisms/reports": "reports and their findings",
    "mechanisms/rounds": "inspection rounds that hand their clues over as a batch",
    "mechanisms/returns": "monthly closes: figures frozen, approved, adjusted",
    "mechanisms/sessions": "sorting and steering sessions over the ledger",
    "mechanisms/tasks": "tasks between organs, whole and in parts, closed after their parts",
    "mechanisms/meetings": "joint meetings and meetings of bodies",
    "mechanisms/correspondence": "letters between bodies: asked or told, received, answered, followed",
    "mechanisms/handovers": "an officer's desk handed over, signed by both",
    "insight": "figures over everything, read-only: forms, the superior's templates, the nightly balance",
    "accounts": "users, second factor, tokens, administrators",
    "api": "the HTTP API, made from the acts",
    "cli": "the program `guantong`",
    "demo": "the fictional city",
    "measures": "the measures that come with it, as YAML",
    "site": "settings, addresses, embedded database, jobs, backup",
    "web": "pages",
}


def packages() -> dict[str, set[str]]:
    """Return for each package the packages it imports, by reading the sources."""
    found: dict[str, set[str]] = {name: set() for name in PURPOSES}
    for path in sorted(PACKAGE.rglob("*.py")):
        package = _package(path.relative_to(PACKAGE).with_suffix("").parts)
        if package is None or "migrations" in path.parts:
            continue
        for name in _imports(path):
            other = _package(tuple(name.split(".")[1:]))
            if other not in (None, package):
                found[package].add(str(other))
    return found


def _package(parts: tuple[str, ...]) -> str | None:
    for length in (2, 1):
        name = "/".join(parts[:length])
        if name in PURPOSES:
            return name
    return None


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("guantong."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("guantong."):
            yield from (f"{node.module}.{one.name}" for one in node.names)


def package_page() -> str:
    """Return the page of packages: a diagram of the house, a table of who uses whom."""
    uses = packages()
    rooms: dict[tuple[str, str], None] = {}
    for package, others in uses.items():
        for other in sorted(others):
            pair = package.partition("/")[0], other.partition("/")[0]
            if pair[0] != pair[1]:
                rooms[pair] = None
    lines = ["# The packages and what they use (代码结构)", "", MADE, "```mermaid", "flowchart TD"]
    lines += [f"  {one} --> {other}" for one, other in sorted(rooms)]
    lines += ["```", "", "| package | holds | uses |", "|---|---|---|"]
    for package, others in uses.items():
        near = ", ".join(f"`{other}`" for other in sorted(others))
        lines.append(f"| `{package}` | {PURPOSES[package]} | {near or '–'} |")
    return "\n".join(lines) + "\n"


def state_page() -> str:
    """Return the states of a clue and the acts that lead from one to the other."""
    from django.utils.translation import override

    from guantong.kernel.acts import registry
    from guantong.mechanisms.clues import lifecycle

    acts = [act for act in registry.acts_of("clue") if act.kind == "clue"]
    edges: dict[tuple[str, str], list[str]] = {
        (lifecycle.DRAFTED, lifecycle.SENT): ["paper.dispatch:transfer_letter"],
        (lifecycle.CONCLUDED, lifecycle.CLOSED): ["paper.dispatch:feedback_letter"],
    }
    for act in acts:
        for start in act.leads_from or {"[*]"}:
            if act.leads_to:
                edges.setdefault((start, act.leads_to), []).append(act.code)
    order = ["[*]", *lifecycle.STATES]
    lines = ["# The states of a clue (问题线索的状态)", "", MADE]
    lines += ["```mermaid", "stateDiagram-v2", "  direction TB"]
    with override("zh-hans"):
        lines += [f'  state "{lifecycle.STATES[state]}" as {state}' for state in lifecycle.STATES]
    for start, end in sorted(edges, key=lambda pair: (order.index(pair[0]), order.index(pair[1]))):
        short = [code.removeprefix("clue.").replace(":", " ") for code in edges[start, end]]
        lines.append(f"  {start} --> {end} : {', '.join(short)}")
    lines += [f"  {state} --> [*]" for state in lifecycle.STATES if state in lifecycle.FINAL]
    lines += ["```", "", "| act | 行为 | from | to | clauses |", "|---|---|---|---|---|"]
    for act in acts:
        starts = ", ".join(f"`{one}`" for one in order if one in act.leads_from) or "new"
        end = f"`{act.leads_to}`" if act.leads_to else "stays"
        with override("zh-hans"):
            label = str(act.label)
        lines.append(f"| `{act.code}` | {label} | {starts} | {end} | {' '.join(act.clauses)} |")
    lines += [
        "",
        "Two moves are made by letters: `paper.dispatch` of a transfer letter sends a clue, of the final",
        "feedback letter closes it (`mechanisms/clues/papers.py`).",
    ]
    return "\n".join(lines) + "\n"


def responsibility_page() -> str:
    """Return who may do what: the matrix of the page 职责矩阵, as a table."""
    from django.utils.translation import override

    from guantong.web.responsibilities import cell, column_label, matrix

    with override("zh-hans"):
        columns, rows = matrix()
        lines = ["# 职责矩阵 (Who may do what)", "", MADE]
        lines += ["● 即可办理；其余为附加条件。同一行内满足任一格即可。", ""]
        group = ""
        for row in rows:
            if str(row.group) != group:
                group = str(row.group)
                lines += ["", f"## {group}", "", "| 行为 | 由谁办理 | 条款 |", "|---|---|---|"]
            by = [
                f"{column_label(column, [row.kind])}{'' if held == '●' else f'（{held}）'}"
                for column in columns
                if (held := cell(row, column))
            ]
            lines.append(
                f"| {row.label} `{row.code}` | {'；'.join(dict.fromkeys(by))} | {' '.join(row.clauses)} |"
            )
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"


def scenarios() -> dict[str, list[str]]:
    """Return for each clause id, written as in names of tests, the scenario files with tests of it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests" / "scenarios").glob("test_*.py")):
        names = [path.stem, *re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)]
        ids = re.findall(r"^test_((?:cd|cz)_\d_\d|gr_\d(?:\d+|_\d))(?:_|$)", "\n".join(names), re.MULTILINE)
        for clause in dict.fromkeys(ids):
            found.setdefault(clause, []).append(f"`{path.stem}`")
    return found


def clause_page() -> str:
    """Return every clause of every measure that comes along: state, duties, acts, scenario tests."""
    from guantong.kernel.measures.load import load_measure

    tests = scenarios()
    lines = ["# The clauses and what is made of them (条款与实现)", "", MADE]
    lines += [
        "*Carried* (已实现): the clause works, through pages and API, with its duties and its tests.",
        "*Planned*: the text is here and nothing else. The wording is ours; the sources stand in the measure",
        "files, `src/guantong/measures/`. The last column names the files in `tests/scenarios` with tests",
        "of the clause; `make check-clauses` takes each carried clause away and sees its tests fail.",
    ]
    for path in sorted((PACKAGE / "measures").glob("*.yaml")):
        file = load_measure(path).file
        done = sum(clause.status == "carried" for clause in file.clauses)
        lines += ["", f"## {file.title.zh}", "", f"{done} of {len(file.clauses)} clauses are carried.", ""]
        lines += ["| clause | 条款 | state | duties | acts | tests |", "|---|---|---|---|---|---|"]
        for clause in file.clauses:
            duties = "; ".join(name.zh for name in clause.owed())
            acts = " ".join(f"`{act}`" for act in clause.acts)
            state = clause.status + (f"; not yet: {clause.not_yet.en}" if clause.not_yet else "")
            own = " ".join(tests.get(re.sub(r"\W", "_", clause.id).lower(), []))
            lines.append(f"| {clause.id} | {clause.title.zh} | {state} | {duties} | {acts} | {own} |")
    return "\n".join(lines) + "\n"


def other_page() -> str:
    """Return every rule known from another place: its clause, whether it works, and what is missing."""
    from guantong.kernel.measures.load import load_measure

    folder = PACKAGE / "measures" / "other"
    with (folder / "rules.csv").open(encoding="utf-8") as given:
        rules = list(csv.DictReader(given))
    with (folder / "accounted.csv").open(encoding="utf-8") as given:
        accounted = list(csv.DictReader(given))
    clauses = {
        clause.id: clause for path in folder.glob("*.yaml") for clause in load_measure(path).file.clauses
    }
    carried = sum(clauses[row["clause"]].status == "carried" for row in accounted)
    lines = ["# Rules of other places (其他地方的规定)", "", MADE]
    lines += [
        f"{len(rules)} rules that other places have, known from published excerpts (`rules.csv`), as clauses",
        f"of example measures in `src/guantong/measures/other/`, none published by default. {carried} work",
        "today. The last column says what the platform or the format lacks for the others.",
        "",
        "| place | rule | by when | clause | state | missing |",
        "|---|---|---|---|---|---|",
    ]
    for rule, row in zip(rules, accounted, strict=True):
        clause = clauses[row["clause"]]
        cells = [rule["place"], clause.text.zh, rule["deadline"], clause.id, clause.status, row["missing"]]
        lines.append(f"| {' | '.join(cells)} |")
    wanted = Counter(row["missing"] for row in accounted if clauses[row["clause"]].status == "planned")
    lines += ["", "## What several ask for", ""]
    lines += [f"- {number} rules: {missing}" for missing, number in wanted.most_common() if number > 1]
    return "\n".join(lines) + "\n"


def documents() -> dict[Path, str]:
    """Return all pages by their path."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
    import django

    django.setup()
    made = ROOT / "docs" / "generated"
    return {
        made / "packages.md": package_page(),
        made / "clue-states.md": state_page(),
        made / "responsibilities.md": responsibility_page(),
        ROOT / "docs" / "clauses.md": clause_page(),
        ROOT / "docs" / "other-measures.md": other_page(),
    }


def main(arguments: list[str]) -> int:
    """Write or check the pages."""
    stale = 0
    for path, text in documents().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if arguments == ["--check"]:
            stale += 1
            name = path.relative_to(ROOT)
            sys.stderr.write(f"{name} is not up to date: run python scripts/diagrams.py\n")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
