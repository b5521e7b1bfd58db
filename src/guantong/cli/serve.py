"""Commands that run the site (运行): serve and worker."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import click

from guantong.cli.main import prepare_database, prepare_django
from guantong.site.supervised import VARIABLE, leave_with_supervisor

WATCH_SECONDS = 2.0


@click.command(help="Serve pages and API, with one process for jobs, and the embedded database if used.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=min(4, os.cpu_count() or 1), show_default=True, help="Web processes.")
@click.option("--threads", default=4, show_default=True, help="Requests at once in each web process.")
@click.option("--jobs/--no-jobs", default=True, help="Run jobs too (at least one machine must).")
@click.option("--stop-database", is_flag=True, help="Stop the embedded database at the end.")
def serve(host: str, port: int, workers: int, threads: int, jobs: bool, stop_database: bool) -> None:
    """Run the web processes until interrupted (运行服务)."""
    _refuse_busy_port(host, port)
    os.environ["GUANTONG_STATIC_COLLECTED"] = "1"
    os.environ[VARIABLE] = str(os.getpid())
    prepare_database()
    prepare_django()
    _refuse_unready()
    _collect_static()
    click.echo(f"http://{host}:{port}/   (Ctrl-C ends)")
    with contextlib.ExitStack() as stack:
        stop = stack.enter_context(_watch(jobs))
        _run_server(host, port, workers, threads)
        stop.set()
    _farewell(stop_database)


@click.command(help="Run jobs only, on a further machine.")
def worker() -> None:
    """Run jobs until interrupted (任务进程)."""
    from guantong.site.jobs import work

    leave_with_supervisor()
    with contextlib.suppress(KeyboardInterrupt):
        work()


def _refuse_busy_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Cannot listen on {host}:{port} ({error.strerror}). Something else uses the port, or the "
                f"address is not this machine's: try --port {port + 1 if port < 65535 else 8000}."
            ) from error


def _refuse_unready() -> None:
    """Refuse to serve with a role that passes row-level security, or with tables of another version."""
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    from guantong.site.checks import role_problem

    try:
        problem = role_problem()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise click.ClickException(f"The database does not answer: {error}") from error
    if problem:
        raise click.ClickException(
            f"Row-level security would be off: {problem}. Let DATABASE_URL name guantong_app; "
            "`guantong roles --print` shows how the roles are made."
        )
    if pending:
        raise click.ClickException(
            f"{len(pending)} migrations are not applied: run `guantong migrate` first."
        )
    connection.close()


def _collect_static() -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0, clear=False)


def _run_server(host: str, port: int, workers: int, threads: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "guantong.site.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


@contextlib.contextmanager
def _watch(jobs: bool) -> Iterator[threading.Event]:
    """Keep the embedded database and the job process running while the web processes serve."""
    from guantong.site import embedded
    from guantong.site.databases import uses_embedded
    from guantong.site.paths import data_folder

    stop = threading.Event()
    server = embedded.Server(data_folder()) if uses_embedded() else None
    command = [sys.executable, "-m", "guantong.cli.main", "worker"]
    process = subprocess.Popen(command) if jobs else None

    def look() -> None:
        nonlocal process
        while not stop.wait(WATCH_SECONDS):
            if server is not None and not server.answers():
                click.echo("The embedded database is gone; starting it again.", err=True)
                try:
                    server.start()
                except embedded.EmbeddedError as error:
                    click.echo(str(error), err=True)
                    continue
            if process is not None and process.poll() is not None:
                click.echo(f"The job process ended ({process.returncode}); starting it again.", err=True)
                process = subprocess.Popen(command)

    watcher = threading.Thread(target=look, name="watch", daemon=True)
    watcher.start()
    try:
        yield stop
    finally:
        stop.set()
        watcher.join()
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _farewell(stop_database: bool) -> None:
    from guantong.site import embedded
    from guantong.site.databases import uses_embedded
    from guantong.site.paths import data_folder

    if not uses_embedded():
        return
    if stop_database:
        embedded.Server(data_folder()).stop()
    else:
        click.echo("The embedded database keeps running; `guantong stop` stops it.")
