"""The letter model: frozen, exact, and clean."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from guantong.kernel.papers.letter import (
    Attachment,
    Column,
    Format,
    Heading,
    Items,
    Letter,
    Paragraph,
    Signature,
    Table,
    clean,
)
from guantong.kernel.papers.outline import (
    attachment_lines,
    chinese_date,
    chinese_number,
    copies_text,
    expanded,
    has_imprint,
)

from .examples import ALL, transfer_letter, upward_report

texts = st.text(max_size=60)
letters = st.builds(
    Letter,
    format=st.sampled_from(Format),
    issuers=st.just(("云泽市审计局",)),
    number=texts,
    title=st.just("关于核对的函"),
    addressees=st.lists(texts, max_size=3),
    blocks=st.lists(
        st.one_of(
            st.builds(Paragraph, text=texts, indent=st.booleans()),
            st.builds(Heading, level=st.integers(1, 4), text=texts),
            st.builds(Items, items=st.lists(texts, max_size=3)),
        ),
        max_size=4,
    ),
    signature=st.builds(Signature, organs=st.just(("云泽市审计局",)), on=st.none() | st.dates()),
    note=texts,
)


@pytest.mark.parametrize("name", ALL)
def test_samples_survive_the_database(name: str) -> None:
    letter = ALL[name]()
    again = Letter.from_json(letter.to_json())
    assert again == letter
    assert again.to_json() == letter.to_json()


@given(letters)
def test_any_letter_survives_the_database(letter: Letter) -> None:
    assert Letter.from_json(letter.to_json()) == letter
    assert Letter.from_json(letter.to_json().encode()) == letter
    assert Letter.from_json(json.loads(letter.to_json())) == letter


def test_json_is_canonical() -> None:
    text = transfer_letter().to_json()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "云泽市" in text


def test_a_letter_cannot_be_changed() -> None:
    letter = transfer_letter()
    with pytest.raises(ValidationError):
        letter.number = "云审移〔2026〕99号"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"issuers": []}, "issuers"),
        ({"copy_number": "12a"}, "copy_number"),
        ({"format": "fax"}, "format"),
        ({"version": 2}, "version"),
        ({"colour": "red"}, "colour"),
        ({"blocks": [{"kind": "picture"}]}, "blocks"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], field: str) -> None:
    data = {**json.loads(transfer_letter().to_json()), **change}
    with pytest.raises(ValidationError) as caught:
        Letter.from_json(data)
    assert field in str(caught.value)


def test_rows_must_fit_their_columns() -> None:
    with pytest.raises(ValidationError, match="row 2 has 1 cells for 2 columns"):
        Table(columns=(Column(title="a"), Column(title="b")), rows=(("1", "2"), ("3",)))


def test_title_may_be_one_string_or_lines() -> None:
    one = Letter(issuers=("甲",), title="关于核对的函")
    two = Letter(issuers=("甲",), title=("关于核对", "的函"))
    assert one.title == ("关于核对的函",)
    assert one.title_text == two.title_text


@pytest.mark.parametrize(
    ("given_text", "wanted"),
    [
        ("王\u202e喆", "王喆"),
        ("a\u200bb\ufeffc", "abc"),
        ("一\r\n二\u2028三\v四", "一\n二\n三\n四"),
        ("a\tb\x00c\x1b", "a bc"),
        ("e\u0301", "\u00e9"),
        ("\ud800甲\uffff", "甲"),
        ("䶮𬭼﨎", "䶮𬭼﨎"),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_seen(given_text: str, wanted: str) -> None:
    assert clean(given_text) == wanted


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_cleaning_loses_no_ideograph(text: str) -> None:
    assert clean(text) == text


def test_headings_are_numbered_by_level_and_start_anew() -> None:
    levels = [
        (1, "甲"),
        (2, "乙"),
        (3, "丙"),
        (4, "丁"),
        (4, "戊"),
        (2, "己"),
        (3, "庚"),
        (1, "辛"),
        (2, "壬"),
    ]
    drawn = list(expanded(Heading(level=level, text=text) for level, text in levels))
    assert [block.text for block in drawn if isinstance(block, Heading)] == [
        "一、甲", "（一）乙", "1.丙", "（1）丁", "（2）戊", "（二）己", "1.庚", "二、辛", "（一）壬",
    ]  # fmt: skip


def test_enumerations_and_line_breaks_become_paragraphs() -> None:
    drawn = list(expanded([Items(items=("甲；", "乙。")), Paragraph(text="丙\n\n丁")]))
    assert [block.text for block in drawn if isinstance(block, Paragraph)] == ["1.甲；", "2.乙。", "丙", "丁"]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九")]
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert chinese_number(number) == words


@pytest.mark.parametrize("number", [0, 100, -1])
def test_numbers_out_of_range_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="outside 1 to 99"):
        chinese_number(number)


def test_dates_have_no_padding() -> None:
    assert chinese_date(dt.date(2026, 3, 5)) == "2026年3月5日"
    assert chinese_date(None) == ""


def test_attachment_note_numbers_only_several() -> None:
    one = transfer_letter()
    assert attachment_lines(one) == (("附件：", "", "证据材料清单"),)
    two = one.model_copy(update={"attachments": (Attachment(title="甲"), Attachment(title="乙"))})
    assert attachment_lines(two) == (("附件：", "1.", "甲"), ("", "2.", "乙"))


def test_colophon_follows_the_format() -> None:
    assert has_imprint(upward_report())
    assert not has_imprint(upward_report().model_copy(update={"format": Format.LETTER}))
    assert copies_text(upward_report()) == "省纪委监委案件监督管理室，市委办公室。"
