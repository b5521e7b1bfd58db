"""Layout of papers, measured in the PDF against GB/T 9704-2012."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from guantong.kernel.papers.letter import (
    Attachment,
    Column,
    Format,
    Heading,
    Letter,
    Paragraph,
    Signature,
    Table,
)
from guantong.kernel.papers.render_pdf import render_pdf

from .examples import ALL, transfer_letter, upward_report
from .measure import MM, Box, bands, ink_box, is_red, lines_of, opened, pdf_text, raster, text_of

NEAR = 0.5  # mm
PLAIN = "依照规定对移送线索逐件登记分办督促反馈确保件件有着落事事有回音"


@cache
def long_file() -> bytes:
    """A paper of several full pages of ideographs without punctuation."""
    letter = Letter(
        format=Format.FILE,
        issuers=("云泽市审计局",),
        mark_suffix="文件",
        number="云审发〔2026〕3号",
        title="关于全年工作的报告",
        addressees=("云泽市人民政府",),
        blocks=(Paragraph(text=PLAIN * 70),),
        signature=Signature(organs=("云泽市审计局",), on=dt.date(2026, 12, 31)),
        copies=("市委办公室", "市人大常委会办公室"),
        printed_by="云泽市审计局办公室",
        printed_on=dt.date(2026, 12, 31),
    )
    return render_pdf(letter)


@cache
def pages(name: str) -> list[tuple[Any, Any]]:
    document = opened(long_file() if name == "long" else render_pdf(ALL[name]()))
    return [(page, raster(page)) for page in document.pages]


def near(value: float, wanted: float, within: float = NEAR) -> bool:
    return abs(value - wanted) <= within


def line_box(line: list[dict[str, Any]]) -> Box:
    return Box(
        line[0]["x0"] / MM,
        min(c["top"] for c in line) / MM,
        line[-1]["x1"] / MM,
        max(c["bottom"] for c in line) / MM,
    )


def test_pages_are_a4() -> None:
    for page, _ in pages("long"):
        assert near(page.width / MM, 210, 0.1)
        assert near(page.height / MM, 297, 0.1)


def test_full_pages_hold_22_lines_of_28_characters() -> None:
    full = pages("long")[1:-1]
    assert len(full) >= 2
    for page, _ in full:
        lines = lines_of(page, 36, 263)
        assert len(lines) == 22
        assert {len(line) for line in lines} == {28}


def test_full_pages_fill_the_type_area() -> None:
    page, image = pages("long")[1]
    box = ink_box(image, (5, 5, 205, 265))
    assert near(box.left, 28)
    assert near(box.right, 184)
    assert near(box.top, 37)
    assert near(box.bottom, 262)
    lines = lines_of(page, 36, 263)
    steps = {round((b[0]["top"] - a[0]["top"]) / MM, 1) for a, b in pairwise(lines)}
    assert steps == {10.4}


def test_body_is_3_hao_and_paragraphs_start_two_characters_in() -> None:
    page, _ = pages("long")[1]
    assert {round(char["size"], 1) for line in lines_of(page, 36, 263) for char in line} == {16.0}
    first = next(
        line for line in lines_of(pages("long")[0][0], 36, 263) if text_of(line).startswith(PLAIN[:4])
    )
    assert len(first) == 26
    assert near(first[0]["x0"] / MM, 28 + 2 * 156 / 28)


@pytest.mark.parametrize("name", ["long", "upward_report", "joint_letter"])
def test_file_mark_stands_35_mm_below_the_type_area_and_in_its_middle(name: str) -> None:
    page, image = pages(name)[0]
    rule_top, _ = bands(image, 30, is_red)[-1]
    mark = ink_box(image, (5, 5, 205, rule_top - 12), is_red)
    assert near(mark.top, 37 + 35)
    assert near((mark.left + mark.right) / 2, 106, 1.0)
    assert mark.left >= 28 - NEAR
    assert mark.right <= 184 + NEAR
    assert page.page_number == 1


@pytest.mark.parametrize("name", ["long", "upward_report"])
def test_file_number_two_lines_below_the_mark_and_rule_4_mm_below_the_number(name: str) -> None:
    _, image = pages(name)[0]
    rule_top, rule_bottom = bands(image, 30, is_red)[-1]
    rule = ink_box(image, (5, rule_top - 0.2, 205, rule_bottom + 0.2), is_red)
    assert near(rule.left, 28, 0.2)
    assert near(rule.right, 184, 0.2)
    mark = ink_box(image, (5, 5, 205, rule_top - 12), is_red)
    number = ink_box(image, (30, mark.bottom + 5, 90 if name == "upward_report" else 180, rule_top - 1))
    assert near(number.top - mark.bottom, 2 * 10.44)
    assert near(rule_top - number.bottom, 4)


def test_number_is_centred_or_left_with_a_signer() -> None:
    page, _ = pages("long")[0]
    number = line_box(next(line for line in lines_of(page) if "〔2026〕3号" in text_of(line)))
    assert near((number.left + number.right) / 2, 106)
    page, _ = pages("upward_report")[0]
    line = next(line for line in lines_of(page) if "〔2026〕42号" in text_of(line))
    assert text_of(line).endswith("签发人：孙玥")
    assert near(line_box(line).left, 28 + 156 / 28)
    assert near(line_box(line).right, 184 - 156 / 28)


def test_title_two_lines_below_the_rule_in_2_hao() -> None:
    page, image = pages("long")[0]
    _, rule_bottom = bands(image, 30, is_red)[-1]
    title = next(line for line in lines_of(page) if text_of(line) == "关于全年工作的报告")
    assert {round(char["size"], 1) for char in title} == {22.0}
    box = ink_box(image, (28, rule_bottom + 3, 184, rule_bottom + 30))
    assert near(box.top - rule_bottom, 2 * 10.44)
    assert near((box.left + box.right) / 2, 106)


def test_corner_holds_copy_number_secrecy_and_urgency() -> None:
    page, image = pages("upward_report")[0]
    lines = lines_of(page, 36, 70)
    assert [text_of(line) for line in lines] == ["000012", "机密★20年", "加急"]
    assert all(near(line[0]["x0"] / MM, 28) for line in lines)
    secrecy = ink_box(image, (28, 45, 60, 56))
    assert near(secrecy.top, 37 + 225 / 22)


def test_page_numbers_7_mm_below_the_type_area_odd_right_even_left() -> None:
    for page, image in pages("long"):
        line = lines_of(page, 265, 280)[0]
        assert text_of(line) == f"—{page.page_number}—"
        assert {round(char["size"], 1) for char in line} == {14.0}
        box = line_box(line)
        if page.page_number % 2:
            assert near(box.right, 184 - 14 / MM)
        else:
            assert near(box.left, 28 + 14 / MM)
        dash = line[0]
        dash_ink = ink_box(image, (dash["x0"] / MM, 264, dash["x1"] / MM, 280))
        assert near(dash_ink.top, 262 + 7)


def test_colophon_stands_at_the_bottom_of_the_last_page() -> None:
    page, image = pages("long")[-1]
    rules = [band for band in bands(image, 28.6) if band[0] > 200]
    assert len(rules) == 3
    assert near(rules[-1][1], 262, 0.2)
    outer, inner, last = (bottom - top for top, bottom in rules)
    assert near(outer, 0.35, 0.1)
    assert near(inner, 0.25, 0.1)
    assert near(last, 0.35, 0.1)
    across = ink_box(image, (5, rules[0][0], 205, rules[0][1]))
    assert near(across.left, 28, 0.2)
    assert near(across.right, 184, 0.2)
    lines = lines_of(page, rules[0][0], 262)
    assert [text_of(line) for line in lines] == [
        "抄送：市委办公室，市人大常委会办公室。",
        "云泽市审计局办公室2026年12月31日印发",
    ]
    assert {round(char["size"], 1) for line in lines for char in line} == {14.0}
    assert near(lines[1][0]["x0"] / MM, 28 + 14 / MM)
    assert near(lines[1][-1]["x1"] / MM, 184 - 14 / MM)


def test_sealed_signature_has_its_date_four_characters_from_the_right() -> None:
    page, _ = pages("long")[-1]
    lines = lines_of(page, 36, 240)
    date = next(line for line in lines if text_of(line) == "2026年12月31日")
    organ = next(line for line in lines if text_of(line) == "云泽市审计局")
    assert near(line_box(date).right, 184 - 4 * 156 / 28)
    centre = [(line_box(line).left + line_box(line).right) / 2 for line in (date, organ)]
    assert near(centre[0], centre[1])


@pytest.mark.parametrize("name", ["transfer_letter", "receipt", "feedback_letter"])
def test_letter_form_double_rules_are_170_mm_wide_and_centred(name: str) -> None:
    _, image = pages(name)[0]
    found = bands(image, 21, is_red)
    assert len(found) == 4
    thick, thin, low_thin, low_thick = found
    assert thick[1] - thick[0] > 2 * (thin[1] - thin[0])
    assert low_thick[1] - low_thick[0] > 2 * (low_thin[1] - low_thin[0])
    assert near(low_thick[1], 297 - 20)
    for top, bottom in found:
        rule = ink_box(image, (2, top, 208, bottom), is_red)
        assert near(rule.width, 170, 0.2)
        assert near((rule.left + rule.right) / 2, 105, 0.1)
    mark = ink_box(image, (5, 5, 205, thick[0] - 1), is_red)
    assert near(mark.top, 30)
    assert near((mark.left + mark.right) / 2, 105)
    assert near(thick[0] - mark.bottom, 4)


def test_letter_form_number_is_flush_right_and_page_1_has_no_page_number() -> None:
    document = pages("transfer_letter")
    page, image = document[0]
    line = next(line for line in lines_of(page) if "〔2026〕18号" in text_of(line))
    assert near(line_box(line).right, 184)
    rule_bottom = bands(image, 21, is_red)[1][1]
    assert near(ink_box(image, (100, rule_bottom + 0.5, 190, rule_bottom + 14)).top - rule_bottom, 14 / MM)
    assert lines_of(page, 262.5, 276) == []
    assert text_of(lines_of(document[1][0], 265, 280)[0]) == "—2—"


def test_letter_form_has_neither_imprint_nor_rules_in_its_colophon() -> None:
    letter = transfer_letter().model_copy(
        update={"printed_by": "某办公室", "printed_on": dt.date(2026, 1, 1)}
    )
    with opened(render_pdf(letter)) as document:
        last = document.pages[-1]
        assert "印发" not in last.extract_text()
        assert text_of(lines_of(last, 250, 263)[-1]) == "抄送：市委审计委员会办公室。"
        assert [band for band in bands(raster(last), 28.6) if band[0] > 200] == []


def test_no_page_of_letter_form_leaves_the_type_area() -> None:
    for page, _ in pages("transfer_letter"):
        for line in lines_of(page, 45, 262):
            assert line[0]["x0"] / MM >= 28 - 0.2
            assert line[-1]["x1"] / MM <= 184 + 2.9  # a closing mark's empty half may hang over


@pytest.mark.parametrize("filler", range(8, 22))
def test_no_heading_is_left_at_the_end_of_a_page(filler: int) -> None:
    """The heading falls on every line in turn; it never ends a page."""
    blocks: list[Any] = [Paragraph(text=f"第{i}段依照规定办理。") for i in range(filler)]
    blocks += [Heading(level=1, text="办理要求"), Paragraph(text=PLAIN * 3)]
    letter = Letter(issuers=("云泽市审计局",), title="关于办理要求的函", blocks=tuple(blocks))
    with opened(render_pdf(letter)) as document:
        for page in document.pages:
            lines = [text_of(line) for line in lines_of(page, 36, 263)]
            assert not lines or not lines[-1].endswith("、办理要求")


@pytest.mark.parametrize("filler", range(8, 22))
def test_no_page_carries_the_signature_alone(filler: int) -> None:
    blocks = tuple(Paragraph(text=f"第{i}段依照规定办理。") for i in range(filler))
    letter = Letter(
        issuers=("云泽市审计局",),
        title="关于办理要求的函",
        blocks=blocks,
        attachments=(Attachment(title="清单"),) if filler % 2 else (),
        signature=Signature(organs=("云泽市审计局",), on=dt.date(2026, 10, 1)),
    )
    with opened(render_pdf(letter)) as document:
        holder = next(page for page in document.pages if "2026年10月1日" in page.extract_text())
        assert f"第{filler - 1}段" in holder.extract_text()


@pytest.mark.parametrize("repeats", range(20, 46, 2))
def test_a_long_last_paragraph_is_parted_only_in_its_last_lines(repeats: int) -> None:
    """The signature has text above it, pages stay full, and no letter is lost or moved."""
    sentence = "对2026年3月发现的问题，（一）限期整改；（二）报告结果。"
    letter = Letter(
        issuers=("云泽市审计局",),
        title="关于办理要求的函",
        blocks=(Paragraph(text="现函告如下："), Paragraph(text=sentence * repeats)),
        signature=Signature(organs=("云泽市审计局",), on=dt.date(2026, 10, 1)),
    )
    pdf = render_pdf(letter)
    assert "现函告如下：" + sentence * repeats + "云泽市审计局" in pdf_text(pdf)
    with opened(pdf) as document:
        last = [text_of(line) for line in lines_of(document.pages[-1], 36, 263)]
        assert last.index("云泽市审计局") >= 2
        for page in document.pages:
            lines = lines_of(page, 55, 263)
            assert not [text_of(line) for line in lines if text_of(line)[0] in "，；。）"]
        for page in document.pages[1:-1]:
            assert len(lines_of(page, 36, 263)) >= 17  # tail and signature need five or six lines
        full = lines_of(document.pages[0], 120, 263)[1:]
        assert all(line[-1]["x1"] / MM > 178 for line in full[:-4])


def test_long_tables_repeat_their_header_and_lose_no_row() -> None:
    rows = tuple((str(i), f"证据材料第{i}号", "审计组") for i in range(1, 121))
    table = Table(
        columns=(
            Column(title="序号", width=1),
            Column(title="证据名称", width=5),
            Column(title="来源", width=2),
        ),
        rows=rows,
    )
    letter = upward_report().model_copy(update={"attachments": (Attachment(title="清单", blocks=(table,)),)})
    pdf = render_pdf(letter)
    with opened(pdf) as document:
        carrying = [page for page in document.pages if "证据材料第" in page.extract_text()]
        assert len(carrying) >= 3
        for page in carrying:
            assert page.extract_text().count("证据名称") == 1
    text = pdf_text(pdf)
    assert all(f"证据材料第{i}号" in text for i in range(1, 121))


def test_attachment_starts_its_own_page_with_its_label() -> None:
    page, _ = pages("transfer_letter")[2]
    lines = lines_of(page, 36, 263)
    assert text_of(lines[0]) == "附件"
    assert text_of(lines[1]) == "证据材料清单"
    assert near(lines[0][0]["x0"] / MM, 28)
