"""What the platform says of an act, in the words of the hand-written matrices (权限对照表)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from guantong.kernel.acts import registry
from guantong.kernel.acts.entitlement import entitling, missing
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter, Party
from support.play import Player


def standing(play: Player, who: str, matter: UUID, code: str) -> str:
    """Return what the platform says, in the words of the matrix."""
    actor, act = play.town.actor(who), registry.get(code)
    with play.see(who):
        found = Matter.objects.filter(pk=matter).first()
        if found is None:
            return "unseen"
        parties = {
            one.role: one
            for one in Party.objects.filter(matter=matter, until__isnull=True).select_related("organ__body")
        }
        lacking = {one.what for one in missing(act, actor, found, parties, 3, act.by)}
        if lacking:
            return "+".join(sorted(lacking, key=["capacity", "state"].index))
        capacity = entitling(act.by, actor, parties)
        return "records" if capacity is not None and capacity.recorded else "allow"


def unlike(play: Player, table: Path, kind: str, made: Mapping[str, UUID]) -> list[str]:
    """Return where a matrix (act, state, then the posts) and the platform differ; it names all there is."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    acts = {act.code for act in registry.acts_of(kind) if act.kind == kind and not act.creates}
    assert {(row["act"], row["state"]) for row in rows} == {(act, state) for act in acts for state in made}
    assert set(made) == set(kinds.get(kind).states)
    return [
        f"{row['act']} in {row['state']} by {who}: matrix {row[who]}, platform {said}"
        for row in rows
        for who in list(row)[2:]
        if (said := standing(play, who, made[row["state"]], row["act"])) != row[who]
    ]
