"""Forms of the system and the security administrator (管理表单)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.accounts.models import User
from guantong.kernel.acts.forms import DateInput
from guantong.kernel.codes import CodeError
from guantong.kernel.measures.catalogue import shipped_measures
from guantong.kernel.measures.roles import name_of
from guantong.kernel.organs.codes import parse_credit_code
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post, RoleBinding


class _RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of the register; what identifies it cannot be changed once it is made."""

    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.also_changed: list[tuple[Model, dict[str, Any]]] = []
        if self.instance.pk:
            for name in self.fixed:
                self.fields[name].disabled = True

    def said(self) -> dict[str, str]:
        """What the record keeps beside the row itself, as why it was changed."""
        return {}


class JurisdictionForm(_RowForm):
    """A place (地区)."""

    fixed = ("code", "parent")

    class Meta:
        model = Jurisdiction
        fields = ["code", "name", "tier", "parent"]
        labels = {"parent": gettext_lazy("Belongs to")}


class OrganForm(_RowForm):
    """A body or a department (机构)."""

    fixed = ("code", "parent", "jurisdiction")

    class Meta:
        model = Organ
        fields = [
            "code", "name", "short_name", "kind", "jurisdiction", "parent", "number_prefix", "uscc",
            "since", "until", "elsewhere",
        ]  # fmt: skip
        labels = {
            "elsewhere": gettext_lazy("Works elsewhere: in another platform, or without one"),
            "parent": gettext_lazy("Department of (empty for a body)"),
            "jurisdiction": gettext_lazy("Jurisdiction"),
        }
        widgets = {"since": DateInput, "until": DateInput}

    def clean_uscc(self) -> str:
        """Check the code's form and check character."""
        text = str(self.cleaned_data.get("uscc") or "")
        if text:
            try:
                return parse_credit_code(text).value
            except CodeError as error:
                raise forms.ValidationError(str(error)) from error
        return text

    def clean(self) -> dict[str, Any] | None:
        """A department lies where its body does."""
        data = super().clean() or self.cleaned_data
        parent, place = data.get("parent"), data.get("jurisdiction")
        if parent and place and parent.jurisdiction_id != place.pk:
            self.add_error(
                "jurisdiction", _("A department lies in the jurisdiction of its body: choose the same.")
            )
        return data

    def save(self, commit: bool = True) -> Organ:
        """Keep the body a department belongs to."""
        parent = self.cleaned_data["parent"]
        self.instance.body = (parent.body or parent) if parent else None
        if parent:
            self.instance.elsewhere = parent.elsewhere
        saved: Organ = super().save(commit)
        if parent is None and "elsewhere" in self.changed_data and saved.pk:
            saved.all_departments.update(elsewhere=saved.elsewhere)
        return saved


class OfficerForm(_RowForm):
    """A person who works here (工作人员)."""

    fixed = ("staff_number",)

    class Meta:
        model = Officer
        fields = ["name", "staff_number", "phone"]
        labels = {"name": gettext_lazy("Name")}


class PostForm(_RowForm):
    """A post held for a time (职务)."""

    fixed = ("officer", "organ", "since")

    class Meta:
        model = Post
        fields = ["officer", "organ", "title", "rank", "since", "until"]
        labels = {
            "officer": gettext_lazy("Officer"),
            "organ": gettext_lazy("Organ"),
            "title": gettext_lazy("Post"),
        }
        widgets = {"since": DateInput, "until": DateInput}

    def clean(self) -> dict[str, Any] | None:
        """An administrator's account never gets a post; dates run forward."""
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The post would end before it begins. Check both dates."))
        return data


class BindingForm(_RowForm):
    """Which organ fills a role (角色绑定)."""

    fixed = ("jurisdiction", "role", "organ", "since")
    role = forms.ChoiceField(label=gettext_lazy("Role of the measures"))

    class Meta:
        model = RoleBinding
        fields = ["jurisdiction", "role", "organ", "since", "until"]
        labels = {"jurisdiction": gettext_lazy("Jurisdiction"), "organ": gettext_lazy("Organ")}
        widgets = {"since": DateInput, "until": DateInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = sorted(_roles().items(), key=lambda pair: pair[1])
        self.fields["role"].choices = [("", _("Please choose")), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """The organ lies in the jurisdiction; dates run forward."""
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The binding would end before it begins. Check both dates."))
        return data


def _roles() -> dict[str, str]:
    codes = {code for measure in shipped_measures() for code in measure.file.roles}
    return {code: f"{name_of(code)} · {code}" for code in codes}


# --- The security administrator


class AccountForm(forms.Form):
    """An account for an officer (新账号)."""

    staff_number = forms.CharField(
        label=gettext_lazy("Staff number"),
        max_length=32,
        help_text=gettext_lazy("The officer must be entered by the system administrator first."),
    )
    username = forms.CharField(
        label=gettext_lazy("Account name"), max_length=60, validators=[User.username_validator]
    )

    def clean_username(self) -> str:
        """The name is free."""
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This account name is taken. Choose another."))
        return name

    def clean_staff_number(self) -> str:
        """There is such an officer, without an account."""
        number = str(self.cleaned_data["staff_number"])
        officer = Officer.objects.filter(staff_number=number).first()
        if officer is None:
            raise forms.ValidationError(
                _("No officer has this staff number. Check it, or have the officer entered first.")
            )
        if User.objects.filter(officer=officer).exists():
            raise forms.ValidationError(_("%(name)s has an account already.") % {"name": officer.name})
        self.officer = officer
        return number
