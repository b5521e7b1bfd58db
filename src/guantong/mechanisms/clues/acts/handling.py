"""Handling: proposal, approval, progress, pause, extension, result (办理; 监督执纪工作规则 Arts. 21-35)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.duties.extending import require_within_longest
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import ClueAct, DecidingAct, handling, leadership
from guantong.mechanisms.clues.forms import (
    ApproveForm,
    ConcludeForm,
    DeclineForm,
    ExtensionForm,
    HandlingForm,
    PauseForm,
    ProgressForm,
    ReasonForm,
    ReportForm,
    RequestCaseForm,
)
from guantong.mechanisms.clues.models import Clue, Handling, Instruction, Result

APPROVAL = "clue.approve_extension"


def unanswered(matter: Matter | None) -> QuerySet[Instruction]:
    """Return the instructions on a clue of which nothing has been reported yet (待落实的批示)."""
    return Instruction.objects.filter(matter=matter, answered_on__isnull=True)


def answer_instructions(deed: Deed, instructions: Iterable[Instruction], answer: str) -> None:
    """Keep what came of instructions; what is owed for each of them is done (CZ-4.3)."""
    for one in instructions:
        deed.items.add(one.pk)
        deed.change(one, answered_on=deed.happened_on, answer=answer)


@register
class ProposeHandling(ClueAct):
    """Propose how to handle the clue, in one of the four ways (处置意见)."""

    code = "clue.propose_handling"
    label = gettext_lazy("Propose the handling")
    leads_from = frozenset({lifecycle.ACCEPTED})
    leads_to = lifecycle.HANDLING_PROPOSED
    by = lifecycle.BY_CUSTODIAN
    clauses = ("CZ-4.1",)
    asks = HandlingForm

    def do(self, deed: Deed) -> None:
        """Lay it before the leader."""
        deed.change(handling(deed), way=deed.data["way"], plan=deed.data["plan"])


class HandlingDecision(DecidingAct):
    """A decision on a proposed way of handling."""

    leads_from = frozenset({lifecycle.HANDLING_PROPOSED})

    def proposal(self, found: Handling) -> list[tuple[Any, Any]]:
        """In which way, and the plan."""
        return [(_("Way of handling"), found.get_way_display()), (_("Plan and reasons"), found.plan)]


@register
class ApproveHandling(HandlingDecision):
    """Approve the handling, here or on the approval sheet (批准处置意见)."""

    code = "clue.approve_handling"
    label = gettext_lazy("Approve the handling")
    leads_to = lifecycle.HANDLING
    send_back = "clue.decline_handling"
    laid_by = "clue.propose_handling"
    clauses = ("CZ-4.1",)
    asks = ApproveForm

    def do(self, deed: Deed) -> None:
        """Handling begins."""
        deed.facts["in_handling"] = True


@register
class DeclineHandling(HandlingDecision):
    """Do not approve the handling (不同意处置意见)."""

    code = "clue.decline_handling"
    label = gettext_lazy("Decline the proposal")
    leads_to = lifecycle.ACCEPTED
    asks = DeclineForm

    def do(self, deed: Deed) -> None:
        """It is to be proposed anew."""


@register
class ReportProgress(ClueAct):
    """Report progress (报告办理进展)."""

    code = "clue.report_progress"
    label = gettext_lazy("Report progress")
    leads_from = frozenset({lifecycle.HANDLING, lifecycle.PAUSED})
    by = lifecycle.BY_CUSTODIAN
    clauses = ("CZ-4.1", "CZ-4.3")
    asks = ReportForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Clue) -> dict[str, Any]:
        """Offer the instructions still to be answered."""
        return {"open_instructions": unanswered(matter)}

    def do(self, deed: Deed) -> None:
        """The progress stands in the timeline, and as the answer with the instructions it names."""
        answer_instructions(deed, deed.data["instructions"], deed.data["progress"])


@register
class PauseHandling(ClueAct):
    """Another organ's answer is awaited; the clock stops (中止计时)."""

    code = "clue.pause"
    label = gettext_lazy("Pause: an answer is awaited")
    leads_from = frozenset({lifecycle.HANDLING})
    leads_to = lifecycle.PAUSED
    by = lifecycle.BY_CUSTODIAN
    asks = PauseForm

    def do(self, deed: Deed) -> None:
        """Keep who is asked."""
        deed.change(handling(deed), paused_for=deed.data["awaited_from"])


@register
class ResumeHandling(ClueAct):
    """The answer is there; the clock goes on (恢复计时)."""

    code = "clue.resume"
    label = gettext_lazy("Resume")
    leads_from = frozenset({lifecycle.PAUSED})
    leads_to = lifecycle.HANDLING
    by = lifecycle.BY_CUSTODIAN
    asks = ProgressForm

    def do(self, deed: Deed) -> None:
        """Nobody is awaited any more."""
        deed.change(handling(deed), paused_for="")


@register
class RequestExtension(ClueAct):
    """Ask for more time (申请延长)."""

    code = "clue.request_extension"
    label = gettext_lazy("Ask for an extension")
    leads_from = frozenset({lifecycle.ACCEPTED, lifecycle.HANDLING})
    by = lifecycle.BY_CUSTODIAN
    clauses = ("CZ-4.1",)
    asks = ExtensionForm

    def do(self, deed: Deed) -> None:
        """Lay the date and the reason before the leader."""
        until = deed.data["until"]
        remedy = _("Ask for %(day)s at the latest; what is still needed then is asked for again.")
        require_within_longest(deed, until, APPROVAL, remedy)
        deed.change(handling(deed), extension_until=until, extension_reason=deed.data["reason"])


class ExtensionDecision(DecidingAct):
    """A decision on a request for more time."""

    leads_from = frozenset({lifecycle.ACCEPTED, lifecycle.HANDLING})
    clauses = ("CZ-4.1",)

    def proposal(self, found: Handling) -> list[tuple[Any, Any]]:
        """Until when, and why."""
        return [(_("Extended until"), found.extension_until), (_("Reason"), found.extension_reason)]

    def awaits(self, matter: Matter, detail: Clue) -> str:
        """Nothing is decided that was not asked for."""
        found = lifecycle.handling_of(detail)
        return "" if found and found.extension_until else _("No extension has been asked for.")

    def requested(self, deed: Deed) -> None:
        """Refuse where nothing was asked for."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("The handler asks for it first."))


@register
class ApproveExtension(ExtensionDecision):
    """Grant more time (批准延长)."""

    code = APPROVAL
    label = gettext_lazy("Approve the extension")
    asks = ApproveForm
    send_back = "clue.decline_extension"
    laid_by = "clue.request_extension"
    waits_where = Q(matter__handling__extension_until__isnull=False)

    def do(self, deed: Deed) -> None:
        """The dates move, with their explanation."""
        self.requested(deed)
        found = handling(deed)
        remedy = _("Decline it, and have the handler ask for %(day)s at the latest.")
        require_within_longest(deed, found.extension_until, self.code, remedy)
        deed.extension_until = found.extension_until
        deed.content["until"] = found.extension_until
        deed.content["reason"] = found.extension_reason
        deed.data["reason"] = found.extension_reason
        deed.change(found, extension_until=None, extension_reason="")


@register
class DeclineExtension(ExtensionDecision):
    """Grant no more time (不同意延长)."""

    code = "clue.decline_extension"
    label = gettext_lazy("Decline the extension")
    asks = DeclineForm

    def do(self, deed: Deed) -> None:
        """The dates stay."""
        self.requested(deed)
        deed.change(handling(deed), extension_until=None, extension_reason="")


@register
class ConcludeHandling(ClueAct):
    """State the result; a case is opened where one was approved outside (办理结果)."""

    code = "clue.conclude"
    label = gettext_lazy("State the result")
    leads_from = frozenset({lifecycle.HANDLING})
    leads_to = lifecycle.CONCLUDED
    by = lifecycle.BY_CUSTODIAN
    clauses = ("CZ-4.1",)
    asks = ConcludeForm
    grave = True

    def do(self, deed: Deed) -> None:
        """Keep the result, and open the case where there is one."""
        data = deed.data
        values = {"result": data["result"], "result_text": data["text"], "case_basis": ""}
        deed.change(handling(deed), **values, concluded_on=deed.happened_on)
        deed.facts["result"] = data["result"]
        answer_instructions(deed, unanswered(deed.matter), data["text"])
        if data["result"] == Result.CASE:
            open_case(deed, data["case_basis"], data["approved_by"])


def open_case(deed: Deed, basis: str, approved_by: str) -> None:
    """Let a case follow from the clue (立案), in the department and with the custodian who handles it."""
    custodian = deed.parties[PartyRole.CUSTODIAN]
    data = {
        "happened_on": deed.happened_on.isoformat(),
        "clue": str(deed.matter.pk),
        "title": deed.matter.title,
        "basis": basis,
        "approved_by": approved_by,
        "handler": deed.organ_of(PartyRole.HANDLER),
        "custodian": custodian.officer_id,
        "receiver": deed.organ_of(PartyRole.RECEIVER),
        "leaders": leadership(deed, deed.actor.body_id),
    }
    deed.follow.append(("case.open", None, data))


@register
class RequestCase(ClueAct):
    """Ask the leader for a case to be opened (呈请立案; 监督执纪工作规则 Art. 38)."""

    code = "clue.request_case"
    label = gettext_lazy("Ask for a case to be opened")
    leads_from = frozenset({lifecycle.HANDLING})
    by = lifecycle.BY_CUSTODIAN
    clauses = ("CZ-4.1",)
    asks = RequestCaseForm

    def do(self, deed: Deed) -> None:
        """Lay facts and basis before the leader."""
        deed.change(handling(deed), result_text=deed.data["text"], case_basis=deed.data["case_basis"])


class CaseDecision(DecidingAct):
    """A decision on whether a case is opened."""

    leads_from = frozenset({lifecycle.HANDLING})
    clauses = ("CZ-4.1",)

    def proposal(self, found: Handling) -> list[tuple[Any, Any]]:
        """What was found, and on what basis a case is asked for."""
        return [
            (_("Facts found and result"), found.result_text),
            (_("Basis for opening the case"), found.case_basis),
        ]

    def awaits(self, matter: Matter, detail: Clue) -> str:
        """Nothing is decided that was not asked for."""
        found = lifecycle.handling_of(detail)
        return "" if found and found.case_basis else _("Nobody has asked for a case to be opened.")

    def requested(self, deed: Deed) -> Handling:
        """Return what was asked for. Raises Refused where nothing was."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("The handler asks for it first."))
        return handling(deed)


@register
class ApproveCase(CaseDecision):
    """Approve that a case is opened: the handling is concluded with it (批准立案)."""

    code = "clue.approve_case"
    label = gettext_lazy("Approve the opening of a case")
    leads_to = lifecycle.CONCLUDED
    asks = ApproveForm
    send_back = "clue.decline_case"
    laid_by = "clue.request_case"
    waits_where = ~Q(matter__handling__case_basis="")
    grave = True

    def do(self, deed: Deed) -> None:
        """It is the result of the handling, whatever waits for one."""
        found = self.requested(deed)
        basis, text = found.case_basis, found.result_text
        deed.events.append(ConcludeHandling.code)
        deed.change(found, result=Result.CASE, concluded_on=deed.happened_on, case_basis="")
        deed.facts["result"] = Result.CASE.value
        deed.content |= {"text": text, "case_basis": basis}
        answer_instructions(deed, unanswered(deed.matter), text)
        open_case(deed, basis, deed.data["signer"] or deed.actor.officer.name)


@register
class DeclineCase(CaseDecision):
    """Do not open a case; the handling goes on (不同意立案)."""

    code = "clue.decline_case"
    label = gettext_lazy("Decline the opening of a case")
    asks = DeclineForm

    def do(self, deed: Deed) -> None:
        """What was asked for stands in the timeline."""
        found = self.requested(deed)
        deed.content["case_basis"] = found.case_basis
        deed.change(found, result_text="", case_basis="")


@register
class ReopenClue(ClueAct):
    """Take up a clue again when the result does not hold (重新办理)."""

    code = "clue.resume_handling"
    label = gettext_lazy("Take up again")
    leads_from = frozenset({lifecycle.CONCLUDED})
    leads_to = lifecycle.HANDLING
    by = lifecycle.BY_RECEIVER
    asks = ReasonForm
    grave = True

    def do(self, deed: Deed) -> None:
        """The result is open again; the old one stands in the timeline."""
        deed.facts["in_handling"] = True
        deed.change(handling(deed), result="", result_text="", concluded_on=None)
