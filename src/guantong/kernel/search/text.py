"""Full-text terms for Chinese and ASCII (检索分词): pairs of characters, so that short names are found.

What is indexed of each unbroken run of letters and digits, after `fold`:

* Chinese (and any script that is not ASCII): every two neighbouring characters, and the last one alone;
* ASCII words and numbers: every ending, at most `WINDOW` long, so that a prefix query finds any part of a
  letter number or ID number;
* where the two kinds meet, the two characters at the seam.

A query asks for all its terms. It therefore finds every text that contains it (no misses), and now and then
one that contains its pieces apart: where that matters, compare `fold`ed texts afterwards.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby, pairwise

WINDOW = 24
MAX_BYTES = 1_000_000
MAX_TERMS = 64
MIDDLE_DOTS = "·•・‧∙⋅●.．"


class TextTooLong(ValueError):  # noqa: N818 - named for what it says
    """Text whose terms exceed PostgreSQL's limit of 1 MB for one tsvector (文本过长)."""


@lru_cache(maxsize=20_000)
def _fold_character(character: str) -> str:
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", decomposed)
        if unicodedata.category(part)[0] not in "MC"
    )


def fold(text: str) -> str:
    """`text` as it is compared (归一化): half-width, small letters, no accents, no invisible characters.

    Character by character, so that a part of a text folds to a part of the folded text. Control characters
    that separate (tab, line breaks) become spaces.
    """
    return "".join(" " if character.isspace() else _fold_character(character) for character in text)


def _is_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _runs(text: str) -> list[list[str]]:
    """Unbroken runs of letters and digits, each cut where ASCII and other scripts meet."""
    return [
        ["".join(part) for _, part in groupby(run, key=_is_word)]
        for alphanumeric, run in groupby(fold(text), key=str.isalnum)
        if alphanumeric
    ]


def _bigrams(text: str) -> list[str]:
    return [first + second for first, second in pairwise(text)]


def _seams(parts: list[str]) -> list[str]:
    return [before[-1] + after[0] for before, after in pairwise(parts)]


def _indexed(part: str) -> list[str]:
    if _is_word(part[0]):
        return [part[start : start + WINDOW] for start in range(len(part))]
    return [*_bigrams(part), part[-1]]


def lexemes(text: str) -> list[str]:
    """The distinct terms to index, letters and digits only, sorted. Raises `TextTooLong`."""
    found: set[str] = set()
    for parts in _runs(text):
        found.update(_seams(parts))
        for part in parts:
            found.update(_indexed(part))
    if sum(len(term.encode()) + 1 for term in found) > MAX_BYTES:
        raise TextTooLong
    return sorted(found)


def to_tsvector_text(text: str) -> str:
    """The terms separated by spaces, for `array_to_tsvector(string_to_array(%s, ' '))`.

    That form rather than `to_tsvector('simple', …)`: the parser of PostgreSQL splits by a locale's idea of a
    letter, and rare characters of names may fall out. Raises `TextTooLong`.
    """
    return " ".join(lexemes(text))


def query_terms(query: str) -> list[tuple[str, bool]]:
    """What a text must have to be found: terms, each with whether it is a prefix. At most `MAX_TERMS`."""
    terms: dict[tuple[str, bool], None] = {}
    for parts in _runs(query):
        terms.update(dict.fromkeys((seam, False) for seam in _seams(parts)))
        for part in parts:
            terms.update(dict.fromkeys(_asked(part, alone=len(parts) == 1)))
    return list(terms)[:MAX_TERMS]


def _asked(part: str, *, alone: bool) -> list[tuple[str, bool]]:
    if _is_word(part[0]):
        starts = [*range(0, max(1, len(part) - WINDOW), WINDOW), max(0, len(part) - WINDOW)]
        return [(part[start : start + WINDOW], True) for start in starts]
    if len(part) == 1:
        return [(part, True)] if alone else []
    return [(bigram, False) for bigram in _bigrams(part)]


def to_tsquery(query: str) -> str:
    """`query` as text for a cast to `tsquery`, all terms required; '' when nothing in it can be searched.

    Terms hold letters and digits only and are quoted, so operators in `query` mean nothing.
    """
    return " & ".join(f"'{term}':*" if prefix else f"'{term}'" for term, prefix in query_terms(query))


def normalise_name(name: str) -> str:
    """A person's or organ's name for the index of names (姓名归一化), compared by prefix.

    Folded, without spaces ('张 三' is '张三'), all middle dots of transcribed names as '·'.
    """
    folded = "".join("·" if character in MIDDLE_DOTS else character for character in fold(name))
    return "".join(folded.split()).strip("·")
