"""What can be done with a handover (工作交接的行为): list, arrange, take over, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.custody import TAKE_OVER
from guantong.kernel.acts.forms import ActForm, LongTextField, RecordedForm
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.organs.models import Officer, Post
from guantong.mechanisms.handovers import lifecycle, queries
from guantong.mechanisms.handovers.models import MOVABLE, Handover, Item, What


class DeskField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Whose desk (移交人)."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and post, and when it ended."""
        ended = f"（{obj.until}）" if obj.until else ""
        return f"{obj.officer.name} {obj.title}{ended}"


class OpenForm(ActForm):
    """Listing a desk (建立交接清单)."""

    post = DeskField(Post.objects.none(), label=gettext_lazy("Whose desk"))
    successor = forms.ModelChoiceField(
        Officer.objects.none(),
        label=gettext_lazy("Taken over by"),
        required=False,
        help_text=gettext_lazy("Of all rows; those of somebody else are chosen in the list afterwards."),
    )
    supervisor = forms.CharField(label=gettext_lazy("Handed over before"), max_length=60)
    remarks = LongTextField(label=gettext_lazy("Remarks"), rows=2, required=False, max_length=2000)

    def __init__(self, *args: Any, organ: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = queries.posts_of(organ)  # type: ignore[attr-defined]
        self.fields["successor"].queryset = queries.officers_of(organ)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nobody takes over from himself."""
        data = super().clean()
        post, successor = data.get("post"), data.get("successor")
        if post and successor and post.officer_id == successor.pk:
            self.add_error("successor", _("Nobody takes over his own desk. Choose somebody else."))
        return data


@register
class OpenHandover(Act):
    """List everything that lies on a desk, to be handed over (建立工作交接清单)."""

    code = "handover.open"
    label = gettext_lazy("List a desk to be handed over")
    kind = "handover"
    leads_to = lifecycle.LISTED
    by = lifecycle.ANY_RANK
    asks = OpenForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the desks of the actor's own department."""
        return {"organ": actor.organ.pk}

    def do(self, deed: Deed) -> None:
        """Write down what lies there now."""
        data, organ = deed.data, deed.actor.organ
        post: Post = data["post"]
        post.organ = organ
        listed = getattr(post, "listed_as", None)
        if listed:
            reason = _("This desk is already listed as %(number)s.") % {"number": listed}
            raise refuse("post", reason, _("Go on with that list, or withdraw it."))
        items = queries.lying_on(post, deed.matter)
        for item in items:
            item.successor = data["successor"] if item.what in MOVABLE else None
        number = next_number(organ.body_id_or_own, "handover", deed.happened_on.year)
        prefix = (organ.body or organ).number_prefix
        deed.matter.number = f"{prefix}交接〔{deed.happened_on.year}〕{number}号"
        deed.matter.title = _("Handover of the desk of %(name)s") % {"name": post.officer.name}
        handover = Handover(
            matter=deed.matter, post=post, supervisor=data["supervisor"], remarks=data["remarks"]
        )
        deed.add(handover, *items)
        deed.name_party(PartyRole.HANDLER, organ.pk)
        deed.grant(organ.pk, Depth.FULL, "hands over a desk of its own")
        deed.content["items"] = len(items)
        deed.index(Depth.FULL, [deed.matter.title], [deed.matter.number, post.officer.name])


class HandoverAct(Act):
    """An act on a handover that is listed."""

    kind = "handover"
    leads_from = frozenset({lifecycle.LISTED})
    by: ClassVar[tuple[Capacity, ...]] = lifecycle.BY_DEPARTMENT

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Handover:
        """Load the handover."""
        return lifecycle.load(matter)


class ArrangeForm(ActForm):
    """Giving rows to somebody (确定接收人)."""

    items = forms.ModelMultipleChoiceField(
        Item.objects.none(),
        label=gettext_lazy("Rows"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("What has come to the desk since the list was made is added and given too."),
    )
    successor = forms.ModelChoiceField(Officer.objects.none(), label=gettext_lazy("Taken over by"))
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)

    def __init__(self, *args: Any, handover: Handover | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if handover is not None:
            found = queries.untaken(handover).select_related("about")
            others = queries.officers_of(handover.post.organ_id).exclude(pk=handover.post.officer_id)
            self.fields["items"].queryset = found  # type: ignore[attr-defined]
            self.fields["items"].label_from_instance = lambda item: f"{item.about} {item.title}"  # type: ignore[attr-defined]
            self.fields["successor"].queryset = others  # type: ignore[attr-defined]


@register
class ArrangeHandover(HandoverAct):
    """Say who takes over which rows (确定接收人)."""

    code = "handover.arrange"
    label = gettext_lazy("Say who takes over")
    asks = ArrangeForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Handover) -> dict[str, Any]:
        """Offer what is not taken over yet."""
        return {"handover": detail}

    def do(self, deed: Deed) -> None:
        """Keep successor and remark with the rows; what has come since is added."""
        handover, rows = deed.detail, [item.pk for item in deed.data["items"]]
        come = queries.come_since(handover)
        for item in come:
            item.successor = deed.data["successor"]
        deed.add(*come)
        if not rows and not come:
            raise refuse("items", _("No row is chosen."), _("Tick the rows that are to be given."))
        values = {"successor": deed.data["successor"]}
        if deed.data["remark"]:
            values["remark"] = deed.data["remark"]
        Item.objects.filter(pk__in=rows).update(**values)
        deed.data["items"] = len(rows) + len(come)


def hand_on(deed: Deed, mine: list[Item]) -> None:
    """Give these rows to their successors: each matter by an act of its own, all of them or none."""
    day, still = deed.happened_on.isoformat(), queries.custodies(deed.detail.post)
    gone = [item.pk for item in mine if item.what == What.CUSTODY and item.about_id not in still]
    for item in sorted(mine, key=lambda one: str(one.about_id)):
        if item.what == What.CUSTODY and item.about_id in still:
            data = {"happened_on": day, "custodian": item.successor_id, "handover": deed.matter.number}
            deed.follow.append((TAKE_OVER, item.about_id, data))
    if gone:
        why = _("It passed out of this custody before it was taken over.")
        Item.objects.filter(pk__in=gone).update(stays=why[:200])
    Item.objects.filter(pk__in=[item.pk for item in mine]).update(taken_on=deed.happened_on)
    deed.content["taken"] = len(mine)
    if not queries.untaken(deed.detail).exists():
        deed.state = lifecycle.DONE


def _all_arranged(handover: Handover) -> list[Item]:
    """Return what is to be taken over. Raises Refused while anything has nobody to take it."""
    come = queries.come_since(handover)
    if come:
        raise refuse(
            "",
            _("%(number)s things have come to the desk since the list was made.") % {"number": len(come)},
            _("Use “Say who takes over”: it adds them."),
        )
    found = list(queries.untaken(handover))
    left = sum(item.successor_id is None for item in found)
    if left:
        raise refuse(
            "",
            _("%(number)s rows of the list have nobody who takes them over.") % {"number": left},
            _("Say who takes over; nothing may be left lying."),
        )
    return found


@register
class TakeOver(HandoverAct):
    """Take over what the list gives to oneself (接收)."""

    code = "handover.take_over"
    label = gettext_lazy("Take over")
    asks = ActForm
    grave = True

    def do(self, deed: Deed) -> None:
        """The matters are in the successor's custody from now on."""
        own = deed.actor.post.officer_id
        found = _all_arranged(deed.detail)
        mine = [item for item in found if item.successor_id == own]
        if found and not mine:
            reason = _("The list gives nothing to you.")
            raise refuse("", reason, _("Those whom it names take over themselves."))
        hand_on(deed, mine)


class RecordForm(RecordedForm):
    """Recording the signed list (登记已签清单)."""


@register
class RecordHandover(HandoverAct):
    """Record the list that both and the supervisor signed on paper (登记已签交接清单)."""

    code = "handover.record"
    label = gettext_lazy("Record the signed handover list")
    by = lifecycle.RECORDED
    asks = RecordForm
    grave = True

    def do(self, deed: Deed) -> None:
        """Everything is in its successors' custody from now on; who hands over does not record it."""
        if deed.actor.officer.pk == deed.detail.post.officer_id:
            reason = _("Who hands over does not record that it was taken over.")
            raise refuse("", reason, _("Let a successor or somebody else of the department record it."))
        hand_on(deed, _all_arranged(deed.detail))


class WithdrawForm(ActForm):
    """Withdrawing a list (撤回)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


@register
class WithdrawHandover(HandoverAct):
    """Withdraw a list; what has been taken over stays so (撤回交接清单)."""

    code = "handover.withdraw"
    label = gettext_lazy("Withdraw the list")
    leads_to = lifecycle.WITHDRAWN
    asks = WithdrawForm
    grave = True

    def do(self, deed: Deed) -> None:
        """The reason stands in the timeline."""
