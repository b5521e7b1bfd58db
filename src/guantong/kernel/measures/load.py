"""Reading a measure file (读取办法文件): YAML 1.2, so that `no` and `1:30` stay text."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from guantong.kernel.measures.check import check_across, check_alone
from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.places import Places
from guantong.kernel.measures.problems import MeasureError, Message, Problem
from guantong.kernel.measures.schema import MeasureFile
from guantong.kernel.measures.structure import shape_problems
from guantong.kernel.measures.vocabulary import Vocabulary


def load_measure(path: Path | str, vocabulary: Vocabulary | None = None) -> Measure:
    """The measure in a file, checked (载入办法).

    Without `vocabulary` acts, parties, facts and papers are taken as they stand.
    Raises MeasureError with every problem found.
    """
    text, problems = _read(Path(path))
    if problems:
        raise MeasureError(problems)
    return load_text(text, str(path), vocabulary)


def load_text(text: str, name: str, vocabulary: Vocabulary | None = None) -> Measure:
    """The measure in `text`, checked (载入办法文本); `name` stands in messages. Raises MeasureError."""
    return _kept(text, name) if vocabulary is None else _checked(text, name, vocabulary)


@lru_cache(maxsize=16)
def _kept(text: str, name: str) -> Measure:
    """Reading takes most of a second, and a published text never changes."""
    return _checked(text, name, None)


def _checked(text: str, name: str, vocabulary: Vocabulary | None) -> Measure:
    file, _places, problems = _parse(text, name, vocabulary)
    if file is None or problems:
        raise MeasureError(problems)
    return Measure(file)


def check_file(path: Path | str, vocabulary: Vocabulary | None = None) -> list[Problem]:
    """Every problem of one file, in the order of its lines (检查办法文件); empty where it is sound."""
    return check_files([path], vocabulary)


def check_files(paths: list[Path | str], vocabulary: Vocabulary | None = None) -> list[Problem]:
    """Every problem of the files, each alone and all together (检查一组办法文件).

    Together: a clause id in two files, a rule that replaces one which is nowhere, escalations that run
    in a circle through several files. A rule of a measure that is not among the files is not looked for.
    """
    problems: list[Problem] = []
    sound: list[tuple[str, MeasureFile, Places]] = []
    for path in paths:
        text, unreadable = _read(Path(path))
        if unreadable:
            problems += unreadable
            continue
        file, places, found = _parse(text, str(path), vocabulary)
        problems += found
        if file is not None:
            sound.append((str(path), file, places))
    if len(sound) > 1:
        for at, finding in check_across([file for _name, file, _places in sound]):
            problems.append(_place(finding, sound[at][2], sound[at][0]))
    return problems


def _read(path: Path) -> tuple[str, list[Problem]]:
    try:
        return path.read_text(encoding="utf-8"), []
    except OSError as error:
        reason = Message(_("The file cannot be read: {why}."), why=error.strerror or error)
        return "", [Problem(str(path), 1, 1, "unreadable", reason, Message(_("Check path and permissions.")))]
    except UnicodeDecodeError as error:
        reason = Message(_("The file is not UTF-8 text (byte {at})."), at=error.start)
        return "", [Problem(str(path), 1, 1, "not_utf8", reason, Message(_("Save it as UTF-8.")))]


def _parse(
    text: str, name: str, vocabulary: Vocabulary | None
) -> tuple[MeasureFile | None, Places, list[Problem]]:
    try:
        root = YAML(typ="rt").load(text)
    except YAMLError as error:
        return None, Places(None), [_yaml_problem(error, name)]
    places = Places(root)
    if not isinstance(root, CommentedMap):
        reason = Message(_("The file holds no measure."))
        remedy = Message(_("Begin with 'id:' at the left margin; see 'Writing a measure'."))
        return None, places, [Problem(name, 1, 1, "no_measure", reason, remedy)]
    try:
        file = MeasureFile.model_validate(root)
    except ValidationError as error:
        return None, places, shape_problems(error, places, name)
    found = [_place(finding, places, name) for finding in check_alone(file, vocabulary)]
    return file, places, sorted(found, key=lambda problem: (problem.line, problem.column))


def _place(finding: Finding, places: Places, name: str) -> Problem:
    line, column = places.find(finding.loc, finding.side)
    return Problem(name, line, column, finding.code, finding.reason, finding.remedy)


def _yaml_problem(error: YAMLError, name: str) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    if isinstance(error, DuplicateKeyError):
        reason = Message(_("A name stands twice in one block: {what}."), what=_doubled(error))
        return Problem(name, line, column, "duplicate_key", reason, Message(_("Keep one of the two.")))
    what = _first_line(error.problem if isinstance(error, MarkedYAMLError) else str(error))
    reason = Message(_("The file is not well-formed YAML: {what}."), what=what)
    remedy = Message(_("Check indentation, colons and quotation marks at this place."))
    return Problem(name, line, column, "not_yaml", reason, remedy)


def _doubled(error: DuplicateKeyError) -> str:
    found = re.search(r'duplicate key "(.*?)"', error.problem or "")
    return found.group(1) if found else _first_line(error.problem)


def _first_line(text: str | None) -> str:
    return (text or "—").splitlines()[0]
