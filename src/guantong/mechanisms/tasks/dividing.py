"""Dividing a task into parts (分工; CZ-1.2): one unifies, several divide the work."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.ids import new_id
from guantong.kernel.matters.models import Link, LinkKind, Matter, PartyRole
from guantong.mechanisms.tasks import lifecycle, queries
from guantong.mechanisms.tasks.acts import TaskAct, make_task
from guantong.mechanisms.tasks.forms import DivideForm, MadePartForm
from guantong.mechanisms.tasks.models import Task

UNIFY = ("CZ-1.2",)
MOST_LEVELS = 6
"""So many levels of parts stand above a task at most."""


@register
class DivideTask(TaskAct):
    """Divide a task: each part is a task of its own, with holder and day (分工)."""

    code = "task.divide"
    label = gettext_lazy("Divide the task")
    leads_from = frozenset({lifecycle.HANDLING})
    by = (Capacity(party=PartyRole.HANDLER),)
    clauses = UNIFY
    asks = DivideForm
    template = "web/act_naming_organs.html"

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Task) -> dict[str, Any]:
        """No part is to be done later than the whole."""
        return {"latest": detail.due_on}

    def initial(self, actor: Actor, matter: Matter | None, detail: Task) -> dict[str, Any]:
        """Propose who divides the work in audit matters, where the place has bound those roles."""
        return {"parts": queries.proposed_parts(actor, detail)}

    def do(self, deed: Deed) -> None:
        """Each row follows as a task that who holds the whole gives."""
        task, rows = deed.detail, deed.data["parts"]
        if task.level >= MOST_LEVELS:
            reason = _("It is divided over %(levels)s levels already.") % {"levels": MOST_LEVELS}
            raise refuse("parts", reason, _("Let the organ above divide its own part further."))
        for number, row in enumerate(rows, start=task.parts_made + 1):
            data = {
                "happened_on": deed.happened_on.isoformat(),
                "title": row["title"],
                "text": row["title"],
                "due_on": row["due_on"].isoformat(),
                "field": task.field,
                "place": task.place_id,
                "holder": str(row["holder"].pk),
                "whole": str(deed.matter.pk),
                "number": f"{deed.matter.number}-{number}"[-60:],
                "level": task.level + 1,
            }
            deed.follow.append((MakePart.code, new_id(), data))
        deed.change(task, parts_made=task.parts_made + len(rows))
        deed.data["parts"] = [{**row, "holder": row["holder"].full_name} for row in rows]


@register
class MakePart(Act):
    """A part of a task is given (分交); it follows from dividing the whole."""

    code = "task.part"
    label = gettext_lazy("A part is given")
    kind = "task"
    leads_to = lifecycle.GIVEN
    by = lifecycle.ANY_POST
    clauses = UNIFY
    asks = MadePartForm
    hidden = True

    def do(self, deed: Deed) -> None:
        """It is given by who holds the whole."""
        data, organ = deed.data, queries.holder_of(deed.data["whole"])
        deed.matter.secrecy = Matter.objects.values_list("secrecy", flat=True).get(pk=data["whole"])
        deed.matter.number = data["number"]
        led = data["holder"].pk == organ.pk
        make_task(
            deed,
            organ,
            data["holder"],
            whole_id=data["whole"],
            level=data["level"],
            led=led,
            accepted_on=deed.happened_on if led else None,
        )
        if led:
            deed.state = lifecycle.HANDLING
        deed.add(Link(source=deed.matter, target_id=data["whole"], kind=LinkKind.PART))
