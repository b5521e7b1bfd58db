"""What can be done with a task (交办事项的行为): give, accept, report, close, and more time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import seen_by
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.duties.extending import require_within_longest
from guantong.kernel.matters.models import Depth, Link, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.incoming import Arrival, take_in
from guantong.kernel.papers.models import Way
from guantong.mechanisms.tasks import lifecycle, queries
from guantong.mechanisms.tasks.forms import (
    AcceptForm,
    CloseForm,
    ConfirmForm,
    ExtensionForm,
    GiveForm,
    ReasonForm,
    RegisterForm,
    ReportForm,
)
from guantong.mechanisms.tasks.models import Task

GENERAL = ("GR-0.7",)
NAMED_AT_MOST = 5


def make_task(deed: Deed, giver: Organ, holder: Organ, **values: Any) -> Task:
    """Write a new task from the form's data, with both its parties and what each may see."""
    data = deed.data
    deed.matter.title = data["title"]
    task = Task(
        matter=deed.matter,
        field=data["field"],
        place=data["place"],
        text=data["text"],
        due_on=data["due_on"],
        **values,
    )
    deed.add(task)
    deed.name_party(PartyRole.SENDER, giver.pk)
    deed.name_party(PartyRole.HANDLER, holder.pk)
    deed.grant(giver.pk, Depth.FULL, "gives the task")
    if holder.pk != giver.pk:
        deed.grant(holder.pk, Depth.FULL, "holds the task")
    deed.facts.update(lifecycle.facts(task))
    deed.index(Depth.FULL, [data["title"], data["text"]], [deed.matter.number])
    return task


def number_of(body: Organ, year: int) -> str:
    """Return the next number of a body's tasks."""
    return f"{body.number_prefix}交办〔{year}〕{next_number(body.pk, 'task', year)}号"


@register
class GiveTask(Act):
    """Give a task to an organ; or to oneself, to be divided among others (交办)."""

    code = "task.give"
    label = gettext_lazy("Give a task")
    kind = "task"
    leads_to = lifecycle.GIVEN
    by = lifecycle.ANY_POST
    clauses = GENERAL
    asks = GiveForm
    template = "web/act_naming_organs.html"

    def do(self, deed: Deed) -> None:
        """Number it, name both sides, and link it with where it comes from."""
        organ, holder = deed.actor.organ, deed.data["holder"]
        deed.matter.number = number_of(organ.body or organ, deed.happened_on.year)
        led = holder.pk == organ.pk
        make_task(deed, organ, holder, led=led, accepted_on=deed.happened_on if led else None)
        if led:
            deed.state = lifecycle.HANDLING
        _link(deed)


def _link(deed: Deed) -> None:
    """Link the task with the matter it comes from, whose secrecy it takes. Raises Refused."""
    origin = deed.data["origin"]
    if not origin:
        return
    seen = seen_by(deed.actor.principals).filter(matter=origin, depth__gte=Depth.FEEDBACK)
    found = Matter.objects.filter(pk__in=seen.values("matter")).first()
    if found is None:
        reason = _("There is no such matter, or you may not see it.")
        raise refuse("origin", reason, _("Start from the page of that matter."))
    deed.matter.secrecy = found.secrecy
    deed.add(Link(source=deed.matter, target_id=origin, kind=deed.data["link"]))


@register
class RegisterTask(Act):
    """Register a task that came on paper from an organ outside the platform (登记收到的交办)."""

    code = "task.register"
    label = gettext_lazy("Register a task that came on paper")
    kind = "task"
    leads_to = lifecycle.GIVEN
    by = lifecycle.ANY_POST
    clauses = GENERAL
    asks = RegisterForm
    template = "web/act_naming_organs.html"

    def do(self, deed: Deed) -> None:
        """It is held here; it bears the number of their letter."""
        register_task(deed, Way.PAPER)


def register_task(deed: Deed, way: Way) -> None:
    """Enter a task of an organ outside the platform, and its letter in the register of papers received."""
    data, giver = deed.data, deed.data["giver"]
    if not giver.elsewhere:
        reason = _("This organ works in the platform and gives its tasks here itself.")
        raise refuse("giver", reason, _("Ask it to give the task in the platform."))
    deed.matter.number = data["letter_number"]
    make_task(deed, giver, deed.actor.organ, letter_number=data["letter_number"])
    take_in(deed, Arrival(data["title"], giver.full_name, data["letter_number"], None, way))


class TaskAct(Act):
    """An act on a task that exists."""

    kind = "task"
    by: ClassVar[tuple[Capacity, ...]] = lifecycle.BY_HOLDER
    clauses = GENERAL

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Task:
        """Load the task."""
        return lifecycle.load(matter)


@register
class AcceptTask(TaskAct):
    """Accept a task (接收交办)."""

    code = "task.accept"
    label = gettext_lazy("Accept the task")
    leads_from = frozenset({lifecycle.GIVEN})
    leads_to = lifecycle.HANDLING
    asks = AcceptForm

    def do(self, deed: Deed) -> None:
        """It is being done from this day on."""
        deed.change(deed.detail, accepted_on=deed.happened_on)


@register
class ReportProgress(TaskAct):
    """Report how far it is (报告进展)."""

    code = "task.report"
    label = gettext_lazy("Report progress")
    leads_from = frozenset({lifecycle.HANDLING})
    asks = ReportForm

    def do(self, deed: Deed) -> None:
        """Who gave it reads it beside the task."""
        deed.change(deed.detail, progress=deed.data["text"], progress_on=deed.happened_on)


def open_below(matter: Matter) -> str:
    """Return the parts of a task that are still open, in words; '' where there is none."""
    found = [row for row in queries.parts_of([matter.pk]) if row.is_open]
    names = [
        _("%(number)s (%(organ)s, %(state)s)")
        % {"number": row.number, "organ": row.holder, "state": row.state_label}
        for row in found[:NAMED_AT_MOST]
    ]
    if len(found) > NAMED_AT_MOST:
        names.append(_("and %(count)s more") % {"count": len(found) - NAMED_AT_MOST})
    return str(_(", ")).join(names)


def require_all_parts_closed(deed: Deed) -> None:
    """Refuse to end a task above while a part of it is open below (下面未办结，上面不结; CZ-1.2).

    The row of the whole is locked, and parts are made under that lock alone: none can come in between.
    """
    left = open_below(deed.matter)
    if left:
        raise refuse(
            "",
            _("Parts of it are still open: %(parts)s.") % {"parts": left},
            _("Close or withdraw them first; nothing closes above while a part is open below."),
        )


@register
class CompleteTask(TaskAct):
    """Report that it is done, with what came of it (报告完成)."""

    code = "task.complete"
    label = gettext_lazy("Report completion")
    leads_from = frozenset({lifecycle.HANDLING})
    leads_to = lifecycle.REPORTED
    asks = ReportForm

    def do(self, deed: Deed) -> None:
        """Who gave it approves or sends it back."""
        require_all_parts_closed(deed)
        deed.change(
            deed.detail,
            progress=deed.data["text"],
            progress_on=deed.happened_on,
            completed_on=deed.happened_on,
        )


def new_day(deed: Deed) -> date:
    """Return the day by which it is to be done from now on: a new one, or the one it has. Raises Refused."""
    task: Task = deed.detail
    until: date | None = deed.data["due_on"]
    if until is None:
        return task.due_on
    if until < deed.happened_on:
        reason = _("This day lies before the decision.")
        raise refuse("due_on", reason, _("Give a later one."))
    require_within_the_whole(task, until, "due_on")
    return until


def require_within_the_whole(task: Task, until: date, field_name: str = "") -> None:
    """Refuse a day of a part that lies after the day of its whole. Raises Refused."""
    whole = Task.objects.filter(matter=task.whole_id).first() if task.whole_id else None
    if whole is not None and until > whole.due_on:
        raise refuse(
            field_name,
            _("The whole is to be done by %(day)s, before the day asked for.") % {"day": whole.due_on},
            _("Have the whole extended first, or keep within its day."),
        )


class GiverAct(TaskAct):
    """An act of who gave the task."""

    by = lifecycle.BY_GIVER


class DecidesCompletion(GiverAct):
    """A decision on a reported completion, which whoever gave the task takes."""

    def deciding(self, matter: Matter, detail: Task) -> list[tuple[Any, Any]]:
        """What was to be done, and what is reported."""
        return [(_("What is to be done"), detail.text), (_("What is reported"), detail.progress)]

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Show it above the form."""
        return {"deciding": self.deciding(matter, detail)} if matter is not None else {}


@register
class CloseTask(DecidesCompletion):
    """Approve the completion: the task is closed (认可办结)."""

    code = "task.close"
    label = gettext_lazy("Approve and close")
    leads_from = frozenset({lifecycle.REPORTED})
    leads_to = lifecycle.CLOSED
    asks = CloseForm
    grave = True
    send_back = "task.send_back"
    laid_by = "task.complete"

    def do(self, deed: Deed) -> None:
        """Nothing closes above while a part is open below."""
        require_all_parts_closed(deed)


@register
class SendBackTask(DecidesCompletion):
    """Send a completion back: something is missing yet (退回补办)."""

    code = "task.send_back"
    label = gettext_lazy("Send back")
    leads_from = frozenset({lifecycle.REPORTED})
    leads_to = lifecycle.HANDLING
    asks = ConfirmForm

    def do(self, deed: Deed) -> None:
        """It is to be done by its day, or by a new one."""
        deed.change(deed.detail, completed_on=None, due_on=new_day(deed))
        deed.facts["due_on"] = deed.detail.due_on


@register
class WithdrawTask(GiverAct):
    """Withdraw a task that is no longer to be done (撤回交办)."""

    code = "task.withdraw"
    label = gettext_lazy("Withdraw the task")
    leads_from = lifecycle.OPEN
    leads_to = lifecycle.WITHDRAWN
    asks = ReasonForm
    grave = True

    def do(self, deed: Deed) -> None:
        """Its parts are withdrawn or closed before."""
        require_all_parts_closed(deed)


@register
class RequestExtension(TaskAct):
    """Ask for more time, with the reason (申请延长)."""

    code = "task.request_extension"
    label = gettext_lazy("Ask for an extension")
    leads_from = frozenset({lifecycle.HANDLING})
    asks = ExtensionForm

    def do(self, deed: Deed) -> None:
        """Lay the day and the reason before who gave it."""
        task, until = deed.detail, deed.data["until"]
        if until <= task.due_on:
            reason = _("It is to be done by %(day)s anyway.") % {"day": task.due_on}
            raise refuse("until", reason, _("Give a later day."))
        remedy = _("Ask for %(day)s at the latest; what is still needed then is asked for again.")
        require_within_longest(deed, until, ApproveExtension.code, remedy)
        deed.change(task, extension_until=until, extension_reason=deed.data["reason"])


class DecidesExtension(GiverAct):
    """A decision on a request for more time."""

    leads_from = frozenset({lifecycle.HANDLING})

    def awaits(self, matter: Matter, detail: Task) -> str:
        """Nothing is decided that was not asked for."""
        return "" if detail.extension_until else _("No extension has been asked for.")

    def deciding(self, matter: Matter, detail: Task) -> list[tuple[Any, Any]]:
        """Until when, and why."""
        return [(_("Extended until"), detail.extension_until), (_("Reason"), detail.extension_reason)]

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Show it above the form."""
        return {"deciding": self.deciding(matter, detail)} if matter is not None else {}

    def requested(self, deed: Deed) -> None:
        """Refuse where nothing was asked for."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("Who holds the task asks for it first."))


@register
class ApproveExtension(DecidesExtension):
    """Grant more time (同意延长)."""

    code = "task.approve_extension"
    label = gettext_lazy("Grant the extension")
    asks = CloseForm
    send_back = "task.decline_extension"
    laid_by = "task.request_extension"
    waits_where = Q(matter__task__extension_until__isnull=False)

    def do(self, deed: Deed) -> None:
        """The day moves, with its explanation; a part stays within the day of its whole."""
        self.requested(deed)
        task, until = deed.detail, deed.detail.extension_until
        require_within_the_whole(task, until)
        remedy = _("Decline it, and have %(day)s asked for at the latest.")
        require_within_longest(deed, until, self.code, remedy)
        deed.extension_until = until
        deed.content.update(until=until, reason=task.extension_reason)
        deed.data["reason"] = task.extension_reason
        deed.change(task, due_on=until, extension_until=None, extension_reason="")


@register
class DeclineExtension(DecidesExtension):
    """Grant no more time (不同意延长)."""

    code = "task.decline_extension"
    label = gettext_lazy("Decline the extension")
    asks = ReasonForm

    def do(self, deed: Deed) -> None:
        """The day stays."""
        self.requested(deed)
        deed.change(deed.detail, extension_until=None, extension_reason="")
