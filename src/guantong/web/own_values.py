"""Own values for an applied measure (本地参数; CD-1.2): form, preview, publication, withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.measures.governing import FIRST_DAY_COUNTS, REST_DAY_MOVES
from guantong.kernel.measures.local import Decided, before_it, revise, withdraw
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.problems import MeasureError
from guantong.web.own_values_form import Line, OwnValuesForm
from guantong.web.wording import measure_label

STEPS = ("preview", "edit", "publish")
EVERY_DATE = {REST_DAY_MOVES.code, FIRST_DAY_COUNTS.code}


@dataclass(frozen=True)
class Change:
    """What one decision changes (变更预览).

    `duties`: how many open ones keep the value so far; None where a duty does not hold the value.
    """

    line: Line
    decided: Decided
    duties: int | None

    @property
    def new(self) -> str:
        """The value decided, in words."""
        return self.line.said(self.decided.value)

    @property
    def confirms(self) -> bool:
        """Whether the value applied so far is confirmed."""
        return bool(self.decided.value == self.line.present.value)


@require_http_methods(["GET", "POST"])
def values(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Decide settings of an applied measure: choose, look at what changes, publish. Raises Http404."""
    adoption = get_object_or_404(
        Adoption.objects.select_related("jurisdiction", "measure_version"), pk=adoption_id
    )
    if adoption.until is not None:
        following = _following(adoption)
        if following is not None:
            messages.info(request, _("Other values are published already; they stand here."))
            return redirect("admin_values", following.pk)
    step = request.POST.get("step", "")
    if step == "withdraw":
        return _withdraw(request, adoption)
    if adoption.until is not None:
        return _page(request, adoption, None)
    form = OwnValuesForm(adoption, request.POST if step in STEPS else None)
    if step in ("preview", "publish") and form.is_valid():
        return _publish(request, adoption, form) if step == "publish" else _preview(request, adoption, form)
    return _page(request, adoption, form, status=422 if step in ("preview", "publish") else 200)


def _following(adoption: Adoption) -> Adoption | None:
    same = Adoption.objects.filter(
        jurisdiction=adoption.jurisdiction_id, measure_version__measure=adoption.measure_version.measure
    )
    return same.filter(since__gt=adoption.since).order_by("-since").first()


def _page(
    request: HttpRequest, adoption: Adoption, form: OwnValuesForm | None, status: int = 200
) -> HttpResponse:
    upcoming = adoption.since > clock.today()
    lines = OwnValuesForm(adoption).lines.values() if form is None else ()
    context = {
        "adoption": adoption,
        "form": form,
        "upcoming": upcoming,
        "withdrawable": upcoming and before_it(adoption) is not None,
        "decided": [line for line in lines if line.key in adoption.settings],
    }
    return render(request, "web/house/admin_values.html", context, status=status)


def _preview(request: HttpRequest, adoption: Adoption, form: OwnValuesForm) -> HttpResponse:
    changes = changes_of(adoption, form)
    kept = [(name, value) for name, value in request.POST.items() if name in form.fields and value]
    context = {"adoption": adoption, "form": form, "changes": changes, "kept": kept}
    return render(request, "web/house/admin_values_preview.html", context)


def changes_of(adoption: Adoption, form: OwnValuesForm) -> list[Change]:
    """Return what would change, each with how many open duties keep the value so far."""
    same_place = Adoption.objects.filter(jurisdiction=adoption.jurisdiction_id)
    own = same_place.filter(measure_version__measure=adoption.measure_version.measure)
    of_measure = duties_under(own.values_list("pk", flat=True))
    everywhere: dict[str, int] | None = None
    changes = []
    for key, decided in form.decided.items():
        line = form.lines[key]
        readers = form.published.read_by(line.clause.id, line.name)
        rules = [reader for reader in readers if "/" in reader]
        duties: int | None = sum(of_measure.get(rule, 0) for rule in rules) if rules else None
        if EVERY_DATE & set(readers):
            everywhere = everywhere or duties_under(same_place.values_list("pk", flat=True))
            duties = sum(everywhere.values())
        changes.append(Change(line, decided, duties))
    return changes


def duties_under(adoptions: Iterable[int]) -> dict[str, int]:
    """Count by rule the duties still owed that were born under these adoptions; for system administrators."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rule, duties FROM guantong_duties_under(%s)", [list(adoptions)])
        return {str(rule): int(number) for rule, number in cursor.fetchall()}


def _publish(request: HttpRequest, adoption: Adoption, form: OwnValuesForm) -> HttpResponse:
    since = form.cleaned_data["since"]
    try:
        revise(adoption, since, form.decided)
    except MeasureError as error:
        for problem in error.problems:
            form.add_error(None, f"{problem.reason} {problem.remedy}")
        return _page(request, adoption, form, status=422)
    lines = [(form.lines[key], decided) for key, decided in form.decided.items()]
    record(
        cast(User, request.user),
        "measure.decide",
        f"{adoption.jurisdiction}: {adoption.measure_version}",
        before={line.key: line.present.value for line, _decided in lines},
        after={"since": since, **{line.key: {"value": one.value, **one.record()} for line, one in lines}},
    )
    words = {"place": adoption.jurisdiction, "version": measure_label(adoption.measure_version), "day": since}
    messages.success(request, _("%(place)s applies %(version)s with these values from %(day)s.") % words)
    return redirect("admin_adoptions")


def _withdraw(request: HttpRequest, adoption: Adoption) -> HttpResponse:
    about = f"{adoption.jurisdiction}: {adoption.measure_version}"
    before: dict[str, Any] = {"since": adoption.since, **adoption.settings}
    try:
        present = withdraw(adoption)
    except MeasureError as error:
        messages.error(request, f"{error.problems[0].reason} {error.problems[0].remedy}")
        return redirect("admin_values", adoption.pk)
    record(cast(User, request.user), "measure.withdraw", about, before=before, after=dict(present.settings))
    messages.success(request, _("Withdrawn. The values so far go on."))
    return redirect("admin_values", present.pk)
