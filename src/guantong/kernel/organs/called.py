"""What the measures call a body and its seats (称谓): 主任 of one is 组长 or 召集人 of another."""

from __future__ import annotations

from django.utils.translation import get_language

from guantong.kernel.measures.catalogue import shipped_measures
from guantong.kernel.measures.schema import BodyRule
from guantong.kernel.measures.text import Text
from guantong.kernel.organs.models import SeatRank


def said(text: Text) -> str:
    """Return a text of a measure in the reader's language."""
    return text.in_language(get_language())


def described() -> dict[str, BodyRule]:
    """Return the bodies the shipped measures describe, by kind (办法写明的机构)."""
    return {
        body.kind: body
        for measure in shipped_measures()
        for clause in measure.file.clauses
        for body in clause.bodies
    }


def kind_name(kind: str, otherwise: str = "") -> str:
    """Return what a kind of body is called; `otherwise` where no measure names it."""
    rule = described().get(kind)
    return said(rule.name) if rule else otherwise or kind


def seat_name(rank: str, kind: str) -> str:
    """Return what a seat on a kind of body is called (席位名称)."""
    rule = described().get(kind)
    named = {SeatRank.CHAIR: rule.chair, SeatRank.DEPUTY: rule.deputy} if rule else {}
    found = named.get(SeatRank(rank))
    return said(found) if found else str(SeatRank(rank).label)
