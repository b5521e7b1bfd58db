"""Template tags of the base look (模板标签)."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import (
    CheckboxInput,
    ChoiceField,
    DateInput,
    EmailInput,
    FileInput,
    NumberInput,
    Select,
    Textarea,
    TextInput,
    URLInput,
)
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.organs.called import seat_name
from guantong.web import due
from guantong.web.icons import icon_paths

if TYPE_CHECKING:
    from django.forms import BoundField, Widget

    from guantong.kernel.access.actors import Actor
    from guantong.kernel.organs.models import Organ

register = template.Library()
DASHES = BLANK_CHOICE_DASH[0][1]
FLAT = {
    Select.template_name: "web/widgets/select.html",
    **dict.fromkeys(
        (kind.template_name for kind in (TextInput, NumberInput, DateInput, EmailInput, URLInput)),
        "web/widgets/input.html",
    ),
}
"""Widgets in one template each: Django's own take two more, and of a list two more for each choice."""


@register.simple_block_tag
def capture(content: str) -> str:
    """Render once, to be shown in several places (截取): ``{% capture as name %}…{% endcapture %}``."""
    return content.strip()


@register.simple_tag
def due_badge(
    due_on: date | None,
    paused: bool = False,
    done_on: date | None = None,
    provisional: bool = False,
    explain: str = "",
) -> SafeString:
    """Render the badge of a deadline as of today (期限标识); in long lists faster than its component."""
    badge = due.due_badge(
        due_on or None,
        clock.today(),
        paused=bool(paused),
        done_on=done_on or None,
        provisional=bool(provisional),
    )
    title = explain or (due_on.isoformat() if due_on else "")
    html = format_html(
        '<span class="gt-badge gt-due-{}" title="{}">{}</span>', badge.level, title, badge.words
    )
    if not badge.provisional:
        return html
    why = _("The holidays of that year are not announced yet; the date may move.")
    mark = format_html('<span class="gt-badge gt-provisional" title="{}">{}</span>', why, _("Provisional"))
    return format_html("{} {}", html, mark)


@register.filter
def seen_from(organ: Organ | None, actor: Actor | None) -> str:
    """Name an organ as its reader does (机构称谓): his own body's department by its name, else the body."""
    if organ is None:
        return ""
    near = actor is None or organ.body_id_or_own == actor.body_id or organ.body is None
    return str(organ.name if near else organ.body)


@register.simple_tag
def svg_paths(name: str) -> SafeString:
    """Return the shapes of one of our icons (图标). Raises ``KeyError`` for a name that is none."""
    return mark_safe(icon_paths(name))  # noqa: S308 - our own constants, never input


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Render an icon beside its words (图标); on every page, and many times faster than its component."""
    shape = '<svg class="gt-icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>'
    return format_html(shape, svg_paths(name))


@register.simple_tag
def demonstration() -> dict[str, Any] | None:
    """Return the accounts of the demonstration and their password (演示账号), None where it is not shown."""
    if not settings.GUANTONG_DEMO:
        return None
    from guantong.demo.accounts import ACCOUNTS, PASSWORD

    return {"accounts": ACCOUNTS, "password": PASSWORD}


def _widget_class(widget: Widget) -> str:
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "gt-choices"
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    if isinstance(widget, (Textarea, FileInput)):
        return "form-control gt-wide"
    return "form-control"


def _name_the_blank(field: Any) -> None:
    """Let the blank choice of a list say what it means, instead of dashes."""
    words = _("Please choose") if field.required else _("No choice")
    if getattr(field, "empty_label", None) == DASHES:
        field.empty_label = words
        field.widget.choices = field.choices
    elif isinstance(field, ChoiceField):
        choices: Any = field.choices
        if ("", DASHES) in choices:
            field.choices = [("", words), *(one for one in choices if one[0])]


@register.filter
def control(field: BoundField) -> SafeString:
    """Render a form field's control with the classes of the base look (控件)."""
    inner: Any = field.field
    _name_the_blank(inner)
    widget = inner.widget
    widget.attrs.pop("placeholder", None)  # a label stands above every field
    widget.template_name = FLAT.get(widget.template_name, widget.template_name)
    own = widget.attrs.get("class", "")
    classes = f"{_widget_class(widget)} {own} {'is-invalid' if field.errors else ''}"
    return field.as_widget(attrs={"class": " ".join(classes.split())})


@register.filter
def called(seat: Any, body: Any) -> str:
    """Return what a seat on a body is called (席位名称)."""
    return seat_name(seat.rank, body.kind)
