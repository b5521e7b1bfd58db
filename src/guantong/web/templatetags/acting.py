"""Template tags of the pages of matters (事项页标签)."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.matters.kinds import MatterKind
from guantong.kernel.organs.models import LEADERS, Organ, Post
from guantong.web.matter import clause_url
from guantong.web.timeline import amount
from guantong.web.wording import measure_label

register = template.Library()
register.filter(measure_label)


@register.simple_tag
def clause_link(clause: str) -> SafeString:
    """Render a clause's id, linked to where it stands (条款编号)."""
    url = clause_url(clause)
    if not url:
        return format_html('<span class="gt-clause">{}</span>', clause)
    return format_html('<a class="gt-clause" href="{}">{}</a>', url, clause)


@register.simple_tag
def known_units() -> list[str]:
    """Return the names of the bodies that exist today, to be suggested where a unit is written (单位名称)."""
    today = clock.today()
    bodies = Organ.objects.filter(Q(until__isnull=True) | Q(until__gte=today), parent__isnull=True)
    return list(bodies.order_by("-kind", "name").values_list("name", flat=True))


@register.simple_tag
def known_organs() -> list[str]:
    """Return the full names of bodies and departments that exist today, to be suggested (机构全称)."""
    today = clock.today()
    there = Organ.objects.filter(Q(until__isnull=True) | Q(until__gte=today)).select_related("body")
    return [organ.full_name for organ in there.order_by("jurisdiction", "body__name", "name")]


@register.simple_tag
def known_leaders(actor: Actor) -> list[str]:
    """Return the leaders of the actor's body, to be suggested where one of them signed paper (领导姓名)."""
    today = clock.today()
    leading = Post.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today),
        Q(organ=actor.body_id) | Q(organ__body=actor.body_id),
        since__lte=today,
        rank__in=LEADERS,
    )
    return list(dict.fromkeys(leading.order_by("pk").values_list("officer__name", flat=True)))


@register.filter
def party_label(kind: MatterKind, role: str) -> str:
    """Return what a party is called in matters of this kind (当事方称谓)."""
    return kind.party_label(role)


@register.filter
def item(mapping: dict[str, Any] | None, key: str) -> Any:
    """Return what a mapping holds under a key, or None."""
    return (mapping or {}).get(key)


@register.filter
def yuan(value: Any) -> str:
    """Word an amount with thousands parted (金额)."""
    return "" if value is None else amount(value)


@register.filter
def megabytes(size: int) -> str:
    """Word a file's size."""
    return f"{max(1, size // 1024)} KB" if size < 2**20 else f"{size / 2**20:.1f} MB"
