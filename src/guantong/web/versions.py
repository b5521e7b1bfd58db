"""Version and review of an applied measure (办法版本更替与评估; CD-1.2): what changes, what stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.acts.forms import DateInput
from guantong.kernel.measures import engine
from guantong.kernel.measures.adopting import change_version, going_on
from guantong.kernel.measures.local import DAY
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.measures.rules import Rule
from guantong.web.own_values import duties_under
from guantong.web.wording import (
    STARTS,
    event_label,
    holder_label,
    listed,
    measure_label,
    period_label,
    said,
    setting_label,
)


class ChangeForm(forms.Form):
    """To which version, from when (换用版本)."""

    version = forms.ModelChoiceField(label=gettext_lazy("Version"), queryset=MeasureVersion.objects.none())
    since = forms.DateField(label=gettext_lazy("From"), widget=DateInput)

    def __init__(self, adoption: Adoption, data: Any = None) -> None:
        super().__init__(data, initial={"since": max(clock.today(), adoption.since) + DAY})
        others = MeasureVersion.objects.filter(measure=adoption.measure_version.measure)
        self.fields["version"].queryset = others.exclude(  # type: ignore[attr-defined]
            pk=adoption.measure_version_id
        ).order_by("-effective_on")
        self.fields["version"].label_from_instance = measure_label  # type: ignore[attr-defined]


class ReviewForm(forms.Form):
    """What a review decided (评估结论): whether the trial goes on, and when to look again."""

    reviewed_by = forms.CharField(label=gettext_lazy("Decided by"), max_length=60)
    on_trial = forms.BooleanField(label=gettext_lazy("On trial"), required=False)
    review_on = forms.DateField(label=gettext_lazy("Next review on"), widget=DateInput, required=False)

    def clean(self) -> dict[str, Any]:
        """A trial that goes on is looked at again, on a day to come."""
        data = super().clean() or self.cleaned_data
        review: date | None = data.get("review_on")
        if data.get("on_trial") and not review and "review_on" not in self.errors:
            self.add_error("review_on", _("A trial ends with a review. Give its day."))
        if review and review <= clock.today():
            self.add_error("review_on", _("The next review lies ahead. Give a later day."))
        return data


@dataclass(frozen=True)
class Difference:
    """One thing that another version has otherwise (版本差异); `old` or `new` empty: it is new, or gone."""

    clause: str
    what: str
    old: str
    new: str
    duties: int = 0


@require_http_methods(["GET", "POST"])
def version(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Show what another version changes and which open duties stay; change it, or record a review."""
    adoption = get_object_or_404(
        Adoption.objects.select_related("jurisdiction", "measure_version"), pk=adoption_id, until__isnull=True
    )
    step = request.POST.get("step", "")
    change = ChangeForm(adoption, request.POST if step in ("look", "change") else None)
    review = ReviewForm(
        request.POST if step == "review" else None,
        initial={"on_trial": adoption.on_trial, "review_on": adoption.review_on},
    )
    looked: dict[str, Any] = {}
    if step == "review" and review.is_valid():
        return _review(request, adoption, review.cleaned_data)
    if step in ("look", "change") and change.is_valid():
        if step == "change" and (answer := _change(request, adoption, change)):
            return answer
        looked = _look(adoption, change.cleaned_data["version"])
    wrong = bool(change.errors or review.errors)
    context = {"adoption": adoption, "change": change, "review": review, **looked}
    return render(request, "web/house/admin_version.html", context, status=422 if wrong else 200)


def _look(adoption: Adoption, to: MeasureVersion) -> dict[str, Any]:
    old, new = engine.measure_of(adoption.measure_version_id), engine.measure_of(to.pk)
    same = Adoption.objects.filter(
        jurisdiction=adoption.jurisdiction_id, measure_version__measure=adoption.measure_version.measure
    )
    open_ = duties_under(same.values_list("pk", flat=True))
    kept = going_on(new, adoption.settings)
    lost = [key.partition("/") for key in adoption.settings if key not in kept]
    return {
        "to": to,
        "differences": list(_differences(old, new, open_)),
        "open": sum(open_.values()),
        "kept": len(kept),
        "lost": [
            (clause, said(old.clauses[clause].settings[name].label),
             setting_label(old, clause, name, adoption.settings[f"{clause}/{name}"]))
            for clause, _slash, name in lost
        ],
    }  # fmt: skip


def _differences(old: Measure, new: Measure, open_: dict[str, int]) -> Iterator[Difference]:
    """Give what differs, clause by clause: texts, settings, rules (版本差异)."""
    before, after = _parts(old), _parts(new)
    for clause, code, what in dict.fromkeys([*after, *before]):
        one, other = before.get((clause, code, what), ""), after.get((clause, code, what), "")
        if one != other:
            yield Difference(clause, what, one, other, open_.get(f"{clause}/{code}", 0))


def _parts(measure: Measure) -> dict[tuple[str, str, str], str]:
    """Everything of a measure that is compared, in words: by clause, code of a rule if any, and name."""
    found: dict[tuple[str, str, str], str] = {}
    for clause in measure.file.clauses:
        found[clause.id, "", _("text")] = f"{said(clause.title)}: {said(clause.text)}"
        for name, setting in clause.settings.items():
            label = setting_label(measure, clause.id, name, setting.value)
            found[clause.id, "", said(setting.label)] = label
    for rule in measure.rules:
        found[rule.clause, rule.code.partition("/")[2], said(rule.name)] = _rule(rule)
    return found


def _rule(rule: Rule) -> str:
    parts = [
        holder_label(rule.holder),
        period_label(rule),
        str(STARTS.get(rule.start, rule.start)),
        listed(event_label(one) for one in sorted(rule.on)),
        listed(event_label(one) for one in sorted(rule.discharged_by)),
    ]
    return _("; ").join(part for part in parts if part)


def _change(request: HttpRequest, adoption: Adoption, form: ChangeForm) -> HttpResponse | None:
    to, since = form.cleaned_data["version"], form.cleaned_data["since"]
    try:
        made = change_version(adoption, to, since)
    except MeasureError as error:
        for problem in error.problems:
            form.add_error(None, f"{problem.reason} {problem.remedy}")
        return None
    record(
        cast(User, request.user),
        "measure.version",
        f"{adoption.jurisdiction}: {to}",
        before={"version": adoption.measure_version.version, **adoption.settings},
        after={"version": to.version, "since": since, **made.settings},
    )
    words = {"place": adoption.jurisdiction, "version": measure_label(to), "day": since}
    messages.success(request, _("%(place)s applies %(version)s from %(day)s.") % words)
    return redirect("admin_adoptions")


def _review(request: HttpRequest, adoption: Adoption, data: dict[str, Any]) -> HttpResponse:
    before = {"on_trial": adoption.on_trial, "review_on": adoption.review_on}
    adoption.on_trial, adoption.review_on = data["on_trial"], data["review_on"]
    adoption.save(update_fields=["on_trial", "review_on"])
    about = f"{adoption.jurisdiction}: {adoption.measure_version}"
    record(cast(User, request.user), "measure.review", about, before=before, after=data)
    messages.success(request, _("Recorded: %(row)s") % {"row": about})
    return redirect("admin_adoptions")
