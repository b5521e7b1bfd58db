"""Leaving with one's supervisor (随主进程退出): a killed `guantong serve` leaves no process behind."""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "GUANTONG_SUPERVISOR"
_LOOK_SECONDS = 1.0
_GRACE_SECONDS = 10.0


def leave_with_supervisor() -> None:
    """Watch the process named by GUANTONG_SUPERVISOR, if it is our parent, and end soon after it does.

    Without this, web processes of a supervisor killed with -9 would keep the port for ever.
    """
    supervisor = os.environ.get(VARIABLE)
    if supervisor is None or int(supervisor) != os.getppid():
        return

    def watch() -> None:
        pause = threading.Event()
        while os.getppid() == int(supervisor):
            pause.wait(_LOOK_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)
        pause.wait(_GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="supervisor", daemon=True).start()
