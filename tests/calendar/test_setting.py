"""A city's own year files reach the installation through its environment (年度放假文件夹)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

YEAR = """\
years:
  2027:
    notice: 国办发明电〔2026〕0号
    provisional: false
    holidays:
      - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
    worked: [2027-01-09]
"""
ASKS = """\
import django
django.setup()
from guantong.kernel.calendar import get_calendar
year = get_calendar().year(2027)
print(year.provisional, year.notice, year.worked[0])
"""


def test_a_year_announced_is_read_from_the_folder_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "2027.yaml").write_text(YEAR, encoding="utf-8")
    environment = {
        **os.environ,
        "GUANTONG_CALENDAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "guantong.site.settings",
        "PYTHONIOENCODING": "utf-8",
    }
    said = subprocess.run(
        [sys.executable, "-c", ASKS], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert said.stdout.split() == ["False", "国办发明电〔2026〕0号", "2027-01-09"]
