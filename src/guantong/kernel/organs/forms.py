"""Fields that choose among organs (机构选择)."""

from __future__ import annotations

from django import forms
from django.db.models import Q, QuerySet

from guantong.kernel import clock
from guantong.kernel.organs.models import Organ


class OrganField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among organs and departments, each named with its body (机构选择)."""

    def label_from_instance(self, obj: Organ) -> str:
        """Return body and department."""
        return obj.full_name


def current(queryset: QuerySet[Organ]) -> QuerySet[Organ]:
    """Keep the organs that exist today (现有机构)."""
    today = clock.today()
    return queryset.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
