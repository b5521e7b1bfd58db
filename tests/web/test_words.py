"""No code where people read words: bases of grants, rules of the measures, what administrators did."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

import guantong
from guantong.kernel.measures.catalogue import shipped_measures
from guantong.kernel.measures.measure import Measure
from guantong.web import admin_words, wording

SOURCES = sorted(Path(guantong.__file__).parent.rglob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CODE = re.compile(r"[a-z]+_[a-z_]+")


def _bases() -> set[str]:
    """Every text given as the basis of a grant in the source."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "grant"
                and len(node.args) > 2
                and isinstance(node.args[2], ast.Constant)
            ):
                found.add(str(node.args[2].value))
    return found


def test_the_basis_of_every_grant_is_said_in_chinese() -> None:
    bases = _bases()
    assert len(bases) > 10
    with override("zh-hans"):
        assert [basis for basis in bases if not CHINESE.search(gettext(basis))] == []


@pytest.mark.parametrize("measure", shipped_measures(), ids=lambda one: one.id)
def test_rules_say_conditions_and_first_days_in_words(measure: Measure) -> None:
    with override("zh-hans"):
        for rule in measure.rules:
            said = wording.condition_label(measure, rule.when) + wording.value_label(rule.start)
            assert not CODE.search(said), (rule.code, said)


@pytest.mark.parametrize("what", ["journal.export", "account.reset_mfa", "posts.change", "measure.decide"])
def test_what_administrators_did_is_said_in_words(what: str) -> None:
    with override("zh-hans"):
        assert not re.search(r"[a-z]", admin_words.done(what))


def test_every_record_written_in_the_source_has_words() -> None:
    written = set()
    for path in SOURCES:
        written |= set(
            re.findall(r'record\((?:_user\(request\)|user|made), "([a-z]+\.[a-z_]+)"', path.read_text())
        )
    assert len(written) > 8
    for what in written:
        thing, _dot, step = what.partition(".")
        assert thing in admin_words.THINGS and step in admin_words.STEPS, what
