"""Who stands in and who hands over in the demonstration (演示：A、B角、请假、交接), as it is today."""

from __future__ import annotations

from datetime import datetime, timedelta

from guantong.demo.city import City
from guantong.demo.stage import Step, Story
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.acts.custody import TAKE_OVER
from guantong.kernel.organs import leave
from guantong.mechanisms.handovers.models import Item, What

PAIRS = (("qc.deputy", "qc.member"), ("qc.member", "qc.deputy"), ("qc.clerk", "qc.clerk2"),
         ("qc.first.a", "qc.first.b"), ("qc.first.b", "qc.first.a"))  # fmt: skip
AWAY, DAYS = "qc.member", 4
SUPERVISOR = "尹采薇"


def leaves(city: City) -> None:
    """Name the standing pairs, and let one leader be away from today on; his deputy acts for him."""
    for post, deputy in PAIRS:
        leave.pair(city.actor(post), city.posts[post], city.posts[deputy])
    today, away = clock.today(), city.posts[AWAY]
    until = today + timedelta(days=DAYS)
    leave.record_leave(city.actor(AWAY), away, today, until, leave.deputy_of(away, today))


def handovers(city: City, until: datetime) -> list[Story]:
    """One desk that was handed over this morning, and one whose list waits to be signed.

    Nothing happens after them: whoever handed over would have no say in what he held.
    """
    early = until - timedelta(minutes=25)
    done = _handover(city, early, "qc.second.a", "qc.second.head", "岗位调整，交接期间由室主任代管。")
    return [done, _listed(city, early, "qc.first.b", "qc.first.a", "抽调参加专项工作，期限六个月。")]


def _listed(city: City, when: datetime, post: str, successor: str, remarks: str) -> Story:
    data = {
        "post": str(city.posts[post].pk), "successor": str(city.posts[successor].officer_id),
        "supervisor": SUPERVISOR, "remarks": remarks,
    }  # fmt: skip
    yield Step(when, post, "handover.open", None, data)


def _handover(city: City, when: datetime, post: str, successor: str, remarks: str) -> Story:
    story = _listed(city, when, post, successor, remarks)
    found = yield next(story)
    taken = Step(when + timedelta(minutes=15), successor, "handover.take_over", found)
    enter(city.actor(successor).principals)
    taken.follows = {TAKE_OVER: Item.objects.filter(matter=found, what=What.CUSTODY).count()}
    yield taken
