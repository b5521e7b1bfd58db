"""Expunging content (清除内容): two people together, on the record; the entry and its hash stay.

Ordinary acts on the matter: one officer proposes, another, a leader, carries it out. What is removed is what
the journal says of one act; facts of the matter are mended by correction, whose own entry names the old value
and may have to be expunged as well. See docs/decisions/0010-expunging.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm, LongTextField
from guantong.kernel.acts.registry import register
from guantong.kernel.journal.hashing import EXPUNGE_ACT, Expunging
from guantong.kernel.journal.models import Content, Entry, Expunction
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Rank

PROPOSE_ACT = "journal.propose_expunge"
DECLINE_ACT = "journal.decline_expunge"
LEADERS = frozenset({Rank.PRINCIPAL, Rank.LEADER})
PROPOSERS = (
    Capacity(role="case_supervision"),
    Capacity(party="author"),
    Capacity(party="receiver"),
    Capacity(party="executing"),
)
CONFIRMERS = (Capacity(role="leadership", ranks=LEADERS),)


@dataclass(frozen=True)
class Proposal:
    """A proposal still open: its entry, the entry it is about, who proposed it and why."""

    entry: Entry
    target: Entry
    proposer: int
    reason: str


class ProposeForm(ActForm):
    """Which entry, and why (提出清除)."""

    entry = forms.IntegerField(label=gettext_lazy("Number of the entry in this matter"), min_value=1)
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=3,
        max_length=500,
        help_text=gettext_lazy(
            "It stays readable for ever: say why, for instance on what order, and never what is removed."
        ),
    )


class DecideForm(ActForm):
    """Which proposal (决定清除)."""

    proposal = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


def open_proposals(matter: Matter) -> dict[int, Proposal]:
    """Return the proposals neither carried out nor declined, by their entry's number, in two queries."""
    said = {
        content.entry.seq: content
        for content in Content.objects.filter(
            entry__matter=matter, entry__act__in=[PROPOSE_ACT, DECLINE_ACT, EXPUNGE_ACT]
        ).select_related("entry")
    }
    settled = {
        int(content.body["data"]["proposal"]) for content in said.values() if content.entry.act != PROPOSE_ACT
    }
    waiting = {
        seq: content
        for seq, content in said.items()
        if content.entry.act == PROPOSE_ACT and seq not in settled
    }
    wanted = {int(content.body["data"]["entry"]) for content in waiting.values()}
    targets = {entry.seq: entry for entry in Entry.objects.filter(matter=matter, seq__in=wanted)}
    found = {}
    for seq, content in waiting.items():
        target = targets.get(int(content.body["data"]["entry"]))
        if target is not None:
            body = content.body
            found[seq] = Proposal(content.entry, target, int(body["proposer"]), str(body["data"]["reason"]))
    return found


def _account(deed: Deed) -> int:
    try:
        account = deed.actor.officer.account
    except ObjectDoesNotExist:
        reason = _("Expunging names two accounts, and this officer has none.")
        raise refuse("", reason, _("Ask the security administrator for an account.")) from None
    return int(account.pk)


class _OfTheJournal(Act):
    """An act on the matter's own chain."""

    kind = "*"
    leads_from = ANY_STATE
    sight = Depth.FULL
    shown_at = Depth.FULL
    on_item = True
    grave = True

    def about(self, matter: Matter, detail: Any) -> Any:
        """The rules ask about the matter."""
        return kinds.get(matter.kind).load(matter)


@register
class ProposeExpunging(_OfTheJournal):
    """Propose that an entry's content be expunged (提出清除内容)."""

    code = PROPOSE_ACT
    label = gettext_lazy("Propose expunging")
    by = PROPOSERS
    asks = ProposeForm

    def initial(self, actor: Any, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """The entry chosen on the page of the chain."""
        return {"entry": detail} if detail else {}

    def load(self, matter: Matter, data: Mapping[str, Any]) -> int | None:
        """The number of the entry named in the data, if any."""
        raw = str(data.get("entry") or "")
        return int(raw) if raw.isdecimal() and len(raw) < 10 else None

    def do(self, deed: Deed) -> None:
        """Check that there is such content and that it may go."""
        seq = deed.data["entry"]
        target = Entry.objects.filter(matter=deed.matter, seq=seq).first()
        if target is None or not Content.objects.filter(entry=target).exists():
            reason = _("Entry %(seq)s of this matter has no content (any more).") % {"seq": seq}
            raise refuse("entry", reason, _("Check the number on the page of the chain."))
        if target.act == EXPUNGE_ACT:
            reason = _("Entry %(seq)s records an expunging; without it the chain would not verify.")
            raise refuse("entry", reason % {"seq": seq}, _("It holds nothing but number and reason."))
        if any(proposal.target.seq == seq for proposal in open_proposals(deed.matter).values()):
            reason = _("Expunging entry %(seq)s is already proposed.") % {"seq": seq}
            raise refuse("entry", reason, _("Another person has to confirm or decline it."))
        deed.content["proposer"] = _account(deed)
        place, body = deed.matter.jurisdiction_id, deed.actor.body_id
        leaders = engine.organ_bound("leadership", place, deed.happened_on, body)
        if leaders is not None:
            deed.grant(leaders, Depth.FULL, _("To decide on expunging content"))


class _Decision(_OfTheJournal):
    """The second person's word on a proposal."""

    by = CONFIRMERS
    asks = DecideForm

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Proposal:
        """Find the proposal named in the data. Raises Refused where there is none open."""
        raw = str(data.get("proposal") or "")
        found = open_proposals(matter).get(int(raw)) if raw.isdecimal() and len(raw) < 10 else None
        if found is None:
            reason = _("There is no such proposal, or it is settled already.")
            raise refuse("proposal", reason, _("Open the page of the chain anew."))
        return found

    def initial(self, actor: Any, matter: Matter | None, detail: Proposal) -> dict[str, Any]:
        """The proposal."""
        return {"proposal": detail.entry.seq}


@register
class DeclineExpunging(_Decision):
    """Decline to expunge (不同意清除)."""

    code = DECLINE_ACT
    label = gettext_lazy("Decline expunging")

    def do(self, deed: Deed) -> None:
        """Nothing goes; the entry says so."""
        deed.content["target"] = deed.detail.target.seq


@register
class Expunge(_Decision):
    """Expunge an entry's content on the word of two people (清除内容)."""

    code = EXPUNGE_ACT
    label = gettext_lazy("Expunge content")

    def do(self, deed: Deed) -> None:
        """Remove the content and state it in the chain."""
        proposal: Proposal = deed.detail
        second = _account(deed)
        if second == proposal.proposer or proposal.entry.officer_name == deed.actor.officer.name:
            reason = _("You proposed this yourself; expunging takes two different people.")
            raise refuse("", reason, _("Let another leader of the organ confirm or decline it."))
        said = Expunging(
            entry_id=proposal.target.pk,
            entry_hash=proposal.target.hash,
            people=(proposal.proposer, second),
            reason=proposal.reason,
            at=deed.now,
        ).statement()
        deed.content["expunges"] = said
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT guantong_expunge(%s, %s, %s, %s, %s)",
                [proposal.target.pk, proposal.proposer, second, said["reason"], deed.now],
            )


def expungings_of(matter: Matter) -> dict[int, Expunction]:
    """Return what was expunged in a matter, by entry id."""
    return {row.entry_id: row for row in Expunction.objects.filter(entry__matter=matter)}
