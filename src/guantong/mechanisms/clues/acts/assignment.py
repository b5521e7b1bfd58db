"""Assignment: proposed, approved, signed for, refused (分办; CZ-3.2, 监督执纪工作规则 Art. 23)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed
from guantong.kernel.acts.entitlement import role_name
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.measures.tables import Decision
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Officer, Organ, RoleBinding
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues import lifecycle, queries
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    DecidingAct,
    handling,
    lay_before_leaders,
    routing,
)
from guantong.mechanisms.clues.forms import (
    AcceptForm,
    ApproveForm,
    AssignForm,
    DeclineForm,
    ReasonForm,
)
from guantong.mechanisms.clues.models import Clue, Handling

HANDLING_ROLES = ("supervision_department", "investigation_department", "stationed_group")


def handling_departments(actor: Actor) -> QuerySet[Organ]:
    """Return the departments of the actor's organ that may handle clues."""
    departments = current(Organ.objects.filter(body=actor.body_id))
    return departments.filter(bindings__role__in=HANDLING_ROLES).distinct().order_by("name")


@dataclass(frozen=True)
class Proposal:
    """What the routing table proposes for a clue (分办建议): to whom, by which rule, why."""

    handler: Organ
    rule: str
    reason: str


def proposals(actor: Actor, clues: Mapping[Clue, list[Subject]]) -> dict[UUID, Proposal]:
    """Return what the table proposes for each of these clues, without those it leaves open, in one query."""
    bound = RoleBinding.objects.filter(organ__in=handling_departments(actor), role__in=HANDLING_ROLES)
    by_role: dict[str, Organ] = {}
    for one in bound.select_related("organ").order_by("organ__name"):
        by_role.setdefault(one.role, one.organ)
    found: dict[UUID, Proposal] = {}
    for clue, subjects in clues.items():
        decision = routing(clue.matter, clue, subjects, clock.today())
        handler = by_role.get(str(decision.outputs["department"])) if isinstance(decision, Decision) else None
        if isinstance(decision, Decision) and handler is not None:
            rule = f"{decision.why.zh}（{decision.cite.at.zh}）"[:300]
            found[clue.pk] = Proposal(handler, rule, decision.why.zh)
    return found


@register
class ProposeAssignment(ClueAct):
    """Propose to whom a clue is assigned (拟办分办意见)."""

    code = "clue.propose_assignment"
    label = _("Propose the assignment")
    leads_from = frozenset({lifecycle.RECEIVED})
    leads_to = lifecycle.ASSIGNMENT_PROPOSED
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2", "CZ-4.1")
    asks = AssignForm
    template = "clues/assign.html"

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the departments that handle clues."""
        return {"departments": handling_departments(actor)}

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose what the routing table names, with its reason and citation."""
        assert matter is not None  # noqa: S101 - an assignment takes a clue
        found = proposals(actor, {detail: list(Subject.objects.filter(matter=matter))}).get(matter.pk)
        return {"handler": found.handler, "rule": found.rule, "reason": found.reason} if found else {}

    def page_context(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Show the rule with its source, or who settles what it leaves open, and the clues like this one."""
        assert matter is not None  # noqa: S101 - assigning takes a matter
        subjects = list(Subject.objects.filter(matter=matter))
        found = routing(matter, detail, subjects, clock.today())
        context: dict[str, Any] = {"clue": detail, "alike": queries.like(detail, subjects), "can_link": True}
        if isinstance(found, Decision):
            language = get_language()
            context["decision"] = found
            context["decision_why"] = found.why.in_language(language)
            context["decision_cite"] = f"{found.cite.at.in_language(language)}"
        elif found is not None:
            context["unknown_reason"] = str(found.reason)
            context["settled_by"] = role_name(found.settled_by.removeprefix("role:"))
        else:
            context["unknown_reason"] = _("No measure in force here has a table for the assignment.")
        return context

    def do(self, deed: Deed) -> None:
        """Lay it before the leader."""
        values = {
            "proposed_handler": deed.data["handler"],
            "assignment_rule": deed.data["rule"],
            "assignment_reason": deed.data["reason"],
        }
        found = lifecycle.handling_of(deed.detail)
        if found is None:
            deed.add(Handling(matter=deed.matter, **values))
        else:
            deed.change(found, **values)
        lay_before_leaders(deed)


class AssignmentDecision(DecidingAct):
    """A decision on a proposed assignment."""

    leads_from = frozenset({lifecycle.ASSIGNMENT_PROPOSED})

    def proposal(self, found: Handling) -> list[tuple[Any, Any]]:
        """To whom, by which rule, why."""
        handler = found.proposed_handler
        return [
            (_("Assignment proposed to"), handler.full_name if handler else ""),
            (_("Rule"), found.assignment_rule),
            (_("Reason"), found.assignment_reason),
        ]


@register
class ApproveAssignment(AssignmentDecision):
    """Approve the assignment, here or on the approval sheet (批准分办)."""

    code = "clue.approve_assignment"
    label = _("Approve the assignment")
    leads_to = lifecycle.ASSIGNED
    send_back = "clue.decline_assignment"
    laid_by = "clue.propose_assignment"
    clauses = ("CZ-3.2", "CZ-4.1")
    asks = ApproveForm

    def do(self, deed: Deed) -> None:
        """The clue goes to the handling department."""
        found = handling(deed)
        assert found.proposed_handler_id is not None  # noqa: S101 - the state says so
        deed.change(found, assigned_on=deed.happened_on)
        deed.facts["assigned_on"] = deed.happened_on
        deed.name_party(PartyRole.HANDLER, found.proposed_handler_id)
        deed.grant(found.proposed_handler_id, Depth.FULL, "assigned")


@register
class DeclineAssignment(AssignmentDecision):
    """Do not approve the assignment (不同意分办意见)."""

    code = "clue.decline_assignment"
    label = _("Decline the assignment")
    leads_to = lifecycle.RECEIVED
    clauses = ("CZ-3.2",)
    asks = DeclineForm

    def do(self, deed: Deed) -> None:
        """It goes back to be proposed anew; the reason stands in the timeline."""


@register
class AcceptAssignment(ClueAct):
    """Sign for the assignment and name the custodian (签收、指定专人保管)."""

    code = "clue.accept"
    label = _("Sign for the assignment")
    leads_from = frozenset({lifecycle.ASSIGNED})
    leads_to = lifecycle.ACCEPTED
    by = lifecycle.BY_HANDLER
    clauses = ("CZ-4.1",)
    asks = AcceptForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the department's own officers."""
        today = clock.today()
        officers = Officer.objects.filter(
            Q(posts__until__isnull=True) | Q(posts__until__gte=today),
            posts__organ=actor.organ,
            posts__since__lte=today,
        )
        return {"officers": officers.distinct().order_by("name")}

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose the actor himself."""
        return {"custodian": actor.officer.pk}

    def do(self, deed: Deed) -> None:
        """The custodian answers for the clue from now on."""
        deed.change(handling(deed), accepted_on=deed.happened_on)
        deed.facts["accepted_on"] = deed.happened_on
        deed.name_party(PartyRole.CUSTODIAN, deed.actor.organ.pk, officer_id=deed.data["custodian"].pk)


@register
class RefuseAssignment(ClueAct):
    """Refuse the assignment with a reason (退回分办)."""

    code = "clue.refuse_assignment"
    label = _("Refuse the assignment")
    leads_from = frozenset({lifecycle.ASSIGNED})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_HANDLER
    clauses = ("CZ-3.2",)
    asks = ReasonForm
    grave = True

    def do(self, deed: Deed) -> None:
        """It goes back to case supervision; the department no longer sees it."""
        deed.withdraw(deed.actor.organ.pk)


@register
class RecallAssignment(ClueAct):
    """Take a clue back to assign it anew (改派)."""

    code = "clue.recall"
    label = _("Recall to reassign")
    leads_from = frozenset({lifecycle.ASSIGNED, lifecycle.ACCEPTED})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    asks = ReasonForm
    grave = True

    def do(self, deed: Deed) -> None:
        """The department that had it no longer sees it; the reason stays."""
        handler = deed.organ_of(PartyRole.HANDLER)
        if handler is not None:
            deed.withdraw(handler)
