"""The year table: every day compared with two libraries, city files, files that contradict themselves."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from django.utils import translation
from pytest_django import Settings

from guantong.kernel.calendar import UnknownYear, YearTableError, get_calendar, load

CALENDAR = load()
DAYS = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
WORKED_BY_NOTICE = date(2005, 12, 31)


def test_every_day_agrees_with_chinesecalendar_but_the_one_it_lacks() -> None:
    differing = [day for day in DAYS if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differing == [WORKED_BY_NOTICE]


def test_every_day_agrees_with_holidays() -> None:
    china = holidays.country_holidays("CN", years=range(2004, 2027))
    assert [day for day in DAYS if CALENDAR.is_working_day(day) != china.is_working_day(day)] == []


def test_the_calendar_of_the_installation_reads_its_folder(tmp_path: Path, settings: Settings) -> None:
    settings.GUANTONG_CALENDAR_DIR = None
    assert get_calendar().version == CALENDAR.version
    assert get_calendar() is get_calendar()
    (tmp_path / "2027.yaml").write_text(CITY_2027, encoding="utf-8")
    settings.GUANTONG_CALENDAR_DIR = tmp_path
    assert get_calendar().version == load(tmp_path).version != CALENDAR.version


@pytest.mark.parametrize("day", [date(2003, 12, 31), date(2028, 1, 1)])
def test_outside_the_table_nothing_is_guessed(day: date) -> None:
    for question in (
        CALENDAR.is_working_day,
        CALENDAR.next_working_day,
        CALENDAR.provisional,
        CALENDAR.holiday,
        lambda d: CALENDAR.add_working_days(d, 1),
        lambda d: CALENDAR.working_days_between(date(2020, 1, 1), d),
    ):
        with pytest.raises(UnknownYear) as caught:
            question(day)
        assert caught.value.year == day.year


def test_counting_past_the_last_year_is_unknown() -> None:
    with pytest.raises(UnknownYear):
        CALENDAR.add_working_days(date(2027, 12, 31), 1)


def test_2027_is_provisional_and_so_is_the_end_of_2026() -> None:
    assert not CALENDAR.provisional(date(2026, 12, 24))
    assert CALENDAR.provisional(date(2026, 12, 25))
    assert CALENDAR.pending_year(date(2026, 12, 31)) == 2027
    assert CALENDAR.provisional(date(2027, 6, 1))
    assert not CALENDAR.provisional(date(2025, 12, 31))
    assert CALENDAR.settled_until == date(2026, 12, 24)


def test_2027_holds_only_what_the_law_fixes() -> None:
    off = [
        day
        for number in range(365)
        if (day := date(2027, 1, 1) + timedelta(days=number)).weekday() < 5
        and not CALENDAR.is_working_day(day)
    ]
    assert [f"{day:%m-%d}" for day in off] == ["01-01", "02-05", "02-08", "04-05", "06-09", "09-15", "10-01"]
    assert CALENDAR.year(2027).worked == ()


CITY_2027 = """\
years:
  2027:
    notice: 国办发明电〔2026〕9号
    provisional: false
    holidays:
      - {name: 元旦, from: 2026-12-31, to: 2027-01-02}
    worked: [2027-01-03]
"""


def test_a_city_file_replaces_a_year_and_settles_it(tmp_path: Path) -> None:
    (tmp_path / "2027.yaml").write_text(CITY_2027, encoding="utf-8")
    calendar = load(tmp_path)
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2027, 1, 3))
    assert not calendar.provisional(date(2026, 12, 31))
    assert calendar.provisional(date(2027, 12, 31))
    assert calendar.version != CALENDAR.version
    assert load(tmp_path).version == calendar.version
    assert calendar.year(2027).notice == "国办发明电〔2026〕9号"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("worked: [2027-01-03]", "worked: [2027-01-04]", "not a Saturday or Sunday"),
        ("worked: [2027-01-03]", "worked: [2027-01-02]", "both off and worked"),
        ("to: 2027-01-02", "to: 2026-12-30", "ends before it begins"),
        ("from: 2026-12-31", "from: 2026-11-30", "lies outside the year"),
        ("provisional: false", "provisional: perhaps", "provisional"),
        ("    notice:", "    notce:", "notice"),
        ("worked: [", "worked: [[", "line"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = CITY_2027.replace(old, new)
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(YearTableError) as caught:
        load(tmp_path)
    with translation.override("en"):
        assert "bad.yaml" in str(caught.value)
        assert reason in str(caught.value)


def test_a_year_missing_in_between_is_refused(tmp_path: Path) -> None:
    text = "years:\n  2029:\n    notice: n\n    provisional: true\n    holidays: []\n    worked: []\n"
    (tmp_path / "2029.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(YearTableError) as caught:
        load(tmp_path)
    assert caught.value.year == 2028


def test_a_duplicate_year_in_one_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text(CITY_2027 + CITY_2027.removeprefix("years:\n"), encoding="utf-8")
    with pytest.raises(YearTableError):
        load(tmp_path)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(YearTableError):
        load(tmp_path / "nowhere")
