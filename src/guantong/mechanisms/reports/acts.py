"""What can be done with a report (报告的行为; CZ-3.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.forms import ActForm, AmountField, LongTextField, PastDateField, RowsField
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.mechanisms.reports import lifecycle
from guantong.mechanisms.reports.models import Finding, Report, ReportKind

AUTHORS = ("audit_team", "audit_executing_department", "inspection_office")


class FindingForm(forms.Form):
    """One problem found (发现问题)."""

    category = forms.CharField(label=gettext_lazy("Category"), max_length=80)
    summary = LongTextField(label=gettext_lazy("Summary"), rows=2)
    amount = AmountField(label=gettext_lazy("Amount in yuan"), required=False)


class RegisterReportForm(ActForm):
    """A report and its findings (报告登记)."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    unit = forms.CharField(label=gettext_lazy("Unit under oversight"), max_length=200)
    period = forms.CharField(label=gettext_lazy("Period covered"), max_length=80, required=False)
    findings = RowsField(FindingForm, label=gettext_lazy("Findings"), least=1)


@register
class RegisterReport(Act):
    """Record a report with its findings (登记报告与发现问题)."""

    code = "report.register"
    label = gettext_lazy("Record a report")
    kind = "report"
    leads_to = lifecycle.OPEN
    by = tuple(Capacity(role=role) for role in AUTHORS)
    clauses = ("CZ-3.5",)
    asks = RegisterReportForm

    def do(self, deed: Deed) -> None:
        """Keep it with its authors and the executing department of their bureau."""
        data, organ = deed.data, deed.actor.organ
        body = organ.body or organ
        number = next_number(body.pk, "report", deed.happened_on.year)
        deed.matter.number = f"{body.number_prefix}报〔{deed.happened_on.year}〕{number}号"
        deed.matter.title = data["title"]
        inspection = "inspection_office" in deed.actor.roles
        report = Report(
            matter=deed.matter,
            kind=ReportKind.INSPECTION if inspection else ReportKind.AUDIT,
            unit=data["unit"],
            period=data["period"],
            issued_on=deed.happened_on,
            year=deed.happened_on.year,
            source_name=body.name,
        )
        deed.add(report, *findings_of(report, data["findings"], first=1))
        deed.name_party(PartyRole.AUTHOR, organ.pk, officer_id=deed.actor.officer.pk)
        deed.grant(organ.pk, Depth.FULL, "author")
        executing = _executing(deed, body.pk)
        deed.name_party(PartyRole.EXECUTING, executing)
        if executing != organ.pk:
            deed.grant(executing, Depth.FULL, "executing department (CZ-3.5)")
        words = [data["title"], data["unit"], *(row["summary"] for row in data["findings"])]
        deed.index(Depth.FULL, words, [data["unit"], deed.matter.number])


def _executing(deed: Deed, body_id: int) -> int:
    place = deed.matter.jurisdiction_id
    found = engine.organ_bound("audit_executing_department", place, deed.happened_on, body_id)
    return found if found is not None else deed.actor.organ.pk


def findings_of(report: Report, rows: list[dict[str, Any]], *, first: int) -> list[Finding]:
    """Return the rows of findings, numbered from `first`."""
    return [
        Finding(
            report=report,
            position=position,
            category=row["category"],
            summary=row["summary"],
            amount=row["amount"],
        )
        for position, row in enumerate(rows, start=first)
    ]


class ReportAct(Act):
    """An act on a report that exists."""

    kind = "report"
    by = lifecycle.BY_AUTHOR
    leads_from = frozenset({lifecycle.OPEN, lifecycle.CONCLUDED})
    clauses = ("CZ-3.5",)

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Report:
        """Load the report."""
        return lifecycle.load(matter)


class AddFindingForm(ActForm, FindingForm):
    """One more finding."""


@register
class AddFinding(ReportAct):
    """Add a finding (补充发现问题)."""

    code = "report.add_finding"
    label = gettext_lazy("Add a finding")
    asks = AddFindingForm

    def do(self, deed: Deed) -> None:
        """It gets the next number."""
        count = Finding.objects.filter(report=deed.detail).count()
        deed.add(*findings_of(deed.detail, [deed.data], first=count + 1))


class _FindingChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Finding) -> str:
        return f"{obj.position}. {obj.summary[:80]}"


class ConcludeForm(ActForm):
    """The concluding opinion on findings (结论性意见)."""

    happened_on = PastDateField(label=gettext_lazy("Submitted on"))
    findings = _FindingChoice(
        Finding.objects.none(),
        label=gettext_lazy("Findings to be transferred"),
        widget=forms.CheckboxSelectMultiple,
    )
    concluded_on = PastDateField(
        label=gettext_lazy("Date of the concluding opinion"),
        help_text=gettext_lazy("The 10 working days for the transfer count from it."),
    )
    opinion = LongTextField(label=gettext_lazy("Concluding opinion"))

    def __init__(self, *args: Any, findings: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if findings is not None:
            self.fields["findings"].queryset = findings  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The opinion's date does not lie after its submission."""
        cleaned = super().clean()
        concluded, on = cleaned.get("concluded_on"), cleaned.get("happened_on")
        if concluded and on and concluded > on:
            self.add_error(
                "concluded_on",
                _("%(concluded)s lies after the submission on %(on)s. One of the two is wrong.")
                % {"concluded": concluded, "on": on},
            )
        return cleaned


@register
class ConcludeFindings(ReportAct):
    """Reach the concluding opinion: findings to be transferred (形成结论性意见; CZ-3.5)."""

    code = "report.conclude"
    label = gettext_lazy("Concluding opinion")
    leads_to = lifecycle.CONCLUDED
    asks = ConcludeForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the findings not yet decided."""
        return {"findings": Finding.objects.filter(report=detail, transfer__isnull=True)}

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose today as the opinion's date."""
        return {"concluded_on": clock.today()}

    def do(self, deed: Deed) -> None:
        """The duty to transfer begins on the opinion's date."""
        data = deed.data
        chosen = list(data["findings"])
        if not chosen:
            raise refuse("findings", _("No finding is chosen."), _("Choose at least one."))
        for finding in chosen:
            deed.change(finding, transfer=True, opinion=data["opinion"], concluded_on=data["concluded_on"])
        deed.facts["concluded_on"] = data["concluded_on"]
        deed.matter.happened_on = min(deed.matter.happened_on, data["concluded_on"])


class PublishedFindingForm(FindingForm):
    """A finding as it was published (已公布的问题)."""

    period = forms.CharField(label=gettext_lazy("Period of the finding"), max_length=80, required=False)
    rectification = LongTextField(label=gettext_lazy("Rectification published"), rows=2, required=False)
    transferred_note = forms.CharField(
        label=gettext_lazy("Transfer as published"), max_length=80, required=False
    )
    import_key = forms.CharField(max_length=80, widget=forms.HiddenInput)


class MorePublishedForm(ActForm):
    """Further published findings of a report (补充导入)."""

    findings = RowsField(PublishedFindingForm, label=gettext_lazy("Findings"), least=1)
    file = forms.CharField(label=gettext_lazy("Imported from the file"), max_length=200, required=False)


class PublishedForm(MorePublishedForm):
    """A report as an institution published it (公告导入)."""

    source_name = forms.CharField(label=gettext_lazy("Source organ"), max_length=120)
    title = forms.CharField(label=gettext_lazy("Announcement"), max_length=200)
    unit = forms.CharField(label=gettext_lazy("Unit under oversight"), max_length=200)
    year = forms.IntegerField(label=gettext_lazy("Year of publication"), min_value=1990)
    issued_on = PastDateField(label=gettext_lazy("Issued on"), required=False)

    def clean_year(self) -> int:
        """Nothing has been published in a year to come."""
        year: int = self.cleaned_data["year"]
        if year > clock.today().year:
            raise forms.ValidationError(_("The year %(year)s has not come yet.") % {"year": year})
        return year


IMPORTERS = (Capacity(role="case_supervision"), Capacity(role="audit_executing_department"))


@register
class ImportPublished(Act):
    """Take in what an institution published about a unit (导入已公布的报告与问题).

    The institution and the unit are names only: no clue and no person is made from them.
    """

    code = "report.import_published"
    label = gettext_lazy("Import a published report")
    kind = "report"
    leads_to = lifecycle.PUBLISHED
    by = IMPORTERS
    asks = PublishedForm
    hidden = True
    by_import = True

    def do(self, deed: Deed) -> None:
        """Keep it for the whole body, listed on the day it was published, else at the end of that year."""
        data = deed.data
        body_id = deed.actor.body_id
        deed.matter.title = data["title"]
        number = next_number(body_id, "published", data["year"])
        deed.matter.number = f"公布〔{data['year']}〕{number}号"
        if data["issued_on"]:
            deed.matter.happened_on = data["issued_on"]
        elif data["year"] < deed.happened_on.year:
            deed.matter.happened_on = date(data["year"], 12, 31)
        report = Report(
            matter=deed.matter,
            kind=ReportKind.PUBLISHED,
            unit=data["unit"],
            issued_on=data["issued_on"],
            year=data["year"],
            source_name=data["source_name"],
            source=data["title"],
        )
        deed.add(report, *published_findings(report, data["findings"], first=1))
        deed.name_party(PartyRole.RECEIVER, deed.actor.organ.pk)
        deed.grant(body_id, Depth.FULL, "published results")
        words = [data["title"], data["unit"], *(row["summary"] for row in data["findings"])]
        deed.index(Depth.FULL, words, [data["unit"], deed.matter.number])


def published_findings(report: Report, rows: list[dict[str, Any]], *, first: int) -> list[Finding]:
    """Return the rows of published findings, numbered from `first`."""
    return [
        Finding(report=report, position=position, **row) for position, row in enumerate(rows, start=first)
    ]


@register
class ImportMoreFindings(Act):
    """Take in further published findings of a report that is here (补充导入已公布的问题)."""

    code = "report.import_findings"
    label = gettext_lazy("Import further published findings")
    kind = "report"
    leads_from = frozenset({lifecycle.PUBLISHED})
    by = tuple(Capacity(role=one.role, body_of=PartyRole.RECEIVER) for one in IMPORTERS)
    asks = MorePublishedForm
    hidden = True
    by_import = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Report:
        """Load the report."""
        return lifecycle.load(matter)

    def do(self, deed: Deed) -> None:
        """They follow those that are there."""
        count = Finding.objects.filter(report=deed.detail).count()
        deed.add(*published_findings(deed.detail, deed.data["findings"], first=count + 1))
