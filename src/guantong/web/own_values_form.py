"""The form in which a jurisdiction decides settings of a measure it applies (本地参数表单; CD-1.2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.forms import DateInput, PastDateField
from guantong.kernel.duties.engine import due
from guantong.kernel.measures import engine
from guantong.kernel.measures.local import Decided, earliest_change
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.rules import Term
from guantong.kernel.measures.schema import UNITS, Clause, Setting
from guantong.web.wording import cite_label, said, setting_label

OWN = "own"
AT_MOST = 1000
FREE_KINDS = ("period", "int", "text")
UNIT_LABELS = dict(
    zip(
        UNITS,
        (
            gettext_lazy("years"), gettext_lazy("months"), gettext_lazy("days"),
            gettext_lazy("working days"), gettext_lazy("hours"),
        ),
        strict=True,
    )
)  # fmt: skip


class Radios(forms.RadioSelect):
    """Choices in one template (单选): Django's own takes four for each choice, and there are a hundred."""

    template_name = "web/widgets/radios.html"


@dataclass(frozen=True)
class Part:
    """One field of a setting on the page: its name within the setting, its width in columns of twelve."""

    field: forms.BoundField
    name: str
    span: int


@dataclass(frozen=True)
class Line:
    """One setting in the form (一项参数): as the measure has it, as it is applied, and its fields."""

    form: SettingsForm
    clause: Clause
    name: str

    @property
    def key(self) -> str:
        """As 'GR-0.1/rest_day_moves'."""
        return f"{self.clause.id}/{self.name}"

    @property
    def own(self) -> Setting:
        """The setting as the measure's file has it."""
        return self.form.published.clauses[self.clause.id].settings[self.name]

    @property
    def present(self) -> Setting:
        """The setting as it is applied now."""
        return self.clause.settings[self.name]

    @property
    def closed(self) -> bool:
        """Whether the clause forbids another value than the measure's own."""
        return not self.clause.may_override(self.name)

    @property
    def asked(self) -> bool:
        """Whether anything can be decided: another value, or that the value holds."""
        return not self.closed or self.present.pending

    @property
    def label(self) -> str:
        """What the setting is called."""
        return said(self.present.label)

    @property
    def value(self) -> str:
        """The value applied now, in words."""
        return self.said(self.present.value)

    @property
    def decision(self) -> dict[str, str] | None:
        """Why, by whom and when it was decided here, where it was."""
        found: dict[str, str] | None = self.form.adoption.decisions.get(self.key)
        return found

    @property
    def cite(self) -> dict[str, Any]:
        """Where the setting comes from."""
        return cite_label(self.form.published, self.present.source)

    def said(self, value: object) -> str:
        """Return one of its values in words."""
        return setting_label(self.form.published, self.clause.id, self.name, value)

    def field(self, part: str) -> str:
        """Return the name of one of its fields."""
        return f"{self.key}:{part}"

    @property
    def parts(self) -> list[Part]:
        """Its fields, as the page shows them; of one that cannot be decided only what is wrong with it."""
        names = {
            "choice": "",
            "number": _("How many"),
            "unit": _("Unit"),
            "free": _("Value"),
            "reason": _("Reason"),
        }
        shown = [part for part in names if self.field(part) in self.form.fields]
        fields = {part: self.form[self.field(part)] for part in shown}
        if not self.asked and not fields["choice"].errors:
            return []
        wide = {"choice": 12, "number": 3, "unit": 3, "free": 6, "reason": 6 if len(shown) > 2 else 12}
        return [Part(field, names[part], wide[part]) for part, field in fields.items()]

    @property
    def touched(self) -> bool:
        """Whether something is chosen or wrong here."""
        return any(part.field.errors or part.field.data for part in self.parts)

    def values(self) -> Iterator[tuple[object, str]]:
        """Give the values offered, each with how it reads; of a closed setting only the measure's own."""
        yield self.own.value, said(self.own.reading)
        if self.closed:
            return
        for other in self.own.alternatives:
            yield other.value, said(other.reading)
        for value in (True, False) if self.own.kind == "bool" else self.own.choices:
            yield value, ""

    def choices(self) -> Iterator[tuple[str, str]]:
        """Give what can be chosen: no change, a value offered, a value of one's own."""
        yield "", _("No change")
        seen: set[str] = set()
        for value, reading in self.values():
            code = json.dumps(value, sort_keys=True)
            same = value == self.present.value
            if code in seen or (same and not self.present.pending):
                continue
            seen.add(code)
            words = _("Confirm: %(value)s") % {"value": self.said(value)} if same else self.said(value)
            yield (
                code,
                _("%(value)s (%(reading)s)") % {"value": words, "reading": reading} if reading else words,
            )
        if self.own.kind in FREE_KINDS and not self.closed:
            yield OWN, _("A value of our own, given below")


@dataclass(frozen=True)
class Group:
    """A clause in the form, with its settings (一条的参数)."""

    clause: Clause
    lines: list[Line]

    @property
    def title(self) -> str:
        """What the clause is called."""
        return said(self.clause.title)

    @property
    def touched(self) -> bool:
        """Whether something is chosen or wrong in it."""
        return any(line.touched for line in self.lines)


class SettingsForm(forms.Form):
    """Which settings of a measure are decided how, and why (参数取值); `only` leaves out others."""

    def __init__(
        self,
        adoption: Adoption,
        data: Any = None,
        initial: Any = None,
        only: Callable[[Line], bool] = lambda line: True,
    ) -> None:
        super().__init__(data, initial=initial)
        self.adoption = adoption
        self.published: Measure = engine.measure_of(adoption.measure_version_id)
        self.measure = self.published.with_settings(adoption.settings)
        self.chosen: dict[str, Any] = {}
        groups = [
            Group(clause, [line for name in clause.settings if only(line := Line(self, clause, name))])
            for clause in self.measure.file.clauses
        ]
        self.groups = [group for group in groups if group.lines]
        self.lines = {line.key: line for group in self.groups for line in group.lines}
        for line in self.lines.values():
            self.fields.update({line.field(part): field for part, field in _fields(line)})
        self.order_fields([name for name in self.fields if ":" in name])

    def clean(self) -> dict[str, Any]:
        """Gather what is decided."""
        data = super().clean() or self.cleaned_data
        self.chosen = {
            key: self._value(line) for key, line in self.lines.items() if data.get(line.field("choice"))
        }
        return data

    def _value(self, line: Line) -> Any:
        data = self.cleaned_data
        if not data.get(line.field("reason")) and line.field("reason") not in self.errors:
            self.add_error(line.field("reason"), _("Say why; it stands in the record and beside the value."))
        chosen = data[line.field("choice")]
        if chosen != OWN:
            return json.loads(chosen)
        value = self._period(line) if line.own.kind == "period" else self._free(line)
        if value is not None and value == line.present.value:
            self.add_error(
                line.field("choice"), _("This is the value applied already. Choose another, or no change.")
            )
        return value

    def _free(self, line: Line) -> Any:
        name = line.field("free")
        value = self.cleaned_data.get(name)
        if value in (None, "") and name not in self.errors:
            self.add_error(name, _("The value is missing. Write it, or choose one of those offered."))
        return value

    def _period(self, line: Line) -> dict[str, int] | None:
        number, unit = line.field("number"), line.field("unit")
        count, of = self.cleaned_data.get(number), self.cleaned_data.get(unit)
        if count is None and number not in self.errors:
            self.add_error(number, _("The number is missing. Write how many."))
        if not of and unit not in self.errors:
            self.add_error(unit, _("The unit is missing. Choose one."))
        if count is None or not of:
            return None
        value = {of: count}
        if why := _unreachable(value, self.cleaned_data.get("since") or earliest_change(self.adoption)):
            self.add_error(number, why)
        return value


class OwnValuesForm(SettingsForm):
    """Settings decided, by whom, and from when (本地参数)."""

    decided_by = forms.CharField(
        label=gettext_lazy("Decided by"),
        max_length=60,
        help_text=gettext_lazy("Name of the leader or of the meeting that decided it."),
    )
    decided_on = PastDateField(label=gettext_lazy("Decided on"))
    since = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=DateInput,
        help_text=gettext_lazy("What happened before this day is judged by the values so far."),
    )

    def __init__(self, adoption: Adoption, data: Any = None) -> None:
        super().__init__(adoption, data, initial={"since": earliest_change(adoption)})
        self.decided: dict[str, Decided] = {}

    def clean_since(self) -> date:
        """From no day that was lived by the present values already."""
        since: date = self.cleaned_data["since"]
        earliest = earliest_change(self.adoption)
        if since < earliest:
            raise forms.ValidationError(
                _("From %(since)s values cannot change any more. Give %(day)s or a later day.")
                % {"since": since, "day": earliest}
            )
        return since

    def clean(self) -> dict[str, Any]:
        """Something must be decided."""
        data = super().clean()
        if not self.chosen and not any(line.field("choice") in self.errors for line in self.lines.values()):
            self.add_error(None, _("Nothing is decided yet. Choose a value for at least one setting."))
        if not self.errors:
            self.decided = {
                key: Decided(value, data[f"{key}:reason"], data["decided_by"], data["decided_on"])
                for key, value in self.chosen.items()
            }
        return data


def _unreachable(value: dict[str, int], since: date) -> str:
    """Return why no date can be counted by such a period, '' where one can."""
    try:
        due(since, Term(*next(iter(value.items()))))  # type: ignore[arg-type]
    except (Refused, ValueError):
        return _("No date can be counted so far ahead. Write a shorter period.")
    return ""


def _fields(line: Line) -> Iterator[tuple[str, forms.Field]]:
    refusal = (
        _("Clause %(clause)s does not let “%(setting)s” be decided locally. Leave the measure's own value.")
        % {"clause": line.clause.id, "setting": line.label}
        if line.closed
        else _("Choose one of the values offered.")
    )
    yield (
        "choice",
        forms.ChoiceField(
            label=line.label,
            choices=list(line.choices()),
            required=False,
            initial="",
            widget=Radios,
            error_messages={"invalid_choice": refusal},
        ),
    )
    if not line.asked:
        return
    named = {
        part: _("%(setting)s, %(part)s") % {"setting": line.label, "part": name}
        for part, name in (
            ("free", _("Value")),
            ("number", _("How many")),
            ("unit", _("Unit")),
            ("reason", _("Reason")),
        )
    }
    if not line.closed and line.own.kind == "period":
        yield (
            "number",
            forms.IntegerField(label=named["number"], min_value=1, max_value=AT_MOST, required=False),
        )
        units = [("", "—"), *UNIT_LABELS.items()]
        yield "unit", forms.ChoiceField(label=named["unit"], choices=units, required=False)
    elif not line.closed and line.own.kind == "int":
        yield "free", forms.IntegerField(label=named["free"], required=False)
    elif not line.closed and line.own.kind == "text":
        yield "free", forms.CharField(label=named["free"], max_length=200, required=False)
    yield "reason", forms.CharField(label=named["reason"], max_length=300, required=False)
