"""Try the offline bundle where there is no network (离线安装试验): `bundle_try.py BUNDLE FOLDER`.

Runs itself again in a network namespace of its own in which only the loopback device is up, unpacks the
bundle, installs it, makes an account, serves, and signs in over HTTP. Needs Linux, and either root
or unprivileged user namespaces.
"""

from __future__ import annotations

import argparse
import fcntl
import http.cookiejar
import os
import re
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

_INSIDE = "GUANTONG_BUNDLE_INSIDE"
_UNREACHABLE = ("192.0.2.1", 9)  # an address for documentation, which nobody has
PORT = 8000


def namespace() -> list[str]:
    """Return the command that cuts the network off, or end with what is missing."""
    tool = shutil.which("unshare")
    if tool is None:
        sys.exit(
            "Trying the bundle needs the program unshare (Debian: apt-get install util-linux), on Linux."
        )
    commands = [[tool, "--net"]] if os.geteuid() == 0 else []
    commands.append([tool, "--user", "--map-current-user", "--keep-caps", "--net"])
    for command in commands:
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    sys.exit(
        "No network namespace can be made here, so that nothing proves the bundle needs no network. "
        "Run the tests as root, or allow unprivileged user namespaces (kernel.unprivileged_userns_clone=1)."
    )


def loopback_up() -> None:
    """Raise the loopback device, which is down in a new namespace."""
    set_flags, up_and_running = 0x8914, 0x41
    with socket.socket() as handle:
        fcntl.ioctl(handle, set_flags, struct.pack("16sh14x", b"lo", up_and_running))


def refuse_network() -> None:
    """End with an error when something outside can be reached after all."""
    try:
        socket.create_connection(_UNREACHABLE, timeout=2).close()
    except OSError as error:
        if error.errno == 101:  # network is unreachable
            return
        sys.exit(f"The network is not cut off: {error}")
    sys.exit("The network is not cut off: an address outside answers.")


def sign_in(name: str, password: str) -> None:
    """Sign in over HTTP like a browser and look at the first page."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    base = f"http://127.0.0.1:{PORT}"
    page = browser.open(f"{base}/accounts/login/", timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    if token is None:
        sys.exit("The sign-in page has no form.")
    styles = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    for address in styles:
        browser.open(base + address, timeout=30).read()
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": name, "password": password})
    request = urllib.request.Request(f"{base}/accounts/login/", form.encode(), {"Referer": base})  # noqa: S310 (http)
    answer = browser.open(request, timeout=30)
    body = answer.read().decode()
    if answer.url.rstrip("/").endswith("/accounts/login") or "guantong_session" not in {c.name for c in jar}:
        sys.exit(f"Signing in as {name} failed: still at {answer.url}")
    if not re.search(r"/accounts/logout/", body):
        sys.exit(f"Signed in, but the page {answer.url} does not offer signing out.")
    print(f"signed in as {name}: {answer.url}, {len(styles)} assets")  # noqa: T201


def inside(bundle: Path, folder: Path) -> None:
    """Install, start and sign in; everything is stopped afterwards."""
    loopback_up()
    refuse_network()
    with tarfile.open(bundle) as archive:
        archive.extractall(folder, filter="data")
    unpacked = next(path for path in folder.iterdir() if (path / "install.sh").exists())
    target = folder / "installed"
    program = str(target / "guantong")
    environment = {
        **os.environ,
        "GUANTONG_REQUIRE_MFA": "0",
    }  # signing in is tried here, not the second factor
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "GUANTONG_DATA", "PYTHONPATH", "VIRTUAL_ENV"):
        environment.pop(name, None)
    subprocess.run([str(unpacked / "install.sh"), str(target)], check=True, env=environment)
    carried = list(target.rglob("psql"))
    if carried:
        sys.exit(f"psql must not be redistributed: {carried[0]}")
    account = make_account(program, environment)
    server = subprocess.Popen([program, "serve", "--port", str(PORT), "--workers", "1"], env=environment)
    try:
        wait(server)
        sign_in(*account)
    finally:
        server.terminate()
        server.wait(20)
        subprocess.run([program, "stop"], check=True, env=environment)


def make_account(program: str, environment: dict[str, str]) -> tuple[str, str]:
    """Make the system administrator's account; return its name and password."""
    name, password = "xitong", secrets.token_urlsafe(12)
    code = (
        "from guantong.accounts.models import User\n"
        f"User.objects.create_user({name!r}, password={password!r}, administers='system')"
    )
    subprocess.run([program, "manage", "shell", "-v", "0", "-c", code], check=True, env=environment)
    return name, password


def wait(server: subprocess.Popen[bytes]) -> None:
    """Wait until the site answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    sys.exit("The installed site does not answer.")


def main() -> None:
    """Cut the network off and run inside; exit as that does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    if os.environ.get(_INSIDE):
        inside(given.bundle, given.folder)
        return
    command = [*namespace(), sys.executable, __file__, str(given.bundle), str(given.folder)]
    sys.exit(subprocess.run(command, env={**os.environ, _INSIDE: "1"}, check=False).returncode)


if __name__ == "__main__":
    main()
