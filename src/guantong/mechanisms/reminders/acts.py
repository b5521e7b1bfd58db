"""What can be done with a reminder beside its letter (提示函的行为): answer it, withdraw it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm, LongTextField, RecordedForm
from guantong.kernel.acts.registry import register
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.papers.act import of_paper
from guantong.kernel.papers.models import PaperState
from guantong.mechanisms.reminders.lifecycle import moot
from guantong.mechanisms.reminders.models import Reminder, ReminderState
from guantong.mechanisms.reminders.papers import ADDRESSEE, ISSUER

UNSENT = (PaperState.DRAFT, PaperState.CHECKED, PaperState.SIGNED)


class AnswerForm(RecordedForm):
    """The answer to a reminder (答复), given here or recorded from the letter that came."""

    reminder = forms.UUIDField(widget=forms.HiddenInput)
    answer = LongTextField(
        label=gettext_lazy("Answer"),
        rows=5,
        max_length=2000,
        help_text=gettext_lazy("How far it is, why it is late, and when it will be done."),
    )


class WithdrawForm(ActForm):
    """Withdrawal (撤回)."""

    reminder = forms.UUIDField(widget=forms.HiddenInput)
    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


class ReminderAct(Act):
    """An act on a reminder of any matter."""

    kind = "*"
    leads_from = ANY_STATE
    on_item = True
    sight = Depth.FEEDBACK
    from_states: frozenset[str] = frozenset()

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Reminder:
        """Find the reminder named in the data. Raises Refused where there is none in a fitting state."""
        found = None
        try:
            key = forms.UUIDField().clean(data.get("reminder"))
            found = Reminder.objects.select_related("paper").filter(matter=matter, pk=key).first()
        except forms.ValidationError:
            pass
        if found is None:
            reason = _("There is no such reminder in this matter.")
            raise refuse("reminder", reason, _("Open it from the list."))
        if found.state not in self.from_states:
            raise refuse(
                "reminder",
                _("The reminder is “%(state)s”; this step is no longer, or not yet, possible.")
                % {"state": found.get_state_display()},
                _("See the list of reminders for its present state."),
            )
        return found

    def about(self, matter: Matter, detail: Reminder) -> Any:
        """The rules ask about the matter, not the reminder."""
        return matter_kinds.get(matter.kind).load(matter)

    def entitled(self, matter: Matter, detail: Any) -> tuple[Capacity, ...]:
        """Issuer or addressee of its letter."""
        return of_paper(self.by, detail.paper) if isinstance(detail, Reminder) else self.by

    def shown(self, deed: Deed) -> Depth:
        """Read by those who may read the letter."""
        return Depth(deed.detail.depth)

    def initial(self, actor: Any, matter: Matter | None, detail: Reminder) -> dict[str, Any]:
        """Name the reminder."""
        return {"reminder": detail.pk}


@register
class AnswerReminder(ReminderAct):
    """Answer a reminder, or record the answer that came on paper (答复提示函)."""

    code = "reminder.answer"
    label = gettext_lazy("Answer the reminder")
    by = (*ADDRESSEE, Capacity(party=PartyRole.ISSUER, recorded=True))
    clauses = ("CZ-4.1",)
    asks = AnswerForm
    from_states = frozenset({ReminderState.SENT})

    def do(self, deed: Deed) -> None:
        """Keep the answer; what it was about stays owed."""
        reminder = deed.detail
        if deed.happened_on < reminder.sent_on:
            reason = _("It was sent on %(sent)s and cannot have been answered before.")
            raise refuse("happened_on", reason % {"sent": reminder.sent_on}, _("Give the day of the answer."))
        deed.items = {reminder.pk}
        deed.change(
            reminder, state=ReminderState.ANSWERED, answered_on=deed.happened_on, answer=deed.data["answer"]
        )
        deed.content["paper"] = str(reminder.paper_id)


@register
class WithdrawReminder(ReminderAct):
    """Withdraw a reminder drafted in error, or overtaken by what was done (撤回提示函)."""

    code = "reminder.withdraw"
    label = gettext_lazy("Withdraw the reminder")
    by = ISSUER
    clauses = ("CZ-4.1",)
    asks = WithdrawForm
    from_states = frozenset({ReminderState.DRAFTED, ReminderState.SENT})

    def initial(self, actor: Any, matter: Matter | None, detail: Reminder) -> dict[str, Any]:
        """Propose the reason where the platform knows it."""
        duty = Duty.objects.filter(pk=detail.duty_id).first()
        return {"reminder": detail.pk, "reason": moot(detail, duty, detail.number)}

    def do(self, deed: Deed) -> None:
        """An unsent letter is void; one that is out stays on record, its answer is no longer owed."""
        reminder, reason = deed.detail, deed.data["reason"]
        deed.items = {reminder.pk}
        deed.change(reminder, state=ReminderState.WITHDRAWN, reason=reason)
        deed.content["paper"] = str(reminder.paper_id)
        if reminder.paper.state in UNSENT:
            deed.change(reminder.paper, state=PaperState.VOIDED, void_reason=reason)


@beside_rows
def _steps(matter: Matter, detail: Any) -> Iterator[Beside]:
    steps = [act for act in registry.all_acts() if isinstance(act, ReminderAct)]
    for reminder in Reminder.objects.filter(matter=matter).select_related("paper"):
        for act in steps:
            if reminder.state in act.from_states:
                yield Beside(act, {"reminder": str(reminder.pk)}, reminder.paper.title, reminder)
