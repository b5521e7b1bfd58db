"""Take the README's screenshot (截图): the demonstration's case supervision clerk at her desk.

Makes the demonstration in a data folder of its own, so that the picture is the same on every machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshot.png"
PORT = 8765


def _wait(server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    sys.exit("The site does not answer.")


def _picture(name: str, password: str) -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from playwright.sync_api import sync_playwright

    from support.browser import find_chromium, flags

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(ROOT / "var"), args=flags())
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page.goto(f"http://127.0.0.1:{PORT}/accounts/login/")
        page.fill("input[name=login]", name)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
        page.goto(f"http://127.0.0.1:{PORT}/")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=TARGET)
        browser.close()


def main() -> None:
    """Make the demonstration, serve it, take the picture, remove everything."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshot-", dir=ROOT / "var") as folder:
        Path(folder).chmod(0o711)
        os.environ |= {"GUANTONG_DATA": folder, "GUANTONG_DEMO": "1"}
        os.environ.pop("DATABASE_URL", None)
        program = [sys.executable, "-m", "guantong.cli.main"]
        subprocess.run([*program, "migrate"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*program, "demo"], check=True)
        server = subprocess.Popen(
            [*program, "serve", "--port", str(PORT), "--workers", "1", "--stop-database"]
        )
        try:
            _wait(server)
            import django

            os.environ["DJANGO_SETTINGS_MODULE"] = "guantong.site.settings"
            django.setup()
            from guantong.demo.accounts import ACCOUNTS, PASSWORD

            _picture(ACCOUNTS[0].username, PASSWORD)
        finally:
            server.terminate()
            server.wait(30)
    print(TARGET.relative_to(ROOT))  # noqa: T201


if __name__ == "__main__":
    main()
