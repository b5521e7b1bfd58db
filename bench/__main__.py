"""`make bench`: load a prefecture's 20 years and measure (性能测试). See docs/performance.md.

python -m bench [--clues 160000] [--passes 3] [--national] [--write] [--fresh]
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PREFECTURE, NATION = 160_000, 2_600_000


def main() -> None:
    """Measure, print, and with --write put the table into docs/performance.md."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--clues", type=int, default=0, help="how many clues to load (160000)")
    parser.add_argument("--national", action="store_true", help="2.6 million clues, one nation's year")
    parser.add_argument("--entries", type=int, default=8, help="journal entries a clue (8)")
    parser.add_argument("--passes", type=int, default=3, help="how often to measure; the best counts (3)")
    parser.add_argument("--fresh", action="store_true", help="throw the bench database away first")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md")
    given = parser.parse_args()
    count = given.clues or (NATION if given.national else PREFECTURE)
    folder = Path(os.environ.get("GUANTONG_BENCH_DATA") or ROOT / "var" / f"bench-{count}")
    os.environ["GUANTONG_DATA"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
    os.environ.setdefault("GUANTONG_LOG_LEVEL", "WARNING")

    from bench import prepare

    prepare.database(folder, fresh=given.fresh)
    import django

    django.setup()
    from bench import measure, report

    city, loaded = prepare.filled(folder, count, given.entries)
    results = measure.everything(city, max(1, given.passes))
    text = report.table(results, count, given.entries, loaded)
    print(text)
    if given.write:
        report.write(ROOT / "docs" / "performance.md", text, "national" if given.national else "prefecture")
    if any(result.missed for result in results):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
