"""PDF of a letter (公文版式文件), laid out by GB/T 9704-2012, PDF/A-2b, same letter same bytes.

The letter travels to the typesetter as JSON data and is never part of its source, so nothing a paper says can
be taken for a command. The templates stand in `typst/`; that folder is the only one the typesetter can read.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext as _

from guantong.kernel.papers import outline
from guantong.kernel.papers.fonts import MISSING_SIGN, FontSet, fonts
from guantong.kernel.papers.letter import Attachment, Format, Letter, Opinion
from guantong.kernel.papers.titles import break_title
from guantong.kernel.papers.watermark import Watermark

TEMPLATES = Path(__file__).resolve().parent / "typst"
_TEMPLATE = {
    Format.FILE: "letter.typ",
    Format.LETTER: "letter.typ",
    Format.SHEET: "sheet.typ",
    Format.COVER: "cover.typ",
    Format.BATCH: "batch.typ",
}
_WORDS = {
    "signer": "签发人",
    "copies": "抄送",
    "draft": "草稿",
    "seal": "印章位置",
    "sealed": "已用印",
    "blank_date": "　　年　　月　　日",
}
# Papers carry their own date; the file's must not make two renderings of one letter differ.
_TIMESTAMP = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LONG_RUN = re.compile(r"[!-~\u00a1-\u024f]{24,}")
_lock = threading.Lock()


class UnprintableTextError(ValueError):
    """A final paper holds characters no font can print (缺字). `characters` lists them."""

    def __init__(self, characters: list[str]) -> None:
        self.characters = characters
        named = "、".join(f"{char} (U+{ord(char):04X})" for char in characters)
        super().__init__(
            _(
                "Text: no font of this installation can print %(characters)s. Add a font that has them to "
                "the folder named in GUANTONG_FONT_DIR, or correct the text."
            )
            % {"characters": named}
        )


def _all_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "".join(map(_all_text, value.values()))
    return "".join(map(_all_text, value)) if isinstance(value, list | tuple) else ""


def unprintable(letter: Letter) -> list[str]:
    """Return the characters of a letter no font can print (缺字), to be shown before it is signed."""
    return fonts().unprintable(_all_text(letter.model_dump(mode="json")))


def _blocks(letter_blocks: tuple[Any, ...]) -> list[dict[str, Any]]:
    drawn = []
    for block in outline.expanded(letter_blocks):
        data = block.model_dump(mode="json")
        if isinstance(block, Opinion):
            data["signature"] = outline.opinion_signature(block.signer, block.on)
        drawn.append(data)
    return drawn


def _annex(letter: Letter, index: int, part: Attachment) -> dict[str, Any]:
    return {
        "label": outline.annex_label(letter, index),
        "title": part.title,
        "title_lines": break_title(part.title, outline.TITLE_WIDTH),
        "blocks": _blocks(part.blocks),
    }


def _data(letter: Letter, draft: bool, watermark: Watermark | None, faces: FontSet) -> dict[str, Any]:
    return {
        "format": letter.format.value,
        "issuers": letter.issuers,
        "mark_suffix": letter.mark_suffix,
        "number": letter.number,
        "copy_number": letter.copy_number.zfill(6) if letter.copy_number else "",
        "secrecy": letter.secrecy,
        "urgency": letter.urgency,
        "signer": letter.signer,
        "title_text": letter.title_text,
        "title_lines": outline.title_lines(letter),
        "addressees": outline.addressee_line(letter),
        "blocks": _blocks(letter.blocks),
        "attachment_lines": outline.attachment_lines(letter),
        "annexes": [_annex(letter, i, part) for i, part in enumerate(letter.attachments) if part.blocks],
        "signature": {
            "organs": letter.signature.organs,
            "on": outline.chinese_date(letter.signature.on),
            "seal": letter.signature.seal.value,
        },
        "note": letter.note,
        "copies": outline.copies_text(letter),
        "imprint": {
            "shown": outline.has_imprint(letter),
            "by": letter.printed_by,
            "on": outline.imprint_date(letter),
        },
        "draft": draft,
        "watermark": watermark.lines if watermark else (),
        "words": _WORDS,
        "fonts": faces.families,
        "kai_is_serif": faces.kai_is_serif,
    }


def _breakable(text: str) -> str:
    """Let long runs without a space (account numbers, file names) break instead of leaving the page."""
    return _LONG_RUN.sub(lambda match: "\u200b".join(re.findall(".{1,8}", match[0])), text)


def _made_safe(value: Any, missing: frozenset[str]) -> Any:
    if isinstance(value, str):
        return _breakable("".join(MISSING_SIGN if char in missing else char for char in value))
    if isinstance(value, dict):
        return {key: part if key == "fonts" else _made_safe(part, missing) for key, part in value.items()}
    return [_made_safe(part, missing) for part in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=4)
def _compiler(faces: FontSet) -> typst.Compiler:
    return typst.Compiler(root=str(TEMPLATES), font_paths=faces.search, ignore_system_fonts=not faces.system)


def render_pdf(letter: Letter, *, draft: bool = False, watermark: Watermark | None = None) -> bytes:
    """Return the letter as PDF/A-2b.

    `draft` lays 草稿 over each page, shows where the seal will stand, and prints 〓 for letters no font has.
    `watermark` tiles reader, capacity and time over each page, as text. Raises `UnprintableTextError` for a
    final paper with such letters, `FontsMissingError` where no Chinese font is found. Source: GB/T 9704-2012.
    """
    faces = fonts()
    data = _data(letter, draft, watermark, faces)
    missing = faces.unprintable(_all_text({**data, "fonts": "", "watermark": ""}))
    if missing and not draft:
        raise UnprintableTextError(missing)
    unknown = frozenset(missing) | frozenset(faces.unprintable(_all_text(data["watermark"])))
    payload = json.dumps(_made_safe(data, unknown), ensure_ascii=False)
    with _lock:
        produced = _compiler(faces).compile(
            str(TEMPLATES / _TEMPLATE[letter.format]),
            format="pdf",
            sys_inputs={"data": payload},
            pdf_standards=["a-2b"],
            timestamp=_TIMESTAMP,
        )
    if not isinstance(produced, bytes):
        raise TypeError("the typesetter returned no single document")
    return produced
