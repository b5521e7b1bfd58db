"""Titles broken by sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guantong.kernel.papers.titles import break_title, width

TITLES = {
    "关于问题线索办理情况的反馈函": 1,
    "关于商请协助调取有关工程项目招投标资料的函": 2,
    "关于移送云泽市水务投资集团有限公司原副总经理王喆涉嫌违规采购问题线索的函": 2,
    "云泽市审计局关于移送在云泽市交通运输局原局长李珺同志任期经济责任审计中发现的违规招投标问题线索的函": 3,
    "关于云审移〔2026〕18号问题线索移送函办理情况的反馈函": 2,
    "关于对2026年第三季度未在规定期限内办结的问题线索进行督办的工作提示函": 2,
    "关于印发《云泽市纪检监察监督与审计监督贯通协同工作办法（试行）》的通知": 2,
}


@pytest.mark.parametrize(("title", "count"), TITLES.items())
def test_lines_are_few_full_and_whole(title: str, count: int) -> None:
    lines = break_title(title, 20)
    assert "".join(lines) == title
    assert len(lines) == count
    assert all(width(line) <= 20 for line in lines)


@pytest.mark.parametrize("title", TITLES)
def test_the_kind_of_paper_is_never_stranded(title: str) -> None:
    last = break_title(title, 20)[-1]
    assert width(last) >= 6
    assert not last.startswith(("的", "函", "通知"))


@pytest.mark.parametrize(
    "word", ["问题线索", "有限公司", "交通运输局", "2026", "18号", "招投标", "涉嫌", "经济责任", "王喆"]
)
def test_words_numbers_and_names_stay_whole(word: str) -> None:
    for title in TITLES:
        if word in title:
            assert any(word in line for line in break_title(title, 20)), (title, word)


def test_no_line_begins_with_a_closing_mark() -> None:
    for title in TITLES:
        assert not any(line[0] in "、，。》）〕”" or line[-1] in "《（〔“" for line in break_title(title, 20))


@given(
    st.text(alphabet="关于移送某市《》（）2026的函问题线索 ab，", min_size=1, max_size=120),
    st.integers(8, 24),
)
def test_no_letter_is_lost_and_no_line_too_long(title: str, limit: int) -> None:
    lines = break_title(title, limit)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert all(width(line) <= limit for line in lines)


def test_a_title_of_any_length_is_broken_quickly() -> None:
    assert len(break_title("线索" * 500, 20)) == 50
