"""The measures that come with the platform: every clause stands there once, and says what it must."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from guantong.kernel.acts import registry
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import PartyRole
from guantong.kernel.measures.governing import all_purposes
from guantong.kernel.measures.load import check_files, load_measure, load_text
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.rules import Rule, RuleSet, Term, clauses_of_act
from guantong.kernel.measures.tables import Decision, Unknown
from guantong.kernel.measures.vocabulary import PAPER_STEPS
from guantong.kernel.papers import kinds as paper_kinds
from guantong.measures import NAMES, path
from guantong.measures.vocabulary import WORDS

CHENGDU = [
    *("CD-1.1", "CD-1.2", "CD-1.3", "CD-1.4"),
    *("CD-2.1", "CD-2.2", "CD-2.3", "CD-2.4", "CD-2.5"),
    *("CD-3.1", "CD-3.2", "CD-3.3", "CD-3.4", "CD-3.5", "CD-3.6", "CD-3.7", "CD-3.8"),
]
CHENZHOU = [
    *("CZ-1.1", "CZ-1.2", "CZ-1.3"),
    *("CZ-2.1", "CZ-2.2", "CZ-2.3"),
    *("CZ-3.1", "CZ-3.2", "CZ-3.3", "CZ-3.4", "CZ-3.5", "CZ-3.6"),
    *("CZ-4.1", "CZ-4.2", "CZ-4.3"),
    *("CZ-5.1", "CZ-5.2", "CZ-5.3"),
]
CARRIED = {
    "CD-1.1", "CD-1.2", "CD-1.3", "CD-2.1", "CD-2.2", "CD-2.3", "CD-2.4", "CD-2.5", "CZ-1.1", "CZ-1.2",
    "CZ-1.3", "CZ-2.1", "CZ-3.1", "CZ-3.2", "CZ-3.3", "CZ-3.4", "CZ-3.5", "CZ-4.1", "CZ-4.3",
}  # fmt: skip
GUIDE = Path(__file__).parents[2] / "docs" / "writing-a-measure.md"


@cache
def shipped(name: str) -> Measure:
    return load_measure(path(name), WORDS)


def rules_of(*names: str) -> RuleSet:
    return RuleSet(rule for name in names for rule in shipped(name).rules)


def codes(rules: tuple[Rule, ...]) -> set[str]:
    return {rule.code for rule in rules}


def test_all_files_are_sound_alone_and_together() -> None:
    assert [str(problem) for problem in check_files([path(name) for name in NAMES], WORDS)] == []


@pytest.mark.parametrize(("name", "wanted"), [("chengdu", CHENGDU), ("chenzhou", CHENZHOU)])
def test_every_clause_stands_exactly_once(name: str, wanted: list[str]) -> None:
    assert Counter(clause.id for clause in shipped(name).file.clauses) == Counter(wanted)


def test_what_is_carried_and_what_is_planned() -> None:
    carried = {
        clause.id
        for name in ("chengdu", "chenzhou")
        for clause in shipped(name).file.clauses
        if clause.status == "carried"
    }
    assert carried == CARRIED


def test_cz_3_5_transfer() -> None:
    """Ten working days from the concluding opinion, by the executing department, on the linked clue."""
    rule = rules_of("chenzhou").get("CZ-3.5/transfer")
    assert rule.period == Term("working_days", 10)
    assert rule.start == "concluded_on"
    assert (rule.holder, rule.claimant) == ("party:executing", "role:case_supervision")
    assert rule.on == {"report.conclude"}
    assert rule.about == "origin"
    assert rule.discharged_by == {"paper.dispatch:transfer_letter", "clue.register"}
    assert rule.pending == ("transfer_start",)


def test_cz_3_3_feedback() -> None:
    """Three months from receipt, the start to be confirmed, nothing closes without it."""
    rule = rules_of("chenzhou").get("CZ-3.3/feedback")
    assert rule.period == Term("months", 3)
    assert rule.start == "received_on"
    assert (rule.holder, rule.claimant) == ("party:receiver", "party:sender")
    assert rule.closing
    assert not rule.extended_by
    assert set(rule.pending) == {"feedback_start", "first_reminder", "second_reminder", "leader_reminder"}


def test_cz_4_1_deadline() -> None:
    """Three months from receipt; the sender is owed the closing feedback, not any feedback."""
    rules = rules_of("chenzhou")
    close = rules.get("CZ-4.1/close")
    assert (close.period, close.start) == (Term("months", 3), "received_on")
    assert close.extended_by == {"clue.approve_extension"}
    letter = "paper.dispatch:feedback_letter"
    interim = rules.discharged_by(letter, {"source": "audit", "concluded": False, "answered": True})
    assert "CZ-4.1/close" not in codes(interim.rules)
    assert "CZ-3.3/feedback" in codes(interim.rules)
    final = rules.discharged_by(letter, {"source": "audit", "concluded": True, "answered": True})
    assert {"CZ-4.1/close", "CZ-3.3/feedback"} <= codes(final.rules)
    assert rules.get("CZ-4.1/handle").holder == "party:handler"


def test_cz_4_1_follows_the_readings_a_city_confirms() -> None:
    own = shipped("chenzhou").with_settings(
        {"CZ-4.1/pause_stops_clock": False, "CZ-4.1/closing_start": "assigned_on"}
    )
    rule = RuleSet(own.rules).get("CZ-4.1/handle")
    assert not rule.paused_by
    assert not rule.resumed_by
    assert rule.start == "assigned_on"
    assert rules_of("chenzhou").get("CZ-4.1/handle").paused_by == {"clue.pause"}


def test_cz_3_2_hops_stand_instead_of_the_general_ones() -> None:
    rules = rules_of("general", "chenzhou")
    audit = {"source": "audit", "jurisdiction": "own"}
    assert codes(rules.opened_by("clue.receive", audit).rules) == {
        "CZ-3.2/receipt",
        "CZ-3.2/assignment",
        "CZ-3.3/feedback",
        "CZ-4.1/close",
    }
    other = {"source": "enforcement", "jurisdiction": "own"}
    assert codes(rules.opened_by("clue.receive", other).rules) == {"GR-0.3/receipt", "GR-23/assignment"}
    assert codes(rules.opened_by("clue.propose_assignment", audit).rules) == {"CZ-3.2/approval"}
    assert codes(rules.opened_by("clue.approve_assignment", other).rules) == {"GR-23/acceptance"}


def test_without_the_source_nothing_is_guessed() -> None:
    matched = rules_of("general", "chenzhou").opened_by("clue.register", {"jurisdiction": "own"})
    assert codes(matched.rules) == set()
    assert {(rule.code, missing) for rule, missing in matched.undecided} >= {
        ("CZ-3.2/receipt", ("source",)),
        ("CZ-3.3/feedback", ("source",)),
    }


def test_gr_21_proposal_within_a_month() -> None:
    rules = rules_of("general")
    rule = rules.get("GR-21/proposal")
    assert (rule.period, rule.start, rule.holder) == (Term("months", 1), "accepted_on", "party:handler")
    assert rule.paused_by == {"clue.pause"}
    assert codes(rules.opened_by("clue.decline_handling", {}).rules) == {"GR-21/revision"}


@pytest.mark.parametrize(
    ("outcome", "opened"),
    [
        ("forward_superior", "GR-169/forward"),
        ("forward_subordinate", "GR-169/forward"),
        ("split", "GR-171/split"),
        ("return_sender", "GR-171/return"),
    ],
)
def test_gr_169_and_171_five_working_days(outcome: str, opened: str) -> None:
    rules = rules_of("general")
    matched = rules.opened_by("clue.receive", {"source": "audit", "jurisdiction": outcome})
    assert opened in codes(matched.rules)
    assert rules.get(opened).period == Term("working_days", 5)


def test_cd_1_3_every_act_serves_the_capacity_clause() -> None:
    clauses = shipped("chengdu").file.clauses
    assert [clause.id for clause in clauses_of_act(clauses, "clue.split")] == ["CD-1.3"]


def test_clauses_of_an_act_leave_planned_ones_out() -> None:
    clauses = shipped("chenzhou").file.clauses
    assert [clause.id for clause in clauses_of_act(clauses, "clue.conclude")] == ["CZ-4.1", "CZ-4.3"]


def test_open_readings_name_value_and_alternative() -> None:
    found = {f"{item.clause}/{item.name}": item.setting for item in shipped("chenzhou").open_readings()}
    start = found["CZ-3.3/feedback_start"]
    assert start.value == "received_on"
    assert [other.value for other in start.alternatives] == ["sent_on"]
    assert "CZ-3.3/feedback_period" not in found
    assert "CD-3.3/mixed" in {f"{item.clause}/{item.name}" for item in shipped("chengdu").open_readings()}


def test_chengdu_is_on_trial_and_its_dates_are_open() -> None:
    measure = shipped("chengdu")
    assert measure.file.status == "trial"
    assert measure.file.review_pending
    assert measure.file.effective.pending
    assert measure.effective_on == date(2024, 1, 1)


BASE: dict[str, object] = {
    "arrival": "transfer",
    "tier": "city",
    "principal_head": False,
    "authority": "city",
    "supervised": True,
    "local": True,
    "several": False,
}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "own"),
        ({"principal_head": True}, "hand_up"),
        ({"principal_head": True, "authority": None, "several": None}, "hand_up"),
        ({"authority": "central"}, "hand_up"),
        ({"authority": "central", "arrival": "petition"}, "hand_up"),
        ({"tier": "county"}, "hand_up"),
        ({"authority": "county"}, "forward_subordinate"),
        ({"tier": "county", "authority": "county"}, "own"),
        ({"local": False}, "forward_peer"),
        ({"several": True}, "split"),
        ({"authority": "enterprise"}, "own"),
        ({"authority": "none"}, "own"),
        ({"authority": "none", "supervised": False}, "return_sender"),
    ],
)
def test_jurisdiction(change: dict[str, object], outcome: str) -> None:
    found = shipped("general").decide("jurisdiction", {**BASE, **change})
    assert isinstance(found, Decision)
    assert found.outputs == {"outcome": outcome}
    assert found.cite.at.zh


def test_jurisdiction_unknown_authority_is_not_guessed() -> None:
    found = shipped("general").decide("jurisdiction", {**BASE, "authority": "unknown"})
    assert isinstance(found, Unknown)
    assert found.settled_by == "role:case_supervision"


def test_jurisdiction_with_the_other_reading() -> None:
    """Settled otherwise, a clue an organ transfers about a superior's cadre is forwarded; a report is not."""
    measure = shipped("general").with_settings({"GR-15/superior_transfer": "forward"})
    county = {**BASE, "tier": "county"}
    found = measure.decide("jurisdiction", county)
    assert isinstance(found, Decision)
    assert found.outputs == {"outcome": "forward_superior"}
    petition = measure.decide("jurisdiction", {**county, "arrival": "petition"})
    assert isinstance(petition, Decision)
    assert petition.outputs == {"outcome": "hand_up"}


@pytest.mark.parametrize(
    ("source", "authority", "category", "department"),
    [
        ("audit", "own", "discipline", "supervision_department"),
        ("inspection", "unit", "duty_crime", "investigation_department"),
        ("audit", "enterprise", "duty_violation", "stationed_group"),
        ("enforcement", "own", "discipline", "supervision_department"),
        ("shareholder", "enterprise", "duty_crime", "investigation_department"),
    ],
)
def test_routing(source: str, authority: str, category: str, department: str) -> None:
    inputs = {"source": source, "authority": authority, "category": category}
    found = shipped("chenzhou").decide("routing", inputs)
    assert isinstance(found, Decision)
    assert found.outputs == {"department": department}


@pytest.mark.parametrize(
    ("source", "priority"), [("audit", "key"), ("inspection", "key"), ("superior", "ordinary")]
)
def test_which_clues_are_supervised_by_default(source: str, priority: str) -> None:
    found = shipped("chenzhou").decide("priority", {"source": source})
    assert isinstance(found, Decision)
    assert found.outputs == {"priority": priority}


def test_routing_says_when_it_does_not_know() -> None:
    measure = shipped("chenzhou")
    found = measure.decide("routing", {"source": "audit", "authority": "none", "category": "discipline"})
    assert isinstance(found, Unknown)
    assert found.cite is not None
    assert found.settled_by == "role:commission"
    lacking = measure.decide("routing", {"source": "audit", "authority": "own", "category": None})
    assert isinstance(lacking, Unknown)
    assert lacking.missing == ("category",)


@pytest.mark.parametrize(
    ("lacking", "outcome"),
    [
        (None, "complete"),
        ("letter", "return_sender"),
        ("evidence_list", "return_sender"),
        ("subject", "supplement"),
    ],
)
def test_transfer_pack(lacking: str | None, outcome: str) -> None:
    parts = ("letter", "facts", "subject", "conclusion", "evidence_list", "evidence")
    found = shipped("chenzhou").decide("transfer_pack", {part: part != lacking for part in parts})
    assert isinstance(found, Decision)
    assert found.outputs == {"outcome": outcome}


def test_triage_follows_the_reading_chosen() -> None:
    danger_only = {"irregular_investment": False, "breach": False, "duty_offence": False, "danger": True}
    measure = shipped("chengdu")
    either = measure.decide("triage", danger_only)
    both = measure.with_settings({"CD-3.3/conjunction": "both"}).decide("triage", danger_only)
    assert isinstance(either, Decision)
    assert isinstance(both, Decision)
    assert (either.outputs["action"], both.outputs["action"]) == ("transfer_at_once", "keep")
    mixed = {"irregular_investment": True, "breach": True, "duty_offence": False, "danger": False}
    open_one = measure.decide("triage", mixed)
    assert isinstance(open_one, Unknown)
    assert open_one.settled_by == "role:liaison_office"


def test_no_setting_of_a_carried_clause_is_read_by_nothing() -> None:
    """What a city decides has an effect: a duty, a table or the platform itself asks for the setting."""
    unread = [
        f"{clause.id}/{name}"
        for measure in map(shipped, NAMES)
        for clause in measure.file.clauses
        if clause.status == "carried"
        for name in clause.settings
        if not measure.read_by(clause.id, name)
    ]
    assert unread == []


def test_what_settings_may_govern_is_what_the_platform_asks_for() -> None:
    assert WORDS.purposes == {one.code: one.kind for one in all_purposes()}
    governed = {
        setting.governs
        for measure in map(shipped, NAMES)
        for clause in measure.file.clauses
        for setting in clause.settings.values()
    }
    assert governed - {None} == set(WORDS.purposes), "the general rules decide each"


def test_every_role_an_act_asks_for_has_a_name() -> None:
    named = {role for name in NAMES for role in shipped(name).file.roles}
    asked = {
        capacity.role
        for act in registry.all_acts()
        for capacity in act.by
    }  # fmt: skip
    assert asked - {""} - named == set()
    assert {"audit_team", "accountability_department"} <= set(shipped("general").file.roles)


def test_the_words_are_those_of_the_acts_that_exist() -> None:
    """A measure that passes its check never names an act, paper, party or source the platform lacks."""
    acts = {act.code for act in registry.all_acts()}
    assert WORDS.acts <= acts
    assert WORDS.papers <= {kind.code for kind in paper_kinds.all_kinds()}
    assert WORDS.parties == set(PartyRole.values)
    clue = matter_kinds.get("clue")
    assert WORDS.facts["source"] == clue.fact_values["source"]
    codes = ("clue", "session", "task", "meeting", "correspondence", "round")
    dated = [matter_kinds.get(code) for code in codes]
    assert WORDS.dates - {"happened_on", "signed_on"} == frozenset().union(*(kind.dates for kind in dated))
    task, correspondence = matter_kinds.get("task"), matter_kinds.get("correspondence")
    assert task.fact_values.items() <= WORDS.facts.items()
    assert WORDS.facts["form"] >= correspondence.fact_values["form"]
    opened = {kind.code: kind.by_calendar for kind in matter_kinds.all_kinds() if kind.by_calendar}
    assert WORDS.occasions == {code: how.forms for code, how in opened.items()}
    assert {f"paper.{step}" for step in PAPER_STEPS} <= acts


def test_the_guide_s_example_loads() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    measure = load_text(blocks[0], "guide", WORDS)
    assert [rule.code for rule in measure.rules] == ["EX-1.1/feedback"]
    found = measure.decide("priority", {"amount": 5_000_000})
    assert isinstance(found, Decision)
    assert found.outputs == {"priority": "key"}


def test_the_guide_lists_every_word() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    words = {act.partition(".")[2] for act in WORDS.acts} | WORDS.papers | WORDS.parties | WORDS.dates
    words |= set(WORDS.purposes)
    assert [word for word in sorted(words | set(WORDS.facts)) if not re.search(rf"\b{word}\b", guide)] == []
