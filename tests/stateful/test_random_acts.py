"""Whatever officers do in whatever order, what must hold holds (随机行为序列)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from guantong.insight import balance
from guantong.kernel.acts.act import Refused
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.models import Paper
from guantong.kernel.people.models import Subject
from support.consistency import problems_now as rows_at_odds
from support.consistency import sight_of_everybody
from support.play import Player, scan, uploads

pytestmark = pytest.mark.django_db

WHO = (
    "clerk", "clerk_head", "deputy", "secretary", "handler", "handler_head", "stranger", "auditor",
    "audit_head",
    "audit_leader", "county_clerk", "inspector",
)  # fmt: skip
FACTS = ("received_on", "sent_on", "letter_number", "amount", "allegation", "concluded_on")
CITY = [{"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}]
COUNTY = [{"name": "路遥之", "unit": "云麓县城市管理局", "post": "副局长", "authority": "county"}]


def data_of(play: Player, code: str, pick: int, day: date) -> dict[str, Any]:
    """Return data with which an act could be done; some are wrong on purpose."""
    organs, posts = play.town.organs, play.town.posts
    department = organs[("first", "second", "executing")[pick % 3]].pk
    known: dict[str, dict[str, Any]] = {
        "clue.register": {
            "sender": organs[("executing", "rounds")[pick % 2]].pk, "letter_number": f"{pick}号",
            "source": ("audit", "inspection", "enforcement")[pick % 3], "letter_date": day.isoformat(),
            "category": "discipline", "allegation": "问题",
            "subjects": (CITY, COUNTY, CITY + COUNTY)[pick % 3],
        },
        "clue.draft": {"category": "discipline", "allegation": "问题", "subjects": CITY},
        "clue.amend": {"category": "duty_crime", "allegation": "新问题", "subjects": CITY},
        "clue.propose_assignment": {"handler": department, "reason": "按分工"},
        "clue.accept": {"custodian": posts[("handler", "stranger", "handler_head")[pick % 3]].officer_id},
        "clue.propose_handling": {"way": ("verify", "talk", "?")[pick % 3], "plan": "方案"},
        "clue.report_progress": {"progress": "进展"},
        "clue.resume": {"progress": "已答复"},
        "clue.pause": {"awaited_from": "银行", "reason": "调取"},
        "clue.request_extension": {
            "until": (day + timedelta(days=(30, 90, -1)[pick % 3])).isoformat(), "reason": "复杂",
        },
        "clue.conclude": {
            "result": ("case", "closed", "admonished")[pick % 3], "text": "情况", "case_basis": "涉嫌违纪",
            "approved_by": "秦望山",
        },
        "clue.forward": {"to": organs["county_commission"].pk, "reason": "县管"},
        "clue.split": {
            "to": organs["county_commission"].pk, "reason": "县管部分", "part": "部分", "persons": [],
        },
        "matter.correct": {
            "fact": FACTS[pick % len(FACTS)], "reason": "更正",
            "value": ((day - timedelta(days=pick % 40)).isoformat()
                      if pick % len(FACTS) in (0, 1, 5) else "7"),
        },
    }  # fmt: skip
    return known.get(code, {"reason": "理由", "note": "", "progress": "进展"})


ACTS = (
    "clue.receive", "clue.return", "clue.amend", "clue.withdraw", "clue.merge", "clue.link_duplicate",
    "clue.forward", "clue.split", "clue.take_back", "clue.propose_assignment", "clue.approve_assignment",
    "clue.decline_assignment", "clue.accept", "clue.refuse_assignment", "clue.recall",
    "clue.propose_handling", "clue.approve_handling", "clue.decline_handling", "clue.report_progress",
    "clue.pause", "clue.resume", "clue.request_extension", "clue.approve_extension",
    "clue.decline_extension", "clue.conclude", "clue.resume_handling", "matter.correct", "case.note",
)  # fmt: skip
PAPERS = (
    "paper.draft",
    "paper.revise",
    "paper.check",
    "paper.sign",
    "paper.dispatch",
    "paper.sign_for",
    "paper.void",
)
LIKELY = {  # who is likely to be let through, so that sequences get far
    "clue.receive": "clerk", "clue.propose_assignment": "clerk", "clue.approve_assignment": "deputy",
    "clue.accept": "handler_head", "clue.propose_handling": "handler_head", "clue.approve_handling": "deputy",
    "clue.pause": "handler_head", "clue.resume": "handler_head", "clue.conclude": "handler_head",
    "clue.request_extension": "handler_head", "clue.approve_extension": "deputy", "clue.recall": "clerk",
    "clue.resume_handling": "clerk", "matter.correct": "clerk", "clue.merge": "clerk", "clue.return": "clerk",
    "clue.amend": "auditor", "clue.forward": "clerk", "clue.split": "clerk",
}  # fmt: skip
NEXT = {
    "drafted": ("paper.draft", "paper.check", "paper.sign", "paper.dispatch"),
    "sent": ("clue.receive", "clue.return"),
    "received": ("clue.propose_assignment", "clue.merge", "clue.split", "clue.forward"),
    "assignment_proposed": ("clue.approve_assignment", "clue.decline_assignment"),
    "assigned": ("clue.accept", "clue.refuse_assignment", "clue.recall"),
    "accepted": ("clue.propose_handling", "clue.request_extension", "clue.recall"),
    "handling_proposed": ("clue.approve_handling", "clue.decline_handling"),
    "handling": ("clue.pause", "clue.request_extension", "clue.approve_extension", "clue.conclude"),
    "paused": ("clue.resume", "clue.report_progress"),
    "concluded": ("paper.draft", "paper.check", "paper.sign", "paper.dispatch", "clue.resume_handling"),
    "returned": ("clue.amend", "clue.withdraw"),
}
STEP = st.tuples(
    st.integers(0, 9),
    st.sampled_from([*ACTS, *PAPERS]),
    st.sampled_from(WHO),
    st.integers(0, 59),
    st.integers(0, 20),
)


class Run:
    """One sequence of acts in one town."""

    def __init__(self, play: Player) -> None:
        self.play = play
        self.day = date(2026, 7, 1)
        self.clues: list[UUID] = []
        self.done = 0
        self.refused = 0

    def step(self, likely: int, code: str, who: str, pick: int, days: int) -> None:
        """Do something, likely or not; a refused act must leave no trace."""
        self.day = min(self.day + timedelta(days=days if days > 15 else 0), date(2026, 11, 20))
        if not self.clues or pick % 11 == 0:
            self._new(pick)
            return
        clue = self.clues[pick % len(self.clues)]
        state = self._state(clue)
        if likely < 8 and state in NEXT:
            code = NEXT[state][(pick + likely) % len(NEXT[state])]
            who = LIKELY.get(code, who)
        before = traces()
        try:
            with transaction.atomic():
                self._act(who, code, clue, pick, likely)
            self.done += 1
        except Refused as refused:
            self.refused += 1
            assert refused.faults and all(fault.reason for fault in refused.faults)
            assert traces() == before, f"{code} by {who} was refused and left a trace"

    def _new(self, pick: int) -> None:
        who, code = (("clerk", "clue.register"), ("auditor", "clue.draft"))[pick % 2]
        given = data_of(self.play, code, pick, self.day)
        self.clues.append(self.play.act(self.day.isoformat(), who, code, **given))

    def _act(self, who: str, code: str, clue: UUID, pick: int, likely: int) -> None:
        given = data_of(self.play, code, pick, self.day)
        if code in ("clue.merge", "clue.link_duplicate"):
            given["other"] = self._number(self.clues[likely % len(self.clues)])
        if code == "clue.split":
            given["persons"] = self._county_persons(clue)
        files = None
        if code.startswith("paper."):
            kind = "transfer_letter" if self._state(clue) == "drafted" else "feedback_letter"
            hands = (
                {"paper.check": "audit_head", "paper.sign": "audit_leader"}
                if kind == "transfer_letter"
                else {"paper.check": "clerk_head", "paper.sign": "deputy"}
            )
            who = hands.get(code, "auditor" if kind == "transfer_letter" else "clerk") if likely < 8 else who
            given = {
                "kind": kind, "title": "函", "addressee": "有关单位", "body": "内容。", "progress": "进展",
                "paper": self._paper(clue), "way": "paper", "signed_by": "某某", "reason": "作废",
            }  # fmt: skip
        if likely == 9:
            given["signer"], files = "陆知行", uploads(scan=scan())
        self.play.done(self.day.isoformat(), who, code, clue, files=files, **given)

    def _state(self, clue: UUID) -> str:
        with sight_of_everybody():
            return Matter.objects.get(pk=clue).state

    def _county_persons(self, clue: UUID) -> list[str]:
        with sight_of_everybody():
            found = Subject.objects.filter(matter=clue, authority="county")
            return [str(pk) for pk in found.values_list("pk", flat=True)]

    def _number(self, clue: UUID) -> str:
        with sight_of_everybody():
            return Matter.objects.get(pk=clue).number or "无"

    def _paper(self, clue: UUID) -> str:
        with sight_of_everybody():
            newest = Paper.objects.filter(matter=clue).order_by("-id").first()
            return str(newest.pk) if newest else ""


def problems_now() -> list[str]:
    """Return what does not agree, and which ledgers do not balance."""
    odd = balance.run()
    with sight_of_everybody():
        uneven = [str(row.month) for row in balance.newest_rows() if row.difference]
    return [*rows_at_odds(), *([f"{odd} clues at odds with their acts"] if odd else []), *uneven]


def traces() -> list[Any]:
    """Return how much there is of everything, and every matter's version and chain."""
    tables = (
        "journal_entry", "journal_content", "duties_duty", "duties_dutychange", "matters_party",
        "matters_link",
        "matters_attachment", "papers_paper", "access_grant", "access_visibility", "people_subject",
        "clues_feedback", "acts_performed",
    )  # fmt: skip
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    with sight_of_everybody(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}, (SELECT coalesce(sum(last), 0) FROM matters_counter)")
        found = list(cursor.fetchone())
        cursor.execute("SELECT id, version, state, chain_head FROM matters_matter ORDER BY id")
        return [*found, cursor.fetchall()]


@pytest.fixture
def total() -> dict[str, int]:
    """Count what all sequences together did."""
    return {"done": 0, "refused": 0}


def test_what_must_hold_holds(play: Player, total: dict[str, int]) -> None:
    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(STEP, min_size=20, max_size=45))
    def sequences(steps: list[Any]) -> None:
        with transaction.atomic():
            run = Run(play)
            for step in steps:
                run.step(*step)
            assert problems_now() == []
            total["done"] += run.done
            total["refused"] += run.refused
            transaction.set_rollback(True)

    sequences()
    assert total["done"] > 80 and total["refused"] > 40, total
