"""Forms of the acts on meetings (会议表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import (
    ActForm,
    DateInput,
    FilesField,
    LongTextField,
    PastDateField,
    RowsField,
)
from guantong.kernel.organs.forms import NamedOrganField, OrganField
from guantong.kernel.organs.models import Body, Organ, Post
from guantong.mechanisms.meetings.models import Attendance, Follows, Outcome, Reply


class DayForm(ActForm):
    """For which day and place a meeting is called (会议时间、地点)."""

    held_on = forms.DateField(label=gettext_lazy("Day of the meeting"), widget=DateInput)
    starts_at = forms.CharField(label=gettext_lazy("Hour"), max_length=20)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=100)

    def clean(self) -> dict[str, Any]:
        """It is called for a day that is still to come."""
        cleaned = super().clean()
        day, called = cleaned.get("held_on"), cleaned.get("happened_on")
        if day and called and day < called:
            self.add_error("held_on", _("This day is over. Give the day for which it is called."))
        answer = cleaned.get("reply_by")
        if answer and day and answer > day:
            self.add_error(
                "reply_by", _("Answers would come after the meeting. Give its day or an earlier one.")
            )
        if answer and called and answer < called:
            self.add_error("reply_by", _("This day is over. Give one on which it can still be answered."))
        return cleaned


class CallForm(DayForm):
    """Calling a meeting (召集)."""

    subject = forms.CharField(label=gettext_lazy("What it is about"), max_length=200, required=False)
    reply_by = forms.DateField(label=gettext_lazy("To be answered by"), widget=DateInput)
    members = forms.ModelMultipleChoiceField(
        Organ.objects.none(),
        label=gettext_lazy("Members invited"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("As the seats of the body stand; others are invited one by one afterwards."),
    )

    def __init__(self, *args: Any, seats: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["members"]
        field.label_from_instance = lambda organ: organ.full_name  # type: ignore[attr-defined]
        if seats is not None:
            field.queryset = seats  # type: ignore[attr-defined]


class AddForm(CallForm):
    """Calling a meeting beyond those that come round (加开)."""

    body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("Which body"))
    reason = LongTextField(label=gettext_lazy("Why it is called"), rows=2, max_length=500)
    field_order = ["body", "subject", "held_on", "starts_at", "place", "reply_by", "reason"]

    def __init__(self, *args: Any, bodies: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["members"]
        if bodies is not None:
            self.fields["body"].queryset = bodies  # type: ignore[attr-defined]


class PostponeForm(DayForm):
    """Another day for a meeting (延期)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=2, max_length=500)


class ReasonForm(ActForm):
    """An act that takes a reason."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=2, max_length=500)


class InviteForm(ActForm):
    """Inviting one more (增加参会单位)."""

    organ = OrganField(
        Organ.objects.none(),
        label=gettext_lazy("Organ"),
        required=False,
        empty_label=gettext_lazy("Not listed"),
    )
    name = forms.CharField(label=gettext_lazy("Name, where it is not listed"), max_length=120, required=False)
    reason = forms.CharField(label=gettext_lazy("Why it is invited"), max_length=200, required=False)

    def __init__(self, *args: Any, organs: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organs is not None:
            self.fields["organ"].queryset = organs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean()
        if not cleaned.get("organ") and not cleaned.get("name"):
            self.add_error("name", _("Who is invited is missing. Choose the organ, or write its name."))
        return cleaned


class OfInviteeForm(ActForm):
    """An act about one of those invited."""

    invitee = forms.UUIDField(label=gettext_lazy("Organ invited"), widget=forms.HiddenInput)


class LeaveOutForm(OfInviteeForm, ReasonForm):
    """Inviting it no longer (取消邀请)."""


class ReplyForm(OfInviteeForm):
    """The answer to the notice (会议回执)."""

    reply = forms.ChoiceField(label=gettext_lazy("Answer"), choices=Reply.choices)
    post = forms.ModelChoiceField(
        Post.objects.none(),
        label=gettext_lazy("Who attends"),
        required=False,
        empty_label=gettext_lazy("Not listed"),
    )
    attends = forms.CharField(
        label=gettext_lazy("Name and title, where not listed"), max_length=120, required=False
    )
    why_away = forms.CharField(label=gettext_lazy("Why it cannot attend"), max_length=500, required=False)

    def __init__(self, *args: Any, posts: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        field.label_from_instance = lambda post: f"{post.officer.name}（{post.title}）"  # type: ignore[attr-defined]
        if posts is not None:
            field.queryset = posts  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask who attends, or why nobody does."""
        cleaned = super().clean()
        reply = cleaned.get("reply")
        if reply == Reply.AWAY and not cleaned.get("why_away"):
            self.add_error("why_away", _("The reason is missing. Write why it cannot attend."))
        if reply in (Reply.COMING, Reply.DEPUTY) and not (cleaned.get("post") or cleaned.get("attends")):
            self.add_error("attends", _("Who attends is missing. Choose somebody, or write name and title."))
        return cleaned


class AttendanceForm(OfInviteeForm):
    """Who was there (到会登记)."""

    attendance = forms.ChoiceField(label=gettext_lazy("Attendance"), choices=Attendance.choices)
    came = forms.CharField(label=gettext_lazy("Who came"), max_length=120, required=False)
    why_absent = forms.CharField(label=gettext_lazy("Why it was absent"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """A deputy has a name, an absence its reason."""
        cleaned = super().clean()
        attendance = cleaned.get("attendance")
        if attendance == Attendance.DEPUTY and not cleaned.get("came"):
            self.add_error("came", _("Who came as deputy is missing. Write name and title."))
        if attendance == Attendance.ABSENT and not cleaned.get("why_absent"):
            self.add_error("why_absent", _("The reason is missing. Write why it was absent, or 未说明."))
        return cleaned


class ProposeForm(ActForm):
    """A proposed item (申报议题)."""

    title = forms.CharField(label=gettext_lazy("Item"), max_length=200)
    text = LongTextField(
        label=gettext_lazy("Explanation"),
        rows=6,
        help_text=gettext_lazy("Read, like the files, by those who attend and nobody else."),
    )
    attachments = FilesField(label=gettext_lazy("Files"), required=False)


class OfItemForm(ActForm):
    """An act about one item."""

    item = forms.UUIDField(label=gettext_lazy("Item"), widget=forms.HiddenInput)


class AcceptForm(OfItemForm):
    """Putting an item on the agenda, at a place (列入议程)."""

    position = forms.IntegerField(
        label=gettext_lazy("Place on the agenda"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Empty: at the end."),
    )


class DeclineForm(OfItemForm, ReasonForm):
    """Not putting an item on the agenda (不列入议程)."""


class BeginForm(ActForm):
    """Beginning a meeting (会议开始)."""

    chair = forms.CharField(label=gettext_lazy("Chaired by"), max_length=60)


class FollowUpForm(ActForm):
    """What the meeting says of an earlier decision (上次议定事项核查)."""

    follow_up = forms.UUIDField(label=gettext_lazy("Resolution"), widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        choices=[
            ("settled", gettext_lazy("Done, struck off")),
            ("go_on", gettext_lazy("Goes on")),
            ("released", gettext_lazy("No longer pursued")),
        ],
    )
    note = forms.CharField(label=gettext_lazy("Remark"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """What is dropped has a reason."""
        cleaned = super().clean()
        if cleaned.get("outcome") == "released" and not cleaned.get("note"):
            self.add_error("note", _("Say why it is no longer pursued."))
        return cleaned


class DecisionForm(ActForm):
    """A decision as it is typed (议定事项)."""

    text = LongTextField(label=gettext_lazy("Resolution"), rows=3, max_length=2000)
    follows = forms.ChoiceField(label=gettext_lazy("What follows"), choices=Follows.choices)
    owner = OrganField(
        Organ.objects.none(), label=gettext_lazy("Responsible organ"), required=False,
        empty_label=gettext_lazy("Nobody"),
    )  # fmt: skip
    due_on = forms.DateField(label=gettext_lazy("By the day"), required=False, widget=DateInput)

    def __init__(self, *args: Any, owners: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owners is not None:
            self.fields["owner"].queryset = owners  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is to be carried out has an owner and a day; a letter has somebody it goes to."""
        cleaned = super().clean()
        follows, held = cleaned.get("follows"), cleaned.get("happened_on")
        if (
            follows in (Follows.TASK, Follows.LETTER)
            and not cleaned.get("owner")
            and "owner" not in self.errors
        ):
            self.add_error("owner", _("Whose it is, is missing. Choose the organ."))
        if follows == Follows.TASK and not cleaned.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("The day by which it is to be done is missing. Give it."))
        if cleaned.get("due_on") and held and cleaned["due_on"] < held:
            self.add_error("due_on", _("This day is before the meeting. Give a later one."))
        return cleaned


class DecideForm(DecisionForm):
    """A new decision, on an item or beside the agenda (议定)."""

    item = forms.UUIDField(label=gettext_lazy("Item"), widget=forms.HiddenInput, required=False)
    field_order = ["item", "text", "follows", "owner", "due_on"]


class AmendForm(DecisionForm):
    """Another wording of a decision (修改议定事项). `turn`: the one that was seen."""

    decision = forms.UUIDField(label=gettext_lazy("Resolution"), widget=forms.HiddenInput)
    turn = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=32_000)


class OfDecisionForm(ActForm):
    """An act about one decision."""

    decision = forms.UUIDField(label=gettext_lazy("Resolution"), widget=forms.HiddenInput)


class ReportForm(OfDecisionForm):
    """What was done about a decision (落实情况)."""

    report = LongTextField(label=gettext_lazy("What was done"), rows=4, max_length=2000)


class ReleaseForm(OfDecisionForm, ReasonForm):
    """A decision that is no longer pursued (不再落实)."""


class OutcomeForm(OfItemForm):
    """An item on which nothing is decided (议题结果)."""

    outcome = forms.ChoiceField(label=gettext_lazy("What becomes of it"), choices=Outcome.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = {Outcome.NOTED, Outcome.DEFERRED}
        self.fields["outcome"].choices = [  # type: ignore[attr-defined]
            (code, label) for code, label in Outcome.choices if code in named
        ]


class MinutesReceivedForm(OfInviteeForm):
    """Minutes signed for (签收纪要)."""

    received_by = forms.CharField(label=gettext_lazy("Signed for by"), max_length=60)


class DecidedRow(forms.Form):
    """A decision of a meeting recorded from paper (补录议定事项)."""

    text = forms.CharField(label=gettext_lazy("Resolution"), max_length=2000)
    owner = NamedOrganField(label=gettext_lazy("Responsible organ"), required=False)
    due_on = forms.DateField(label=gettext_lazy("By the day"), required=False, widget=DateInput)


class RecordForm(ActForm):
    """A meeting that was held, from its minutes on paper (补录会议)."""

    happened_on = PastDateField(label=gettext_lazy("Held on"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=100, required=False)
    chair = forms.CharField(label=gettext_lazy("Chaired by"), max_length=60)
    attended = LongTextField(
        label=gettext_lazy("Who attended"), rows=2, max_length=2000, help_text=gettext_lazy("One a line.")
    )
    decisions = RowsField(DecidedRow, label=gettext_lazy("Decisions"))
    scan = forms.FileField(
        label=gettext_lazy("Scan of the minutes"), help_text=gettext_lazy("PDF, JPEG or PNG.")
    )
