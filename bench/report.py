"""The table, with the machine it was measured on."""

from __future__ import annotations

import os
import platform
import re
import time
from pathlib import Path

from django.db import connection

from bench.measure import Result

MARK = "<!-- {name} -->\n"


ADDITIONS = 5_000_000


def pace() -> float:
    """Return the milliseconds of a fixed loop: how fast the machine is at this moment."""
    started, total = time.perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return (time.perf_counter() - started) * 1000


def machine() -> str:
    """Return the machine in words: processor, cores, memory, system, load, pace."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", info.read_text()) if info.exists() else None
    name = found[1].strip() if found else platform.processor() or platform.machine()
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    load = os.getloadavg()[0]
    return (
        f"{name}, {os.cpu_count()} cores, {pages * size / 2**30:.0f} GB, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}, load {load:.1f}, "
        f"{ADDITIONS:,} additions in {min(pace() for _round in range(3)):.0f} ms"
    )


def table(results: list[Result], count: int, entries: int, loaded: float) -> str:
    """Return the results as Markdown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_size_pretty(pg_database_size(current_database())), current_setting('server_version')"
        )
        size, version = cursor.fetchone()
    lines = [
        f"{count:,} clues of 20 years, 5 grants, 6 duties and {entries} journal entries each; {size}, "
        f"PostgreSQL {version}, embedded, durable commits, restricted role.",
        f"Machine: {machine()}.",
        "",
        "| what | median | p95 | target | | judged in each pass |",
        "|---|---:|---:|---|---|---|",
    ]
    for one in results:
        verdict = "**missed**" if one.missed else "held"
        lines.append(
            f"| {one.what}{f' ({one.note})' if one.note else ''} | {one.median:.1f} {one.unit} |"
            f" {one.p95:.1f} {one.unit} | {one.target} | {verdict} |"
            f" {', '.join(f'{figure:.1f}' for figure in one.passes if len(one.passes) > 1)} |"
        )
    if loaded:
        lines += ["", f"Loading took {loaded:.0f} s."]
    return "\n".join(lines) + "\n"


def write(path: Path, text: str, name: str) -> None:
    """Put a table into its place in the document."""
    begin, end = MARK.format(name=name), MARK.format(name=f"/{name}")
    whole = path.read_text(encoding="utf-8")
    before, _begin, rest = whole.partition(begin)
    _old, _end, after = rest.partition(end)
    path.write_text(f"{before}{begin}{text}{end}{after}", encoding="utf-8")
