"""What a paper says is what was written: nothing run, nothing lost, nothing drawn as a box."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guantong.kernel.papers import fonts as fonts_module
from guantong.kernel.papers.fonts import ENVIRONMENT, MISSING_SIGN, FontsMissingError, fonts, load
from guantong.kernel.papers.letter import (
    Column,
    Format,
    Heading,
    KeyValue,
    Letter,
    Opinion,
    Pair,
    Paragraph,
    Seal,
    Signature,
    Table,
)
from guantong.kernel.papers.render_pdf import UnprintableTextError, render_pdf, unprintable
from guantong.kernel.papers.watermark import Watermark

from .examples import ALL, feedback_letter, transfer_letter
from .measure import counted, opened, pdf_text, squashed

HOSTILE = [
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.1.0"',
    "$ x^2 $ *bold* _it_ `raw` = 标题",
    "\\u{41} \\ // 注释 /* 注 */ <label> @ref ~ --- 'x' \"y\"",
    "#{panic()} #sys.inputs [](){}",
    "</w:t><w:t>&amp;<!--",
    "%PDF-1.7 ../../etc/passwd ${HOME} {{ 7*7 }}",
]
RARE = "喆珺玥垚赟䶮"
READER = Watermark("孙玥", "云泽市审计局 法规科", dt.datetime(2026, 11, 23, 9, 30, 5, tzinfo=dt.UTC))


def letter_with(text: str, form: Format = Format.LETTER) -> Letter:
    """Return a letter that holds a text in each of its places."""
    return Letter(
        format=form,
        issuers=("云泽市审计局",),
        number=text,
        secrecy=text,
        title=f"关于{text}的函",
        addressees=(text,),
        blocks=(
            Heading(level=2, text=text),
            Table(columns=(Column(title=text), Column(title="乙")), rows=((text, "丁"),)),
            KeyValue(pairs=(Pair(label="栏", value=text),)),
            Opinion(label="意见", text=text, signer=text),
            Paragraph(text=text),
        ),
        signature=Signature(organs=("云泽市审计局",), on=dt.date(2026, 1, 2)),
        note=text,
        copies=(text,),
    )


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("text", HOSTILE)
def test_commands_are_only_text(text: str, form: Format) -> None:
    printed = pdf_text(render_pdf(letter_with(text, form)), below=290)
    assert printed.count(squashed(text)) >= 4
    assert "root:x:" not in printed


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        alphabet=st.one_of(
            st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc", "Cf"]),
            st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
            st.sampled_from("，。、；：？！“”‘’（）《》〔〕—…·①②ⅡⅣ％〓★\n　"),
        ),
        max_size=120,
    )
)
def test_no_character_is_lost(text: str) -> None:
    letter = Letter(
        issuers=("云泽市审计局",),
        title="关于核对的函",
        blocks=(Paragraph(text=text), Table(columns=(Column(title="栏"),), rows=((text,),))),
    )
    printed = counted(pdf_text(render_pdf(letter)))
    wanted = counted("云泽市审计局关于核对的函栏" + text + text)
    assert printed == wanted


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80), st.sampled_from(Format))
def test_any_text_at_all_can_be_previewed(text: str, form: Format) -> None:
    letter = letter_with(text, form)
    pdf = render_pdf(letter, draft=True, watermark=READER)
    assert pdf.startswith(b"%PDF-")
    if unprintable(letter):
        with pytest.raises(UnprintableTextError):
            render_pdf(letter)


def test_rare_names_have_glyphs_in_every_part() -> None:
    """Every part prints 喆珺玥垚赟䶮 with a real glyph, in the regular and in the bold cut."""
    for part in ("fang", "kai", "hei", "song", "title"):
        for char in RARE:
            face = fonts().face_for(char, part)
            assert face is not None, (part, char)
            assert face.path.is_file()
    pdf = render_pdf(letter_with(RARE))
    assert counted(pdf_text(pdf))["䶮"] >= 6
    with opened(pdf) as document:
        shown = {char["fontname"] for page in document.pages for char in page.chars if char["text"] in RARE}
    assert shown
    assert all("Noto" in name for name in shown)


def test_a_character_without_a_glyph_is_refused_by_name_and_shown_in_drafts() -> None:
    letter = Letter(
        issuers=("云泽市审计局",), title="关于核对的函", blocks=(Paragraph(text="王\ue123某\U0010fffd"),)
    )
    assert unprintable(letter) == ["\ue123", "\U0010fffd"]
    with pytest.raises(UnprintableTextError, match=r"U\+E123") as caught:
        render_pdf(letter)
    assert caught.value.characters == ["\ue123", "\U0010fffd"]
    assert f"王{MISSING_SIGN}某{MISSING_SIGN}" in pdf_text(render_pdf(letter, draft=True))


def test_system_fonts_are_not_needed() -> None:
    assert not fonts().system
    assert all(face.path.is_relative_to(fonts_module.PACKAGED) for face in fonts().faces)


def test_the_citys_own_fonts_come_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A font file named as the city names it takes the part, whatever its maker calls it."""
    source = next(fonts_module.PACKAGED.glob("NotoSans*.ttf"))
    shutil.copy(source, tmp_path / "仿宋_GB2312.ttf")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    chosen = fonts()
    assert chosen.folders[0] == tmp_path
    assert chosen.families["fang"][0] == "Noto Sans SC"
    with opened(render_pdf(feedback_letter())) as document:
        body = {c["fontname"] for c in document.pages[0].chars if c["text"] in "收悉"}
    assert all("NotoSansSC" in name for name in body)


def test_no_chinese_font_anywhere_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "_faces", lambda folders, system: ())
    with pytest.raises(FontsMissingError, match=ENVIRONMENT):
        load((Path("/nowhere"),))


def test_fonts_stay_modest() -> None:
    assert sum(file.stat().st_size for file in fonts_module.PACKAGED.glob("*.?tf")) < 60_000_000


@pytest.mark.parametrize("name", ALL)
def test_same_letter_same_bytes(name: str) -> None:
    letter = ALL[name]()
    assert render_pdf(letter) == render_pdf(Letter.from_json(letter.to_json()))


def test_files_claim_pdf_a_and_embed_their_fonts() -> None:
    pdf = render_pdf(transfer_letter())
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"/FontFile" in pdf


def test_watermark_is_text_on_every_page() -> None:
    pdf = render_pdf(transfer_letter(), watermark=READER)
    assert render_pdf(transfer_letter()) != pdf
    with opened(pdf) as document:
        for page in document.pages:
            text = squashed("".join(char["text"] for char in page.chars))
            assert text.count("孙玥云泽市审计局法规科2026-11-2309:30:05") >= 9


def test_watermark_wants_a_time_zone_and_stays_short() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Watermark("甲", "乙", dt.datetime(2026, 1, 1))  # noqa: DTZ001
    long = Watermark("甲" * 500, "乙\n丙", READER.at)
    assert len(long.text) < 70
    assert "\n" not in long.text


def test_drafts_say_so_and_final_papers_do_not() -> None:
    letter = transfer_letter()
    draft, final = pdf_text(render_pdf(letter, draft=True)), pdf_text(render_pdf(letter))
    assert "草稿" in draft
    assert "印章位置" in draft
    assert "草稿" not in final
    assert "印章位置" not in final


def test_a_set_seal_is_marked_and_none_is_drawn_without() -> None:
    sealed = feedback_letter()
    assert sealed.signature.seal is Seal.SEALED
    assert "已用印" in pdf_text(render_pdf(sealed))
    bare = sealed.model_copy(update={"signature": sealed.signature.model_copy(update={"seal": Seal.NONE})})
    assert "印章" not in pdf_text(render_pdf(bare, draft=True))


def test_long_runs_stay_on_the_page() -> None:
    with opened(render_pdf(letter_with("6222020200112233445566" * 8))) as document:
        for page in document.pages:
            assert max(char["x1"] for char in page.chars) <= page.width - 40


def test_threads_may_render_together() -> None:
    results: list[bytes] = []
    workers = [
        threading.Thread(target=lambda: results.append(render_pdf(feedback_letter()))) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(results) == 4
    assert len(set(results)) == 1
