"""Correcting whence a clue came and what it is about (移送单位、来源、类别更正).

Who was named as sender by mistake sees nothing of the clue any more, not even who the right one is; what a
letter to him answered is owed to the right one. The clue keeps its number and its duties their dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.matters.models import Depth, PartyRole
from guantong.kernel.organs.models import Organ, full_name_is
from guantong.mechanisms.clues.models import Category, Clue, Source


@dataclass(frozen=True)
class Sender:
    """A sender as written, and the organ of the platform that it is, if any (移送单位)."""

    name: str
    organ: int | None

    def __str__(self) -> str:
        return self.name


class SenderField(forms.CharField):
    """The sender's name; one that is listed is that organ."""

    def clean(self, value: Any) -> Sender:
        """Look the name up."""
        from guantong.kernel.organs.forms import current

        name = super().clean(value)
        found = list(current(Organ.objects.filter(full_name_is(name))).values_list("pk", flat=True)[:2])
        return Sender(name, found[0] if len(found) == 1 else None)


def sender_field() -> forms.Field:
    """Return the field, with the senders the page suggests."""
    suggests = forms.TextInput(attrs={"list": "senders", "autocomplete": "off"})
    return SenderField(
        max_length=120,
        widget=suggests,
        help_text=_("Type a part of the name and choose; one that is not listed is written out."),
    )


def suggestions(actor: Any) -> dict[str, Any]:
    """Return the senders its page suggests."""
    from guantong.mechanisms.clues.acts.common import suggested_senders

    return {"senders": suggested_senders(actor)}


def sent_itself(clue: Clue) -> str:
    """Say that a clue is not mistaken about who sent it, where the sender itself did."""
    if clue.on_paper:
        return ""
    return _("It was sent in the platform or by disc: whoever sent it is the sender.")


def _refuse_listed(deed: Deed) -> None:
    if deed.origins:
        raise refuse(
            "value",
            _("It came with others on one signed list: the sender of the list is its sender."),
            _("Return it, or withdraw it from the list, and register it by itself."),
        )


def write_sender(deed: Deed, new: Sender) -> None:
    """Put the right sender in the wrong one's place (更正移送单位)."""
    clue, old = deed.detail, deed.organ_of(PartyRole.SENDER)
    _refuse_listed(deed)
    if (new.name, new.organ) == (clue.sender_name, old):
        raise refuse("value", _("That is what stands there already."), _("Give the right value."))
    if new.organ == deed.organ_of(PartyRole.RECEIVER):
        raise refuse("value", _("A clue does not come from the department that keeps it."))
    if new.name != clue.sender_name:
        deed.mistaken.add(PartyRole.SENDER)
    deed.change(clue, sender_name=new.name)
    if new.organ != old:
        deed.end_party(PartyRole.SENDER)
        _withdraw(deed, old)
        if new.organ is not None:
            deed.name_party(PartyRole.SENDER, new.organ)
            deed.grant(new.organ, Depth.FEEDBACK, "sender (CZ-3.3)")
    _find_anew(deed)


def _withdraw(deed: Deed, organ: int | None) -> None:
    """End the wrong sender's sight, unless it has the clue as something else."""
    if organ is not None and organ not in {party.organ_id for party in deed.parties.values()}:
        deed.withdraw(organ)


def write_source(deed: Deed, new: str) -> None:
    """Take it for what it came from: what is owed, and whether it comes first, follows (更正线索来源)."""
    from guantong.mechanisms.clues import lifecycle
    from guantong.mechanisms.clues.acts.common import supervise_by_default

    clue = deed.detail
    _refuse_listed(deed)
    deed.change(clue, source=new)
    deed.restate(source=new)
    supervised = deed.facts["supervised"]
    supervise_by_default(deed, clue, lifecycle.supervision_of(clue))
    if deed.facts["supervised"] != supervised:
        deed.restated["supervised"] = supervised


def write_category(deed: Deed, new: str) -> None:
    """Take it for what it is about; a title made from the category follows (更正问题类别)."""
    from guantong.mechanisms.clues.acts.common import index_clue, make_title

    clue = deed.detail
    about = {"subjects": clue.persons, "unit": clue.unit}
    if deed.matter.title == make_title({**about, "category": clue.category}):
        deed.matter.title = make_title({**about, "category": new})
    deed.change(clue, category=new)
    deed.restate(category=new)
    index_clue(deed, clue, clue.persons)


def _find_anew(deed: Deed) -> None:
    from guantong.mechanisms.clues.acts.common import index_clue

    index_clue(deed, deed.detail, deed.detail.persons)


def say_source(value: str) -> str:
    """Return a source in words."""
    return str(Source(value).label)


def say_category(value: str) -> str:
    """Return a category in words."""
    return str(Category(value).label)
