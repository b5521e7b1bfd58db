"""Trees of parts under any order of acts: a task ends only after all its parts (统分结合; CZ-1.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guantong.kernel.acts.act import Refused
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.tasks.models import Task
from support.consistency import sight_of_everybody
from support.play import Player
from support.town import build

pytestmark = pytest.mark.django_db
DAY = "2026-10-12"
HANDS = {"executing": "auditor", "rounds": "inspector", "team": "team_member", "supervision": "clerk"}
ENDED = ("closed", "withdrawn")
CODES = (
    "task.accept", "task.contest", "task.reassign", "task.confirm", "task.divide", "task.report",
    "task.complete", "task.send_back", "task.close", "task.withdraw",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(CODES), st.integers(0, 30), st.integers(0, 11)), min_size=5, max_size=40
)


class Run:
    """One tree of tasks and what is done with it."""

    def __init__(self, play: Player) -> None:
        self.play = play
        said = {"title": "整改", "text": "核实整改。", "due_on": "2026-11-30", "field": "audit"}
        self.root = play.act(
            DAY, "clerk", "task.give", None, holder=play.town.organs["supervision"].pk, **said
        )
        self.done: dict[str, int] = {}
        self.divide(self.root, 0)

    def tasks(self) -> dict[UUID, tuple[Task, str]]:
        """Return all tasks there are, with their states."""
        with sight_of_everybody():
            found = Task.objects.select_related("matter")
            return {one.pk: (one, one.matter.state) for one in found.order_by("matter")}

    def step(self, code: str, pick: int, more: int) -> None:
        """Do one act by whoever may, and look at the whole tree."""
        tasks = list(self.tasks())
        task = tasks[pick % len(tasks)]
        try:
            with transaction.atomic():
                self.do(code, task, more)
            self.done[code] = self.done.get(code, 0) + 1
        except Refused as refused:
            self.look_at_refusal(code, task, refused)
        self.holds()

    def do(self, code: str, task: UUID, more: int) -> None:
        """Do an act as the side whose it is."""
        if code == "task.divide":
            self.divide(task, more)
            return
        giver, holder = self.sides(task)
        by_giver = code in ("task.reassign", "task.confirm", "task.send_back", "task.close", "task.withdraw")
        organs = list(HANDS)
        known: dict[str, dict[str, Any]] = {
            "task.reassign": {"holder": self.play.town.organs[organs[more % 3]].pk, "reason": "改派"},
            "task.report": {"text": "进展"},
            "task.complete": {"text": "完成"},
        }
        who = giver if by_giver else holder
        self.play.act(DAY, who, code, task, **known.get(code, {"reason": "理由"}))

    def divide(self, task: UUID, more: int) -> None:
        """Divide a task among one or two organs."""
        organs = ["executing", "rounds", "team"]
        chosen = {organs[more % 3], organs[more // 3 % 3]}
        rows = [
            {"holder": self.play.town.organs[one].pk, "title": "部分", "due_on": "2026-10-30"}
            for one in sorted(chosen)
        ]
        self.play.act(DAY, self.sides(task)[1], "task.divide", task, parts=rows)

    def sides(self, task: UUID) -> tuple[str, str]:
        """Return who acts for who gave it and for who holds it."""
        with sight_of_everybody():
            parties = Matter.objects.get(pk=task).parties.filter(until__isnull=True)
            organs = {one.role: one.organ.code for one in parties.select_related("organ")}
        return HANDS[organs["sender"]], HANDS[organs["handler"]]

    def look_at_refusal(self, code: str, task: UUID, refused: Refused) -> None:
        """What has no open part is never refused for its parts; what has one is refused by number."""
        assert all(fault.reason for fault in refused.faults)
        tasks = self.tasks()
        below = [tasks[one] for one in tasks if tasks[one][0].whole_id == task and tasks[one][1] not in ENDED]
        reasons = "".join(fault.reason for fault in refused.faults)
        if "尚未办结" in reasons or "still open" in reasons:
            assert below, f"{code} was refused for parts that are not open"
            assert any(one.matter.number in reasons for one, _state in below)

    def holds(self) -> None:
        """Nothing is ended above while a part is open below."""
        tasks = self.tasks()
        for task, state in tasks.values():
            if task.whole_id and state not in ENDED:
                above = tasks[task.whole_id][1]
                assert above not in (*ENDED, "reported"), f"{above} above {task.matter.number} ({state})"


def finish(run: Run) -> None:
    """End whatever is left, the lowest first: then the root can be closed, whatever was done before."""
    tasks = run.tasks()
    for task, state in sorted(tasks.values(), key=lambda one: -one[0].level):
        if task.pk == run.root or state in ENDED:
            continue
        run.do("task.withdraw", task.pk, 0)
    if run.tasks()[run.root][1] == "handling":
        run.do("task.complete", run.root, 0)
    if run.tasks()[run.root][1] == "reported":
        run.do("task.close", run.root, 0)
    assert run.tasks()[run.root][1] in ENDED


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_a_task_ends_only_after_all_its_parts_whatever_is_done(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        run = Run(Player(build()))
        for code, pick, more in steps:
            run.step(code, pick, more)
        finish(run)
        transaction.set_rollback(True)
