"""Forms of acts (行为表单): one declaration for page and API."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock

MAX_ROWS = 100
LONG_TEXT = 20_000


class DateInput(forms.DateInput):
    """A date as the browser's own field takes it."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A date, past or planned (日期)."""

    widget = DateInput
    default_error_messages = {
        "invalid": gettext_lazy("This is not a date. Write it as 2026-09-28."),
        "early": gettext_lazy("%(value)s is before 1990. Check the year."),
        "far": gettext_lazy("%(value)s lies more than five years ahead. Check the year."),
    }

    def validate(self, value: date | None) -> None:
        """Refuse years that are slips of the pen."""
        super().validate(value)
        if value is not None and value.year < 1990:
            raise ValidationError(self.error_messages["early"], code="early", params={"value": value})
        if value is not None and value.year > clock.today().year + 5:
            raise ValidationError(self.error_messages["far"], code="far", params={"value": value})


class PastDateField(DayField):
    """A date that cannot lie ahead (已发生日期)."""

    default_error_messages = {
        "future": gettext_lazy(
            "%(value)s lies in the future; today is %(today)s. Give the day on which it happened."
        ),
    }

    def validate(self, value: date | None) -> None:
        """Refuse days ahead too."""
        today = clock.today()
        if value is not None and value > today:
            raise ValidationError(
                self.error_messages["future"], code="future", params={"value": value, "today": today}
            )
        super().validate(value)


class LongTextField(forms.CharField):
    """A text of some paragraphs (长文本)."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONG_TEXT)
        super().__init__(**kwargs)
        self.widget.attrs.update(rows=rows)


_YEAR_IN_BRACKETS = re.compile(r"\s*[\[【［〔（(]\s*((?:19|20)\d\d)\s*[\]】］〕）)]\s*")


def standard_number(number: str) -> str:
    """Return a letter's number with 〔〕 round its year, whatever was typed (发文字号; GB/T 9704)."""
    return _YEAR_IN_BRACKETS.sub(r"〔\1〕", number)


class LetterNumberField(forms.CharField):
    """A letter's number (发文字号)."""

    default_error_messages = {
        "required": gettext_lazy("The number on the letter is missing. Copy it from there.")
    }

    def to_python(self, value: Any) -> str:
        """Return the number with the brackets of the standard."""
        return standard_number(super().to_python(value) or "")


class AmountField(forms.DecimalField):
    """A sum in yuan (金额), written as people do: 3860000, 3,860,000 or 386万."""

    widget = forms.TextInput
    default_error_messages = {"invalid": gettext_lazy("This is not a sum. Write it as 3860000 or 386万.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_digits=18, decimal_places=2, **kwargs)
        self.widget.attrs.update(inputmode="decimal", autocomplete="off", **{"data-says-sum": ""})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Return the sum in yuan."""
        if not isinstance(value, str):
            return super().to_python(value)
        text = re.sub(r"[\s,，]|元$", "", unicodedata.normalize("NFKC", value).strip())
        number = super().to_python(text.removesuffix("万"))
        if number is None or not text.endswith("万"):
            return number
        yuan = number * 10_000
        return yuan.quantize(Decimal("0.01")) if yuan == yuan.quantize(Decimal("0.01")) else yuan


def _ask(field: forms.ChoiceField) -> None:
    """Let a choice be made, rather than take what happens to stand first (必选项不预选)."""
    if field.required:
        choices: Any = field.choices
        field.choices = [("", _("Please choose")), *choices]


class ActForm(forms.Form):
    """What every act asks for: the day it happened (发生日期), which duties count from."""

    happened_on = PastDateField(
        label=gettext_lazy("Happened on"),
        help_text=gettext_lazy("Dates are counted from this day, not from the day of typing."),
    )

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"happened_on": clock.today(), **(initial or {})}
        for name, field in self.fields.items():
            if type(field) is forms.ChoiceField and not self.get_initial_for_field(field, name):
                _ask(field)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data; a date left out by a program is today."""
        return super().clean() or self.cleaned_data


class RecordedForm(ActForm):
    """An act of a leader, done here or signed on paper and recorded on his behalf (代录)."""

    signer = forms.CharField(
        label=gettext_lazy("Signed on paper by"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "leaders"}),
        help_text=gettext_lazy("Only where the leader signed paper: name of the leader."),
    )
    scan = forms.FileField(
        label=gettext_lazy("Scan of the signed sheet"),
        required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG."),
    )


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files (附件). Clean value: list of uploads."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Check each file."""
        many = data if isinstance(data, (list, tuple)) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in many]


def suggested(names: str, **attrs: str | bool) -> forms.TextInput:
    """Return a text field with suggestions from a list of the page (可选可填); any other text goes too."""
    return forms.TextInput(attrs={"list": names, "autocomplete": "off", **attrs})


NUMBERS = "data-numbers"
"""Marks the column of a row's form that numbers the rows; a row that holds nothing else is empty."""


def holds_anything(row_form: type[forms.Form], row: Mapping[str, Any]) -> bool:
    """Return whether a row holds more than its number and what its form proposes by itself."""
    asked = row_form.base_fields
    proposed = {name: one.initial for name, one in asked.items()}
    numbers = {name for name, one in asked.items() if NUMBERS in one.widget.attrs}
    return any(
        item not in (None, "", False) and str(item) != str(proposed.get(name))
        for name, item in row.items()
        if name not in numbers
    )


class RowsWidget(forms.Widget):
    """Rows of a small form, as fields named prefix-0-column (多行录入)."""

    template_name = "web/widgets/rows.html"
    use_fieldset = True

    def __init__(self, row_form: type[forms.Form], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.row_form = row_form

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[dict[str, Any]] | Any:
        """Return the rows; a program gives them as a list, a page as numbered fields."""
        if name in data and not isinstance(data[name], str):
            return data[name]
        if name in data:
            try:
                return json.loads(data[name])
            except json.JSONDecodeError:
                return data[name]
        columns = list(self.row_form.base_fields)
        given = {key for key in data if key.startswith(f"{name}-")}
        rows = []
        for number in range(MAX_ROWS + 1) if given else ():
            named = {column: f"{name}-{number}-{column}" for column in columns}
            if not given.isdisjoint(named.values()):
                rows.append({column: data.get(key, "") for column, key in named.items()})
        return rows

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        """Rows are never simply missing."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template one bound form a row, and an empty one to copy."""
        context = super().get_context(name, value, attrs)
        rows = value if isinstance(value, list) and value else [{}]
        forms_ = [self._row(row, f"{name}-{number}") for number, row in enumerate(rows)]
        context["widget"].update(rows=forms_, empty=self.row_form(prefix=f"{name}-__row__"))
        return context

    def _row(self, row: dict[str, Any], prefix: str) -> forms.Form:
        if not holds_anything(self.row_form, row):
            return self.row_form(prefix=prefix)
        return self.row_form({f"{prefix}-{key}": value for key, value in row.items()}, prefix=prefix)


@runtime_checkable
class AskedForMany(Protocol):
    """A field of a row that looks up what all rows mean at once (一并查找), instead of once a row."""

    known: Any

    def known_among(self, values: Iterable[Any]) -> Any:
        """Return what is meant by these values."""


class RowsField(forms.Field):
    """A list of rows, each checked by a form of its own (多行字段). Clean value: list of dicts."""

    default_error_messages = {
        "shape": gettext_lazy("A list of rows is expected."),
        "many": gettext_lazy("At most %(most)s rows fit into one act. Put the rest into an attachment."),
        "row": gettext_lazy("Row %(row)s, %(label)s: %(error)s"),
    }

    def __init__(self, row_form: type[forms.Form], *, least: int = 0, **kwargs: Any) -> None:
        self.row_form = row_form
        self.least = least
        super().__init__(widget=RowsWidget(row_form), required=least > 0, **kwargs)

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Return the rows that hold anything. Raises ValidationError naming row and column."""
        if value in (None, ""):
            value = []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise ValidationError(self.error_messages["shape"], code="shape")
        rows = [row for row in value if self.holds_anything(row)]
        if len(rows) > MAX_ROWS:
            raise ValidationError(self.error_messages["many"], code="many", params={"most": MAX_ROWS})
        if len(rows) < self.least:
            raise ValidationError(self.error_messages["required"], code="required")
        return self._clean_rows(rows)

    def holds_anything(self, row: dict[str, Any]) -> bool:
        """Return whether a row holds more than what its form proposes by itself."""
        return holds_anything(self.row_form, row)

    def _clean_rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        cleaned, errors = [], []
        asked = {
            name: field.known_among([row[name] for row in rows if row.get(name)])
            for name, field in self.row_form.base_fields.items()
            if isinstance(field, AskedForMany)
        }
        for number, row in enumerate(rows, start=1):
            form = self.row_form(row)
            for name, known in asked.items():
                form.fields[name].known = known  # type: ignore[attr-defined]
            if form.is_valid():
                cleaned.append(form.cleaned_data)
                continue
            for name, messages in form.errors.items():
                label = form.fields[name].label if name in form.fields else _("row")
                errors += [
                    ValidationError(
                        self.error_messages["row"],
                        code="row",
                        params={"row": number, "label": label, "error": message},
                    )
                    for message in messages
                ]
        if errors:
            raise ValidationError(errors)
        return cleaned
