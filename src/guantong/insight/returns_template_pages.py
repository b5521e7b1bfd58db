"""Pages of the superior's templates (上级报表模板页面), and of a body's own cross-checks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guantong.insight import returns
from guantong.insight.models import Check, Template
from guantong.insight.returns import Cell
from guantong.insight.returns_filling import Named, check_template, fill, named_cells
from guantong.insight.returns_forms import MONTHLY, failing
from guantong.insight.returns_pages import (
    Asked,
    close_of,
    is_frozen,
    month_asked,
    own_checks,
    record_address,
)
from guantong.kernel import clock, counting
from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.journal.reading import note
from guantong.kernel.sheets.errors import SheetError
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post

KEEPERS = "case_supervision"
TEXTS = {"report_body": gettext_lazy("Reporting body"), "report_month": gettext_lazy("Reported month")}
"""Names of cells that take a text."""


def by_keepers(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let only case supervision change templates and checks."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if KEEPERS not in actor_of(request).roles:
            raise PermissionDenied(_("Templates and checks are kept by case supervision."))
        return view(request, *args, **kwargs)

    return in_post(guarded)


class TemplateForm(forms.Form):
    """Uploading a template (上传模板)."""

    name = forms.CharField(label=gettext_lazy("Name of the form"), max_length=120)
    file = forms.FileField(label=gettext_lazy("Excel file (.xlsx)"))

    def clean_file(self) -> Any:
        """Refuse what is no plain .xlsx."""
        upload = self.cleaned_data["file"]
        try:
            content = upload.read()
            check_template(content)
            found = named_cells(content)
        except SheetError as error:
            raise forms.ValidationError(f"{error.reason} {error.remedy}") from error
        if not found:
            raise forms.ValidationError(
                _("No cell of it bears a name that begins with clues_, duties_ or report_."
                  " Name the cells to be filled; the catalogue lists the names.")
            )  # fmt: skip
        self.content = content
        return upload


class CheckForm(forms.Form):
    """A cross-check of one's own (自定义校验): names on both sides, divided by spaces or commas."""

    label = forms.CharField(label=gettext_lazy("What is checked"), max_length=120)
    left = forms.CharField(label=gettext_lazy("Sum of these names"), max_length=2000)
    right = forms.CharField(label=gettext_lazy("is the sum of these"), max_length=2000)

    def clean_left(self) -> list[str]:
        """Return the names on the left."""
        return _known(self.cleaned_data["left"])

    def clean_right(self) -> list[str]:
        """Return the names on the right."""
        return _known(self.cleaned_data["right"])


def _known(text: str) -> list[str]:
    names = [name for name in re.split(r"[\s,，;；+]+", text) if name]
    for name in names:
        if returns.parse(name) is None:
            near = nearest(name)
            said = _(
                "There is no figure “%(name)s”. Write it as in the list above: what, source and period,"
                " joined by two underscores."
            ) % {"name": name}
            raise forms.ValidationError(
                said + (" " + _("Is %(near)s meant?") % {"near": near} if near else "")
            )
    return names


def nearest(name: str) -> str:
    """Return the known name most like one that is not known; '' where none is."""
    known = [*TEXTS, *(cell.name for cell in returns.catalogue())]
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.7)), "")


@in_post
@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: HttpRequest) -> HttpResponseBase:
    """List the templates of the reader's body; take a new one."""
    if request.method == "POST":
        return _upload(request)
    return _list(request, TemplateForm())


def _list(request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    found = (
        Template.objects.filter(body=actor.body_id).defer("content").select_related("uploaded_by__officer")
    )
    context = {"rows": found, "form": form, "may_keep": KEEPERS in actor.roles, "month": month_asked("")}
    return render(request, "insight/templates.html", context, status=status)


@by_keepers
def _upload(request: HttpRequest) -> HttpResponse:
    actor, form = actor_of(request), TemplateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, 422)
    given = {
        "file_name": form.cleaned_data["file"].name[:200],
        "content": form.content,
        "digest": sm3(form.content),
        "uploaded_at": clock.now(),
        "uploaded_by": actor.post,
    }
    kept, _made = Template.objects.update_or_create(
        body_id=actor.body_id, name=form.cleaned_data["name"], defaults=given
    )
    return redirect("template_fill", kept.pk)


def _own(request: HttpRequest, template_id: int) -> Template:
    return get_object_or_404(Template, pk=template_id, body=actor_of(request).body_id)


@by_keepers
@require_POST
def remove(request: HttpRequest, template_id: int) -> HttpResponse:
    """Remove a template; what was filled from it stays where it was sent."""
    _own(request, template_id).delete()
    return redirect("templates")


@dataclass(frozen=True)
class Line:
    """A named cell and what goes into it."""

    named: Named
    label: str = ""
    value: int | str | None = None
    frozen: bool = False
    url: str = ""
    near: str = ""


@in_post
@require_safe
def filling(request: HttpRequest, template_id: int) -> HttpResponse:
    """Show what goes into which cell, what is unknown, which checks fail; with `download` the file."""
    actor, template = actor_of(request), _own(request, template_id)
    month = month_asked(request.GET.get("month", ""))
    content = bytes(template.content)
    lines = _lines(actor, month, named_cells(content))
    values = {line.named.name: line.value for line in lines if line.value is not None}
    if request.GET.get("download"):
        note(actor, "export", detail=f"template {template.pk} {month:%Y-%m}", user_id=request.user.pk)
        return spreadsheet(fill(content, values), f"{template.name}-{month:%Y-%m}.xlsx")
    figures = {name: value for name, value in values.items() if isinstance(value, int)}
    context = {
        "template": template,
        "month": month,
        "lines": [line for line in lines if line.value is not None and not line.named.has_formula],
        "unknown": [line for line in lines if line.value is None],
        "formulas": [line for line in lines if line.named.has_formula and line.value is not None],
        "failing": failing(figures, own_checks(actor)),
        "may_keep": KEEPERS in actor.roles,
    }
    return render(request, "insight/filling.html", context)


def _lines(actor: Actor, month: date, named: list[Named]) -> list[Line]:
    cells = {one.name: cell for one in named if (cell := returns.parse(one.name))}
    texts = {
        "report_body": str(actor.organ.body or actor.organ),
        "report_month": f"{month.year}年{month.month}月",
    }
    frozen, counted = _figures(actor, month, cells)
    asked = Asked(MONTHLY, month, False)
    made = []
    for one in named:
        if one.name in texts:
            made.append(Line(one, str(TEXTS[one.name]), texts[one.name]))
        elif one.name in cells:
            value = frozen.get(one.name, counted.get(one.name, 0))
            url = record_address(one.name, asked)
            made.append(Line(one, cells[one.name].label, value, one.name in frozen, url))
        else:
            made.append(Line(one, near=nearest(one.name)))
    return made


def _figures(actor: Actor, month: date, cells: Mapping[str, Cell]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the figures that are frozen for the month, and the others as counted now."""
    close = close_of(actor, month)
    frozen = dict(close.figures) if close is not None and is_frozen(close) else {}
    rest = [cell for name, cell in cells.items() if name not in frozen]
    if not rest:
        return frozen, {}
    end = counting.month_end(month)
    return frozen, counting.values(returns.counted(actor, {end: rest})[end])


@in_post
@require_http_methods(["GET", "HEAD", "POST"])
def catalogue(request: HttpRequest) -> HttpResponseBase:
    """List every name there is with its meaning, and the body's own cross-checks; take a new one."""
    if request.method == "POST":
        return _add_check(request)
    return _catalogue(request, CheckForm())


def _catalogue(request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "parts": [
            (f"{about}_{one}", returns.measure_label(one), returns.MEANINGS[one])
            for about, measures in (("clues", returns.LEDGER), ("duties", returns.DEADLINES))
            for one in measures
        ],
        "texts": TEXTS.items(),
        "sources": [(source, returns.source_label(source)) for source in returns.SOURCES],
        "periods": returns.PERIODS.items(),
        "total": len(returns.catalogue()),
        "checks": Check.objects.filter(body=actor.body_id),
        "form": form,
        "may_keep": KEEPERS in actor.roles,
    }
    return render(request, "insight/catalogue.html", context, status=status)


@by_keepers
def _add_check(request: HttpRequest) -> HttpResponse:
    actor, form = actor_of(request), CheckForm(request.POST)
    if not form.is_valid():
        return _catalogue(request, form, 422)
    Check.objects.create(body_id=actor.body_id, made_by=actor.post, **form.cleaned_data)
    return redirect(reverse("figure_catalogue") + "#checks")


@by_keepers
@require_POST
def remove_check(request: HttpRequest, check_id: int) -> HttpResponse:
    """Remove a cross-check."""
    get_object_or_404(Check, pk=check_id, body=actor_of(request).body_id).delete()
    return redirect(reverse("figure_catalogue") + "#checks")


urlpatterns = [
    path("statistics/templates/", templates, name="templates"),
    path("statistics/templates/<int:template_id>/", filling, name="template_fill"),
    path("statistics/templates/<int:template_id>/remove/", remove, name="template_remove"),
    path("statistics/catalogue/", catalogue, name="figure_catalogue"),
    path("statistics/checks/<int:check_id>/remove/", remove_check, name="check_remove"),
]
