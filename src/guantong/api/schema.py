"""What an act asks for, as JSON (行为的请求格式): made from the same form as the page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal

from django import forms
from django.db import models
from pydantic import BaseModel, ConfigDict, Field, StrictStr, create_model

from guantong.kernel.acts.forms import MAX_ROWS, FilesField, RowsField
from guantong.kernel.organs.forms import NamedOrganField

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
BIGGEST = 2**63 - 1
MAX_CHOSEN = 1000


class Strict(BaseModel):
    """A request body: unknown members are refused, for they are slips of the pen."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _string(field: forms.Field) -> Any:
    limits: dict[str, Any] = {"max_length": getattr(field, "max_length", None)}
    if field.required:
        limits["min_length"] = 1
    return Annotated[StrictStr, Field(**limits)]


def _choice(field: forms.ChoiceField) -> Any:
    values = []
    listed: Any = field.choices
    for value, label in listed:
        group = label if isinstance(label, (list, tuple)) else [(value, label)]
        values += [str(one) for one, _label in group if one not in ("", None)]
    if not field.required:
        values.append("")
    return Literal[tuple(dict.fromkeys(values))] if values else StrictStr


def _key(field: forms.ModelChoiceField) -> Any:  # type: ignore[type-arg]
    model = field.queryset.model if field.queryset is not None else None
    key = model._meta.pk if model is not None else None
    if isinstance(key, models.UUIDField):
        return Annotated[uuid.UUID, Field(strict=False)]
    return Annotated[int, Field(ge=1, le=BIGGEST)]


def _decimal(field: forms.DecimalField) -> Any:
    limits: dict[str, Any] = {
        "ge": field.min_value,
        "le": field.max_value,
        "max_digits": field.max_digits,
        "decimal_places": field.decimal_places,
    }
    return Annotated[Decimal, Field(strict=False, **limits)]


def _organ(field: NamedOrganField) -> Any:
    """An organ by its number or by its full name, as people write it."""
    return _key(field) | Annotated[StrictStr, Field(min_length=1, max_length=200)]


def _integer(field: forms.IntegerField) -> Any:
    lowest: Any = -BIGGEST if field.min_value is None else field.min_value
    highest: Any = BIGGEST if field.max_value is None else field.max_value
    return Annotated[int, Field(ge=lowest, le=highest)]


def _rows(field: RowsField) -> Any:
    row = form_schema(field.row_form, field.row_form.__name__.removesuffix("Form") + "Row")
    return Annotated[list[row], Field(min_length=field.least, max_length=MAX_ROWS)]  # type: ignore[valid-type]


def _keys(field: forms.ModelMultipleChoiceField) -> Any:  # type: ignore[type-arg]
    least = 1 if field.required else 0
    return Annotated[list[_key(field)], Field(min_length=least, max_length=MAX_CHOSEN)]  # type: ignore[misc]


def _choices(field: forms.MultipleChoiceField) -> Any:
    """A list of values; where they depend on the matter, any texts, which the act's form then checks."""
    return list[_choice(field)] if field.choices else list[StrictStr]  # type: ignore[misc]


def _truth(field: forms.BooleanField) -> Any:
    return bool


def _day(field: forms.DateField) -> Any:
    return Annotated[StrictStr, Field(pattern=DAY, json_schema_extra={"format": "date"})]


def _uuid(field: forms.UUIDField) -> Any:
    return Annotated[uuid.UUID, Field(strict=False)]


_KINDS: tuple[tuple[type[forms.Field], Callable[[Any], Any]], ...] = (
    (RowsField, _rows),
    (forms.ModelMultipleChoiceField, _keys),
    (NamedOrganField, _organ),
    (forms.ModelChoiceField, _key),
    (forms.MultipleChoiceField, _choices),
    (forms.ChoiceField, _choice),
    (forms.DecimalField, _decimal),
    (forms.IntegerField, _integer),
    (forms.BooleanField, _truth),
    (forms.DateField, _day),
    (forms.UUIDField, _uuid),
    (forms.CharField, _string),
)
"""Kinds of fields, the narrower before the wider."""


def kind_of(field: forms.Field) -> Any:
    """Return the type of a field's JSON value. Raises TypeError for kinds of fields not yet known here."""
    for kind, make in _KINDS:
        if isinstance(field, kind):
            return make(field)
    raise TypeError(f"{type(field).__name__} has no form in the API")


def members(fields: dict[str, forms.Field], *, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the members of a model for fields that hold no files; `optional` may be left out."""
    made: dict[str, Any] = {}
    for name, field in fields.items():
        if isinstance(field, forms.FileField):
            continue
        words = " ".join(str(part) for part in (field.label, field.help_text) if part)
        given: dict[str, Any] = {"description": words} if words else {}
        kind = kind_of(field)
        if field.required and name not in optional:
            made[name] = (kind, Field(**given))
        else:
            made[name] = (kind | None, Field(default=None, **given))
    return made


def form_schema(
    form: type[forms.Form], name: str = "", *, more: dict[str, Any] | None = None
) -> type[BaseModel]:
    """Return the model of what a form takes, without its files; the day of an act may be left out."""
    found = members(form.base_fields, optional=frozenset({"happened_on"}))
    return create_model(
        name or form.__name__.removesuffix("Form"), __base__=Strict, **{**found, **(more or {})}
    )


def file_fields(form: type[forms.Form]) -> dict[str, bool]:
    """Return the names of a form's file fields, and whether each takes several files."""
    return {
        name: isinstance(field, FilesField)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.FileField)
    }


def raw_data(value: BaseModel) -> dict[str, Any]:
    """Return a request body as the form takes it: texts, numbers and rows, without what was left out."""
    return {name: _plain(getattr(value, name)) for name in value.model_fields_set}


@cache
def _names(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(model.model_fields)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if isinstance(value, uuid.UUID) else value
