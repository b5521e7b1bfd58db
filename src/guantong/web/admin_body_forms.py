"""Forms for bodies, seats, holdings, stationing and postings (议事协调机构管理表单).

What identifies a row stays as it is: another member, another share is a row of its own, so that any day of
the past is read as it was. A row that is wrong is marked as entered by mistake, and the right one entered.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.models import model_to_dict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import DateInput
from guantong.kernel.organs.called import described, said, seat_name
from guantong.kernel.organs.equity import Share, over_whole
from guantong.kernel.organs.forms import OrganField
from guantong.kernel.organs.models import (
    Body,
    Dated,
    Organ,
    OrganKind,
    Post,
    Posting,
    Seat,
    SeatRank,
    Stake,
    Stationing,
)
from guantong.web.admin_forms import _RowForm

DAY = timedelta(days=1)
DATES = {"since": DateInput, "until": DateInput}


class PostField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among posts, each with organ, holder and title (职务选择)."""

    def label_from_instance(self, obj: Post) -> str:
        """Return organ, holder and title; when it ended."""
        ended = _(" (until %(day)s)") % {"day": obj.until} if obj.until else ""
        return f"{obj.organ.full_name} {obj.officer.name} {obj.title}{ended}"


class Suggested(forms.TextInput):
    """A text with suggestions that need not be taken (可选可填)."""

    def __init__(self, suggestions: Any) -> None:
        super().__init__()
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the field and its list."""
        field = super().render(name, value, {**(attrs or {}), "list": f"{name}-list"}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions())
        return format_html('{}<datalist id="{}">{}</datalist>', field, f"{name}-list", options)


def kinds() -> list[tuple[str, str]]:
    """Return the kinds of bodies the measures name (机构种类)."""
    return [(kind, said(rule.name)) for kind, rule in described().items()]


class DatedForm(_RowForm):
    """A row that holds from a day on, on the strength of a document (有起止和依据的登记)."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is changed"),
        max_length=200,
        help_text=gettext_lazy("Kept in the administrators' record, as the letter that asks for it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].required = True
        self.fields["basis"].help_text = _("The document by which it is so, with its number.")
        if self.instance.pk:
            self.fields["mistake"].help_text = _(
                "Only if the row ought never to have been entered: it stays on record and counts nowhere. "
                "Then enter the right one."
            )
        else:
            del self.fields["mistake"], self.fields["reason"]

    def clean(self) -> dict[str, Any] | None:
        """Dates run forward."""
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("It would end before it begins. Check both dates."))
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Let the constraints of a new row be checked, though it asks for no mistake."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"mistake"}

    def said(self) -> dict[str, str]:
        """Why the row was changed."""
        reason = self.cleaned_data.get("reason", "")
        return {"reason": reason} if reason else {}

    def _counts(self) -> bool:
        """Return whether the row is meant to count: it is not one entered by mistake."""
        return not self.cleaned_data.get("mistake")

    def _others(self, model: type[Dated], since: date, until: date | None) -> Any:
        """Return the rows of the same days beside this one."""
        found = model.objects.filter(Q(until__isnull=True) | Q(until__gte=since)).exclude(pk=self.instance.pk)
        return found.filter(since__lte=until) if until else found


class BodyForm(DatedForm):
    """A body (议事协调机构)."""

    fixed = ("jurisdiction", "kind", "company", "since")
    kind = forms.RegexField(
        r"^[a-z][a-z0-9_]*$",
        label=gettext_lazy("Kind of body"),
        max_length=64,
        widget=Suggested(kinds),
        help_text=gettext_lazy("As the measures call it; choose from the list where a clause requires it."),
        error_messages={"invalid": gettext_lazy("Small letters, digits and _ only, as audit_commission.")},
    )
    office = OrganField(
        Organ.objects.select_related("body").order_by("code"), label=gettext_lazy("Office kept by")
    )
    company = OrganField(
        Organ.objects.filter(kind=OrganKind.ENTERPRISE, parent=None).select_related("body").order_by("code"),
        label=gettext_lazy("Enterprise whose own body it is"),
        required=False,
    )

    class Meta:
        model = Body
        fields = ["jurisdiction", "kind", "name", "office", "company", "basis", "since", "until", "mistake"]
        labels = {"jurisdiction": gettext_lazy("Jurisdiction"), "name": gettext_lazy("Name of the body")}
        widgets = DATES


class SeatForm(DatedForm):
    """A seat on a body; who follows ends the seat before his (席位)."""

    fixed = ("body", "organ", "post", "rank", "since")
    body = forms.ModelChoiceField(
        Body.objects.select_related("jurisdiction").order_by("jurisdiction__code", "id"),
        label=gettext_lazy("Coordinating body"),
    )
    organ = OrganField(Organ.objects.select_related("body").order_by("code"), label=gettext_lazy("Organ"))
    post = PostField(
        Post.objects.select_related("officer", "organ__body").order_by("organ__code", "id"),
        label=gettext_lazy("Holder"),
        required=False,
        help_text=gettext_lazy("Empty: the seat is vacant."),
    )
    after = forms.ModelChoiceField(Seat.objects.all(), required=False, widget=forms.HiddenInput)

    class Meta:
        model = Seat
        fields = ["body", "organ", "rank", "post", "basis", "since", "until", "mistake"]
        widgets = DATES

    def clean(self) -> dict[str, Any] | None:
        """The holder works in that organ; a body has one chair at a time; nobody has two seats."""
        data = super().clean() or self.cleaned_data
        body, organ, post = data.get("body"), data.get("organ"), data.get("post")
        since = data.get("since")
        if post and organ and post.organ.body_id_or_own != organ.body_id_or_own:
            self.add_error(
                "post", _("This post is not one of that organ. Choose a post of it, or its organ.")
            )
        if not body or not since or not self._counts() or "until" in self.errors:
            return data
        before = self._before(data.get("after"), since)
        if since < body.since or (body.until and since > body.until):
            self.add_error("since", _("The body does not exist on that day. Give a day on which it does."))
        others = (
            self._others(Seat, since, data.get("until"))
            .filter(body=body)
            .exclude(pk=before.pk if before else None)
        )
        if data.get("rank") == SeatRank.CHAIR and others.filter(rank=SeatRank.CHAIR).exists():
            self.add_error("rank", _("Somebody else is in the chair then. End that seat first."))
        same = others.filter(post__officer=post.officer_id).first() if post else None
        if post and same:
            reason = _("%(name)s has a seat on this body then: %(seat)s. End that one first.")
            words = {"name": post.officer.name, "seat": seat_name(same.rank, body.kind)}
            self.add_error("post", reason % words)
        return data

    def _before(self, before: Seat | None, since: date) -> Seat | None:
        """Return the seat this one follows, where it can end before it."""
        if before is None or self.instance.pk:
            return None
        if before.since >= since:
            reason = _("The seat before it begins on %(day)s; who follows begins later.")
            self.add_error("since", reason % {"day": before.since})
            return None
        return before

    def save(self, commit: bool = True) -> Seat:
        """End the seat this one follows on the day before."""
        before = self.cleaned_data.get("after")
        if before is not None and not self.instance.pk and before.until is None:
            was = model_to_dict(before)
            before.until = self.cleaned_data["since"] - DAY
            before.save(update_fields=["until"])
            self.also_changed.append((before, was))
        saved: Seat = super().save(commit)
        return saved


class StakeForm(DatedForm):
    """What an organ or enterprise owns of an enterprise (出资关系)."""

    fixed = ("owner", "company", "percent", "since")
    owner = OrganField(
        Organ.objects.filter(parent=None).select_related("body").order_by("code"), label=gettext_lazy("Owner")
    )
    company = OrganField(
        Organ.objects.filter(kind=OrganKind.ENTERPRISE, parent=None).select_related("body").order_by("code"),
        label=gettext_lazy("Enterprise"),
    )

    class Meta:
        model = Stake
        fields = ["owner", "company", "percent", "basis", "since", "until", "mistake"]
        widgets = DATES

    def clean(self) -> dict[str, Any] | None:
        """Nobody owns himself directly; on no day more than 100 % of an enterprise is owned."""
        data = super().clean() or self.cleaned_data
        owner, company, percent = data.get("owner"), data.get("company"), data.get("percent")
        if percent is not None and not 0 < percent <= 100:
            self.add_error("percent", _("A share is more than 0 and at most 100 per cent."))
        if owner and owner == company:
            self.add_error("owner", _("An enterprise does not own itself directly. Choose who owns it."))
        if not company or percent is None or not data.get("since") or self.errors or not self._counts():
            return data
        new = Share(percent, data["since"], data.get("until"))
        over = over_whole(company, new, self.instance.pk)
        if over:
            reason = _(
                "On %(day)s %(sum)s per cent of %(company)s would be owned. End the other shares first."
            )
            self.add_error("percent", reason % {"day": over[0], "sum": over[1], "company": company.name})
        return data


class StationingForm(DatedForm):
    """At which body a group is stationed (派驻)."""

    fixed = ("group", "host", "since")
    group = OrganField(
        Organ.objects.filter(kind=OrganKind.DISCIPLINE).select_related("body").order_by("code"),
        label=gettext_lazy("Stationed group"),
    )
    host = OrganField(
        Organ.objects.filter(parent=None).select_related("body").order_by("code"),
        label=gettext_lazy("Stationed at"),
    )

    class Meta:
        model = Stationing
        fields = ["group", "host", "basis", "since", "until", "mistake"]
        widgets = DATES

    def clean(self) -> dict[str, Any] | None:
        """A group is stationed once at a body at a time."""
        data = super().clean() or self.cleaned_data
        group, host = data.get("group"), data.get("host")
        if group and host and group.body_id_or_own == host.pk:
            self.add_error("host", _("A group is not stationed at its own organ. Choose another."))
        since = data.get("since")
        if not group or not host or not since or not self._counts():
            return data
        others = self._others(Stationing, since, data.get("until"))
        if others.filter(group=group, host=host).exists():
            self.add_error("since", _("The group is stationed there then already. End that row first."))
        return data


class PostingForm(DatedForm):
    """An exchange posting with its term (交流任职)."""

    fixed = ("officer", "home", "host", "since")
    home = OrganField(Organ.objects.select_related("body").order_by("code"), label=gettext_lazy("From organ"))
    host = OrganField(Organ.objects.select_related("body").order_by("code"), label=gettext_lazy("To organ"))

    class Meta:
        model = Posting
        fields = [
            "officer", "home", "host", "work", "since", "term_ends", "until", "speciality", "basis",
            "mistake",
        ]  # fmt: skip
        labels = {"officer": gettext_lazy("Officer"), "until": gettext_lazy("Ended on (empty while it runs)")}
        widgets = {**DATES, "term_ends": DateInput}
        help_texts = {
            "speciality": gettext_lazy("Words separated by spaces or 、, as project audit 、 data analysis.")
        }

    def clean(self) -> dict[str, Any] | None:
        """The posting leads to another organ and has a term."""
        data = super().clean() or self.cleaned_data
        home, host, since, ends = (data.get(name) for name in ("home", "host", "since", "term_ends"))
        if home and host and home.body_id_or_own == host.body_id_or_own:
            self.add_error("host", _("A posting leads to another organ. Choose that one."))
        if since and ends and ends < since:
            self.add_error("term_ends", _("The term would end before it begins. Check both dates."))
        return data
