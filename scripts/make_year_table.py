"""Write the year table of working days (工作日年表) once, from the development library `chinesecalendar`.

The table is ours from then on: a new year is added to it by hand from the State Council's notice, and the
tests compare every day with two libraries. Run again only to start afresh:

    python scripts/make_year_table.py > src/guantong/kernel/calendar/years.yaml
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date, timedelta

from chinese_calendar.constants import Holiday, holidays, workdays

FIRST, LAST = 2004, 2026
DAY = timedelta(days=1)

NAMES = {
    Holiday.new_years_day.value: "元旦",
    Holiday.spring_festival.value: "春节",
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.labour_day.value: "劳动节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.national_day.value: "国庆节",
    Holiday.mid_autumn_festival.value: "中秋节",
    Holiday.anti_fascist_70th_day.value: "抗战胜利70周年纪念日",
}
ENGLISH = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "抗战胜利70周年纪念日": "70th Anniversary of Victory Day",
}
# Only numbers that were read in the notice or in two places that agree.
NUMBERS = {
    2006: "国办发明电〔2005〕35号",
    2007: "国办发明电〔2006〕49号",
    2010: "国办发明电〔2009〕27号",
    2011: "国办发明电〔2010〕40号",
    2012: "国办发明电〔2011〕45号",
    2013: "国办发明电〔2012〕33号",
    2014: "国办发明电〔2013〕28号",
    2015: "国办发明电〔2014〕28号;国发明电〔2015〕1号(9月3日)",
    2016: "国办发明电〔2015〕18号",
    2017: "国办发明电〔2016〕17号",
    2018: "国办发明电〔2017〕12号",
    2019: "国办发明电〔2018〕15号;国办发明电〔2019〕3号(劳动节)",
    2020: "国办发明电〔2019〕16号;国办发明电〔2020〕1号(春节延长)",
    2021: "国办发明电〔2020〕27号",
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}
NOTES = {
    2006: "2005年12月31日(星期六)上班:通知第一条写明,以通知为准;chinesecalendar 缺此日。",
}
HEAD = """\
# 工作日年表 (year table of working days)
#
# Every Saturday and Sunday is off and every other day is worked, except as said here. Each year stands under
# the notice that arranged it, so a day of late December may stand under the year after. `worked` are the
# adjusted weekend days (调休上班). Where the number of a notice is not certain, that is said instead.
# Cross-checked day by day in tests/calendar against two libraries. Add a year by hand from the notice and set
# `provisional: false`; a city may do the same in a file of its own (setting GUANTONG_CALENDAR_DIR).
"""
PROVISIONAL = """\
  2027:
    notice: 全国年节及纪念日放假办法(2024年修订);国务院办公厅2027年安排未收录
    provisional: true
    note: >-
      暂定:只列法律定下的日子。逢周六、周日的补假日(本年春节两天、劳动节两天、国庆节两天)和调休
      由通知确定,这里不猜。
    holidays:
      - {name: 元旦, from: 2027-01-01, to: 2027-01-01}
      - {name: 春节, from: 2027-02-05, to: 2027-02-08}
      - {name: 清明节, from: 2027-04-05, to: 2027-04-05}
      - {name: 劳动节, from: 2027-05-01, to: 2027-05-02}
      - {name: 端午节, from: 2027-06-09, to: 2027-06-09}
      - {name: 中秋节, from: 2027-09-15, to: 2027-09-15}
      - {name: 国庆节, from: 2027-10-01, to: 2027-10-03}
    worked: []
"""


def arrangement_year(day: date, name: str) -> int:
    """The year whose notice arranged the day: New Year's days of December belong to the next one."""
    return day.year + 1 if name == "元旦" and day.month == 12 else day.year


def ranges(days: Iterable[tuple[date, str]]) -> list[tuple[date, date, str]]:
    """Join neighbouring days off; neighbouring holidays are one range with both names, as in the notices."""
    out: list[tuple[date, date, list[str]]] = []
    for day, name in sorted(days):
        if out and out[-1][1] + DAY == day:
            first, _, names = out.pop()
            out.append((first, day, names if name in names else [*names, name]))
        else:
            out.append((day, day, [name]))
    return [(first, last, "、".join(names)) for first, last, names in out]


def main() -> None:
    """Print the table."""
    off: dict[int, list[tuple[date, str]]] = {}
    worked: dict[int, list[date]] = {2006: [date(2005, 12, 31)]}
    for day, value in holidays.items():
        off.setdefault(arrangement_year(day, NAMES[value]), []).append((day, NAMES[value]))
    for day, value in workdays.items():
        worked.setdefault(arrangement_year(day, NAMES[value]), []).append(day)
    lines = [HEAD, "names:"]
    lines += [f"  {chinese}: {english}" for chinese, english in ENGLISH.items()]
    lines += ["", "years:"]
    for year in range(FIRST, LAST + 1):
        notice = NUMBERS.get(year, f"State Council notice for {year}, cross-checked against two libraries")
        lines += [f"  {year}:", f"    notice: {notice}", "    provisional: false"]
        if year in NOTES:
            lines.append(f"    note: {NOTES[year]}")
        lines.append("    holidays:")
        for first, last, name in ranges(off[year]):
            lines.append(f"      - {{name: {name}, from: {first}, to: {last}}}")
        lines.append(f"    worked: [{', '.join(str(day) for day in sorted(worked.get(year, [])))}]")
    sys.stdout.write("\n".join(lines) + "\n" + PROVISIONAL)


if __name__ == "__main__":
    main()
