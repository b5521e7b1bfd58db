"""Cells as dates, amounts, names and text."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.sheets import SheetError, to_amount, to_date, to_names, to_text

# Cells have no time zone.
AFTERNOON = datetime(2026, 3, 5, 14, 30)  # noqa: DTZ001
MIDNIGHT = datetime(2026, 3, 5)  # noqa: DTZ001


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 3, 5),
        AFTERNOON,
        46086,
        46086.0,
        46086.604,
        20260305,
        20260305.0,
        "20260305",
        "2026.3.5",
        "2026.03.05",
        "2026/3/5",
        "2026-03-05",
        "2026-03-05 00:00:00",
        "2026年3月5日",
        " 2026年 3月 5日 ",
        "２０２６年３月５日",
        "2026。3。5",
        "二〇二六年三月五日",
        "二○二六年三月五日",
        "2026年3月5号",
    ],
)
def test_dates_as_offices_write_them(cell: object) -> None:
    assert to_date(cell) == date(2026, 3, 5)


def test_chinese_numerals() -> None:
    assert to_date("二〇二五年十二月三十一日") == date(2025, 12, 31)
    assert to_date("二〇二五年十月二十日") == date(2025, 10, 20)
    assert to_date("二零二五年十一月十五日") == date(2025, 11, 15)
    assert to_date(None) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026年2月30日",
        "2026-13-01",
        "2025.2.29",
        "2026年3月",
        "2026.3",
        2026.3,
        2026,
        "26.3.5",
        "3月5日",
        "近日",
        "2026-03-05至2026-03-09",
        "1026-03-05",
        True,
        -5,
        12345678.0,
        "二〇二六年十三月五日",
        "二〇二六年三月五十日",
        float("1e300"),
    ],
)
def test_impossible_or_partial_dates_are_refused(cell: object) -> None:
    with pytest.raises(SheetError) as caught:
        to_date(cell)
    assert caught.value.kind == "date"
    placed = caught.value.at("台账", "C5")
    assert "C5" in str(placed)
    assert placed.remedy


@given(st.dates(date(1930, 1, 1), date(2100, 12, 31)))
def test_every_day_in_every_form(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    for written in (
        day, serial, float(serial), f"{day:%Y%m%d}", int(f"{day:%Y%m%d}"),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month:02}/{day.day:02}", str(day),
    ):  # fmt: skip
        assert to_date(written) == day


@pytest.mark.parametrize(
    ("cell", "unit", "yuan"),
    [
        (12.5, "万元", "125000"),
        (12.5, "", "12.50"),
        ("12.5万元", "", "125000"),
        ("12.5万元", "万元", "125000"),
        ("1,234,567.89", "", "1234567.89"),
        ("１，２３４．５", "", "1234.5"),
        ("￥1,000元", "", "1000"),
        ("¥1000", "", "1000"),
        ("人民币3亿元整", "", "300000000"),
        ("3亿2000万元", "", "320000000"),
        ("11.46亿", "", "1146000000"),
        ("5千元", "", "5000"),
        (0, "万元", "0"),
        (0.1 + 0.2, "", "0.30"),
        (-3, "万元", "-30000"),
        ("-3万元", "", "-30000"),
        ("6 000 元", "", "6000"),
    ],
)
def test_amounts(cell: object, unit: str, yuan: str) -> None:
    assert to_amount(cell, unit) == Decimal(yuan)


@pytest.mark.parametrize(
    "cell",
    ["约12万元", "12,34", "十万元", "12万-15万", "无", "1.2.3", True, float("nan"), float("inf"), 1e18,
     date(2026, 1, 1), "万元", "2000万3亿元", "3亿2000"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(cell: object) -> None:
    with pytest.raises(SheetError) as caught:
        to_amount(cell)
    assert caught.value.kind == "amount"


@given(st.integers(0, 10**14), st.booleans())
def test_whole_yuan_survive_every_form(yuan: int, negative: bool) -> None:
    value = -yuan if negative else yuan
    assert to_amount(value) == to_amount(f"{value:,}") == to_amount(f"{value}元") == value
    assert to_amount(float(value)) == value


@pytest.mark.parametrize(
    ("cell", "names", "rest"),
    [
        ("张三、李四,王五;赵六/钱七\n孙八", ["张三", "李四", "王五", "赵六", "钱七", "孙八"], ""),
        ("张 三", ["张三"], ""),
        ("张　三、李四", ["张三", "李四"], ""),
        ("张三 李四", ["张三", "李四"], ""),
        ("张三等3人", ["张三"], "等3人"),
        ("张三、李四等", ["张三", "李四"], "等"),
        ("张三，张三", ["张三"], ""),
        ("、,", [], ""),
        (None, [], ""),
    ],
)
def test_names(cell: object, names: list[str], rest: str) -> None:
    found = to_names(cell)
    assert (list(found.names), found.remainder) == (names, rest)


def test_texts() -> None:
    assert to_text(15.0) == "15"
    assert to_text(1.5) == "1.5"
    assert to_text(None) == ""
    assert to_text(" 郴审移〔2026〕15号 ") == "郴审移〔2026〕15号"
    assert to_text(date(2026, 3, 5)) == to_text(MIDNIGHT) == "2026-03-05"
    assert to_text(True) == "是"
    assert to_text(timedelta(hours=1)) == "1:00:00"


def test_an_id_number_kept_as_a_number_has_lost_its_end() -> None:
    with pytest.raises(SheetError) as caught:
        to_text(1.1010519491231e17)
    assert caught.value.kind == "digits_lost"
