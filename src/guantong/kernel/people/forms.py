"""Rows that name persons in the form of any act (人员录入), and how they are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.acts.act import Deed
from guantong.kernel.acts.forms import suggested
from guantong.kernel.codes import CodeError
from guantong.kernel.people.codes import parse_id_number
from guantong.kernel.people.models import Authority, Subject


class SubjectForm(forms.Form):
    """One person concerned (被反映人)."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    unit = forms.CharField(
        label=gettext_lazy("Unit"), max_length=120, widget=suggested("units", **{"data-carry": ""})
    )
    post = forms.CharField(label=gettext_lazy("Post"), max_length=80, required=False)
    authority = forms.ChoiceField(
        label=gettext_lazy("Cadre authority"),
        choices=Authority.choices,
        required=False,
        initial=Authority.UNKNOWN,
    )
    id_number = forms.CharField(label=gettext_lazy("Identity number"), max_length=18, required=False)

    def clean_id_number(self) -> str:
        """Check form, birth date and check digit (GB 11643)."""
        value = self.cleaned_data["id_number"]
        if not value:
            return ""
        try:
            return parse_id_number(value, today=clock.today()).value
        except CodeError as error:
            raise ValidationError(str(error)) from error

    def clean_authority(self) -> str:
        """An authority left out is not known."""
        return self.cleaned_data["authority"] or Authority.UNKNOWN


def add_subjects(deed: Deed, rows: list[dict[str, Any]]) -> list[Subject]:
    """Write the persons concerned."""
    made = [
        Subject(
            matter=deed.matter,
            name=row["name"],
            id_number=row["id_number"],
            unit=row["unit"],
            post=row["post"],
            post_on=deed.happened_on if row["post"] else None,
            authority=row["authority"],
        )
        for row in rows
    ]
    deed.add(*made)
    return made
