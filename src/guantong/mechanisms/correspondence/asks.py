"""What the acts on correspondence ask for (函询表单); a form of correspondence adds its own fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.acts.forms import (
    ActForm,
    DateInput,
    FilesField,
    LetterNumberField,
    LongTextField,
    PastDateField,
    RowsField,
    suggested,
)
from guantong.kernel.exchange.forms import ToldForm
from guantong.kernel.organs.forms import OrganField
from guantong.kernel.organs.models import Body, Organ, full_name_is
from guantong.kernel.people.forms import SubjectForm
from guantong.mechanisms.correspondence.declared import CorrespondenceForm, all_asked


class OrgansField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """A choice of several organs, each named with its body (机构多选)."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Organ) -> str:
        """Return body and department."""
        return obj.full_name


def _title() -> forms.Field:
    return forms.CharField(label=gettext_lazy("Subject"), max_length=150)


def _known_on() -> forms.Field:
    return PastDateField(
        label=gettext_lazy("Known on"),
        help_text=gettext_lazy("The day on which you came to know; the time to tell it counts from there."),
    )


def _answer_by() -> forms.Field:
    return forms.DateField(
        label=gettext_lazy("Answer wanted by"),
        widget=DateInput,
        required=False,
        help_text=gettext_lazy("Left empty, the period of the measure counts."),
    )


def _in_name_of() -> forms.Field:
    return forms.CharField(
        label=gettext_lazy("In the name of"),
        max_length=120,
        required=False,
        widget=forms.Select,
        help_text=gettext_lazy("A body whose office your organ keeps."),
    )


def offices_of(organ: Organ) -> QuerySet[Body]:
    """Return the bodies that stand today whose office an organ, or its body, keeps (办公室所在单位)."""
    today = clock.today()
    standing = Body.objects.filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
    return standing.filter(office__in=(organ.pk, organ.body_id_or_own)).order_by("pk")


def _subjects() -> forms.Field:
    return RowsField(SubjectForm, label=gettext_lazy("Persons it names"))


def until_field() -> forms.Field:
    return forms.DateField(
        label=gettext_lazy("Readable until"),
        widget=DateInput,
        help_text=gettext_lazy("After this day the other side can no longer read what you provide."),
    )


class ContentForm(ActForm):
    """What is written, whatever the form (函询内容)."""

    text = LongTextField(label=gettext_lazy("Text"), rows=6)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and persons and unit both missing where the form asks for one."""
        cleaned = super().clean()
        happened, known = cleaned.get("happened_on"), cleaned.get("known_on")
        if happened and known and known > happened:
            self.add_error("known_on", _("This day is after the day of writing. One of the two is wrong."))
        for name in ("answer_by", "readable_until"):
            if happened and cleaned.get(name) and cleaned[name] <= happened:
                self.add_error(name, _("This day is not after the day of writing. Give a later one."))
        nobody = "subjects" in cleaned and not cleaned["subjects"] and not cleaned.get("unit")
        if nobody and "unit" not in self.errors:
            self.add_error("unit", _("Name a person or at least a unit."))
        return cleaned


class DraftForm(ContentForm):
    """Writing to another body (拟写)."""

    form = forms.CharField(widget=forms.HiddenInput, max_length=32)
    recipient = OrganField(Organ.objects.none(), label=gettext_lazy("Recipient"))
    about = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = [
        "form", "recipient", "in_name_of", "title", "matter_asked", "known_on", "answer_by", "happened_on",
        "wanted", "unit", "basis", "readers", "readable_until", "subjects", "purpose", "text", "attachments",
    ]  # fmt: skip

    def __init__(self, *args: Any, recipients: Any = None, bodies: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if recipients is not None:
            self.fields["recipient"].queryset = recipients  # type: ignore[attr-defined]
        if "in_name_of" in self.fields:
            self.bodies = [one.name for one in bodies] if bodies is not None else []
            widget: Any = self.fields["in_name_of"].widget
            widget.choices = [("", _("Our own organ")), *((name, name) for name in self.bodies)]

    def clean_in_name_of(self) -> str:
        """Refuse a body whose office the writer's organ does not keep."""
        name: str = self.cleaned_data["in_name_of"]
        if name and name not in self.bodies:
            raise forms.ValidationError(
                _("Your organ keeps no such body's office. Choose one of those offered.")
            )
        return name


class AmendForm(DraftForm):
    """Changing what is not sent yet (修改)."""

    form = None  # type: ignore[assignment]
    about = None  # type: ignore[assignment]


class FromPaperForm(ContentForm):
    """What came with a letter of theirs (来文信息)."""

    happened_on = PastDateField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The day the letter arrived; duties count from it."),
    )
    letter_number = LetterNumberField(label=gettext_lazy("Its number"), max_length=60)
    letter_date = PastDateField(label=gettext_lazy("Day of the letter"))
    letter_signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a letter dated after it came."""
        cleaned = super().clean()
        dated, came = cleaned.get("letter_date"), cleaned.get("happened_on")
        if dated and came and dated > came:
            self.add_error("letter_date", _("The letter is dated after the day on which it arrived."))
        return cleaned


class TakeInForm(FromPaperForm):
    """What came on paper and is owed for a period (登记纸质报送材料)."""

    scan = forms.FileField(
        label=gettext_lazy("Scan of the letter"), help_text=gettext_lazy("PDF, JPEG or PNG.")
    )
    field_order = [
        "letter_number", "letter_date", "letter_signer", "happened_on", "scan", "text", "attachments",
    ]  # fmt: skip


class CameForm(FromPaperForm):
    """What came on paper, or in a sealed file (来函登记)."""

    form = forms.CharField(widget=forms.HiddenInput, max_length=32)
    sender = OrganField(Organ.objects.none(), label=gettext_lazy("Writer"), required=False)
    sender_name = forms.CharField(
        label=gettext_lazy("Writer"),
        max_length=120,
        required=False,
        widget=suggested("senders"),
        help_text=gettext_lazy("Type a part of the name and choose; one that is not listed is written out."),
    )
    field_order = [
        "form", "sender", "sender_name", "letter_number", "letter_date", "letter_signer", "happened_on",
        "scan", "title", "known_on", "answer_by", "wanted", "unit", "basis", "readers", "readable_until",
        "subjects", "purpose", "text", "attachments",
    ]  # fmt: skip

    def __init__(self, *args: Any, senders: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.senders = senders if senders is not None else Organ.objects.none()
        self.fields["sender"].queryset = self.senders  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Know a listed sender by its name."""
        cleaned = super().clean()
        name = cleaned.get("sender_name", "")
        if not cleaned.get("sender") and name:
            cleaned["sender"] = self.senders.filter(full_name_is(name)).first()
        if not cleaned.get("sender") and not name:
            self.add_error("sender_name", _("The sender is missing. Choose it, or write its name."))
        return cleaned


class RegisterForm(CameForm):
    """What came on paper (登记纸质来函)."""

    scan = forms.FileField(
        label=gettext_lazy("Scan of the letter"), help_text=gettext_lazy("PDF, JPEG or PNG.")
    )


class DiscForm(CameForm):
    """What came as a sealed file (接收交换文件)."""

    message = forms.FileField()
    scan = forms.FileField(required=False)


class CopyForm(ActForm):
    """One copy (抄送件)."""

    of_copy = forms.UUIDField(widget=forms.HiddenInput)


class SignForCopyForm(CopyForm):
    """Signing for a copy (签收抄送件)."""

    received_by = forms.CharField(label=gettext_lazy("Signed for by"), max_length=60)


class ReceiveForm(ActForm):
    """The receipt (回执)."""

    note = LongTextField(label=gettext_lazy("Note with the receipt"), rows=2, max_length=500, required=False)


class AnswerForm(ActForm):
    """The answer (答复)."""

    text = LongTextField(label=gettext_lazy("Answer"), rows=6)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse an expiry that has passed already."""
        cleaned = super().clean()
        until, on = cleaned.get("readable_until"), cleaned.get("happened_on")
        if until and on and until < on:
            self.add_error("readable_until", _("This day is before the answer. Give a later one."))
        return cleaned


class ReasonForm(ActForm):
    """An act that needs a reason (理由)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=1000)


class CollectForm(ActForm):
    """Collecting returns (收集报送): from whom, what, by when."""

    bodies = OrgansField(Organ.objects.none(), label=gettext_lazy("Bodies asked"))
    text = LongTextField(label=gettext_lazy("What is to be returned"), rows=3, max_length=2000)
    answer_by = forms.DateField(label=gettext_lazy("Answer wanted by"), widget=DateInput)

    def __init__(self, *args: Any, bodies: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bodies is not None:
            self.fields["bodies"].queryset = bodies  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a day that lies not ahead."""
        cleaned = super().clean()
        wanted, on = cleaned.get("answer_by"), cleaned.get("happened_on")
        if wanted and on and wanted <= on:
            self.add_error("answer_by", _("This day is not after the day of writing. Give a later one."))
        return cleaned


class AskReturnForm(ActForm):
    """One return asked for, when returns are collected."""

    whole = forms.UUIDField()
    title = forms.CharField(max_length=200)
    recipient = forms.ModelChoiceField(Organ.objects.select_related("body"))
    text = forms.CharField(max_length=2000)
    answer_by = forms.DateField()


class FollowUpForm(ActForm):
    """Asking again (跟踪): what is still missing, and by when."""

    text = LongTextField(label=gettext_lazy("What is still missing"), rows=4, max_length=5000)
    answer_by = _answer_by()
    letter_number = LetterNumberField(
        label=gettext_lazy("Number of our letter"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only where it goes on paper."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a day that lies not ahead."""
        cleaned = super().clean()
        wanted, on = cleaned.get("answer_by"), cleaned.get("happened_on")
        if wanted and on and wanted <= on:
            self.add_error("answer_by", _("This day is not after the day of writing. Give a later one."))
        return cleaned


class CloseForm(ActForm):
    """Ending it (办结): the answer was checked and suffices."""

    note = LongTextField(label=gettext_lazy("What the check showed"), rows=2, max_length=1000, required=False)


class ToldReceiptForm(ToldForm):
    """Their receipt (对方回执)."""

    received_on = PastDateField(label=gettext_lazy("Received by them on"))
    note = LongTextField(label=gettext_lazy("Note"), rows=2, max_length=500, required=False)


class ToldAnswerForm(ToldForm):
    """Their answer (对方答复)."""

    text = LongTextField(label=gettext_lazy("What they answer"), rows=5)
    refused = forms.BooleanField(label=gettext_lazy("They refuse, with this reason"), required=False)
    readable_until = forms.DateField(label=gettext_lazy("Readable until"), widget=DateInput, required=False)
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)


class ToldFollowUpForm(ToldForm):
    """What they ask again (对方追问)."""

    text = LongTextField(label=gettext_lazy("What they ask again"), rows=4, max_length=5000)
    answer_by = _answer_by()


def own_fields(form: CorrespondenceForm) -> dict[str, forms.Field]:
    """Return the fields that a form of correspondence asks beside those of the act."""
    found: dict[str, forms.Field] = {}
    if not form.discreet and not form.by_calendar:
        found["title"] = _title()
    if form.text_rules:
        found["text"] = LongTextField(label=gettext_lazy("Text"), rows=6, validators=list(form.text_rules))
    if form.for_body:
        found["in_name_of"] = _in_name_of()
    if form.known:
        found["known_on"] = _known_on()
    if form.owed:
        found["answer_by"] = _answer_by()
    if form.subjects:
        found["subjects"] = _subjects()
    return found | {name: one.field() for name, one in form.asks.items()}


def further_fields() -> dict[str, forms.Field]:
    """Return the fields that some form asks, for the description of the API."""
    asked = {"title": _title(), "known_on": _known_on(), "answer_by": _answer_by(), "subjects": _subjects()}
    return asked | {"in_name_of": _in_name_of()} | all_asked()


def with_fields(base: type[forms.Form], form: CorrespondenceForm | None) -> type[forms.Form]:
    """Return an act's form with what a form of correspondence asks besides."""
    return base if form is None else type(base.__name__, (base,), own_fields(form))


def answer_fields(form: CorrespondenceForm) -> dict[str, forms.Field]:
    """Return the fields of an answer to this form, beside the common ones."""
    own = {name: one.field() for name, one in form.answers.items()}
    return {"readable_until": until_field(), **own} if form.expires else own
