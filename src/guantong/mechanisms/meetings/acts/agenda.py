"""The agenda: items proposed by those who attend, accepted and put in order by the convener (议题征集)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Capacity, Deed
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Matter, PartyRole
from guantong.mechanisms.meetings import lifecycle
from guantong.mechanisms.meetings.acts.base import MeetingAct, RowAct, of
from guantong.mechanisms.meetings.forms import AcceptForm, DeclineForm, ProposeForm
from guantong.mechanisms.meetings.models import Invitee, Item, ItemPaper, ItemState

OPEN = lifecycle.BEFORE | {lifecycle.SITTING}


@register
class ProposeItem(MeetingAct):
    """Propose an item with what is laid before the meeting on it (申报议题)."""

    code = "meeting.propose"
    label = gettext_lazy("Propose an item")
    leads_from = OPEN
    asks = ProposeForm

    def entitled(self, matter: Matter, detail: Any) -> tuple[Capacity, ...]:
        """The convener, and each organ invited."""
        invited = Invitee.objects.filter(matter=matter, left_out=False, organ__isnull=False)
        each = [of(organ) for organ in invited.values_list("organ", flat=True)]
        return self.by + tuple(one for many in each for one in many)

    def do(self, deed: Deed) -> None:
        """Keep it; the convener's own stands on the agenda at once."""
        data, own = deed.data, deed.actor.organ
        item = Item(
            matter=deed.matter, title=data["title"], proposer=own, proposed_by=deed.actor.post,
            proposed_on=deed.happened_on,
        )  # fmt: skip
        if deed.organ_of(PartyRole.CONVENER) in (own.pk, deed.actor.body_id):
            item.state = ItemState.ACCEPTED
            item.position = 1 + Item.objects.filter(matter=deed.matter, state=ItemState.ACCEPTED).count()
        papers = [ItemPaper(matter=deed.matter, item=item, text=data["text"])]
        papers += [ItemPaper(matter=deed.matter, item=item, digest=one.digest) for one in data["attachments"]]
        deed.add(item, *papers)
        deed.content["item"] = str(item.pk)


class ItemAct(RowAct):
    """An act about one item."""

    names = "item"
    model = Item
    leads_from = OPEN

    def rows(self, matter: Matter) -> QuerySet[Any]:
        """The items of the meeting."""
        return Item.objects.filter(matter=matter).select_related("proposer")


@register
class AcceptItem(ItemAct):
    """Put an item on the agenda, or move it to another place (列入议程、调整次序)."""

    code = "meeting.accept"
    label = gettext_lazy("Put on the agenda")
    asks = AcceptForm

    def do(self, deed: Deed) -> None:
        """Number the agenda anew where its order changes."""
        item: Item = deed.detail.row
        others = list(Item.objects.filter(matter=deed.matter, state=ItemState.ACCEPTED).exclude(pk=item.pk))
        place = min(deed.data["position"] or len(others) + 1, len(others) + 1)
        others.insert(place - 1, item)
        deed.change(item, state=ItemState.ACCEPTED, position=place, reason="")
        for position, one in enumerate(others, start=1):
            if one.pk != item.pk and one.position != position:
                deed.change(one, position=position)
        deed.data.update(item=item.title, position=place)


@register
class DeclineItem(ItemAct):
    """Leave an item off the agenda, with the reason (不列入议程)."""

    code = "meeting.decline"
    label = gettext_lazy("Leave off the agenda")
    asks = DeclineForm

    def do(self, deed: Deed) -> None:
        """The one who proposed it reads why."""
        item: Item = deed.detail.row
        deed.change(item, state=ItemState.DECLINED, position=None, reason=deed.data["reason"])
        deed.data["item"] = item.title
