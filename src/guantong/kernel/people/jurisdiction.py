"""Who has jurisdiction over a person, by the measure's table (管辖; 监察法实施条例 Art. 169)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import get_language

from guantong.kernel.measures import engine
from guantong.kernel.measures.tables import Decision, Unknown
from guantong.kernel.organs.models import Organ, Post, Rank, Tier
from guantong.kernel.people.models import Authority, Subject

TIERS: dict[str, str] = {Tier.PREFECTURE: "city", Tier.COUNTY: "county"}


def heads_of(body: Any) -> QuerySet[Any, Any]:
    """Return the names of a body's principal heads (主要负责人), as a query. `body`: an id or expression."""
    posts = Post.objects.filter(Q(organ=body) | Q(organ__body=body), rank=Rank.PRINCIPAL)
    return posts.values_list("officer__name", flat=True)


def _is_of(body: Organ, unit: str) -> bool:
    """Return whether a unit, as a letter names it, is this body."""
    return any(name and name in unit for name in (body.name, body.short_name)) or unit in body.name


def heads_asked(body: Organ, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the names of a body's principal heads, asked for only where somebody is of the body itself."""
    return set(heads_of(body.pk)) if any(_is_of(body, row["unit"]) for row in rows) else set()


def is_head(body: Organ, row: Mapping[str, Any], heads: set[str]) -> bool:
    """Return whether a person, as a form names him, is a principal head of the body (本机关主要负责人)."""
    return row["name"] in heads and _is_of(body, row["unit"])


def jurisdiction(body: Organ, row: Mapping[str, Any], heads: set[str], on: date) -> Decision | Unknown | None:
    """Return what the jurisdiction table says of one person (管辖; GR-169)."""
    authority = row["authority"]
    outside = authority == Authority.OUTSIDE
    cadre = authority not in (Authority.UNKNOWN, Authority.NONE, Authority.OUTSIDE)
    return engine.decide(
        body.jurisdiction_id,
        on,
        "jurisdiction",
        {
            "arrival": "transfer",
            "tier": TIERS.get(body.jurisdiction.tier),
            "principal_head": is_head(body, row, heads),
            "authority": Authority.NONE.value if outside else authority,
            "supervised": cadre or (False if outside else None),
            "local": True,
            "several": False,
        },
    )


def handing_up(
    body: Organ, rows: Sequence[Mapping[str, Any]], on: date, heads: set[str] | None = None
) -> str:
    """Return why a report may not be entered with a body, or '' (检举控告工作规则 Art. 15).

    It belongs to the superior organ when it is about a cadre of the superior level or about the principal
    head of the body itself; then nothing of it may be kept there. The measure's table decides. `heads`: the
    body's principal heads, for who asks about many reports.
    """
    if heads is None:
        heads = heads_asked(body, rows)
    for row in rows:
        found = jurisdiction(body, row, heads, on)
        if isinstance(found, Decision) and found.outputs["outcome"] == "hand_up":
            return found.why.in_language(get_language())
    return ""


def whys_above(matters: Iterable[UUID], receiver: int, on: date) -> dict[UUID, str]:
    """Return for each matter that may not reach the body of `receiver` why not, in one query (GR-15)."""
    persons = Subject.objects.filter(matter__in=list(matters)).values(
        json=JSONObject(matter="matter", name="name", unit="unit", authority="authority")
    )
    organ = (
        Organ.objects.select_related("body__jurisdiction", "jurisdiction")
        .annotate(
            persons=ArraySubquery(persons),
            heads=ArraySubquery(heads_of(Coalesce(OuterRef("body_id"), OuterRef("pk")))),
        )
        .get(pk=receiver)
    )
    rows: dict[UUID, list[dict[str, str]]] = defaultdict(list)
    for one in organ.persons:
        rows[UUID(one["matter"])].append(one)
    body, heads = organ.body or organ, set(organ.heads)
    found = {matter: handing_up(body, named, on, heads) for matter, named in rows.items()}
    return {matter: why for matter, why in found.items() if why}


def why_above(matter: UUID, receiver: int, on: date) -> str:
    """Return why one matter may not reach the body of `receiver`, or ''."""
    return whys_above([matter], receiver, on).get(matter, "")
