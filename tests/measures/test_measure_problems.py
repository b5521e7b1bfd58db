"""Each fault of a measure file is found, at the right line and column, with reason and remedy."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
from click.testing import CliRunner
from django.utils import translation

import guantong
from guantong.cli.measure import measure as measure_command
from guantong.kernel.measures.load import check_file, check_files, load_measure, load_text
from guantong.kernel.measures.problems import MeasureError, Problem
from guantong.measures.vocabulary import WORDS

SAMPLE = (Path(__file__).parent / "sample.yaml").read_text(encoding="utf-8")

GOVERNING = """      {name}:
        value: {months: 1}
        kind: period
        governs: duty.longest_extension
        label: {zh: 上限, en: Limit}
        source: {source: text, at: {zh: 第一条, en: Article 1}}
"""
GOVERNING = GOVERNING.replace("{name}", "one") + GOVERNING.replace("{name}", "other")

# Each case: the code expected, what is replaced, by what, and the text whose place must be named.
CASES: list[tuple[str, str, str, str]] = [
    ("unknown_role", "holder: role:desk", "holder: role:dsk", "role:dsk"),
    ("unknown_role", "settled_by: role:desk", "settled_by: role:dsk", "role:dsk"),
    ("unknown_party", "holder: party:receiver", "holder: party:nobody", "party:nobody"),
    ("unknown_event", "on: [clue.register]", "on: [clue.invent]", "clue.invent"),
    (
        "unknown_event",
        "'paper.dispatch:feedback_letter'",
        "'paper.dispatch:postcard'",
        "'paper.dispatch:postcard'",
    ),
    ("unknown_event", "act: clue.conclude", "act: clue.invent", "clue.invent"),
    ("unknown_act", "    settings:", "    acts: [clue.invent]\n    settings:", "clue.invent"),
    ("unknown_date", "start: received_on", "start: some_day", "some_day"),
    ("unknown_fact", "when: {source: audit}", "when: {weather: audit}", "weather: audit"),
    ("unknown_value", "when: {source: audit}", "when: {source: moon}", "moon"),
    ("unknown_value", "when: {source: audit}", "when: {source: [audit, moon]}", "moon"),
    ("gap", "kind: b}\n        then", "kind: a}\n        then", "rows:"),
    ("overlap", "{below: 10}", "{below: 20}", "when: {amount: {from: 10}, kind: a}"),
    ("circular_escalation", "act: clue.conclude", "act: clue.receive", "clue.receive, to"),
    ("circular_escalation", "to: party:handler", "to: role:desk", "role:desk}"),
    (
        "circular_escalation",
        "act: 'paper.dispatch:receipt', to",
        "act: 'paper.dispatch:receipt', by: role:desk, to",
        "role:desk, to",
    ),
    (
        "circular_escalation",
        "'paper.dispatch:receipt', to: role:desk",
        "'paper.dispatch:receipt', to: party:sender",
        "party:sender}",
    ),
    (
        "unknown_party",
        "act: clue.conclude, to",
        "by: party:nobody, act: clue.conclude, to",
        "party:nobody, act",
    ),
    ("undefined_setting", "after: {days: 9}", "after: {setting: other}", "other}, act"),
    ("unknown_fact", "period: {days: 5}", "period: {fact: weather, days: 5}", "weather, days"),
    (
        "unknown_event",
        "discharged_by: [clue.accept]",
        "discharged_by: [clue.accept]\n        renewed_by: [clue.invent]",
        "clue.invent",
    ),
    ("duplicate_duty", "code: told", "code: feedback", "feedback\n        name: {zh: 告知"),
    ("duplicate_key", "status: in_force", "status: in_force\nid: again", "id: again"),
    ("unknown_field", "status: in_force", "status: in_force\ncolour: red", "colour: red"),
    ("unknown_field", "title: {zh: 反馈, en: Feedback}", "title: {zh: 反馈, en: Back, again}", "again}"),
    ("missing_field", "    override: allowed\n", "", "id: SM-1.1"),
    ("missing_translation", "title: {zh: 反馈, en: Feedback}", "title: {zh: 反馈}", "title: {zh: 反馈}"),
    ("missing_translation", "title: {zh: 反馈, en: Feedback}", "title: {zh: 反馈, en: ''}", "''"),
    ("missing_translation", "title: {zh: 反馈, en: Feedback}", "title: {zh: Back, en: Feedback}", "Back, en"),
    ("two_units", "value: {months: 3}", "value: {months: 3, days: 1}", "{months: 3, days: 1}"),
    ("two_units", "period: {days: 5}", "period: {days: 5, months: 1}", "{days: 5, months: 1}"),
    ("two_units", "period: {setting: term}", "period: {setting: term, days: 1}", "{setting: term, days: 1}"),
    ("no_unit", "period: {days: 5}", "period: {}", "{}"),
    ("too_small", "period: {days: 5}", "period: {days: -5}", "-5"),
    ("undefined_setting", "period: {setting: term}", "period: {setting: other}", "other}"),
    ("undefined_setting", "override: allowed", "override: allowed\n    override_fields: [other]", "other]"),
    ("wrong_setting_kind", "start: received_on", "start: {setting: term}", "term}\n        period"),
    (
        "pending_without_alternative",
        "alternatives: [{value: {months: 6}",
        "reading: [{value: {months: 6}",
        "",
    ),
    ("wrong_value", "value: {months: 3}", "value: three", "three"),
    ("wrong_value", "value: {months: 6}", "value: {moons: 6}", "{moons: 6}"),
    ("unknown_purpose", "kind: period\n", "kind: period\n        governs: moon.phase\n", "moon.phase"),
    (
        "wrong_setting_kind",
        "kind: period\n",
        "kind: period\n        governs: calendar.rest_day_moves\n",
        "calendar.rest_day_moves",
    ),
    ("badly_written", "kind: period\n", "kind: period\n        governs: Moon\n", "Moon"),
    (
        "governed_twice",
        "    settings:\n",
        f"    settings:\n{GOVERNING}",
        "duty.longest_extension\n        label",
    ),
    ("before_itself", "period: {days: 5}", "period: {days: 5}\n        before: true", "true"),
    (
        "before_and_paused",
        "start: received_on",
        "start: received_on\n        before: true\n        extended_by: [clue.accept]",
        "[clue.accept]\n        period",
    ),
    (
        "not_counted_back",
        "start: received_on\n        period: {setting: term}",
        "start: received_on\n        before: true\n        period: {hours: 4}",
        "{hours: 4}",
    ),
    (
        "done_before_in_part",
        "period: {days: 5}",
        "period: {days: 5}\n        done_before: {days: 0}\n        per_item: true",
        "per_item",
    ),
    (
        "not_counted_back",
        "period: {days: 5}",
        "period: {days: 5}\n        done_before: {hours: 4}",
        "{hours: 4}",
    ),
    ("no_unit", "period: {days: 5}", "period: {days: 5}\n        done_before: {}", "{}"),
    (
        "undefined_setting",
        "period: {days: 5}",
        "period: {days: 5}\n        done_before: {setting: x}",
        "x}\n        dis",
    ),
    ("wrong_prefix", "id: SM-1.1", "id: XX-1.1", "XX-1.1"),
    ("badly_written", "id: SM-1.1", "id: first", "first"),
    ("no_discharge", "discharged_by: [clue.accept]", "discharged_by: []", "told"),
    ("opens_and_ends", "on: [clue.register]", "on: [clue.accept]", "clue.accept]\n        holder"),
    ("half_pause", "period: {days: 5}", "period: {days: 5}\n        paused_by: [clue.pause]", "told"),
    ("unknown_source", "cite: [{source: text", "cite: [{source: book", "book"),
    ("planned_at_work", "status: carried", "status: planned", "planned"),
    ("unknown_table", "    settings:", "    tables: [nowhere]\n    settings:", "nowhere"),
    ("unknown_clause", "clause: SM-1.1", "clause: SM-9.9", "SM-9.9"),
    ("unknown_column", "{amount: {below: 10}}", "{sum: {below: 10}}", "sum: {below"),
    ("wrong_value", "kind: b}\n        then", "kind: z}\n        then", "z}\n        then"),
    ("wrong_range", "{below: 10}", "{from: 10, below: 10}", "{from: 10, below: 10}"),
    ("not_a_date", "{on: 2026-01-01}", "{on: soon}", "soon"),
    ("not_a_choice", "status: in_force", "status: maybe", "maybe"),
    ("trial_without_review", "status: in_force", "status: trial", "trial"),
    ("not_bool", "pending: true", "pending: no", "no\n"),
    ("not_text", "version: '1.0'", "version: 1.0", "1.0"),
    ("not_yaml", "sources:", "sources: [", ""),
    ("unknown_role", "office: role:desk", "office: role:dsk", "role:dsk"),
    ("unknown_role", "{role: role:field}", "{role: role:fld}", "role:fld}"),
    ("unknown_role", "{role: role:desk, rank", "{role: role:dsk, rank", "role:dsk, rank"),
    ("seat_twice", "{role: role:field}", "{role: role:desk}", "role:desk}\n    concurrent"),
    ("two_chairs", "{role: role:field}", "{role: role:field, seat: chair}", "chair}\n    concurrent"),
    ("not_a_choice", "tiers: [city]", "tiers: [village]", "village"),
    ("empty_list", "tiers: [city]", "tiers: []", "[]"),
    ("unknown_body", "{body: council, seat", "{body: senate, seat", "senate"),
    ("holds_or_sits", "        sits: {body: council, seat: chair}\n", "", "both"),
    (
        "unknown_role",
        "sits: {body: council, seat: chair}",
        "holds: {role: role:dsk, rank: head}",
        "role:dsk, rank: head",
    ),
    (
        "undefined_setting",
        "office: role:desk",
        "office: role:desk\n        required: {setting: other}",
        "other}\n        seats",
    ),
    (
        "wrong_setting_kind",
        "office: role:desk",
        "office: role:desk\n        required: {setting: term}",
        "term}\n        seats",
    ),
    (
        "body_twice",
        "    concurrent:\n",
        """      - kind: council
        name: {zh: 小组, en: Group}
        tiers: [city]
        office: role:desk
        seats: [{role: role:desk}]
    concurrent:
""",
        "council\n        name: {zh: 小组",
    ),
    (
        "duplicate_code",
        "    concurrent:\n",
        """    concurrent:
      - code: both
        name: {zh: 兼任, en: Both}
        tiers: [city]
        whoever: {role: role:desk, rank: principal}
        sits: {body: council}
""",
        "both\n        name: {zh: 兼任, en: Both}\n        tiers: [city]\n"
        "        whoever: {role: role:desk, rank: principal}\n        sits: {body: council, seat",
    ),
]


def place_of(text: str, wanted: str) -> tuple[int, int]:
    """Line and column, both from 1, of the last place where `wanted` stands."""
    before = text[: text.rindex(wanted)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def problems_of(text: str) -> list[Problem]:
    try:
        load_text(text, "sample.yaml", WORDS)
    except MeasureError as error:
        return error.problems
    return []


def test_the_sample_itself_is_sound() -> None:
    assert problems_of(SAMPLE) == []


@pytest.mark.parametrize(("code", "old", "new", "place"), CASES)
def test_a_fault_is_found_where_it_stands(code: str, old: str, new: str, place: str) -> None:
    assert old in SAMPLE
    text = SAMPLE.replace(old, new, 1)
    if code == "pending_without_alternative":
        text = SAMPLE.replace(
            "        alternatives: [{value: {months: 6}, reading: {zh: 六个月。, en: Six months.}}]\n", ""
        )
        place = "true\n        reading"
    found = [problem for problem in problems_of(text) if problem.code == code]
    assert found, [str(problem) for problem in problems_of(text)]
    if place:
        assert (found[0].line, found[0].column) == place_of(text, place)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert str(found[0].reason)
            assert str(found[0].remedy)
            assert not re.search(r"\{\w+\}", f"{found[0].reason} {found[0].remedy}")


def test_every_problem_has_its_chinese() -> None:
    """No reason or remedy is shown to a clerk in English."""
    parts = (Path(guantong.__file__).parent / "locale" / "parts").glob("*.po")
    chinese = {entry.msgid: entry.msgstr for part in parts for entry in polib.pofile(str(part))}
    with translation.override("en"):
        texts = {
            str(message.template)
            for _code, old, new, _place in CASES
            for problem in problems_of(SAMPLE.replace(old, new, 1))
            for message in (problem.reason, problem.remedy)
        }
    assert len(texts) > 50
    assert {text for text in texts if not chinese.get(text)} == set()


def test_carried_by_nothing() -> None:
    start, end = SAMPLE.index("    duties:\n"), SAMPLE.index("tables:\n")
    text = SAMPLE[:start] + SAMPLE[end:]
    found = problems_of(text)
    assert [problem.code for problem in found] == ["carried_by_nothing"]
    assert (found[0].line, found[0].column) == place_of(text, "carried")


def test_duplicate_clause_id_names_the_second() -> None:
    start, end = SAMPLE.index("  - id: SM-1.1"), SAMPLE.index("tables:\n")
    text = SAMPLE[:end] + SAMPLE[start:end] + SAMPLE[end:]
    found = [problem for problem in problems_of(text) if problem.code == "duplicate_clause"]
    assert [(problem.line, problem.column) for problem in found] == [place_of(text, "SM-1.1\n    title")]


def test_settled_setting_needs_a_source_that_was_read() -> None:
    text = SAMPLE.replace("        pending: true\n", "").replace(
        "        source: {source: text, at: {zh: 第一条, en: Article 1}}\n    duties",
        "        source: {source: text, at: {zh: 第一条, en: Article 1}, standing: secondary}\n    duties",
    )
    assert [problem.code for problem in problems_of(text)] == ["unverified_but_settled"]


def test_no_and_times_stay_text() -> None:
    text = SAMPLE.replace("en: Feedback}", "en: no}").replace("then: {rank: low}", "then: {rank: 1:30}")
    measure = load_text(text, "sample.yaml", WORDS)
    assert measure.clauses["SM-1.1"].title.en == "no"
    assert measure.file.tables["rank"].rows[0].then == {"rank": "1:30"}


def test_circle_through_two_files(tmp_path: Path) -> None:
    one = SAMPLE.replace("act: clue.conclude", "act: clue.split")
    two = (
        SAMPLE.replace("id: sample", "id: other")
        .replace("SM", "OT")
        .replace("on: [clue.receive]", "on: [clue.split]")
    ).replace("act: clue.conclude", "act: clue.receive")
    paths: list[Path | str] = []
    for name, text in (("one.yaml", one), ("two.yaml", two)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        paths.append(tmp_path / name)
    assert check_file(paths[0], WORDS) == []
    assert check_file(paths[1], WORDS) == []
    found = check_files(paths, WORDS)
    assert [problem.code for problem in found] == ["circular_escalation"]
    assert "SM-1.1/feedback → OT-1.1/feedback → SM-1.1/feedback" in str(found[0])
    assert (found[0].line, found[0].column) == place_of(one, "clue.split")


def test_two_files_that_decide_the_same(tmp_path: Path) -> None:
    one = SAMPLE.replace("kind: period\n", "kind: period\n        governs: duty.longest_extension\n")
    two = one.replace("id: sample", "id: other").replace("SM", "OT")
    paths: list[Path | str] = []
    for name, text in (("one.yaml", one), ("two.yaml", two)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        paths.append(tmp_path / name)
    assert [problem for path in paths for problem in check_file(path, WORDS)] == []
    [found] = check_files(paths, WORDS)
    assert (found.code, found.file) == ("governed_twice", str(paths[1]))
    assert (found.line, found.column) == place_of(two, "duty.longest_extension")
    assert "SM-1.1/term" in str(found.reason)
    assert "OT-1.1/term" in str(found.reason)


def test_a_planned_clause_governs_nothing() -> None:
    planned = SAMPLE.replace("kind: period\n", "kind: period\n        governs: duty.longest_extension\n")
    planned = planned.replace("status: carried", "status: planned")
    planned = planned[: planned.index("    duties:")] + planned[planned.index("tables:") :]
    [problem] = problems_of(planned)
    assert problem.code == "planned_at_work"


def test_clause_in_two_files_and_rule_that_is_nowhere(tmp_path: Path) -> None:
    other = SAMPLE.replace("id: sample", "id: other")
    missing = other.replace(
        "discharged_by: [clue.accept]", "discharged_by: [clue.accept]\n        replaces: [SM-1.1/gone]"
    )
    (tmp_path / "one.yaml").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(missing, encoding="utf-8")
    found = check_files([tmp_path / "one.yaml", tmp_path / "two.yaml"], WORDS)
    assert {problem.code for problem in found} == {"duplicate_clause", "unknown_rule"}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe", "not_utf8"), (b"", "no_measure"), (b"- a list\n", "no_measure"), (b"a: [\n", "not_yaml")],
)
def test_files_that_are_no_measure(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    assert [problem.code for problem in check_file(file)] == [code]
    with pytest.raises(MeasureError):
        load_measure(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert [problem.code for problem in check_file(tmp_path / "none.yaml")] == ["unreadable"]


def test_local_settings() -> None:
    """CD-1.2: a jurisdiction decides what its measure lets it decide, and the result is confirmed."""
    text = SAMPLE.replace("override: allowed", "override: allowed\n    override_fields: [term]")
    measure = load_text(text, "sample.yaml", WORDS)
    own = measure.with_settings({"SM-1.1/term": {"working_days": 20}})
    assert own.rules[0].period.written() == {"working_days": 20}
    assert own.open_readings() == []
    assert measure.rules[0].period.written() == {"months": 3}


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("SM-1.1/none", 1, "unknown_setting"),
        ("SM-1.1/term", {"months": 1, "days": 1}, "wrong_value"),
        ("SM-1.1/term", "long", "wrong_value"),
    ],
)
def test_local_settings_refused(key: str, value: object, code: str) -> None:
    measure = load_text(SAMPLE, "sample.yaml", WORDS)
    with pytest.raises(MeasureError) as refused:
        measure.with_settings({key: value})
    assert [problem.code for problem in refused.value.problems] == [code]


def test_local_settings_forbidden() -> None:
    measure = load_text(SAMPLE.replace("override: allowed", "override: forbidden"), "sample.yaml", WORDS)
    with pytest.raises(MeasureError) as refused:
        measure.with_settings({"SM-1.1/term": {"months": 1}})
    assert [problem.code for problem in refused.value.problems] == ["override_forbidden"]
    assert "SM-1.1" in str(refused.value.problems[0].reason)
    confirmed = measure.with_settings({"SM-1.1/term": {"months": 3}})
    assert confirmed.open_readings() == [], "the measure's own reading can be confirmed all the same"


def test_command_line_prints_places_and_exits_with_1(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    text = SAMPLE.replace("holder: role:desk", "holder: role:dsk")
    file.write_text(text, encoding="utf-8")
    line, column = place_of(text, "role:dsk")
    result = CliRunner().invoke(measure_command, ["check", str(file)])
    assert result.exit_code == 1
    assert result.stdout.startswith(f"{file}:{line}:{column}: ")


def test_command_line_says_when_all_is_well(tmp_path: Path) -> None:
    file = tmp_path / "good.yaml"
    file.write_text(SAMPLE, encoding="utf-8")
    result = CliRunner().invoke(measure_command, ["check", str(file)])
    assert result.exit_code == 0
    assert "1" in result.stdout
