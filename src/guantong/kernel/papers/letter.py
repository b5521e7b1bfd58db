"""Letter model (公文模型): everything a paper says, and nothing of how it is drawn.

One model serves PDF, DOCX and the preview, and is frozen into the database as JSON when a paper is signed
(`Letter.to_json`, `Letter.from_json`). Elements follow GB/T 9704-2012 and 党政机关公文处理工作条例 Art. 9.

The words papers carry of themselves (附件, 抄送, 签发人, 印发) belong to the paper, which is always Chinese;
they are no interface text and are therefore not translated.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

# Letters that change what a reader sees without being seen: direction marks, joiners, byte-order marks.
_INVISIBLE = {0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0x2060, 0xFEFF}
_INVISIBLE |= set(range(0x202A, 0x202F)) | set(range(0x2061, 0x2070)) | set(range(0xFFF9, 0xFFFC))
_INVISIBLE |= set(range(0xFE00, 0xFE10)) | set(range(0xE0000, 0xE0FFF + 1))
_SPACES = {0x0020, 0x00A0, 0x3000}
_BREAKS = {0x0085, 0x2028, 0x2029, 0x000B, 0x000C, 0x000D}


def clean(text: str) -> str:
    """Return text fit for paper (规范文本): NFC, one kind of line break, no control or invisible characters.

    Direction overrides and the like are removed because they let a paper show other words than it holds.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    kept: list[str] = []
    for char in text:
        code = ord(char)
        if code in _BREAKS or char == "\n":
            kept.append("\n")
        elif char == "\t" or (code not in _SPACES and unicodedata.category(char) == "Zs"):
            kept.append(" ")
        elif code in _INVISIBLE or code & 0xFFFE == 0xFFFE or unicodedata.category(char) in {"Cc", "Cs"}:
            continue
        else:
            kept.append(char)
    return "".join(kept)


def _clean_any(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _clean_line(value: object) -> object:
    return " ".join(clean(value).split("\n")).strip() if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_clean_any)]
Line = Annotated[str, BeforeValidator(_clean_line)]


class Format(StrEnum):
    """Format of a paper (公文格式)."""

    FILE = "file"  # 文件格式
    LETTER = "letter"  # 信函格式
    SHEET = "sheet"  # 呈批件
    COVER = "cover"  # 封面
    BATCH = "batch"  # 呈批件合订: each attachment is a sheet on a page of its own


class Seal(StrEnum):
    """What is known of the seal (印章): none is used, its place is kept free, or it has been set."""

    NONE = "none"
    PLACE = "place"
    SEALED = "sealed"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_enum_values=False)


class Paragraph(_Part):
    """Paragraph (自然段): indented by two characters unless `indent` is off; a line break parts it."""

    kind: Literal["paragraph"] = "paragraph"
    text: Text
    indent: bool = True


class Heading(_Part):
    """Heading (层次标题) of level 1 to 4, 一、 （一） 1. （1）, numbered by its place when `numbered`."""

    kind: Literal["heading"] = "heading"
    level: int = Field(default=1, ge=1, le=4)
    text: Line
    numbered: bool = True


class Items(_Part):
    """Enumeration (列举): one paragraph an item, with 1. 2. 3. before it when `numbered`."""

    kind: Literal["items"] = "items"
    items: tuple[Text, ...]
    numbered: bool = True


class Pair(_Part):
    """Label and value (栏目与内容). A `wide` pair takes a row of its own in a form."""

    label: Text
    value: Text = ""
    wide: bool = False


class KeyValue(_Part):
    """Labelled facts (要素栏): lines in a letter, in a form ruled cells with `columns` pairs a row."""

    kind: Literal["keyvalue"] = "keyvalue"
    pairs: tuple[Pair, ...]
    columns: int = Field(default=2, ge=1, le=3)


class Column(_Part):
    """Column of a table (表格栏): `width` is a share of the line, not a length."""

    title: Line
    width: float = Field(default=1.0, gt=0, le=100)
    align: Literal["left", "center", "right"] = "left"


class Table(_Part):
    """Table (表格) whose header is repeated on each page it runs over."""

    kind: Literal["table"] = "table"
    caption: Line = ""
    columns: tuple[Column, ...] = Field(min_length=1, max_length=12)
    rows: tuple[tuple[Text, ...], ...] = ()

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} has {len(row)} cells for {len(self.columns)} columns")
        return self


class Opinion(_Part):
    """Opinion box of an approval sheet (意见栏、批示栏): what was written, or `height` mm of room for it."""

    kind: Literal["opinion"] = "opinion"
    label: Text
    text: Text = ""
    signer: Line = ""
    on: dt.date | None = None
    height: float = Field(default=35.0, ge=12, le=180)


class SignLines(_Part):
    """Lines to sign on paper (签收栏): one rule each, with room for a name and a date."""

    kind: Literal["signlines"] = "signlines"
    labels: tuple[Line, ...] = Field(min_length=1)


Block = Annotated[
    Paragraph | Heading | Items | KeyValue | Table | Opinion | SignLines, Field(discriminator="kind")
]


class Attachment(_Part):
    """Attachment (附件): named in the note under the body; with `blocks` it is printed after the letter."""

    title: Line
    blocks: tuple[Block, ...] = ()


class Signature(_Part):
    """Signature (发文机关署名、成文日期、印章)."""

    organs: tuple[Line, ...] = ()
    on: dt.date | None = None
    seal: Seal = Seal.PLACE


class Letter(_Part):
    """Paper (公文), whole and final: GB/T 9704-2012 for `file` and `letter`; sheet and cover besides.

    `issuers` is the red mark (发文机关标志) line by line; `number` is '' until one is taken at sign-off;
    `title` given as one string is broken by sense when drawn, given as several lines it is kept as it is.
    """

    version: Literal[1] = 1
    format: Format = Format.LETTER
    issuers: tuple[Line, ...] = ()
    mark_suffix: Line = ""  # 文件, set to the right of the issuers
    number: Line = ""
    copy_number: Annotated[Line, Field(pattern=r"^[0-9]{0,6}$")] = ""
    secrecy: Line = ""
    urgency: Line = ""
    signer: Line = ""  # 签发人, upward papers only
    title: tuple[Line, ...] = ()
    addressees: tuple[Line, ...] = ()
    blocks: tuple[Block, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    signature: Signature = Signature()
    note: Line = ""  # 附注, without its brackets
    copies: tuple[Line, ...] = ()  # 抄送
    printed_by: Line = ""
    printed_on: dt.date | None = None

    @model_validator(mode="before")
    @classmethod
    def _title_from_text(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("title"), str):
            return {**data, "title": [data["title"]]}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.format in {Format.FILE, Format.LETTER} and not self.issuers:
            raise ValueError("issuers: a paper with a red mark needs the name of its issuing organ")
        if not any(self.title):
            raise ValueError("title: a paper needs a title")
        return self

    @property
    def title_text(self) -> str:
        """Title in one line (标题全文)."""
        return "".join(self.title)

    def to_json(self) -> str:
        """Return the model as canonical JSON: same letter, same bytes (sorted keys, no spaces, UTF-8)."""
        return json.dumps(
            self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, data: str | bytes | dict[str, Any]) -> Letter:
        """Read a letter back. Raises `pydantic.ValidationError` naming the field that is wrong."""
        return cls.model_validate(json.loads(data) if isinstance(data, str | bytes) else data)
