"""What the acts on clues ask for (线索表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import (
    ActForm,
    AmountField,
    DateInput,
    FilesField,
    LetterNumberField,
    LongTextField,
    PastDateField,
    RecordedForm,
    RowsField,
    suggested,
)
from guantong.kernel.organs.forms import OrganField
from guantong.kernel.organs.models import Officer, Organ, full_name_is
from guantong.kernel.people.forms import SubjectForm
from guantong.kernel.people.models import Authority
from guantong.mechanisms.clues.models import Category, Instruction, IntervalUnit, Result, Source, Way


class EvidenceForm(forms.Form):
    """One piece of evidence (证据材料)."""

    title = forms.CharField(label=gettext_lazy("Material"), max_length=200)
    pages = forms.IntegerField(label=gettext_lazy("Pages"), min_value=1, max_value=100_000, required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


class ClueForm(ActForm):
    """What every clue says, however it comes (线索内容)."""

    title = forms.CharField(
        label=gettext_lazy("Matter"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Left empty, it is made from the persons and the category."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Category.choices)
    allegation = LongTextField(label=gettext_lazy("Allegation and facts"), rows=6)
    amount = AmountField(label=gettext_lazy("Amount in yuan"), required=False)
    unit = forms.CharField(
        label=gettext_lazy("Unit concerned"), max_length=120, required=False, widget=suggested("units")
    )
    subjects = RowsField(SubjectForm, label=gettext_lazy("Persons concerned"))
    evidence = RowsField(EvidenceForm, label=gettext_lazy("Evidence list"))
    concluded_on = PastDateField(label=gettext_lazy("Concluding opinion on"), required=False)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)

    def clean(self) -> dict[str, Any]:
        """A clue names at least a person or a unit."""
        cleaned = super().clean()
        if "subjects" in cleaned and not cleaned["subjects"] and not cleaned.get("unit"):
            self.add_error(
                "unit", _("A clue names a person or at least a unit. Add a person, or the unit concerned.")
            )
        return cleaned

    def in_order(self, earlier: str, later: str) -> None:
        """Refuse two dates in the wrong order."""
        first, second = self.cleaned_data.get(earlier), self.cleaned_data.get(later)
        if first and second and first > second:
            self.add_error(
                later,
                _("%(later)s (%(second)s) lies before %(earlier)s (%(first)s). One of the two is wrong.")
                % {
                    "later": self.fields[later].label,
                    "second": second,
                    "earlier": self.fields[earlier].label,
                    "first": first,
                },
            )


class DraftForm(ClueForm):
    """A clue the sender prepares (拟移送)."""

    origin = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """The concluding opinion comes before the draft."""
        cleaned = super().clean()
        self.in_order("concluded_on", "happened_on")
        return cleaned


class HandOverForm(ActForm):
    """What the list says of all its clues (随清单移交)."""

    receiver = forms.ModelChoiceField(Organ.objects.all())
    letter_number = forms.CharField(max_length=60)
    letter_date = PastDateField()
    letter_signer = forms.CharField(max_length=60, required=False)


class RegisterForm(ClueForm):
    """A clue that came on paper (纸质来件登记)."""

    happened_on = PastDateField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The day the letter arrived; duties count from it."),
    )
    source = forms.ChoiceField(label=gettext_lazy("Source"), choices=Source.choices)
    sender = OrganField(
        Organ.objects.none(),
        label=gettext_lazy("Sender"),
        required=False,
        empty_label=gettext_lazy("Not listed"),
    )
    sender_name = forms.CharField(
        label=gettext_lazy("Sender"),
        max_length=120,
        required=False,
        widget=suggested("senders", autofocus=True, **{"data-sets": "source"}),
        help_text=gettext_lazy("Type a part of the name and choose; one that is not listed is written out."),
    )
    letter_number = LetterNumberField(label=gettext_lazy("Letter number"), max_length=60)
    letter_date = PastDateField(label=gettext_lazy("Date of the letter"))
    letter_signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=60, required=False)
    scan = forms.FileField(label=gettext_lazy("Scan of the letter"), required=False)
    origin = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = [
        "sender", "sender_name", "source", "letter_number", "letter_date", "letter_signer", "happened_on",
        "scan", "category", "allegation", "amount", "unit", "subjects", "evidence", "concluded_on", "title",
        "attachments",
    ]  # fmt: skip

    def __init__(self, *args: Any, senders: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if senders is not None:
            self.fields["sender"].queryset = senders  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Dates in their order, and a sender."""
        cleaned = super().clean()
        self.in_order("concluded_on", "letter_date")
        self.in_order("letter_date", "happened_on")
        if not cleaned.get("sender"):
            cleaned["sender"] = self.listed(cleaned.get("sender_name") or "")
        if not cleaned.get("sender") and not cleaned.get("sender_name"):
            self.add_error("sender_name", _("Who sent it is missing. Choose the sender, or write its name."))
        if cleaned.get("sender") and not cleaned.get("sender_name"):
            cleaned["sender_name"] = cleaned["sender"].full_name
        return cleaned

    def listed(self, name: str) -> Organ | None:
        """Return the one organ whose full name was written, None where there is none or more than one."""
        organs = self.fields["sender"].queryset  # type: ignore[attr-defined]
        found = list(organs.filter(full_name_is(name))[:2]) if name else []
        return found[0] if len(found) == 1 else None


class ReceiveForm(ActForm):
    """Receipt of what came by wire (接收)."""

    note = LongTextField(label=gettext_lazy("Note"), rows=2, required=False, max_length=500)


class ReasonForm(ActForm):
    """An act that takes a reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


class OtherClueForm(ReasonForm):
    """Another clue that this one belongs to (关联、并案)."""

    other = forms.CharField(
        label=gettext_lazy("Number of the other clue"),
        max_length=60,
        help_text=gettext_lazy("As in the ledger."),
    )


class ForwardForm(ReasonForm):
    """Where the clue goes (转送)."""

    to = OrganField(Organ.objects.none(), label=gettext_lazy("To the organ"))

    def __init__(self, *args: Any, organs: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organs is not None:
            self.fields["to"].queryset = organs  # type: ignore[attr-defined]


class ChosenField(forms.MultipleChoiceField):
    """Some of what a matter holds, to be ticked (勾选). Clean value: the things chosen, not their keys."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.offered: dict[str, Any] = {}

    def offer(self, things: dict[str, tuple[str, Any]]) -> None:
        """Offer things by key, each with its label."""
        self.choices = [(key, label) for key, (label, _thing) in things.items()]
        self.offered = {key: thing for key, (_label, thing) in things.items()}

    def clean(self, value: Any) -> list[Any]:
        """Return what was chosen, in the order in which it was offered."""
        chosen = set(super().clean(value))
        return [thing for key, thing in self.offered.items() if key in chosen]


class SplitForm(ForwardForm):
    """The part that goes: words, persons, evidence and files (分拆转送)."""

    part = LongTextField(label=gettext_lazy("Part of the allegation that goes there"), rows=4)
    persons = ChosenField(
        label=gettext_lazy("Persons who go"),
        help_text=gettext_lazy("Proposed by the jurisdiction table. The others stay, unnamed there."),
        error_messages={
            "required": gettext_lazy("Nobody is chosen. Tick the persons who belong to the other organ.")
        },
    )
    evidence = ChosenField(
        label=gettext_lazy("Evidence that goes"),
        help_text=gettext_lazy("Only what names nobody who stays."),
    )
    attachments = ChosenField(
        label=gettext_lazy("Attachments that go"),
        help_text=gettext_lazy("Only what names nobody who stays."),
    )

    def __init__(
        self, *args: Any, persons: Any = (), evidence: Any = (), attachments: Any = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, dict[str, tuple[str, Any]]] = {
            "persons": {row["id"]: (self._said(row), row) for row in persons},
            "evidence": {str(number): (row["title"], row) for number, row in enumerate(evidence)},
            "attachments": {row["id"]: (row["name"], row) for row in attachments},
        }
        for name, things in offered.items():
            field: Any = self.fields[name]
            field.offer(things)
            if not things:
                field.widget = forms.MultipleHiddenInput()
        self.fields["persons"].required = bool(persons)

    @staticmethod
    def _said(row: dict[str, str]) -> str:
        about = [row["unit"], row["post"], str(Authority(row["authority"]).label)]
        return f"{row['name']}（{'，'.join(part for part in about if part)}）"

    def clean_persons(self) -> list[dict[str, str]]:
        """At least one goes and at least one stays, where the clue names persons at all."""
        going: list[dict[str, str]] = self.cleaned_data["persons"]
        field: Any = self.fields["persons"]
        if going and len(going) == len(field.offered):
            raise ValidationError(_("Nobody would stay. Leave one here, or forward the whole clue."))
        return going


class AssignForm(ReasonForm):
    """Proposal whom to assign the clue to (分办意见)."""

    handler = forms.ModelChoiceField(Organ.objects.none(), label=gettext_lazy("Handling department"))
    rule = forms.CharField(label=gettext_lazy("Rule"), max_length=300, required=False)
    field_order = ("handler", "happened_on", "rule", "reason")

    def __init__(self, *args: Any, departments: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if departments is not None:
            self.fields["handler"].queryset = departments  # type: ignore[attr-defined]


class ApproveForm(RecordedForm):
    """A leader's approval (批准)."""

    instruction = LongTextField(
        label=gettext_lazy("Written instruction"), rows=2, required=False, max_length=1000
    )


class DeclineForm(RecordedForm):
    """A leader's refusal (不同意)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


class AcceptForm(ActForm):
    """Signing for the assignment and naming a custodian (签收、指定保管人)."""

    custodian = forms.ModelChoiceField(Officer.objects.none(), label=gettext_lazy("Custodian"))

    def __init__(self, *args: Any, officers: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if officers is not None:
            self.fields["custodian"].queryset = officers  # type: ignore[attr-defined]


class HandlingForm(ActForm):
    """Proposal how to handle the clue (处置意见)."""

    way = forms.ChoiceField(label=gettext_lazy("Way of handling"), choices=Way.choices)
    plan = LongTextField(label=gettext_lazy("Plan and reasons"), rows=6)


class ProgressForm(ActForm):
    """Progress (办理进展)."""

    progress = LongTextField(label=gettext_lazy("Progress"), rows=4)


class ReportForm(ProgressForm):
    """Progress, and the instructions it answers (办理进展、批示落实)."""

    instructions = forms.ModelMultipleChoiceField(
        Instruction.objects.none(),
        label=gettext_lazy("Answers the instructions"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, open_instructions: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if open_instructions is not None:
            self.fields["instructions"].queryset = open_instructions  # type: ignore[attr-defined]


class SuperviseForm(RecordedForm):
    """A leader's instruction and interval (批示、督办间隔)."""

    instruction = LongTextField(label=gettext_lazy("Written instruction"), rows=4, max_length=1000)
    interval = forms.IntegerField(
        label=gettext_lazy("Progress every"),
        min_value=1,
        max_value=366,
        required=False,
        help_text=gettext_lazy("Left empty, the interval of the measure counts."),
    )
    interval_unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=IntervalUnit.choices, required=False, initial=IntervalUnit.DAYS
    )

    def clean(self) -> dict[str, Any]:
        """An interval without a unit is in days."""
        cleaned = super().clean()
        cleaned["interval_unit"] = cleaned.get("interval_unit") or IntervalUnit.DAYS
        return cleaned


class PauseForm(ReasonForm):
    """An answer is awaited (中止)."""

    awaited_from = forms.CharField(label=gettext_lazy("Answer awaited from"), max_length=200)


class ExtensionForm(ActForm):
    """Request for more time (延长申请)."""

    until = forms.DateField(label=gettext_lazy("Extended until"), widget=DateInput)
    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)

    def clean(self) -> dict[str, Any]:
        """The new date lies after the day of the request."""
        cleaned = super().clean()
        until, on = cleaned.get("until"), cleaned.get("happened_on")
        if until and on and until <= on:
            self.add_error("until", _("%(until)s is not after the day of the request.") % {"until": until})
        return cleaned


class RequestCaseForm(ActForm):
    """Asking for a case to be opened (呈请立案)."""

    text = LongTextField(label=gettext_lazy("Facts found and result"), rows=6)
    case_basis = LongTextField(label=gettext_lazy("Basis for opening the case"), rows=3)


class ConcludeForm(ActForm):
    """The result (办理结果)."""

    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=Result.choices)
    text = LongTextField(label=gettext_lazy("Facts found and result"), rows=6)
    case_basis = LongTextField(
        label=gettext_lazy("Basis for opening the case"),
        rows=3,
        required=False,
        help_text=gettext_lazy(
            "Only where a case is opened that was approved outside; else ask the leader for it here."
        ),
    )
    approved_by = forms.CharField(label=gettext_lazy("Opening approved by"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        """Opening a case takes its basis and who approved it."""
        cleaned = super().clean()
        if cleaned.get("result") == Result.CASE:
            for name in ("case_basis", "approved_by"):
                if not cleaned.get(name):
                    self.add_error(name, _("A case is opened: this is needed."))
        return cleaned
