"""Take the pictures of README and user's guide (截图), of the demonstration city only.

`python scripts/screenshot.py`                makes a demonstration of its own, which takes some minutes
`python scripts/screenshot.py --at ADDRESS`   of a demonstration that is served at this address
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
PORT = 8765
SIZE = {"width": 1366, "height": 768}


def _wait(server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.3)
    sys.exit("The site does not answer.")


def desk(page: Any) -> None:
    """The desk of the clerk in case supervision (工作台)."""
    page.goto("/")


def intake(page: Any) -> None:
    """A paper letter, typed in but not recorded (登记来件)."""
    page.goto("/intake/")
    page.select_option("[name=category]", label="涉嫌违纪")
    values = {
        "sender_name": "清川市审计局审计执行科",
        "letter_number": "清审移〔2026〕99号",
        "letter_date": (date.today() - timedelta(days=4)).isoformat(),  # noqa: DTZ011
        "letter_signer": "何嘉禾",
        "subjects-0-name": "王喆",
        "subjects-0-unit": "清川水务集团有限公司",
        "subjects-0-post": "副总经理",
        "allegation": "拆分采购合同，规避公开招标。",
        "amount": "12864000",
    }
    for name, value in values.items():
        page.fill(f"[name='{name}']", value)
    page.keyboard.press("Escape")
    page.select_option("[name=subjects-0-authority]", label="市级")
    page.wait_for_timeout(1500)


def matter(page: Any) -> None:
    """A clue with its duties (线索页面)."""
    page.goto("/clues/?tab=open")
    page.locator("tbody tr", has_text="办理中").locator("a[href*='/matters/']").first.click()
    page.wait_for_load_state("networkidle")


def correct(page: Any) -> None:
    """What a correction would move, before it is recorded (更正)."""
    matter(page)
    page.click("#facts a[href*='fact=received_on']")
    standing = date.fromisoformat(page.inner_text(".gt-standing").split()[-1])
    page.fill("[name=value]", (standing + timedelta(days=1)).isoformat())
    page.fill("[name=reason]", "收文登记簿记载的到达日期晚一天")
    page.click("button:has-text('查看影响')")
    page.wait_for_selector("#effects table")


PICTURES: tuple[Callable[[Any], None], ...] = (desk, intake, matter, correct)


def pictures(address: str) -> None:
    """Sign in as the clerk and take all pictures."""
    sys.path.insert(0, str(ROOT / "tests"))
    from playwright.sync_api import sync_playwright

    from guantong.demo.accounts import ACCOUNTS, PASSWORD
    from support.browser import find_chromium, flags

    TARGET.mkdir(exist_ok=True)
    (ROOT / "var").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(ROOT / "var"),
            args=[*flags(), "--lang=zh-CN"],
            env={**os.environ, "LANGUAGE": "zh_CN"},
        )
        page = browser.new_page(viewport=SIZE, locale="zh-CN", base_url=address)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", ACCOUNTS[0].username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
        for picture in PICTURES:
            picture(page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=TARGET / f"{picture.__name__}.png")
        browser.close()


def main(arguments: list[str]) -> None:
    """Take the pictures of a running demonstration, or make one, serve it, and remove everything."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
    if arguments[:1] == ["--at"]:
        django.setup()
        pictures(arguments[1])
        return
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screenshot-", dir=ROOT / "var") as folder:
        Path(folder).chmod(0o711)
        os.environ |= {"GUANTONG_DATA": folder, "GUANTONG_DEMO": "1"}
        os.environ.pop("DATABASE_URL", None)
        program = [sys.executable, "-m", "guantong.cli.main"]
        subprocess.run([*program, "migrate"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*program, "demo"], check=True)
        served = [*program, "serve", "--port", str(PORT), "--workers", "1", "--stop-database"]
        server = subprocess.Popen(served)
        try:
            _wait(server)
            django.setup()
            pictures(f"http://127.0.0.1:{PORT}")
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main(sys.argv[1:])
