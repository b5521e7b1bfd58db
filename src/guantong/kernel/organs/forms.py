"""Fields that choose among organs (机构选择)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.organs.models import Organ, full_name_is


class OrganField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among organs and departments, each named with its body (机构选择)."""

    def label_from_instance(self, obj: Organ) -> str:
        """Return body and department."""
        return obj.full_name


class NamedOrganField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An organ written by its full name, with suggestions from the page's list (机构名称); or its id."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid_choice": gettext_lazy("There is no organ of this name here. Choose one from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organ.objects.select_related("body").filter(until__isnull=True), **kwargs)
        self.widget.attrs.update(list="organs", autocomplete="off")

    def to_python(self, value: Any) -> Organ | None:
        """Return the organ of this id, or the one of this full name."""
        text = str(value).strip() if isinstance(value, str) else ""
        if not text or text.isdigit():
            listed: Organ | None = super().to_python(text or value)
            return listed
        found: list[Organ] = list(Organ.objects.filter(full_name_is(text), until__isnull=True)[:2])
        if len(found) != 1:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found[0]


def current(queryset: QuerySet[Organ]) -> QuerySet[Organ]:
    """Keep the organs that exist today (现有机构)."""
    today = clock.today()
    return queryset.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
