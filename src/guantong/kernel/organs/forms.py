"""Fields that choose among organs (机构选择)."""

from __future__ import annotations

from collections.abc import Iterable
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
    known: dict[str, list[Organ]] | None = None
    default_error_messages = {
        "invalid_choice": gettext_lazy("There is no organ of this name here. Choose one from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organ.objects.select_related("body").filter(until__isnull=True), **kwargs)
        self.widget.attrs.update(list="organs", autocomplete="off")

    def to_python(self, value: Any) -> Organ | None:
        """Return the organ of this id, or the one of this full name."""
        if value in self.empty_values:
            return None
        text = str(value.pk if isinstance(value, Organ) else value).strip()
        known = self.known_among([text]) if self.known is None else self.known
        if len(known.get(text, ())) != 1:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return known[text][0]

    def known_among(self, values: Iterable[Any]) -> dict[str, list[Organ]]:
        """Return the organs that are meant by ids and names, by what was written; in one query."""
        texts = {str(value).strip() for value in values}
        ids = [int(text) for text in texts if text.isdecimal() and len(text) < len(str(2**63))]
        found: dict[str, list[Organ]] = {}
        for organ in self.queryset.filter(full_name_is(*texts) | Q(pk__in=ids)):  # type: ignore[union-attr]
            for text in texts & {str(organ.pk), organ.full_name}:
                found.setdefault(text, []).append(organ)
        return found


def current(queryset: QuerySet[Organ]) -> QuerySet[Organ]:
    """Keep the organs that exist today (现有机构)."""
    today = clock.today()
    return queryset.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
