"""Forms of the guide to adoption (采用向导表单; CD-1.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.acts.forms import DateInput, PastDateField
from guantong.kernel.measures import engine
from guantong.kernel.measures.adopting import applying
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption, AdoptionDraft, MeasureVersion
from guantong.kernel.organs.models import Jurisdiction, Organ
from guantong.web.own_values_form import OWN, Line, SettingsForm
from guantong.web.wording import measure_label


class ChooseForm(forms.Form):
    """For which place, which measures, after whose model (选择地区与办法)."""

    jurisdiction = forms.ModelChoiceField(
        label=gettext_lazy("Jurisdiction"), queryset=Jurisdiction.objects.order_by("code")
    )
    pattern = forms.ModelChoiceField(
        label=gettext_lazy("Take over all of"),
        queryset=Jurisdiction.objects.none(),
        required=False,
        empty_label=gettext_lazy("no other place: begin with the measures as they stand"),
        help_text=gettext_lazy("Its measures, values with their reasons, and which organs fill which roles."),
    )
    versions = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Measures"),
        queryset=MeasureVersion.objects.order_by("measure", "-effective_on"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Not needed where another place's adoption is taken over."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        models = Jurisdiction.objects.filter(adoptions__until__isnull=True, adoptions__isnull=False)
        self.fields["versions"].label_from_instance = measure_label  # type: ignore[attr-defined]
        self.fields["pattern"].queryset = models.distinct().order_by("code")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Measures are given or taken over; each once, and none that is applied there already."""
        data = super().clean() or self.cleaned_data
        place, pattern, given = data.get("jurisdiction"), data.get("pattern"), data.get("versions")
        if self.errors or place is None:
            return data
        if pattern == place:
            self.add_error("pattern", _("A place is no model for itself. Choose another, or none."))
        versions = list(given or [one.measure_version for one in _adoptions_of(pattern)])
        names = [one.measure for one in versions]
        if not versions:
            self.add_error("versions", _("No measure is chosen. Tick one, or take over another place's."))
        if len(set(names)) < len(names):
            self.add_error("versions", _("Two versions of one measure are ticked. Leave one."))
        versions = [one for one in versions if given or applying(place, one.measure) is None]
        for one in versions:
            if applying(place, one.measure):
                self.add_error(
                    "versions",
                    _("%(place)s applies %(title)s already. Untick it; it is changed in the list.")
                    % {"place": place, "title": measure_label(one)},
                )
        if not versions and names:
            self.add_error("pattern", _("All that this place applies is applied there already."))
        self.chosen: list[MeasureVersion] = versions
        return data


def _adoptions_of(place: Jurisdiction | None) -> list[Adoption]:
    if place is None:
        return []
    rows = Adoption.objects.filter(jurisdiction=place, until__isnull=True).select_related("measure_version")
    return list(rows.order_by("measure_version__measure"))


def taken_over(pattern: Jurisdiction | None, versions: Sequence[MeasureVersion]) -> dict[str, str]:
    """Return what another place decided, as it would have been typed here (沿用样板参数)."""
    typed: dict[str, str] = {}
    wanted = {one.pk for one in versions}
    for adoption in _adoptions_of(pattern):
        if adoption.measure_version_id not in wanted:
            continue
        form = SettingsForm(stub(adoption.jurisdiction, adoption.measure_version))
        for key, value in adoption.settings.items():
            typed.update(_typed(form.lines[key], value))
            reason = adoption.decisions.get(key, {}).get("reason", "")
            said = _("As in %(place)s: %(reason)s") if reason else _("As in %(place)s")
            typed[f"{key}:reason"] = (said % {"place": pattern, "reason": reason})[:300]
    return typed


def _typed(line: Line, value: Any) -> dict[str, str]:
    code = json.dumps(value, sort_keys=True)
    if code in {one for one, _words in line.choices()}:
        return {line.field("choice"): code}
    found = {line.field("choice"): OWN}
    if isinstance(value, dict):
        [(unit, count)] = value.items()
        return {**found, line.field("number"): str(count), line.field("unit"): unit}
    return {**found, line.field("free"): str(value)}


def stub(place: Jurisdiction, version: MeasureVersion) -> Adoption:
    """Return an adoption that is not made yet, as the forms of values read one (拟采用)."""
    return Adoption(jurisdiction=place, measure_version=version, since=clock.today())


def settled(line: Line) -> bool:
    """Whether a setting is read in the text: one's own value may stand instead (已定参数)."""
    return not line.own.pending


def open_reading(line: Line) -> bool:
    """Whether a setting is still to be confirmed (待核)."""
    return line.own.pending


class RolesForm(forms.Form):
    """Which organ fills each role that none fills yet (角色绑定)."""

    def __init__(
        self, roles: Sequence[tuple[str, str]], organs: Sequence[Organ], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("nobody yet")), *((str(one.pk), one.full_name) for one in organs)]
        for role, name in roles:
            self.fields[role] = forms.ChoiceField(label=name, choices=choices, required=False)


class PublishForm(forms.Form):
    """From when, on trial or not, reviewed when, decided by whom (发布采用)."""

    decided_by = forms.CharField(
        label=gettext_lazy("Decided by"),
        max_length=60,
        help_text=gettext_lazy("Name of the leader or of the meeting that decided it."),
    )
    decided_on = PastDateField(label=gettext_lazy("Decided on"))
    since = forms.DateField(label=gettext_lazy("In force from"), widget=DateInput)
    on_trial = forms.BooleanField(label=gettext_lazy("On trial"), required=False)
    review_on = forms.DateField(
        label=gettext_lazy("Review on"),
        widget=DateInput,
        required=False,
        help_text=gettext_lazy("A month before, the administration begins to remind of it."),
    )

    def __init__(self, measures: Sequence[Measure], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = measures

    def clean_since(self) -> date:
        """From today on, and from no day on which a measure is not in force yet."""
        since: date = self.cleaned_data["since"]
        first = max([clock.today(), *(one.effective_on for one in self.measures)])
        if since < first:
            raise forms.ValidationError(
                _("A measure cannot be adopted from %(since)s. Give %(day)s or a later day.")
                % {"since": since, "day": first}
            )
        return since

    def clean(self) -> dict[str, Any]:
        """What is on trial is reviewed, and after it began."""
        data = super().clean() or self.cleaned_data
        since, review = data.get("since"), data.get("review_on")
        if data.get("on_trial") and not review and "review_on" not in self.errors:
            self.add_error("review_on", _("A trial ends with a review. Give its day."))
        if since and review and review <= since:
            self.add_error(
                "review_on", _("The review would come before anything is tried. Give a later day.")
            )
        return data


def versions_of(draft: AdoptionDraft) -> list[MeasureVersion]:
    """Return the versions chosen in a guide (所选版本)."""
    return list(MeasureVersion.objects.filter(pk__in=draft.versions).order_by("measure"))


def measures_of(versions: Sequence[MeasureVersion]) -> list[Measure]:
    """Return the measures of versions, as their files have them."""
    return [engine.measure_of(one.pk) for one in versions]
