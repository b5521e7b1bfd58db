"""Entering clues from an old book (历史台账导入): open ones with their duties, closed ones as history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Deed, refuse
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm, LetterNumberField, LongTextField, PastDateField
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.organs.models import Organ
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import (
    ClueAct,
    enter_in_ledger,
    facts_of_new,
    name_sender,
    refuse_what_belongs_above,
    supervise_by_default,
)
from guantong.mechanisms.clues.acts.intake import CASE_SUPERVISION
from guantong.mechanisms.clues.forms import RegisterForm
from guantong.mechanisms.clues.models import BookRecord, Clue, Handling, Platform, SourceRecord


class BookForm(RegisterForm):
    """A row of the old book (原台账记录). Letter number and date may be missing there."""

    letter_number = LetterNumberField(label=gettext_lazy("Letter number"), max_length=60, required=False)
    letter_date = PastDateField(label=gettext_lazy("Date of the letter"), required=False)
    book_number = forms.CharField(label=gettext_lazy("Number in the old book"), max_length=60, required=False)
    book_handler = forms.CharField(
        label=gettext_lazy("Handled by, as in the old book"), max_length=200, required=False
    )
    book_custodian = forms.CharField(
        label=gettext_lazy("Custodian, as in the old book"), max_length=200, required=False
    )
    book_state = forms.CharField(
        label=gettext_lazy("State, as in the old book"), max_length=200, required=False
    )
    book_due = forms.CharField(
        label=gettext_lazy("Due date, as in the old book"), max_length=60, required=False
    )
    book_result = LongTextField(label=gettext_lazy("Result, as in the old book"), rows=2, required=False)
    book_remark = LongTextField(label=gettext_lazy("Remark, as in the old book"), rows=2, required=False)
    book_file = forms.CharField(label=gettext_lazy("Imported from the file"), max_length=200, required=False)
    book_place = forms.CharField(label=gettext_lazy("Sheet and row"), max_length=80, required=False)
    import_key = forms.CharField(max_length=80, label="")
    platform = forms.IntegerField(required=False, label="")
    base = forms.JSONField(required=False, label="")

    def listed(self, name: str) -> Organ | None:
        """The import has looked for the sender already, once for all rows."""
        return None


class ClosedForm(BookForm):
    """A row of the old book that says the clue is closed (已办结历史记录)."""

    closed_on = PastDateField(label=gettext_lazy("Closed on"), required=False)

    def clean(self) -> dict[str, Any]:
        """It was not closed before it was received."""
        cleaned = super().clean()
        self.in_order("happened_on", "closed_on")
        return cleaned


class ImportAct(Act):
    """An act that enters one row of an old book; only an import does it."""

    kind = "clue"
    by = CASE_SUPERVISION
    clauses = ("CZ-3.2",)
    shown_at = Depth.FULL
    hidden = True
    by_import = True

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer every organ as sender."""
        return {"senders": Organ.objects.select_related("body")}

    def before_keeping(self, actor: Actor, data: Mapping[str, Any]) -> None:
        """Not even a row of the old book is kept of what belongs to the superior organ (GR-15)."""
        refuse_what_belongs_above(actor, data["subjects"], data["happened_on"])

    def enter(self, deed: Deed) -> Clue:
        """Enter the row in the ledger under a number of its own, as received on the day it arrived."""
        data = deed.data
        clue = enter_in_ledger(deed, book_number=data["book_number"])
        names = ("handler", "custodian", "state", "due", "result", "remark", "file", "place")
        deed.add(
            BookRecord(
                matter=deed.matter,
                import_key=data["import_key"],
                **{name: data[f"book_{name}"] for name in names},
            )
        )
        deed.content["number"] = deed.matter.number
        base = data.pop("base")
        if data["platform"] and data["book_number"]:
            deed.add(_record(deed, data["platform"], data["book_number"], base or {}, {}))
        return clue


def _record(deed: Deed, platform: int, key: str, base: dict[str, str], left: dict[str, str]) -> SourceRecord:
    return SourceRecord(matter=deed.matter, platform_id=platform, key=key, base=base, left=left, at=deed.now)


@register
class ImportOpenClue(ImportAct):
    """Enter an open clue of the old book (历史台账在办线索导入): its duties count from when it arrived."""

    code = "clue.import_open"
    label = gettext_lazy("Import from the old book")
    leads_to = lifecycle.RECEIVED
    asks = BookForm

    def do(self, deed: Deed) -> None:
        """The same follows as from registering the letter on the day it arrived."""
        clue = self.enter(deed)
        name_sender(deed, deed.data["sender"])
        facts_of_new(deed, clue)
        supervise_by_default(deed, clue)
        deed.events.append("clue.register")


@register
class ImportClosedClue(ImportAct):
    """Enter a closed clue of the old book (历史导入): nothing is owed for it any more."""

    code = "clue.import_closed"
    label = gettext_lazy("Import from the old book as closed")
    leads_to = lifecycle.CLOSED
    asks = ClosedForm

    def do(self, deed: Deed) -> None:
        """Its result is kept as the book words it."""
        data = deed.data
        self.enter(deed)
        text = data["book_result"] or _("Historical import: the old book gives no result.")
        deed.add(Handling(matter=deed.matter, result_text=text, concluded_on=data["closed_on"]))


class CompareForm(ActForm):
    """What was decided of a row that differs from its clue (差异处理)."""

    platform = forms.ModelChoiceField(Platform.objects.all(), label=gettext_lazy("Source platform"))
    number_there = forms.CharField(label=gettext_lazy("Number there"), max_length=60)
    file = forms.CharField(label=gettext_lazy("File"), max_length=200)
    place = forms.CharField(label=gettext_lazy("Sheet and row"), max_length=80)
    taken = forms.CharField(label=gettext_lazy("Taken from the file"), required=False)
    kept = forms.CharField(label=gettext_lazy("Left as it is here"), required=False)
    record = forms.UUIDField(required=False, label="")
    base = forms.JSONField(label="", required=False)
    left = forms.JSONField(label="", required=False)
    corrections = forms.JSONField(label="", required=False)


@register
class CompareSource(ClueAct):
    """Take or leave what another platform says otherwise of a clue (采用或保留来源平台差异).

    What is taken is corrected by the act for it, with the file as its ground; what is left is remembered.
    """

    code = "clue.compare_source"
    label = gettext_lazy("Compare with the source platform")
    leads_from = ANY_STATE
    by = lifecycle.BY_RECEIVER
    clauses = ("CZ-3.2",)
    asks = CompareForm
    hidden = True
    by_import = True

    def do(self, deed: Deed) -> None:
        """Remember what the file says; the corrections follow."""
        data = deed.data
        base, left, wanted = (data.pop(name) or {} for name in ("base", "left", "corrections"))
        record, platform = data.pop("record"), data["platform"]
        if platform.organ_id != deed.actor.organ.pk:
            raise refuse("platform", _("This is the platform of another department."))
        if record is None:
            deed.add(_record(deed, platform.pk, data["number_there"], base, left))
        else:
            known = SourceRecord.objects.get(pk=record, matter=deed.matter)
            deed.change(known, base=base, left=left, at=deed.now)
        reason = _("As %(platform)s has it: %(file)s, %(place)s.") % {
            "platform": platform, "file": data["file"], "place": data["place"],
        }  # fmt: skip
        deed.content["corrected"] = len(wanted)
        for one in wanted:
            deed.follow.append(("matter.correct", deed.matter.pk, {**one, "reason": reason[:500]}))
