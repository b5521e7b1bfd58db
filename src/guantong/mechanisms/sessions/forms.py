"""Forms of the acts on sessions (梳理调度表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import ActForm, DateInput, LongTextField
from guantong.mechanisms.sessions.models import Decision, Form

WITH_DAY = (Decision.SPEED_UP, Decision.ANSWER)
WITH_WORDS = (Decision.INSTRUCT, Decision.EXTEND, Decision.OTHER)


class CallForm(ActForm):
    """Calling a session beyond the quota (加开)."""

    form = forms.ChoiceField(label=gettext_lazy("Kind of session"), choices=Form.choices)
    reason = LongTextField(label=gettext_lazy("Why it is called"), rows=2, max_length=500)


class BeginForm(ActForm):
    """Beginning a session (开始梳理)."""

    chair = forms.CharField(label=gettext_lazy("Chaired by"), max_length=60)
    attendees = forms.CharField(label=gettext_lazy("Attended by"), max_length=500, required=False)


class DecideForm(ActForm):
    """The decision on one item (逐件意见). `turn`: the item's turn that was seen."""

    item = forms.UUIDField(label=gettext_lazy("Item"), widget=forms.Select)
    turn = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=32_000)
    decision = forms.ChoiceField(label=gettext_lazy("What is decided"), choices=Decision.choices)
    due_on = forms.DateField(label=gettext_lazy("To be done by"), required=False, widget=DateInput)
    text = LongTextField(label=gettext_lazy("In words"), rows=3, max_length=1000, required=False)
    by_whom = forms.CharField(label=gettext_lazy("Instruction by"), max_length=60, required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].widget.choices = items or []

    def clean(self) -> dict[str, Any]:
        """Ask for the day or the words a decision needs."""
        cleaned = super().clean()
        decision, until = cleaned.get("decision"), cleaned.get("due_on")
        if decision in WITH_DAY and not until and "due_on" not in self.errors:
            self.add_error("due_on", _("This decision needs the day by which it is to be done. Give it."))
        if decision in WITH_WORDS and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", _("This decision needs words. Write what is to be done."))
        held = cleaned.get("happened_on")
        if until and held and until <= held:
            self.add_error("due_on", _("This day is not after the session. Give a later one."))
        return cleaned


class CloseForm(ActForm):
    """Closing a session (结束)."""

    conclusion = LongTextField(label=gettext_lazy("Conclusion"), rows=3, max_length=2000, required=False)


class CallOffForm(ActForm):
    """Calling a session off (取消)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=2, max_length=500)


class NoteForm(ActForm):
    """What a session decided, as it stands with the matter decided on (会议意见)."""

    session = forms.CharField(label=gettext_lazy("Session"), max_length=200)
    decision = forms.ChoiceField(label=gettext_lazy("What is decided"), choices=Decision.choices)
    due_on = forms.DateField(label=gettext_lazy("To be done by"), required=False)
    text = forms.CharField(label=gettext_lazy("In words"), required=False)
    by_whom = forms.CharField(label=gettext_lazy("Instruction by"), required=False)
