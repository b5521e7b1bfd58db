"""Fields that choose among organs (机构选择)."""

from __future__ import annotations

from django import forms

from guantong.kernel.organs.models import Organ


class OrganField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among organs and departments, each named with its body (机构选择)."""

    def label_from_instance(self, obj: Organ) -> str:
        """Return body and department."""
        return obj.full_name
