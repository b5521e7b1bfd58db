"""Who may do and see what, against matrices written by hand (权限对照表).

`depth.csv`: state of a clue x post -> depth of sight. `matrix.csv`: act x state x post -> allow, or what
is missing: unseen (not even that there is such a clue), capacity, state, grant; who sees only a part and
lacks the capacity is not told of the state. `papers.csv`: steps of papers x post ("records": only what a
leader signed on paper). `creating.csv`: acts that make a matter.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.access.scope import scope
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Capacity, NotAllowed, Refused
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.organs.models import Officer, Organ, Post
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from support.play import Player
from support.town import SINCE, bind

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
REALLY_DONE = 31
"""Of the refusals in the matrix, every thirty-first is also tried for real."""


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def staffed(play: Player) -> Player:
    """The small town, with a colleague of the custodian and an enterprise's accountability department."""
    town = play.town
    town.organs["enterprise"] = Organ.objects.create(
        code="enterprise", name="清川水务集团有限公司", short_name="清川水务", kind="enterprise",
        jurisdiction=town.place, since=SINCE,
    )  # fmt: skip
    bind(town.organs["enterprise"], "enterprise")
    for who, organ in (("colleague", "first"), ("enterprise", "enterprise")):
        officer = Officer.objects.create(name=who, staff_number=who)
        town.posts[who] = Post.objects.create(
            officer=officer, organ=town.organs[organ], title="职员", rank="staff", since=SINCE
        )
    return play


def clues(play: Player) -> dict[str, UUID]:
    """Bring one clue to each state."""
    made = {"drafted": play.drafted()}
    steps = (
        "sent", "returned", "received", "assignment_proposed", "assigned", "accepted", "handling_proposed",
        "handling", "paused", "concluded", "closed", "forwarded", "merged",
    )  # fmt: skip
    for state in steps:
        made[state] = play.sent(play.drafted())
        bring(play, made[state], state, other=made.get("received"))
    made["withdrawn"] = play.drafted()
    play.act("2026-09-29", "auditor", "clue.withdraw", made["withdrawn"], reason="不再移送")
    return made


def bring(play: Player, clue: UUID, state: str, other: UUID | None) -> None:
    """Bring a sent clue to a state, by the shortest way."""
    day = "2026-09-30"
    if state == "sent":
        return
    if state == "returned":
        play.act(day, "clerk", "clue.return", clue, reason="不全")
        return
    play.act(day, "clerk", "clue.receive", clue)
    if state == "merged" and other:
        number = play.matter("clerk", other).number
        play.act(day, "clerk", "clue.merge", clue, other=number, reason="同一事")
    if state == "forwarded":
        to = play.town.organs["county_commission"].pk
        play.act(day, "clerk", "clue.forward", clue, to=to, reason="县管")
    if state in ("received", "merged", "forwarded"):
        return
    custodian = play.town.posts["handler"].officer_id
    way: list[tuple[str, str, str, dict[str, Any]]] = [
        ("assignment_proposed", "clerk", "clue.propose_assignment",
         {"handler": play.town.organs["first"].pk, "reason": "按分工"}),
        ("assigned", "deputy", "clue.approve_assignment", {}),
        ("accepted", "handler_head", "clue.accept", {"custodian": custodian}),
        ("handling_proposed", "handler", "clue.propose_handling", {"way": "verify", "plan": "方案"}),
        ("handling", "deputy", "clue.approve_handling", {}),
        ("paused", "handler", "clue.pause", {"awaited_from": "银行", "reason": "调取"}),
        ("concluded", "handler", "clue.conclude", {"result": "closed", "text": "不实"}),
    ]  # fmt: skip
    for reached, who, code, data in way:
        if reached == "paused" and state != "paused":
            continue
        play.act(day, who, code, clue, **data)
        if reached == state:
            return
    play.answered(clue, day)


def correcting() -> tuple[Capacity, ...]:
    """Return who may correct the facts of a clue."""
    return kinds.get("clue").correctables["received_on"].by


class Eyes:
    """What one post sees of one clue, read once, and what it lacks for each act."""

    def __init__(self, play: Player, who: str, clue: UUID) -> None:
        self.actor = play.town.actor(who)
        self.depth = 0
        with play.see(who):
            self.matter = Matter.objects.filter(pk=clue).first()
            if self.matter is None:
                return
            depths = Visibility.objects.filter(matter=clue, principal__in=self.actor.principals)
            self.depth = max(depths.values_list("depth", flat=True))
            self.parties = {one.role: one for one in Party.objects.filter(matter=clue, until__isnull=True)}
            self.detail = kinds.get("clue").load(self.matter)

    def lack(self, code: str) -> str:
        """Return what the platform says is missing, in the words of the matrix."""
        if self.matter is None:
            return "unseen"
        act = registry.get(code)
        by = correcting() if code == "matter.correct" else act.entitled(self.matter, self.detail)
        found = missing(act, self.actor, self.matter, self.parties, self.depth, by)
        ordered = sorted({one.what for one in found}, key=["capacity", "grant", "state"].index)
        return "+".join(ordered) or "allow"


def test_the_matrices_name_every_act_state_and_post(staffed: Player) -> None:
    acts = {row["act"] for row in table("matrix.csv")}
    here = {act.code for act in registry.acts_of("clue") if not act.creates and act.kind == "clue"}
    assert acts == here | {"matter.correct", "matter.archive"}
    states = set(kinds.get("clue").states)
    assert {row["state"] for row in table("depth.csv")} == states
    assert {(row["act"], row["state"]) for row in table("matrix.csv")} == {
        (act, state) for act in acts for state in states
    }
    assert set(table("depth.csv")[0]) - {"state"} == set(staffed.town.posts)
    creating = {act.code for act in registry.all_acts() if act.creates}
    assert {row["act"] for row in table("creating.csv")} == creating
    letters = {kind.code for kind in paper_kinds.all_kinds() if kind.matter == "clue"}
    assert {row["kind"] for row in table("papers.csv")} == letters


def test_depths_acts_and_states_are_as_written(staffed: Player) -> None:
    made = clues(staffed)
    for state, clue in made.items():
        assert staffed.matter("auditor", clue).state == state
    eyes = {
        (who, state): Eyes(staffed, who, clue) for who in staffed.town.posts for state, clue in made.items()
    }
    wrong = [
        f"{row['state']} seen by {who}: matrix {row[who]}, platform {eyes[who, row['state']].depth}"
        for row in table("depth.csv")
        for who in staffed.town.posts
        if str(eyes[who, row["state"]].depth) != row[who]
    ]
    tried = 0
    for row in table("matrix.csv"):
        for who in staffed.town.posts:
            said = eyes[who, row["state"]].lack(row["act"])
            if said != row[who]:
                wrong.append(f"{row['act']} in {row['state']} by {who}: matrix {row[who]}, platform {said}")
            tried += row[who] != "allow"
            if row[who] != "allow" and tried % REALLY_DONE == 0:
                wrong += _tried(eyes[who, row["state"]].actor, row["act"], made[row["state"]])
    assert not wrong, "\n".join(wrong)


def _tried(actor: Actor, code: str, clue: UUID) -> list[str]:
    """Do for real what the matrix refuses."""
    data = {"happened_on": "2026-09-30", "reason": "理由", "fact": "received_on", "value": "2026-09-30"}
    what = f"{code} by {actor.capacity}"
    try:
        with scope(actor):
            perform(code, actor, clue, data)
    except NotAllowed as refused:
        told = all(fault.reason and fault.remedy for fault in refused.faults)
        return [] if told else [f"{what} is refused without reason or remedy"]
    except Refused as refused:
        return [f"{what} is refused for another reason: {refused}"]
    return [f"{what} was done"]


def test_steps_of_papers_are_as_written(staffed: Player) -> None:
    clue = clues_one(staffed)
    wrong = []
    with staffed.see("clerk"):
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=clue, until__isnull=True).select_related("organ__body")
        }
    for row in table("papers.csv"):
        act, kind = registry.get(f"paper.{row['step']}"), paper_kinds.get(row["kind"])
        by = act.entitled(None, Subject(kind, None))  # type: ignore[arg-type]
        for who in staffed.town.posts:
            found = entitling(by, staffed.town.actor(who), parties)
            said = "no" if found is None else "records" if found.recorded else "yes"
            if said != row[who]:
                wrong.append(f"{row['kind']} {row['step']} by {who}: matrix {row[who]}, platform {said}")
    assert not wrong, "\n".join(wrong)


def clues_one(play: Player) -> UUID:
    """Return a clue in handling, which has every party."""
    clue = play.sent(play.drafted())
    bring(play, clue, "handling", other=None)
    return clue


def test_who_may_begin_what_is_as_written(staffed: Player) -> None:
    wrong = []
    for row in table("creating.csv"):
        for who in staffed.town.posts:
            actor = staffed.town.actor(who)
            with pytest.raises(Refused) as refused, scope(actor):
                perform(row["act"], actor, None, {"happened_on": "2026-01-01"})
            said = "no" if isinstance(refused.value, NotAllowed) else "yes"
            if said != row[who]:
                wrong.append(f"{row['act']} by {who}: matrix {row[who]}, platform {said}")
    assert not wrong, "\n".join(wrong)


def test_who_holds_no_post_acts_in_none(staffed: Player) -> None:
    from guantong.kernel.access.actors import actor_for

    officer = Officer.objects.create(name="离任人员", staff_number="gone")
    assert actor_for(officer.pk) is None
