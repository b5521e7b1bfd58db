"""Serve a Monday morning of the small town to try it out (周一早晨试用): `python scripts/monday.py [PORT]`.

Its clock stands on that Monday. Users: clerk, clerk_head, deputy, handler; password: correct horse.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]
os.environ.update(DJANGO_SETTINGS_MODULE="guantong.site.settings", GUANTONG_REQUIRE_MFA="0")


def main(port: int) -> None:
    """Build it in a database of its own, which the next test run sweeps away, and serve until interrupted."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread
    from django.test.utils import setup_test_environment

    from guantong.kernel import clock
    from support.databases import TestDatabases
    from support.days import at, standing
    from support.monday import MONDAY, prepare

    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = Path(tempfile.mkdtemp()) / "attachments"
    TestDatabases().clone()
    prepare()
    clock._set = standing(at(MONDAY, 8))
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={}, port=port)
    thread.start()
    thread.is_ready.wait()
    sys.stdout.write(f"http://127.0.0.1:{port}/\n")
    sys.stdout.flush()
    thread.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8100)
