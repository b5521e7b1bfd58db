"""Tasks of the demonstration (演示交办事项): one audit matter unified and divided, at different stages."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from random import Random

from guantong.demo.stage import Diary, Stage, Step, Story
from guantong.mechanisms.tasks.queries import parts_of

WORKING_DAYS = 18
PARTS = [
    # holder, what, days given
    ("sj.executing", "核实预算执行审计发现的六类问题，提供取证材料", 20),
    ("yl.supervision", "督促云麓县有关部门整改，处理责任人员", 30),
    ("ll.supervision", "督促临岚县有关部门整改，处理责任人员", 12),
    ("xc.office", "将整改情况纳入本轮巡察监督重点", 60),
]


def unified(stage: Stage, begins: date) -> Story:
    """The liaison office unifies; one part is done, one late, one contested, one not accepted yet."""
    diary = Diary(Random(begins.toordinal()), begins)
    unifier, organs = "qc.liaison.head", stage.city.organs
    told = {
        "title": "市级预算执行审计发现问题整改",
        "text": "逐项核实审计报告所列问题，督促整改到位，涉嫌违纪违法的移送案件监督管理室。",
        "field": "audit",
        "due_on": (begins + timedelta(days=75)).isoformat(),
        "holder": organs["qc.liaison"].pk,
    }
    whole = yield Step(diary.now, unifier, "task.give", None, told)
    rows = [
        {"holder": organs[code].pk, "title": what, "due_on": (begins + timedelta(days=days)).isoformat()}
        for code, what, days in PARTS
    ]
    divide = Step(
        diary.later(1), unifier, "task.divide", whole, {"parts": rows}, find=_parts, follows={"task.part": 4}
    )
    audit, yunlu, linlan, _inspection = yield divide
    yield Step(diary.later(1), "sj.executing.a", "task.accept", audit)
    yield Step(diary.later(0), "ll.clerk", "task.accept", linlan)
    reason = {"reason": "涉及资金由市级部门管理，建议由市级监督检查部门办理。"}
    yield Step(diary.later(1), "yl.clerk", "task.contest", yunlu, reason)
    progress = {"text": "已核实四类问题，其余两类正在调取凭证。"}
    yield Step(diary.later(3), "sj.executing.a", "task.report", audit, progress)
    done = {"text": "六类问题均已核实，取证材料附后。"}
    yield Step(diary.later(4), "sj.executing.a", "task.complete", audit, done)
    yield Step(diary.later(1), unifier, "task.close", audit, {"text": "同意。"})


def _parts(whole: uuid.UUID) -> list[uuid.UUID]:
    return [part.task for part in parts_of([whole])]
