"""Search terms: everything that contains the query is found, and nothing typed can be an operator."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guantong.kernel.search.text import (
    MAX_TERMS,
    TextTooLong,
    fold,
    lexemes,
    normalise_name,
    query_terms,
    to_tsquery,
    to_tsvector_text,
)

chinese = st.text("张王李伟丽国资委纪检监察审计局喆珺玥垚赟䶮𠮷〇 ,。《》ab19", max_size=40)
anything = st.one_of(chinese, st.text(max_size=40))


def finds(text: str, query: str) -> bool:
    """What PostgreSQL's `@@` does with the terms."""
    index = to_tsvector_text(text).split(" ")
    terms = query_terms(query)
    return bool(terms) and all(
        any(lexeme.startswith(term) if prefix else lexeme == term for lexeme in index)
        for term, prefix in terms
    )


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("反映市国资委王伟涉嫌受贿", "王伟", True),
        ("反映市国资委王伟涉嫌受贿", "伟王", False),
        ("反映市国资委王伟涉嫌受贿", "贿", True),
        ("反映市国资委王伟涉嫌受贿", "反映 受贿", True),
        ("反映市国资委王伟涉嫌受贿", "反映 行贿", False),
        ("王大伟", "王伟", False),
        ("郴审移〔2026〕15号", "15号", True),
        ("郴审移〔2026〕15号", "审移[2026]15号", True),
        ("郴审移〔2026〕15号", "5号", True),
        ("郴审移〔2026〕15号", "25号", False),
        ("郴审移〔2026〕15号", "2026", True),
        ("身份证110105194912310021", "19491231", True),
        ("身份证110105194912310021", "19491232", False),
        ("SINOPEC Group", "sinopec", True),
        ("中国石化", "中国石化", True),
        ("欧阳喆与垚赟䶮", "垚赟", True),
        ("𠮷野家", "𠮷野", True),
        ("王伟", "", False),
        ("王伟", " ,。", False),
    ],
)
def test_what_is_found(text: str, query: str, found: bool) -> None:
    assert finds(text, query) is found


def test_the_terms_of_a_text() -> None:
    assert to_tsvector_text("王伟,A1号 王伟") == "1 1号 a1 伟 号 王伟"
    assert to_tsvector_text("") == ""


def test_the_query_text() -> None:
    assert to_tsquery("王伟 A1号 李") == "'王伟' & '1号' & 'a1':* & '李':*"
    assert to_tsquery("!!") == ""


@given(anything, st.data())
@example("ΑΣ Σα", None)
def test_every_part_of_a_text_finds_it(text: str, data: st.DataObject | None) -> None:
    begin = data.draw(st.integers(0, len(text))) if data else 0
    part = text[begin : data.draw(st.integers(begin, len(text))) if data else 2]
    if query_terms(part):
        assert finds(text, part)


@given(anything, st.data())
def test_part_of_a_text_folds_to_part_of_it(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, len(text)))
    assert fold(text[begin:end]) in fold(text)
    assert fold(fold(text)) == fold(text)


@given(st.text("0123456789ab", min_size=1, max_size=90), st.data())
def test_long_numbers_are_found_by_any_part(number: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(number) - 1))
    end = data.draw(st.integers(begin + 1, len(number)))
    assert finds(f"编号{number}号", number[begin:end])


@given(st.one_of(anything, st.text("'\\&|!()<->:* \x00\n张a1", max_size=40)))
def test_nothing_typed_becomes_an_operator(query: str) -> None:
    term = r"'\w+'(:\*)?"
    assert re.fullmatch(f"({term}( & {term})*)?", to_tsquery(query))
    assert "_" not in to_tsquery(query)
    assert all(lexeme.isalnum() for lexeme in lexemes(query))


@given(st.lists(st.text("张王李赵钱孙周吴", min_size=2, max_size=3), min_size=1, max_size=300))
def test_a_long_query_stays_bounded(names: list[str]) -> None:
    assert len(query_terms(" ".join(names))) <= MAX_TERMS
    assert finds(" ".join(names), " ".join(names))


def test_a_text_beyond_the_limit_of_the_database_is_refused() -> None:
    text = " ".join(f"{number:024d}" for number in range(60_000))
    with pytest.raises(TextTooLong):
        to_tsvector_text(text)


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("张 三", "张三"),
        ("张　三", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("ＡＢＣ公司", "abc公司"),
        ("\u200b李四 ", "李四"),
        ("", ""),
    ],
)
def test_names_are_compared_without_accidents_of_typing(name: str, normal: str) -> None:
    assert normalise_name(name) == normal


@given(st.text(max_size=30))
def test_normalising_a_name_twice_changes_nothing(name: str) -> None:
    assert normalise_name(normalise_name(name)) == normalise_name(name)
