"""Reading an old book's words (台账用语): source, category, cadre authority, state, persons of a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from guantong.kernel.people.models import Authority
from guantong.kernel.sheets import SheetError, to_names, to_text
from guantong.kernel.sheets.reading import Cell
from guantong.mechanisms.clues import lifecycle as life
from guantong.mechanisms.clues.models import Category, Source

LANGUAGES = ("zh-hans", "en")
CATEGORY_WORDS = (
    (Category.DUTY_CRIME, r"职务犯罪|贪污|受贿|挪用公款|涉嫌犯罪"),
    (Category.DUTY_VIOLATION, r"职务违法"),
    (Category.IRREGULAR_INVESTMENT, r"违规(经营|投资|经营投资)"),
    (Category.DISCIPLINE, r"违纪|纪律|八项规定|作风"),
)
SOURCE_WORDS = (
    (Source.SUPERIOR, r"上级"),
    (Source.AUDIT, r"审计"),
    (Source.INSPECTION, r"巡视|巡察"),
    (Source.SHAREHOLDER, r"国资|出资人"),
    (Source.ENFORCEMENT, r"公安|检察|法院|司法|执法|行政主管"),
    (Source.SUPERVISION, r"监督检查|自办|日常监督|监督中发现"),
)
AUTHORITY_WORDS = (
    (Authority.OUTSIDE, r"(非党员)?[,、]?(且|也)?(非|不是|不属于?)监察对象"),
    (Authority.CENTRAL, r"中管|中央(管理|一级)?"),
    (Authority.PROVINCIAL, r"省管|省级|省委管理|省"),
    (Authority.CITY, r"市管|市级|市委管理|市"),
    (Authority.COUNTY, r"[县区]管|县级|区级|县委管理|区委管理|[县区]|科级"),
    (Authority.ENTERPRISE, r"企业(管理|中层)?(人员|干部)?|企管"),
    (Authority.NONE, r"非(管理)?干部|群众|一般(人员|职工|群众)|无"),
    (Authority.UNKNOWN, r"不详|未知|待查|待核|未核实"),
)
CLOSED_WORDS = re.compile(
    r"(已)?(办结|了结|结案|销号|终结|退回|移交|转出|转办|并案|撤回)(归档)?([((].*[))])?|已(处理|归档|反馈|关闭)"
)
OPEN_WORDS = re.compile(
    r"(正在|在|待|未|尚未|继续)?(办理?|办结|核查|初核|处置|分办|了结|承办|研判|初步核实|谈话函询)(中|之中)?|中止"
)


def squeezed(text: str) -> str:
    """Half-width and without any white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _labels(choices: object) -> dict[str, str]:
    """Every value by its code and by its label in each language."""
    found = {}
    for value, label in choices.choices:  # type: ignore[attr-defined]
        found[value] = value
        for language in LANGUAGES:
            with override(language):
                found[squeezed(str(label)).lower()] = value
    return found


def _value(text: str, choices: object, words: Sequence[tuple[str, str]], *, whole: bool) -> str:
    plain = squeezed(text).lower()
    known = _labels(choices).get(plain)
    if known is not None:
        return known
    for value, pattern in words:
        if re.fullmatch(rf"(?:{pattern})(?:干部|人员)?", plain) if whole else re.search(pattern, plain):
            return str(value)
    return ""


def to_source(text: str) -> str:
    """The source a text names; '' where it names none that is known."""
    return _value(text, Source, SOURCE_WORDS, whole=False)


def to_category(text: str) -> str:
    """The category a text names; '' where it names none that is known."""
    return _value(text, Category, CATEGORY_WORDS, whole=False)


def to_authority(text: str) -> str:
    """The cadre authority a text names. Raises `SheetError`: whose cadre a person is, is never guessed."""
    if not text:
        return str(Authority.UNKNOWN)
    found = _value(text, Authority, AUTHORITY_WORDS, whole=True)
    if found:
        return found
    raise SheetError(
        "authority",
        gettext_lazy("What stands here is no cadre authority that is known."),
        gettext_lazy("Write 中管, 省管, 市管, 县管, 企业, 非干部, 非监察对象, or leave it empty."),
    )


def is_closed(text: str) -> bool | None:
    """Whether a state of the book is a final one; None where its words are not known."""
    plain = squeezed(text)
    for state, label in (*life.STATES.items(), *life.TOLD_STATES.items()):
        for language in LANGUAGES:
            with override(language):
                if plain == squeezed(str(label)):
                    return state in life.FINAL or state == life.PASSED_ON
    if CLOSED_WORDS.fullmatch(plain):
        return True
    return False if OPEN_WORDS.fullmatch(plain) else None


@dataclass(frozen=True)
class Persons:
    """The persons of a row (被反映人), as the form of the act takes them; `remainder`: others not named."""

    rows: tuple[dict[str, str], ...]
    remainder: str = ""


def to_persons(cells: dict[str, Cell], unit: str, *, exported: bool) -> Persons:
    """The persons of one row: names divide, and what is said of them stands in as many parts or once for all.

    `cells` by column key; `unit`: the unit of who has none of his own. `exported`: the lines of an export of
    ours, taken as they are. Raises `SheetError`, its `kind` the key of the column whose parts do not fit.
    """
    names, remainder = _names(cells.get("persons"), exported)
    said = {
        "unit": _parts("person_units", cells, len(names)),
        "post": _parts("person_posts", cells, len(names)),
        "authority": _parts("person_authorities", cells, len(names)),
        "id_number": _parts("person_id_numbers", cells, len(names)),
    }
    rows = tuple(
        {
            "name": name,
            "unit": said["unit"][at] or unit,
            "post": said["post"][at],
            "authority": _authority(said["authority"][at]),
            "id_number": said["id_number"][at].upper(),
        }
        for at, name in enumerate(names)
    )
    return Persons(rows, remainder)


def _authority(text: str) -> str:
    try:
        return to_authority(text)
    except SheetError as error:
        raise SheetError("person_authorities", error.reason, error.remedy) from error


def _names(cell: Cell, exported: bool) -> tuple[list[str], str]:
    if isinstance(cell, str) and "\n" in cell:
        lines = [line.strip() for line in cell.split("\n")]
        if exported or all(len(to_names(line).names) <= 1 for line in lines):
            if exported:
                return [line for line in lines if line], ""
            found = [to_names(line) for line in lines]
            return [one.names[0] for one in found if one.names], "".join(one.remainder for one in found)
    if exported:
        text = to_text(cell)
        return ([text] if text else []), ""
    listed = to_names(cell)
    return list(listed.names), listed.remainder


def _parts(key: str, cells: dict[str, Cell], count: int) -> list[str]:
    """What a cell says of each of `count` persons."""
    cell = cells.get(key)
    if isinstance(cell, str) and "\n" in cell:
        parts = [part.strip() for part in cell.split("\n")]
        if len(parts) == count:
            return parts
    text = to_text(cell)
    if count <= 1:
        return [text] * count
    parts = [part.strip() for part in re.split(r"[、;;/|\n]", text) if part.strip()]
    if len(parts) == count:
        return parts
    if len(set(parts)) <= 1:
        return (parts[:1] or [""]) * count
    raise SheetError(
        key,
        _("There are %(persons)s persons, but %(parts)s entries here.")
        % {"persons": count, "parts": len(parts)},
        _("Give one line for each person, or one entry for all."),
    )
