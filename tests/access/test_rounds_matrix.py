"""Who may do and see what of an inspection round, against matrices written by hand (轮次权限对照表).

`rounds.csv`: depth of sight, and act x state x post, in the words of `matrix.csv`; `round_papers.csv`: steps
of its papers x post, in the words of `papers.csv`.
"""

from __future__ import annotations

import csv
from pathlib import Path
from uuid import UUID

import pytest

from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from support.play import Player, scan, uploads
from support.rounds import batch, gathered, opened, staff

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def office(play: Player) -> Player:
    return staff(play)


def rounds(play: Player) -> dict[str, UUID]:
    """Bring one round to each state; the leaders saw the list of each that has one."""
    made = {state: batch(play, 1)[0] for state in ("handed_over", "received", "fed_back", "closed")}
    for state in ("received", "fed_back", "closed"):
        with play.see("clerk"):
            clue = Matter.objects.get(kind="clue", state="sent", links_out__target=made[state]).pk
        play.act("2026-09-29", "clerk", "clue.return", clue, reason="不全")
        play.act("2026-09-29", "clerk", "round.receive", made[state])
    hands = ["clerk", "clerk_head", "deputy", "clerk"]
    for state in ("fed_back", "closed"):
        play.letter(["2026-09-30"] * 4, made[state], "round_feedback", hands)
    sides = {"handed_by": "白望舒", "taken_by": "沈若川"}
    play.done("2026-09-30", "clerk", "round.sign_list", made["closed"], **sides, files=uploads(scan=scan()))
    play.act("2026-09-30", "clerk", "round.close", made["closed"])
    made["open"] = opened(play)
    [clue] = gathered(play, made["open"], 1)
    texts = {"kind": "handover_list", "title": "清单", "addressee": "委", "body": "移交。"}
    play.act("2026-09-28", "inspector", "paper.draft", made["open"], **texts)
    paper = play.paper("inspector", made["open"], "handover_list")
    play.act("2026-09-28", "inspection_head", "paper.check", made["open"], paper=paper)
    made["withdrawn"] = opened(play)
    play.act("2026-09-28", "inspector", "round.withdraw", made["withdrawn"], reason="重复")
    return made


def test_the_matrices_name_every_act_state_and_paper_of_a_round(office: Player) -> None:
    rows = table("rounds.csv")
    acts = {act.code for act in registry.acts_of("round") if not act.creates and act.kind == "round"}
    states = set(kinds.get("round").states)
    assert {(row["what"], row["state"]) for row in rows} == {
        (what, state) for what in acts | {"sight"} for state in states
    }
    papers = {kind.code for kind in paper_kinds.all_kinds() if kind.matter == "round"}
    assert {row["kind"] for row in table("round_papers.csv")} == papers


def test_sight_and_acts_on_rounds_are_as_written(office: Player) -> None:
    made = rounds(office)
    for state, found in made.items():
        assert office.matter("inspector", found).state == state
    wrong = []
    rows = table("rounds.csv")
    for who in set(rows[0]) - {"what", "state"}:
        actor = office.town.actor(who)
        with office.see(who):
            for row in rows:
                said = seen(actor, made[row["state"]], row["what"])
                if said != row[who]:
                    wrong.append(f"{row['what']} {row['state']} by {who}: {row[who]}, platform {said}")
    assert not wrong, "\n".join(sorted(wrong))


def seen(actor: object, found: UUID, what: str) -> str:
    """Return depth, or what is missing for an act, in the words of the matrix; inside the actor's scope."""
    depths = Visibility.objects.filter(matter=found).values_list("depth", flat=True)
    depth = max(depths, default=0)
    if what == "sight":
        return str(depth)
    matter = Matter.objects.filter(pk=found).first()
    if matter is None:
        return "unseen"
    act = registry.get(what)
    parties = {one.role: one for one in Party.objects.filter(matter=found, until__isnull=True)}
    lacking = {one.what for one in missing(act, actor, matter, parties, depth, act.by)}  # type: ignore[arg-type]
    return "+".join(sorted(lacking, key=["capacity", "grant", "state"].index)) or "allow"


def test_steps_of_the_papers_of_a_round_are_as_written(office: Player) -> None:
    found, _clues = batch(office, 1)
    with office.see("clerk"):
        named = Party.objects.filter(matter=found, until__isnull=True).select_related("organ__body")
        parties = {one.role: one for one in named}
    wrong = []
    for row in table("round_papers.csv"):
        act, kind = registry.get(f"paper.{row['step']}"), paper_kinds.get(row["kind"])
        by = act.entitled(None, Subject(kind, None))  # type: ignore[arg-type]
        for who in set(row) - {"kind", "step"}:
            capacity = entitling(by, office.town.actor(who), parties)
            said = "no" if capacity is None else "records" if capacity.recorded else "yes"
            if said != row[who]:
                wrong.append(f"{row['kind']} {row['step']} by {who}: {row[who]}, platform {said}")
    assert not wrong, "\n".join(sorted(wrong))
