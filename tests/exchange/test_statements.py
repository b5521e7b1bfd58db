"""A dispatch by disc stays within twelve statements."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from support.instances import Instance

from .test_round_trip import HANDS


@pytest.mark.parametrize("kind", ["transfer_letter", "receipt"])
def test_a_dispatch_by_disc_takes_at_most_twelve_statements(
    acquainted: tuple[Instance, Instance], kind: str
) -> None:
    audit, commission = acquainted
    with audit.use() as play:
        person = {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}
        clue = play.act(
            "2026-09-28",
            "auditor",
            "clue.draft",
            category="discipline",
            allegation="拆分。",
            subjects=[person],
        )
        if kind == "transfer_letter":
            said = dispatched(play, clue, kind, HANDS)
        else:
            dispatched(play, clue, "transfer_letter", HANDS, "2026-09-28")
    if kind == "receipt":
        there = commission.take(audit.sealed(clue, "auditor", "transfer"), "clerk").matter_id
        with commission.use() as play:
            said = dispatched(play, there, kind, ["clerk", "clerk_head", "clerk_head", "clerk"])
    assert len(said) <= 12, "\n".join(sql[:150] for sql in said)


def dispatched(play: object, clue: object, kind: str, hands: list[str], day: str = "2026-10-08") -> list[str]:
    """Dispatch a letter by disc and return the statements it took."""
    act = play.act  # type: ignore[attr-defined]
    texts = {"title": "函", "addressee": "有关单位", "body": "内容。"}
    act(day, hands[0], "paper.draft", clue, kind=kind, **texts)
    paper = play.paper(hands[0], clue, kind)  # type: ignore[attr-defined]
    act(day, hands[1], "paper.check", clue, paper=paper)
    act(day, hands[2], "paper.sign", clue, paper=paper)
    with CaptureQueriesContext(connection) as caught:
        act(day, hands[3], "paper.dispatch", clue, paper=paper, way="disc")
    left_out = "SAVEPOINT|set_config|FROM .organs_post|^BEGIN|^COMMIT"
    return [one["sql"] for one in caught.captured_queries if not re.search(left_out, one["sql"])]
