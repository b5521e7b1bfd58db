"""Tasks between bodies that share no platform (光盘往来): a task from a file, and the reply to one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.forms import FilesField
from guantong.kernel.acts.registry import register
from guantong.kernel.exchange import incoming
from guantong.kernel.matters.models import PartyRole
from guantong.kernel.papers.models import Way
from guantong.mechanisms.tasks import lifecycle
from guantong.mechanisms.tasks.acts import (
    GENERAL,
    CompleteTask,
    TaskAct,
    register_task,
    require_all_parts_closed,
)
from guantong.mechanisms.tasks.forms import OUTCOMES, RegisterForm, ReportForm

LED_TO = {
    "accepted": lifecycle.HANDLING,
    "contested": lifecycle.CONTESTED,
    "progress": lifecycle.HANDLING,
    "done": lifecycle.REPORTED,
}
EVENTS = {
    "accepted": "task.accept",
    "contested": "task.contest",
    "progress": "task.report",
    "done": CompleteTask.code,
}


class DiscForm(RegisterForm):
    """A task as its sealed file says it (光盘来件)."""

    message = forms.FileField()
    attachments = FilesField(required=False)


@register
class ImportTask(Act):
    """Take in a task that came as a sealed file (接收光盘交办)."""

    code = "task.import_disc"
    label = gettext_lazy("Take in a task from a disc")
    kind = "task"
    leads_to = lifecycle.GIVEN
    by = lifecycle.ANY_POST
    clauses = GENERAL
    asks = DiscForm
    hidden = True
    by_import = True

    def do(self, deed: Deed) -> None:
        """The same follows as from a letter."""
        if incoming.arrived(deed) is None:
            raise refuse("message", _("The sealed file is missing."))
        register_task(deed, Way.DISC)
        deed.events.append("task.register")


class ReplyForm(ReportForm):
    """A reply as its sealed file says it (对方回复)."""

    outcome = forms.ChoiceField(choices=OUTCOMES)
    message = forms.FileField()


@register
class TakeReply(TaskAct):
    """Take in the reply of an organ outside the platform from a sealed file (接收光盘回复)."""

    code = "task.take_reply"
    label = gettext_lazy("Take in the reply from a disc")
    leads_from = frozenset({lifecycle.GIVEN, lifecycle.HANDLING})
    by = (Capacity(party=PartyRole.SENDER, elsewhere=PartyRole.HANDLER),)
    asks = ReplyForm
    hidden = True
    by_import = True

    def do(self, deed: Deed) -> None:
        """The same follows as if they had said it in the platform."""
        incoming.require_proof(deed)
        task, outcome, text = deed.detail, deed.data["outcome"], deed.data["text"]
        deed.state = LED_TO[outcome]
        deed.events.append(EVENTS[outcome])
        if task.accepted_on is None and outcome != "contested":
            deed.events.append("task.accept")
            deed.change(task, accepted_on=deed.happened_on)
        if outcome == "contested":
            deed.change(task, contested=text)
        elif outcome in ("progress", "done"):
            deed.change(task, progress=text, progress_on=deed.happened_on)
        if outcome == "done":
            require_all_parts_closed(deed)
            deed.change(task, completed_on=deed.happened_on)
