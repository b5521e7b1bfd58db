"""Matters from which another arises (来源事项): who may name one, and in which of its states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext as _

from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Link, LinkKind, Matter


def add_origin(deed: Deed) -> None:
    """Link the new matter with the one its form names as `origin`, if any. Raises Refused.

    What may be named, its kind says (`begets`): what others published of real units is no origin.
    """
    wanted = deed.data.get("origin")
    if not wanted:
        return
    sight = Visibility.objects.filter(matter=wanted, principal__in=deed.actor.principals)
    depth = sight.aggregate(deepest=Max("depth"))["deepest"] or 0
    origin = Matter.objects.filter(pk=wanted).first()
    kind = kinds.get(origin.kind) if origin else None
    if (
        origin is None
        or kind is None
        or depth < kind.begets_at
        or origin.state not in kind.begets.get(deed.act.code, ())
    ):
        raise refuse(
            "origin",
            _("Nothing can arise from that matter, or you may not see it."),
            _("Start from the page of the report or the inspection round."),
        )
    deed.add(Link(source=deed.matter, target=origin, kind=LinkKind.ORIGIN))


def origin_named(data: Mapping[str, Any]) -> Matter | None:
    """Return the matter that the data name as `origin`, where the actor sees one (来源事项)."""
    try:
        origin = forms.UUIDField(required=False).clean(data.get("origin"))
    except forms.ValidationError:
        return None
    return Matter.objects.filter(pk=origin).first() if origin else None


def given_by(origin: Matter | None) -> dict[str, Any]:
    """Return what a form starts with that names a matter of origin."""
    return {"origin": origin.pk, **kinds.get(origin.kind).gives(origin)} if origin else {}
