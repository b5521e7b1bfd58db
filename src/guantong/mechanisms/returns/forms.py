"""Forms of the acts on monthly closes (月结表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import ActForm, DateInput, LongTextField, RecordedForm


class MonthInput(DateInput):
    """A month as the browser's own field takes it."""

    input_type = "month"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.format = "%Y-%m"


class MonthField(forms.DateField):
    """A month (月份), written 2026-10; its first day."""

    widget = MonthInput
    input_formats = ["%Y-%m", "%Y-%m-%d"]
    default_error_messages = {"invalid": gettext_lazy("This is not a month. Write it as 2026-10.")}

    def to_python(self, value: Any) -> Any:
        """Return the month's first day."""
        found = super().to_python(value)
        return found and found.replace(day=1)


class DraftForm(ActForm):
    """Beginning the close of a month (发起月结)."""

    month = MonthField(label=gettext_lazy("Month"))

    def clean(self) -> dict[str, Any]:
        """A month is closed once it is over."""
        cleaned = super().clean()
        month, day = cleaned.get("month"), cleaned.get("happened_on")
        if month and day and (month.year, month.month) >= (day.year, day.month):
            said = _("%(month)s is not over on %(day)s. Close it on the first day after it or later.")
            self.add_error("month", said % {"month": f"{month:%Y-%m}", "day": day})
        return cleaned


class SubmitForm(ActForm):
    """Freezing the figures (固化并报批)."""

    note = LongTextField(
        label=gettext_lazy("Explanation"),
        rows=3,
        max_length=2000,
        required=False,
        help_text=gettext_lazy("Needed where a cross-check does not hold: why, and what is done about it."),
    )


class ApproveForm(RecordedForm):
    """The leader's approval (批准月结)."""


class SendBackForm(RecordedForm):
    """The leader's refusal (退回月结)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


class ReopenForm(RecordedForm):
    """Opening a close again (重开月结)."""

    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=500,
        help_text=gettext_lazy("A wrong figure alone needs no reopening: it goes into the next close."),
    )
