"""Pages of tasks (交办事项): what we gave, what we hold, how far their parts are."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import seen_by
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Depth, Party, PartyRole
from guantong.kernel.sheets.writing import OutColumn
from guantong.mechanisms.tasks import lifecycle, queries
from guantong.mechanisms.tasks.models import Task
from guantong.web.can import may_create
from guantong.web.exports import workbook_answer
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

SIZE = 50
LAST_PAGE = 1000
MOST_EXPORTED = 5000
SIDES = {"held": _("Held by us"), "given": _("Given by us"), "all": _("All we see")}
SHOW = {
    "open": _("Not done yet"),
    "late": _("Late by now"),
    "contested": _("Contested"),
    "reported": _("To be approved"),
    "closed": _("Ended"),
    "every": _("All"),
}


@dataclass(frozen=True)
class Row:
    """A task as listed (清单条目)."""

    task: Task
    url: str
    state: str
    giver: str
    holder: str
    parts: int
    closed: int
    late_parts: int
    late: bool


def wanted(actor: Actor, side: str, show: str, text: str, organ: str) -> QuerySet[Task]:
    """Return the tasks a list shows, the most urgent first."""
    seen = seen_by(actor.principals).filter(kind="task", depth=Depth.FULL)
    found = Task.objects.filter(matter__in=seen.values("matter")).select_related("matter")
    own = Q(organ=actor.organ.pk) | Q(organ=actor.body_id)
    now = Party.objects.filter(matter=OuterRef("matter"), until__isnull=True)
    if side != "all":
        role = PartyRole.HANDLER if side == "held" else PartyRole.SENDER
        found = found.filter(Exists(now.filter(own, role=role)))
    if organ:
        named = Q(organ__name__icontains=organ) | Q(organ__body__name__icontains=organ)
        found = found.filter(Exists(now.filter(named)))
    if text:
        found = found.filter(Q(matter__title__icontains=text) | Q(matter__number__icontains=text))
    return found.filter(_shown(show)).order_by("due_on", "matter")


def _shown(show: str) -> Q:
    return {
        "open": Q(matter__is_open=True),
        "late": Q(matter__is_open=True, due_on__lt=clock.today()),
        "contested": Q(matter__state=lifecycle.CONTESTED),
        "reported": Q(matter__state=lifecycle.REPORTED),
        "closed": Q(matter__is_open=False),
        "every": Q(),
    }[show]


def rows_of(tasks: list[Task]) -> list[Row]:
    """Return tasks with both sides and their parts counted, in four queries whatever their number."""
    ids = [task.pk for task in tasks]
    parties = Party.objects.filter(matter__in=ids, until__isnull=True).select_related("organ", "organ__body")
    called = {(one.matter_id, one.role): one.organ.full_name for one in parties}
    below: dict[uuid.UUID, list[queries.Part]] = {}
    for part in queries.parts_of(ids):
        below.setdefault(part.root, []).append(part)
    today = clock.today()
    return [_row(task, called, below.get(task.pk, []), today) for task in tasks]


def _row(task: Task, called: dict[tuple[uuid.UUID, str], str], parts: list[queries.Part], today: date) -> Row:
    return Row(
        task=task,
        url=matter_url(task.pk),
        state=lifecycle.KIND.state_label(Depth.FULL, task.matter.state),
        giver=called.get((task.pk, PartyRole.SENDER), "—"),
        holder=called.get((task.pk, PartyRole.HANDLER), "—"),
        parts=len(parts),
        closed=sum(not part.is_open for part in parts),
        late_parts=sum(part.late for part in parts),
        late=task.matter.is_open and task.due_on < today,
    )


def _asked(request: HttpRequest, name: str, known: dict[str, object], usual: str) -> str:
    given = request.GET.get(name, "")
    return given if given in known else usual


def _narrowed(request: HttpRequest) -> tuple[str, str, str, str]:
    """Return side, state, words and organ as the address asks."""
    text, organ = (request.GET.get(name, "").replace("\x00", "").strip()[:80] for name in ("q", "organ"))
    side = _asked(request, "side", dict(SIDES), "held")
    return side, _asked(request, "show", dict(SHOW), "open"), text, organ


@require_safe
@in_post
def tasks(request: HttpRequest) -> HttpResponse:
    """List the tasks of one side, narrowed as the address says."""
    actor = actor_of(request)
    side, show, text, organ = _narrowed(request)
    given = request.GET.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and 0 < int(given[:6]) <= LAST_PAGE else 1
    start = (number - 1) * SIZE
    found = list(wanted(actor, side, show, text, organ)[start : start + SIZE + 1])
    address = request.GET.copy()
    address.pop("page", None)
    may = may_create(actor, ["task.give", "task.register"])
    context = {
        "rows": rows_of(found[:SIZE]),
        "side": side,
        "sides": SIDES.items(),
        "show": show,
        "shows": SHOW.items(),
        "text": text,
        "organ": organ,
        "address": address.urlencode(),
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if len(found) > SIZE else None,
        "may_give": may["task.give"],
        "may_register": may["task.register"],
    }
    return render(request, "tasks/list.html", context)


@require_safe
@in_post
def export(request: HttpRequest) -> HttpResponse:
    """Export the tasks that the address narrows to (导出交办台账); noted as one reading."""
    actor = actor_of(request)
    note(actor, "export", None, "tasks", user_id=request.user.pk)
    found = list(wanted(actor, *_narrowed(request))[:MOST_EXPORTED])
    columns = [
        OutColumn("number", gettext("Number"), width=24),
        OutColumn("title", gettext("Title"), width=40),
        OutColumn("giver", gettext("Given by"), width=30),
        OutColumn("holder", gettext("Who holds it"), width=30),
        OutColumn("due_on", gettext("To be done by"), "date"),
        OutColumn("state", gettext("State")),
        OutColumn("parts", gettext("Parts"), "integer"),
        OutColumn("closed", gettext("Parts closed"), "integer"),
        OutColumn("told_on", gettext("reported on"), "date"),
        OutColumn("told", gettext("Reported last"), width=60),
    ]
    rows = [
        {
            "number": row.task.matter.number,
            "title": row.task.matter.title,
            "giver": row.giver,
            "holder": row.holder,
            "due_on": row.task.due_on,
            "state": row.state,
            "parts": row.parts or None,
            "closed": row.closed if row.parts else None,
            "told_on": row.task.progress_on,
            "told": row.task.progress,
        }
        for row in rows_of(found)
    ]
    return workbook_answer(actor, columns, rows, gettext("Tasks"))


urlpatterns = [
    path("tasks/", tasks, name="tasks"),
    path("tasks/export/", export, name="tasks_export"),
]
