"""Performing acts: once, whole, in order, and for a known price."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.kernel.acts.act import Conflict, NotAllowed, Refused
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter, PartyRole
from support.play import Player

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


def queries(captured: CaptureQueriesContext) -> list[str]:
    """Return the queries of an act, without savepoints and the scope's own setting."""
    texts = [query["sql"] for query in captured.captured_queries]
    return [text for text in texts if "SAVEPOINT" not in text and "set_config" not in text]


def test_the_same_key_does_it_once(play: Player) -> None:
    data: dict[str, Any] = {
        "sender_name": "某单位", "source": "audit", "letter_number": "1号", "letter_date": "2026-09-28",
        "category": "discipline", "allegation": "问题", "unit": "清川水务",
    }  # fmt: skip
    first = play.done("2026-09-28", "clerk", "clue.register", key="k1", **data)
    again = play.done("2026-09-28", "clerk", "clue.register", key="k1", **data)
    assert (again.matter_id, again.repeated, first.repeated) == (first.matter_id, True, False)
    with play.see("clerk"):
        assert Matter.objects.count() == 1
    with pytest.raises(Conflict):
        play.done("2026-09-28", "clerk", "clue.register", key="k1", **{**data, "unit": "另一单位"})


def test_a_key_of_an_act_on_a_matter_repeats_too(play: Player) -> None:
    clue = play.registered()
    data = {"handler": play.town.organs["first"].pk, "reason": "按分工"}
    play.done("2026-09-29", "clerk", "clue.propose_assignment", clue, key="k2", **data)
    again = play.done("2026-09-29", "clerk", "clue.propose_assignment", clue, key="k2", **data)
    assert again.repeated
    with play.see("clerk"):
        assert Entry.objects.filter(matter=clue, act="clue.propose_assignment").count() == 1


def test_an_old_version_is_refused(play: Player) -> None:
    clue = play.registered()
    with play.see("clerk"):
        seen = Matter.objects.get(pk=clue).version
    data = {"handler": play.town.organs["first"].pk, "reason": "按分工"}
    play.done("2026-09-29", "clerk", "clue.propose_assignment", clue, version=seen, **data)
    with pytest.raises(Conflict):
        play.done("2026-09-29", "clerk_head", "clue.return", clue, version=seen, reason="不全")


def test_a_refused_act_leaves_nothing(play: Player) -> None:
    clue = play.registered()
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "clerk", "clue.propose_assignment", clue, reason="按分工")
    assert refused.value.faults[0].field == "handler"
    with play.see("clerk"):
        assert Entry.objects.filter(matter=clue).count() == 1
        assert Matter.objects.get(pk=clue).state == "received"


def test_what_one_cannot_see_is_not_there(play: Player) -> None:
    clue = play.registered()
    with pytest.raises(NotAllowed):
        play.act("2026-09-29", "county_clerk", "clue.return", clue, reason="不全")


def test_a_wrong_capacity_is_refused_by_name(play: Player) -> None:
    clue = play.registered()
    with pytest.raises(NotAllowed) as refused:
        play.act("2026-09-29", "clerk", "clue.accept", clue)
    reasons = [fault.reason for fault in refused.value.faults]
    assert any(str(PartyRole.HANDLER.label) in reason for reason in reasons), reasons


def test_an_act_costs_at_most_twelve_queries(play: Player) -> None:
    play.registered()
    with play.see("clerk"):
        pass
    spent = {}
    with CaptureQueriesContext(
        connection,
    ) as captured:
        clue = play.registered(letter_number="5号")
    spent["clue.register"] = captured
    steps: list[tuple[str, str, str, dict[str, Any]]] = [
        ("2026-09-29", "clerk", "clue.propose_assignment",
         {"handler": play.town.organs["first"].pk, "reason": "按分工"}),
        ("2026-09-29", "deputy", "clue.approve_assignment", {}),
        ("2026-09-29", "handler_head", "clue.accept", {"custodian": play.town.posts["handler"].officer_id}),
        ("2026-09-30", "handler", "clue.propose_handling", {"way": "verify", "plan": "方案"}),
        ("2026-09-30", "deputy", "clue.approve_handling", {}),
        ("2026-10-09", "handler", "clue.pause", {"awaited_from": "银行", "reason": "调取流水"}),
        ("2026-10-12", "handler", "clue.resume", {"progress": "已答复"}),
        ("2026-10-12", "handler", "clue.request_extension", {"until": "2027-01-29", "reason": "复杂"}),
        ("2026-10-13", "deputy", "clue.approve_extension", {}),
        ("2026-10-14", "handler", "clue.conclude", {"result": "closed", "text": "不实"}),
    ]  # fmt: skip
    for day, who, code, data in steps:
        with CaptureQueriesContext(connection) as captured:
            play.act(day, who, code, clue, **data)
        spent[code] = captured
    over = {}
    for code, captured in spent.items():
        actor_queries = [
            text for text in queries(captured) if "organs_post" in text and "staff_number" in text
        ]
        binding_queries = [text for text in queries(captured) if "organs_rolebinding" in text]
        own = len(queries(captured)) - len(actor_queries) - len(binding_queries)
        if own > MOST_QUERIES:
            over[code] = queries(captured)
    told = "\n".join(
        f"{code}: {len(texts)}\n  " + "\n  ".join(text[:100] for text in texts)
        for code, texts in over.items()
    )
    assert not over, told
