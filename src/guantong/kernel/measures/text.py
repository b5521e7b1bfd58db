"""Texts in two languages and citations (双语文本与引注), shared by all parts of a measure file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Text(BaseModel):
    """A text in Chinese and in English (双语文本); both are required."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    zh: Words
    en: Words

    def in_language(self, code: str | None) -> str:
        """The text in the language of `code` ('zh-hans', 'en', …); Chinese where no code is given."""
        return self.en if (code or "").startswith("en") else self.zh


class Cite(BaseModel):
    """Where something comes from (引注): a source of the file and the place in it.

    `standing`: 'verified' (read in the text), 'secondary' (summary or fragment) or 'unverified' (待核).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    source: str
    at: Text
    standing: Literal["verified", "secondary", "unverified"] = "verified"
