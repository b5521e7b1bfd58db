"""Forms of the acts on tasks (交办表单)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import (
    ActForm,
    DateInput,
    FilesField,
    LetterNumberField,
    LongTextField,
    PastDateField,
    RecordedForm,
    RowsField,
)
from guantong.kernel.matters.models import LinkKind
from guantong.kernel.organs.forms import NamedOrganField
from guantong.kernel.organs.models import Jurisdiction
from guantong.mechanisms.tasks.models import Field

LINKS = (LinkKind.DECIDED, LinkKind.ABOUT)
"""How a task belongs to the matter it comes from: a meeting that decided it, or a matter it concerns."""


OUTCOMES = [
    ("accepted", gettext_lazy("Accepted")),
    ("contested", gettext_lazy("Contested")),
    ("progress", gettext_lazy("Progress")),
    ("done", gettext_lazy("Done")),
]
"""What a reply may say of a task (回复结果)."""


class DayField(forms.DateField):
    """A day that may lie ahead (期限)."""

    widget = DateInput
    default_error_messages = {"invalid": gettext_lazy("This is not a date. Write it as 2026-09-28.")}


class WorkForm(ActForm):
    """What is to be done, and by when (交办内容)."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    text = LongTextField(label=gettext_lazy("What is to be done"), rows=5, max_length=5000)
    due_on = DayField(label=gettext_lazy("To be done by"))
    field = forms.ChoiceField(
        label=gettext_lazy("Kind of task"), choices=Field.choices, initial=Field.OTHER, required=False
    )

    place = forms.ModelChoiceField(
        Jurisdiction.objects.order_by("code"),
        label=gettext_lazy("Place concerned"),
        required=False,
        empty_label=gettext_lazy("One's own"),
        help_text=gettext_lazy(
            "In an audit matter: whose Party committee, government and commission do their part."
        ),
    )

    def clean_field(self) -> str:
        """A kind left out is the general one."""
        return self.cleaned_data["field"] or Field.OTHER

    def clean(self) -> dict[str, Any]:
        """Nothing is to be done before it was given."""
        cleaned = super().clean()
        given, until = cleaned.get("happened_on"), cleaned.get("due_on")
        if given and until and until < given:
            self.add_error("due_on", _("This day lies before the task was given. Give a later one."))
        return cleaned


class GiveForm(WorkForm):
    """A task that one's own organ gives (交办)."""

    holder = NamedOrganField(
        label=gettext_lazy("Who holds it"),
        help_text=gettext_lazy(
            "Type a part of the name and choose. Your own department, where it unifies the work and"
            " divides it among others."
        ),
    )
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)
    origin = forms.UUIDField(widget=forms.HiddenInput, required=False)
    link = forms.ChoiceField(
        choices=[(one.value, one.label) for one in LINKS],
        initial=LinkKind.ABOUT,
        required=False,
        widget=forms.HiddenInput,
    )
    field_order = ["title", "holder", "due_on", "field", "place", "text", "attachments", "happened_on"]

    def clean_link(self) -> str:
        """A link left out says that the task concerns the other matter."""
        return self.cleaned_data["link"] or LinkKind.ABOUT


class RegisterForm(WorkForm):
    """A task that came on paper (登记收到的交办)."""

    happened_on = PastDateField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The day the letter arrived; duties count from it."),
    )
    giver = NamedOrganField(
        label=gettext_lazy("Given by"), help_text=gettext_lazy("Type a part of the name and choose.")
    )
    letter_number = LetterNumberField(label=gettext_lazy("Letter number"), max_length=60)
    scan = forms.FileField(
        label=gettext_lazy("Scan of the letter"), help_text=gettext_lazy("PDF, JPEG or PNG.")
    )
    field_order = [
        "giver", "letter_number", "happened_on", "title", "due_on", "field", "place", "text", "scan",
    ]  # fmt: skip


class PartForm(forms.Form):
    """One part of a task (分工): who does what by when."""

    holder = NamedOrganField(label=gettext_lazy("Who holds it"))
    title = forms.CharField(label=gettext_lazy("What this part is"), max_length=200)
    due_on = DayField(label=gettext_lazy("To be done by"))


class DivideForm(ActForm):
    """Dividing a task (分工)."""

    parts = RowsField(PartForm, label=gettext_lazy("Parts"), least=1)

    def __init__(self, *args: Any, latest: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latest = latest

    def clean(self) -> dict[str, Any]:
        """Each part is to be done between its giving and the day of the whole."""
        cleaned = super().clean()
        given = cleaned.get("happened_on")
        for number, row in enumerate(cleaned.get("parts") or [], start=1):
            if given and row["due_on"] < given:
                reason = _("Row %(row)s: this day lies before the part is given. Give a later one.")
                self.add_error("parts", reason % {"row": number})
            elif self.latest and row["due_on"] > self.latest:
                reason = _(
                    "Row %(row)s: the whole is to be done by %(day)s. Give an earlier day, or have the whole"
                    " extended first."
                )
                self.add_error("parts", reason % {"row": number, "day": self.latest})
        return cleaned


class MadePartForm(WorkForm):
    """What a part is made of, when its whole is divided."""

    whole = forms.UUIDField()
    number = forms.CharField(max_length=60)
    level = forms.IntegerField()
    holder = NamedOrganField()


class AcceptForm(RecordedForm):
    """Accepting a task (接收)."""

    note = LongTextField(label=gettext_lazy("Note"), rows=2, required=False, max_length=500)


class ReasonForm(RecordedForm):
    """An act that takes a reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


class ReportForm(RecordedForm):
    """How far it is, or what came of it (报告进展、报告完成)."""

    text = LongTextField(label=gettext_lazy("In words"), rows=5, max_length=5000)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)


class CloseForm(RecordedForm):
    """Approving the completion (认可办结)."""

    text = LongTextField(label=gettext_lazy("Remarks"), rows=2, required=False, max_length=1000)


class ConfirmForm(ReasonForm):
    """Settling who does it (维持分工); sending back (退回)."""

    due_on = DayField(
        label=gettext_lazy("To be done by"),
        required=False,
        help_text=gettext_lazy("Left empty, the day it had."),
    )


class ReassignForm(ConfirmForm):
    """Giving a contested task to another organ (改派)."""

    holder = NamedOrganField(
        label=gettext_lazy("Who holds it"), help_text=gettext_lazy("Type a part of the name and choose.")
    )


class ExtensionForm(ReasonForm):
    """Asking for more time (申请延长)."""

    until = DayField(label=gettext_lazy("Extended until"))
    field_order = ["until", "reason"]
