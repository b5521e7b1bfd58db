"""What can be done with an inspection round (巡察轮次的行为; CZ-3.2), but for registering one on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Deed, refuse
from guantong.kernel.acts.forms import ActForm, DayField, LongTextField, PastDateField
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.mechanisms.rounds import lifecycle, queries
from guantong.mechanisms.rounds.models import Round


class RoundForm(ActForm):
    """What a round is (巡察轮次)."""

    title = forms.CharField(
        label=gettext_lazy("Round"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True}),
        help_text=gettext_lazy("As the Party committee calls it, such as 十二届市委第三轮巡察."),
    )
    units = LongTextField(
        label=gettext_lazy("Units inspected"), rows=2, max_length=2000, help_text=gettext_lazy("One a line.")
    )
    units.widget.attrs["data-feeds"] = "units"
    leader = forms.CharField(label=gettext_lazy("Team leader"), max_length=60, required=False)
    began_on: DayField = PastDateField(label=gettext_lazy("Inspected from"), required=False)
    ended_on = PastDateField(label=gettext_lazy("Inspected until"), required=False)

    def clean(self) -> dict[str, Any]:
        """It ends after it began."""
        cleaned = super().clean()
        began, ended = cleaned.get("began_on"), cleaned.get("ended_on")
        if began and ended and ended < began:
            self.add_error(
                "ended_on",
                _("%(ended)s lies before the beginning on %(began)s. One of the two is wrong.")
                % {"ended": ended, "began": began},
            )
        return cleaned


def make_round(deed: Deed, **values: Any) -> Round:
    """Write a new round from the form's data, with its number."""
    data = deed.data
    body = deed.actor.organ.body or deed.actor.organ
    serial = next_number(body.pk, "round", deed.happened_on.year)
    deed.matter.number = f"{body.number_prefix}轮〔{deed.happened_on.year}〕{serial}号"
    deed.matter.title = data["title"]
    made = Round(
        matter=deed.matter,
        units=data["units"],
        leader=data["leader"],
        began_on=data["began_on"],
        ended_on=data["ended_on"],
        **values,
    )
    deed.add(made)
    deed.index(
        Depth.FEEDBACK,
        [data["title"], data["units"], made.sender_name],
        [*data["units"].splitlines(), deed.matter.number, made.letter_number],
    )
    return made


class OpenForm(RoundForm):
    """A round that is opened here, perhaps before the teams move in (开设巡察轮次)."""

    began_on = DayField(
        label=gettext_lazy("Inspected from"),
        required=False,
        help_text=gettext_lazy("The planned day where the teams have not moved in yet."),
    )


@register
class OpenRound(Act):
    """Open an inspection round, whose clues are gathered until they are handed over (开设巡察轮次)."""

    code = "round.open"
    label = gettext_lazy("Open an inspection round")
    kind = "round"
    leads_to = lifecycle.OPEN
    by = lifecycle.OFFICE
    clauses = ("CZ-3.2",)
    asks = OpenForm
    shown_at = Depth.FEEDBACK

    def do(self, deed: Deed) -> None:
        """Keep it with the inspection office."""
        organ = deed.actor.organ
        made = make_round(deed, sender_name=organ.full_name)
        deed.facts.update(lifecycle.facts(made))
        deed.name_party(PartyRole.SENDER, organ.pk, officer_id=deed.actor.officer.pk)
        deed.grant(organ.pk, Depth.FEEDBACK, "inspection office (CZ-3.2)")


class RoundAct(Act):
    """An act on a round that exists."""

    kind = "round"
    clauses = ("CZ-3.2",)
    shown_at = Depth.FEEDBACK

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Round:
        """Load the round."""
        return lifecycle.load(matter)


class ReasonForm(ActForm):
    """An act that takes a reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


@register
class WithdrawRound(RoundAct):
    """Withdraw a round that was opened by mistake (撤销轮次)."""

    code = "round.withdraw"
    label = gettext_lazy("Withdraw the round")
    leads_from = frozenset({lifecycle.OPEN})
    leads_to = lifecycle.WITHDRAWN
    by = lifecycle.BY_SENDER
    asks = ReasonForm
    sight = Depth.FEEDBACK
    grave = True

    def do(self, deed: Deed) -> None:
        """It holds no clue any more."""
        left = queries.drafts(deed.detail)
        if left:
            raise refuse(
                "",
                _("The round still holds %(count)s clues.") % {"count": len(left)},
                _("Withdraw their drafts first, or hand them over."),
            )


class SignListForm(ActForm):
    """Both signatures under the hand-over list (签收移交清单)."""

    happened_on = PastDateField(label=gettext_lazy("Signed on"))
    handed_by = forms.CharField(label=gettext_lazy("Handed over by"), max_length=60)
    taken_by = forms.CharField(label=gettext_lazy("Received by"), max_length=60)
    scan = forms.FileField(
        label=gettext_lazy("Scan of the list signed by both"), help_text=gettext_lazy("PDF, JPEG or PNG.")
    )


@register
class SignList(RoundAct):
    """Record the hand-over list that both sides have signed (双方签收移交清单; CZ-3.2)."""

    code = "round.sign_list"
    label = gettext_lazy("Record the signed list")
    leads_from = frozenset({lifecycle.HANDED_OVER, lifecycle.RECEIVED, lifecycle.FED_BACK})
    by = lifecycle.BY_RECEIVER
    asks = SignListForm

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose the actor as who received."""
        return {"taken_by": actor.officer.name, "handed_by": detail.handed_by}

    def do(self, deed: Deed) -> None:
        """Keep both names; the scan is an attachment that both sides see."""
        _not_before_hand_over(deed)
        deed.change(
            deed.detail,
            handed_by=deed.data["handed_by"],
            taken_by=deed.data["taken_by"],
            list_signed_on=deed.happened_on,
        )


def _not_before_hand_over(deed: Deed) -> None:
    sent = deed.detail.handed_over_on
    if sent and deed.happened_on < sent:
        raise refuse(
            "happened_on",
            _("The clues were handed over on %(sent)s, not before.") % {"sent": sent},
            _("Give the day on which it happened."),
        )


def _numbers(positions: list[int]) -> str:
    return _(", ").join(str(position) for position in positions)


@register
class ReceiveRound(RoundAct):
    """State that the whole batch has been taken in or returned, clue by clue (整批接收完毕; CZ-3.2)."""

    code = "round.receive"
    label = gettext_lazy("Conclude the intake")
    leads_from = frozenset({lifecycle.HANDED_OVER})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_RECEIVER
    asks = ActForm

    def awaits(self, matter: Matter, detail: Any) -> str:
        """Each clue is taken in or returned first."""
        left = [row.position for row in queries.rows_of(detail) if row.waits]
        if not left:
            return ""
        return _("Not yet taken in or returned: no. %(numbers)s.") % {"numbers": _numbers(left)}

    def do(self, deed: Deed) -> None:
        """Count how many were taken in and how many returned."""
        _not_before_hand_over(deed)
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("Take them in or return them on the page of the batch."))
        deed.change(deed.detail, received_on=deed.happened_on)
        deed.facts["received_on"] = deed.happened_on


@register
class CloseRound(RoundAct):
    """Close a round: every clue is closed and its sender told (轮次办结; CZ-3.3)."""

    code = "round.close"
    label = gettext_lazy("Close the round")
    leads_from = frozenset({lifecycle.RECEIVED, lifecycle.FED_BACK})
    leads_to = lifecycle.CLOSED
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.3",)
    asks = ActForm
    grave = True

    def awaits(self, matter: Matter, detail: Any) -> str:
        """The list is signed, each clue closed, and nothing owed to the sender on it."""
        if detail.handover_id and not detail.list_signed_on:
            return _("The list signed by both is not recorded yet.")
        left = queries.unsettled(detail, queries.rows_of(detail))
        if not left:
            return ""
        return _("Still open, or the sender is still to be told: no. %(numbers)s.") % {
            "numbers": _numbers(left)
        }

    def do(self, deed: Deed) -> None:
        """Nothing is left to do on any clue of the round."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("Close these first."))
