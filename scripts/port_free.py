"""Say clearly when the port is taken (端口占用), before anything else is done: `port_free.py 8000`."""

from __future__ import annotations

import socket
import sys

port = int(sys.argv[1])
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", port))
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT={port + 1}")
