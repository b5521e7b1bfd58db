"""Who may do and learn what of a task, against a matrix written by hand (交办权限)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.act import Subject
from guantong.mechanisms.tasks.models import Task
from guantong.mechanisms.tasks.queries import parts_of
from support.canaries import Crawler, Planted
from support.consistency import sight_of_everybody
from support.play import Player, at

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent
DAY = "2026-09-28"
OWN = {
    "title": "碧水惊秋", "text": "黄云凝暮", "progress": "败叶零乱", "reason of a contest": "洞户悄无",
    "reason of an extension": "宝钗落枕", "text of the letter": "人醉觉风", "remarks": "空庭雨断",
}  # fmt: skip
WITHIN = {name: word for name, word in OWN.items() if name not in ("remarks", "text")}
OTHER = {"title": "重阳渐近", "progress": "醉里题诗"}


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def given(play: Player, holder: str = "executing", **data: Any) -> UUID:
    """Let case supervision give a task."""
    said = {"title": OWN["title"], "text": OWN["text"], "due_on": "2026-11-30", **data}
    return play.act(DAY, "clerk", "task.give", None, holder=play.town.organs[holder].pk, **said)


def in_each_state(play: Player) -> dict[str, UUID]:
    """Return a task in each of its states."""
    made = {state: given(play) for state in kinds.get("task").states}
    play.act(DAY, "auditor", "task.contest", made["contested"], reason=OWN["reason of a contest"])
    play.act(DAY, "clerk", "task.withdraw", made["withdrawn"], reason="不办了")
    for state in ("handling", "reported", "closed"):
        play.act(DAY, "auditor", "task.accept", made[state])
    for state in ("reported", "closed"):
        play.act(DAY, "auditor", "task.complete", made[state], text=OWN["progress"])
    play.act(DAY, "clerk", "task.close", made["closed"], text=OWN["remarks"])
    return made


def lack(play: Player, who: str, task: UUID, code: str) -> str:
    """Return what the platform says is missing, in the words of the matrix."""
    with play.see(who):
        found = Matter.objects.filter(pk=task).first()
        if found is None:
            return "unseen"
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=task, until__isnull=True).select_related("organ__body")
        }
        act = registry.get(code)
        lacking = {one.what for one in missing(act, play.town.actor(who), found, parties, 3, act.by)}
    return "+".join(sorted(lacking, key=["capacity", "state"].index)) or "allow"


def test_acts_on_tasks_are_as_written(play: Player) -> None:
    made = in_each_state(play)
    rows = table("tasks.csv")
    acts = {act.code for act in registry.acts_of("task") if act.kind == "task" and not act.creates}
    assert {(row["act"], row["state"]) for row in rows} == {(act, state) for act in acts for state in made}
    wrong = [
        f"{row['act']} in {row['state']} by {who}: matrix {row[who]}, platform {said}"
        for row in rows
        for who in list(row)[2:]
        if (said := lack(play, who, made[row["state"]], row["act"])) != row[who]
    ]
    assert not wrong, "\n".join(wrong)


def test_steps_of_the_letters_are_as_written(play: Player) -> None:
    task = given(play)
    with play.see("clerk"):
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=task, until__isnull=True).select_related("organ__body")
        }
    rows = table("task_papers.csv")
    assert {row["kind"] for row in rows} == {
        kind.code for kind in paper_kinds.all_kinds() if kind.matter == "task"
    }
    for row in rows:
        kind = paper_kinds.get(row["kind"])
        by = registry.get(f"paper.{row['step']}").entitled(None, Subject(kind, None))  # type: ignore[arg-type]
        for who in list(row)[2:]:
            found = entitling(by, play.town.actor(who), parties)
            said = "no" if found is None else "records" if found.recorded else "yes"
            assert said == row[who], f"{row['kind']} {row['step']} by {who}"


def test_the_database_hides_a_task_from_everybody_else(play: Player) -> None:
    task = given(play)
    for who in ("handler", "inspector", "team_member", "county_clerk", "stranger", "deputy"):
        with play.see(who):
            assert not Task.objects.exists()
            assert parts_of([task]) == []


def planted(play: Player) -> tuple[UUID, UUID, UUID]:
    """Let a whole be divided between two organs, one of whose parts is full of canaries."""
    said = {"title": "统筹事项", "text": "牵头办理。", "due_on": "2026-11-30"}
    whole = play.act(
        DAY, "clerk", "task.give", None, holder=play.town.organs["supervision"].pk, field="audit", **said
    )
    rows = [
        {"holder": play.town.organs["executing"].pk, "title": OWN["title"], "due_on": "2026-10-30"},
        {"holder": play.town.organs["rounds"].pk, "title": OTHER["title"], "due_on": "2026-10-30"},
    ]
    play.act(DAY, "clerk", "task.divide", whole, parts=rows)
    with play.see("clerk"):
        first, second = [one.task for one in parts_of([whole])]
    play.act(DAY, "auditor", "task.contest", first, reason=OWN["reason of a contest"])
    play.act(DAY, "clerk", "task.confirm", first, reason="维持")
    play.act(
        DAY,
        "auditor",
        "task.request_extension",
        first,
        until="2026-11-10",
        reason=OWN["reason of an extension"],
    )
    play.act(DAY, "clerk", "task.approve_extension", first)
    play.act(DAY, "auditor", "task.report", first, text=OWN["progress"])
    play.act(DAY, "clerk", "paper.draft", first, kind="task_letter", title="函", addressee="科",
             body=OWN["text of the letter"])  # fmt: skip
    play.act(DAY, "inspector", "task.accept", second)
    play.act(DAY, "inspector", "task.report", second, text=OTHER["progress"])
    return whole, first, second


def words_of(play: Player, who: str, whole: UUID, part: UUID) -> set[str]:
    """Return which canaries of a part an account finds on pages, in papers and over the API."""
    crawler = Crawler(User.objects.get(username=who), Planted(part))
    with sight_of_everybody():
        papers = [str(pk) for pk in Matter.objects.get(pk=part).papers.values_list("pk", flat=True)]
    with clock.set_to(at("2026-10-14")):
        for address in (
            "/", "/tasks/", "/tasks/?side=given", "/tasks/?side=all&show=every", f"/matters/{part}/",
            f"/matters/{whole}/", f"/api/v1/matters/{part}", f"/api/v1/matters/{whole}", f"/chain/{part}/",
            "/papers/", f"/papers/{papers[0]}/", f"/papers/{papers[0]}/pdf/", f"/papers/{papers[0]}/docx/",
            "/calendar/", "/reminders/", *(f"/search/?q={word}" for word in WITHIN.values()),
        ):  # fmt: skip
            crawler.fetch(address)
        for code in ("task.accept", "task.close", "task.divide"):
            crawler.fetch(f"/matters/{part}/acts/{code}/", post={"happened_on": "2026-10-13"})
    assert not [one for one, status in crawler.statuses.items() if status >= 500]
    return {one.partition(" at ")[0] for one in crawler.where(WITHIN)}


def test_no_byte_of_another_s_part_reaches_who_divides_the_work_beside_it(play: Player) -> None:
    whole, first, _second = planted(play)
    for who in ("clerk", "auditor"):
        assert words_of(play, who, whole, first) == set(WITHIN), who
    for who in ("inspector", "handler", "team_member", "county_clerk", "audit_leader"):
        assert words_of(play, who, whole, first) == set(), who
