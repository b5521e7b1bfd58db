"""Verifying the journal (日志校验): the database's own, or an archive carried here."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from guantong.kernel.journal.verify import Report, Unreadable, read_roots, summary, verify_archive

HELP = """Verify the journal.

Without ARCHIVE the database is verified: chains, contents, checkpoints, and each matter's last entry. With
ARCHIVE only that file is read, and no database is needed. Ends with 0 when sound (expunged content included),
1 when faults were found, 2 when something cannot be read.
"""


@click.command(help=HELP)
@click.argument("archive", required=False, type=click.Path(path_type=Path))
@click.option("--roots", type=click.Path(path_type=Path), help="Folder of checkpoints kept elsewhere.")
@click.option("--export", "export_to", type=click.Path(path_type=Path), help="Keep the archive here.")
@click.option("--headers-only", is_flag=True, help="Do not look at contents (an archive may lack them).")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def verify(
    archive: Path | None, roots: Path | None, export_to: Path | None, headers_only: bool, lang: str
) -> None:
    """Verify and say what was found (日志校验)."""
    if archive is not None and export_to is not None:
        raise click.UsageError("--export goes with the database, not with an archive.")
    try:
        if archive is not None:
            report = verify_archive(archive, roots, headers_only=headers_only)
        else:
            report = _database(roots, export_to, headers_only)
    except Unreadable as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(summary(report, lang))
    sys.exit(0 if report.ok else 1)


def _database(roots: Path | None, export_to: Path | None, headers_only: bool) -> Report:
    from django.db import Error

    from guantong.cli.main import prepare_database, prepare_django

    prepare_django()
    prepare_database()
    try:
        return _headers(roots) if headers_only else _whole(roots, export_to)
    except FileExistsError as error:
        raise Unreadable(
            f"{export_to}: 文件已存在，请另取文件名 / exists already, choose another name"
        ) from error
    except (Error, OSError) as error:
        raise Unreadable(f"无法读取数据库或写出文件 / cannot read the database or write: {error}") from error


def _headers(roots: Path | None) -> Report:
    from guantong.kernel.journal.verify_db import verify_headers

    kept = read_roots(roots, Report()) if roots else None
    return verify_headers("default", kept)


def _whole(roots: Path | None, export_to: Path | None) -> Report:
    """Write the archive and let the stand-alone verifier read it: what is carried away is what holds."""
    from guantong.kernel.journal.verify_db import check_heads, write_archive

    with tempfile.TemporaryDirectory() as folder:
        path = export_to or Path(folder) / "journal.zip"
        click.echo(f"… {path.name}", err=True)
        write_archive(path, "owner")
        report = verify_archive(path, roots)
        check_heads("default", report)
        return report
