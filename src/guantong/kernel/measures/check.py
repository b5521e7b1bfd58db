"""Whether a well-formed measure makes sense (办法的检查): all checks, in one file and across files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from guantong.kernel.measures.check_bodies import check_bodies
from guantong.kernel.measures.check_cadences import check_cadences
from guantong.kernel.measures.check_duties import check_duties
from guantong.kernel.measures.check_escalation import check_escalation
from guantong.kernel.measures.check_settings import check_governing, check_settings
from guantong.kernel.measures.check_tables import check_tables
from guantong.kernel.measures.findings import Finding
from guantong.kernel.measures.places import Loc
from guantong.kernel.measures.problems import Message
from guantong.kernel.measures.schema import Clause, MeasureFile
from guantong.kernel.measures.text import Cite, Text
from guantong.kernel.measures.vocabulary import Vocabulary

_CHINESE = re.compile(r"[一-鿿]")
_LATIN = re.compile(r"[A-Za-z]")


def check_alone(file: MeasureFile, vocabulary: Vocabulary | None) -> Iterator[Finding]:
    """Every fault of meaning of one file (单个文件的检查); words only where a vocabulary is given."""
    yield from _check_head(file)
    yield from _check_ids(file)
    for at, clause in enumerate(file.clauses):
        here: Loc = ("clauses", at)
        yield from _check_status(file, clause, here)
        yield from _check_clause_words(clause, here, vocabulary)
        yield from check_settings(clause, here, vocabulary)
        yield from check_duties(file, clause, here, vocabulary)
        yield from check_cadences(file, clause, here, vocabulary)
    yield from check_bodies(file)
    yield from (finding for _file, finding in check_governing([file]))
    yield from check_escalation([file], lambda _file, loc: loc)
    yield from check_tables(file)
    yield from _check_texts_and_cites(file)


def check_across(files: Sequence[MeasureFile]) -> Iterator[tuple[int, Finding]]:
    """Faults that only show in several files together (跨文件检查), with the number of the file."""
    seen: dict[str, str] = {}
    prefixes = {file.prefix for file in files}
    codes = {
        f"{clause.id}/{rule.code}" for file in files for clause in file.clauses for rule in clause.duties
    }
    for number, file in enumerate(files):
        for at, clause in enumerate(file.clauses):
            if clause.id in seen and seen[clause.id] != file.id:
                yield number, _duplicate(("clauses", at, "id"), clause.id)
            seen[clause.id] = file.id
            for rule_at, rule in enumerate(clause.duties):
                for place, replaced in enumerate(rule.replaces):
                    if replaced not in codes and replaced.partition("-")[0] in prefixes:
                        loc = ("clauses", at, "duties", rule_at, "replaces", place)
                        yield number, _no_such_rule(loc, replaced)
    yield from _contradictions_across(files)
    yield from _circles_across(files)


def _contradictions_across(files: Sequence[MeasureFile]) -> Iterator[tuple[int, Finding]]:
    alone = {(at, tuple(it.loc)) for at, file in enumerate(files) for _no, it in check_governing([file])}
    for number, finding in check_governing(files):
        if (number, tuple(finding.loc)) not in alone:
            yield number, finding


def _circles_across(files: Sequence[MeasureFile]) -> Iterator[tuple[int, Finding]]:
    alone = {
        (number, tuple(finding.loc))
        for number, file in enumerate(files)
        for finding in check_escalation([file], lambda _number, loc: loc)
    }
    for finding in check_escalation(files, lambda number, loc: (number, *loc)):
        number, loc = int(finding.loc[0]), tuple(finding.loc[1:])
        if (number, loc) not in alone:
            yield number, Finding(loc, finding.code, finding.reason, finding.remedy)


def _no_such_rule(loc: Loc, code: str) -> Finding:
    reason = Message(_("Rule '{code}' is replaced but stands in none of the files."), code=code)
    return Finding(loc, "unknown_rule", reason, Message(_("Correct the code, or check the files together.")))


def _check_head(file: MeasureFile) -> Iterator[Finding]:
    if file.status == "trial" and file.review_on is None and not file.review_pending:
        yield Finding(
            ("status",),
            "trial_without_review",
            Message(_("A measure on trial needs the day of its review.")),
            Message(_("Give review_on, or review_pending: true while the day is not known.")),
        )
    if file.effective.pending and file.effective.reading is None:
        yield Finding(
            ("effective",),
            "pending_without_reading",
            Message(_("The effective date is to be confirmed, but why it was chosen is not said.")),
            Message(_("Give effective.reading in both languages.")),
        )


def _duplicate(loc: Loc, clause: str) -> Finding:
    reason = Message(_("Clause id '{clause}' stands twice."), clause=clause)
    return Finding(loc, "duplicate_clause", reason, Message(_("Give each clause an id of its own.")))


def _check_ids(file: MeasureFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for at, clause in enumerate(file.clauses):
        if clause.id in seen:
            yield _duplicate(("clauses", at, "id"), clause.id)
        seen.add(clause.id)
        if not clause.id.startswith(f"{file.prefix}-"):
            reason = Message(_("Clause id '{clause}' is not of this measure."), clause=clause.id)
            remedy = Message(_("Begin it with '{prefix}-'."), prefix=file.prefix)
            yield Finding(("clauses", at, "id"), "wrong_prefix", reason, remedy)


def _check_status(file: MeasureFile, clause: Clause, here: Loc) -> Iterator[Finding]:
    deeds = clause.duties or clause.acts or clause.pages or clause.cadences
    at_work = bool(deeds or clause.bodies or clause.concurrent)
    if clause.status == "carried" and not (at_work or clause.tables):
        yield Finding(
            (*here, "status"),
            "carried_by_nothing",
            Message(
                _("Clause '{clause}' is marked carried, but no duty, act, page, table or body carries it."),
                clause=clause.id,
            ),
            Message(_("Name its acts, duties, tables or bodies, or mark it planned.")),
        )
    governs = any(setting.governs for setting in clause.settings.values())
    if clause.status == "planned" and (at_work or governs):
        yield Finding(
            (*here, "status"),
            "planned_at_work",
            Message(
                _("Clause '{clause}' is marked planned, yet has duties, acts, bodies or governing settings."),
                clause=clause.id,
            ),
            Message(_("Mark it carried, and say under not_yet what is missing.")),
        )
    for at, table in enumerate(clause.tables):
        if table not in file.tables:
            reason = Message(_("There is no decision table '{table}'."), table=table)
            remedy = Message(_("Correct the name, or add the table under 'tables'."))
            yield Finding((*here, "tables", at), "unknown_table", reason, remedy)


def _check_clause_words(clause: Clause, here: Loc, vocabulary: Vocabulary | None) -> Iterator[Finding]:
    if vocabulary is None:
        return
    for at, act in enumerate(clause.acts):
        if act != "*" and act not in vocabulary.acts:
            reason = Message(_("There is no act '{act}'."), act=act)
            remedy = Message(_("Use the code of an act that exists; 'Writing a measure' lists them."))
            yield Finding((*here, "acts", at), "unknown_act", reason, remedy)


def _check_texts_and_cites(file: MeasureFile) -> Iterator[Finding]:
    for loc, part in _walk(file, ()):
        if isinstance(part, Text):
            for language, letters in (("zh", _CHINESE), ("en", _LATIN)):
                if not letters.search(getattr(part, language)):
                    reason = Message(
                        _("The text under '{language}' is not in that language."), language=language
                    )
                    remedy = Message(_("Give every text in Chinese (zh) and in English (en)."))
                    yield Finding((*loc, language), "missing_translation", reason, remedy)
        elif isinstance(part, Cite) and part.source not in file.sources:
            reason = Message(_("There is no source '{source}'."), source=part.source)
            remedy = Message(_("Correct the name, or add it under 'sources'."))
            yield Finding((*loc, "source"), "unknown_source", reason, remedy)


def _walk(part: object, loc: Loc) -> Iterator[tuple[Loc, BaseModel]]:
    if isinstance(part, BaseModel):
        yield loc, part
        for name in type(part).model_fields:
            yield from _walk(getattr(part, name), (*loc, name))
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _walk(value, (*loc, key))
    elif isinstance(part, list):
        for at, value in enumerate(part):
            yield from _walk(value, (*loc, at))
