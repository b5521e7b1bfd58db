"""Processes of the site in tests."""

from __future__ import annotations

import http.client
import socket
import time


def free_port() -> int:
    """Return a port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(port: int, path: str = "/health/") -> int | None:
    """Return the status the site answers with, None when it does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def until(wanted: bool, port: int, seconds: float = 30) -> bool:
    """Wait until the site answers (or no longer does); say whether that came about."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (status(port) == 200) is wanted:
            return True
        time.sleep(0.2)
    return False
