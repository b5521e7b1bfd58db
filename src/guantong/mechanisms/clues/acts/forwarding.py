"""Forwarding: all or a part of a clue goes to another discipline organ (转送、分拆; CZ-3.2).

The sender stays the sender: the organ that receives it owes him receipt and feedback (CZ-3.3). See
docs/decisions/0015-forwarded-clues.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Deed, refuse
from guantong.kernel.acts.files import StoredFile
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Attachment, Depth, Link, LinkKind, Matter, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Organ, OrganKind
from guantong.kernel.people.forms import add_subjects
from guantong.kernel.people.jurisdiction import heads_asked, is_head
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    facts_of_new,
    index_clue,
    jurisdiction_outcome,
    make_clue,
)
from guantong.mechanisms.clues.acts.intake import CASE_SUPERVISION
from guantong.mechanisms.clues.forms import ClueForm, ForwardForm, ReasonForm, SplitForm
from guantong.mechanisms.clues.models import Clue, Source

ELSEWHERE = frozenset({"forward_superior", "forward_subordinate", "forward_peer"})
LETTER = ("sender_name", "letter_number", "letter_date", "letter_signer")
"""What the receiving organ must know of the sender's letter to answer it."""
FILE = JSONObject(id="id", name="name", digest="digest", size="size", media_type="media_type")
Rows = list[dict[str, Any]]


class ForwardingAct(ClueAct):
    """An act by which all or part of a clue goes to another discipline organ."""

    leads_from = frozenset({lifecycle.RECEIVED})
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    grave = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Clue:
        """Load the clue with its persons and the files that came with it, in one query.

        What the organ itself added (scans of instructions, approval sheets) is no file that goes on.
        """
        files = Attachment.objects.filter(matter=OuterRef("pk"), depth__lte=Depth.FEEDBACK).order_by("id")
        loaded = lifecycle.whole().annotate(
            persons=lifecycle.PERSONS, files=ArraySubquery(files.values(row=FILE))
        )
        return loaded.get(matter=matter)

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the other discipline organs."""
        organs = Organ.objects.filter(kind=OrganKind.DISCIPLINE, parent__isnull=True)
        organs = organs.exclude(pk=actor.body_id).select_related("jurisdiction")
        return {"organs": current(organs).order_by("name")}

    @staticmethod
    def send_on(
        deed: Deed, link: LinkKind, allegation: str, title: str, persons: Rows, evidence: Rows, files: Rows
    ) -> None:
        """Let the part arrive at the other organ, as a clue of its own ledger."""
        clue: Clue = deed.detail
        _refuse_to_its_own_head(deed, persons)
        stored = [StoredFile(one["name"], one["digest"], one["size"], one["media_type"]) for one in files]
        data = {
            "happened_on": deed.happened_on.isoformat(),
            "to": deed.data["to"],
            "link": link,
            "source_matter": str(deed.matter.pk),
            "sender": deed.organ_of(PartyRole.SENDER),
            "source": clue.source,
            "title": title,
            "category": clue.category,
            "allegation": allegation,
            "amount": clue.amount,
            "unit": clue.unit,
            "subjects": persons,
            "evidence": evidence,
            "attachments": stored,
            **{name: getattr(clue, name) for name in (*LETTER, "concluded_on")},
        }
        deed.follow.append(("clue.arrive", None, data))


def _refuse_to_its_own_head(deed: Deed, persons: Rows) -> None:
    """Refuse to lay a clue about an organ's principal head before that organ (检举控告工作规则 Art. 15)."""
    to: Organ = deed.data["to"]
    heads = heads_asked(to, persons)
    about = next((row for row in persons if is_head(to, row, heads)), None)
    if about is None:
        return
    above = engine.organ_bound("superior_commission", to.jurisdiction_id, deed.happened_on)
    if above is None and to.jurisdiction.parent_id:
        above = engine.organ_bound("commission", to.jurisdiction.parent_id, deed.happened_on)
    words = {"name": about["name"], "organ": to}
    reason = _("%(name)s is the principal head of %(organ)s: what is about him does not go there.") % words
    raise refuse("to", reason, _addressee(deed, to, above))


def _addressee(deed: Deed, to: Organ, above: int | None) -> str:
    """Return to whom it belongs instead: to the organ above the one that was chosen."""
    if above == deed.actor.body_id:
        return _("It belongs to this organ, one level above %(organ)s: keep it and assign it.") % {
            "organ": to
        }
    found = Organ.objects.filter(pk=above).first() if above else None
    if found is None:
        return _("It belongs to the organ one level above %(organ)s: send it there on paper.") % {"organ": to}
    return _("It belongs to %(above)s, one level above: forward it there.") % {"above": found}


@register
class ForwardClue(ForwardingAct):
    """Forward a clue to the organ that has jurisdiction (转送; 监察法实施条例 Art. 169)."""

    code = "clue.forward"
    label = gettext_lazy("Forward to another organ")
    leads_to = lifecycle.FORWARDED
    asks = ForwardForm

    def do(self, deed: Deed) -> None:
        """It ends here and arrives there, with all that came with it."""
        clue, title = deed.detail, deed.matter.title
        what = (clue.persons, clue.evidence, clue.files)
        self.send_on(deed, LinkKind.FORWARDED, clue.allegation, title, *what)


@register
class SplitClue(ForwardingAct):
    """Send the part for which another organ has jurisdiction (分拆转送; 监察法实施条例 Art. 171)."""

    code = "clue.split"
    label = gettext_lazy("Split and forward a part")
    asks = SplitForm

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the organs, and what of the clue can go."""
        return {
            **super().form_arguments(actor, matter, detail),
            "persons": detail.persons,
            "evidence": detail.evidence,
            "attachments": detail.files,
        }

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose the persons of whom the jurisdiction table says that they belong to another organ."""
        today = clock.today()
        return {
            "persons": [
                row["id"] for row in detail.persons if jurisdiction_outcome(actor, [row], today) in ELSEWHERE
            ]
        }

    def do(self, deed: Deed) -> None:
        """The rest stays here; nobody of it is named there."""
        data = deed.data
        evidence, files = data["evidence"], data["attachments"]
        self.send_on(deed, LinkKind.SPLIT, data["part"], "", data["persons"], evidence, files)
        data["evidence"] = [row["title"] for row in evidence]


@register
class TakeBackClue(ClueAct):
    """Take a clue up again that the other organ has returned (收回转送件)."""

    code = "clue.take_back"
    label = gettext_lazy("Take up what was returned")
    leads_from = frozenset({lifecycle.FORWARDED})
    leads_to = lifecycle.RECEIVED
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2", "CZ-3.3")
    asks = ReasonForm

    def awaits(self, matter: Matter, detail: Clue) -> str:
        """The other organ has sent it back."""
        there = Matter.objects.filter(links_out__target=matter, links_out__kind=LinkKind.FORWARDED)
        state = there.order_by("-id").values_list("state", flat=True).first()
        if state in (lifecycle.RETURNED, lifecycle.WITHDRAWN):
            return ""
        return _("The organ to which it was forwarded has not returned it.")

    def do(self, deed: Deed) -> None:
        """What the sender is owed is owed here again, from the day of the first receipt."""
        why = self.awaits(deed.matter, deed.detail)
        if why:
            raise refuse("", why, _("See the linked matter for where it stands there."))


class ArriveForm(ClueForm):
    """What a forwarded clue carries; given by the act from which it follows, never from outside."""

    to = forms.Field()
    link = forms.ChoiceField(choices=[(LinkKind.FORWARDED, ""), (LinkKind.SPLIT, "")])
    source_matter = forms.UUIDField()
    source = forms.ChoiceField(choices=Source.choices)
    sender = forms.IntegerField(required=False)
    sender_name = forms.CharField(label=gettext_lazy("Sender"), max_length=120)
    letter_number = forms.CharField(label=gettext_lazy("Letter number"), max_length=60, required=False)
    letter_date = forms.DateField(label=gettext_lazy("Date of the letter"), required=False)
    letter_signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=60, required=False)
    attachments = forms.Field(  # type: ignore[assignment]
        label=gettext_lazy("Attachments"), required=False
    )


@register
class ArriveClue(Act):
    """A clue that another discipline organ forwards arrives (转送到达)."""

    code = "clue.arrive"
    label = gettext_lazy("Arrive from another organ")
    kind = "clue"
    leads_to = lifecycle.SENT
    by = CASE_SUPERVISION
    clauses = ("CZ-3.2",)
    asks = ArriveForm
    shown_at = Depth.FEEDBACK
    hidden = True

    def do(self, deed: Deed) -> None:
        """Make it a clue of the other organ's, from the same sender, forwarded by this one."""
        data, to, here = deed.data, deed.data["to"], deed.actor.organ
        receiver = engine.organ_bound("case_supervision", to.jurisdiction_id, deed.happened_on, to.pk)
        if receiver is None:
            raise refuse(
                "to",
                _("%(organ)s has no case supervision department in this platform.") % {"organ": to},
                _("Forward it on paper and record that; or have the role bound."),
            )
        deed.matter.jurisdiction_id, deed.matter.organ = to.jurisdiction_id, to
        letter = {name: data[name] for name in LETTER}
        clue = make_clue(deed, source=data["source"], sent_on=deed.happened_on, **letter)
        add_subjects(deed, data["subjects"])
        deed.add(Link(source=deed.matter, target_id=data["source_matter"], kind=data["link"]))
        if data["sender"]:
            deed.name_party(PartyRole.SENDER, data["sender"])
            deed.grant(data["sender"], Depth.FEEDBACK, "sender (CZ-3.3)")
        deed.name_party(PartyRole.FORWARDER, here.pk)
        deed.grant(here.pk, Depth.FEEDBACK, "forwarding organ")
        deed.name_party(PartyRole.RECEIVER, receiver)
        deed.grant(receiver, Depth.FULL, "case supervision (CZ-3.2)")
        deed.facts["sent_on"] = deed.happened_on
        facts_of_new(deed, clue)
        index_clue(deed, clue, data["subjects"])
