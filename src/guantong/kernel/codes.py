"""What all identifying codes (证件号码、机构代码) share: normalising and their error."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

SEPARATORS = frozenset(" \t\r\n\u3000\xa0\u200b\ufeff-\u2010\u2011\u2012\u2013\u2014\u2212'")


class CodeError(ValueError):
    """A code that cannot be right (号码有误).

    `kind` is stable for programs (`length`, `character`, `check`, `birth_date`, `region`, `old_form`,
    `authority`); `str()` is text for people with the reason and the remedy. The code itself is not in
    the text: it may be personal data.
    """

    def __init__(self, kind: str, template: object, values: Mapping[str, object] | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.template = template
        self.values = dict(values or {})

    def __str__(self) -> str:
        return str(self.template).format(**self.values)


def normalise_code(text: str) -> str:
    """Half-width capitals without spaces, hyphens and invisible characters (全角转半角)."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(character for character in folded if character not in SEPARATORS).upper()
