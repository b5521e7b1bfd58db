"""Template tags of the base look (模板标签)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.forms import CheckboxInput, FileInput, Select, Textarea
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString, mark_safe

from guantong.kernel import clock
from guantong.web.due import DueBadge, due_badge
from guantong.web.icons import icon_paths

if TYPE_CHECKING:
    from django.forms import BoundField, Widget

register = template.Library()


@register.simple_block_tag
def capture(content: str) -> str:
    """Render once, to be shown in several places (截取): ``{% capture as name %}…{% endcapture %}``."""
    return content.strip()


@register.simple_tag
def due_words(
    due_on: date | None,
    paused: bool = False,
    done_on: date | None = None,
    provisional: bool = False,
) -> DueBadge:
    """Return the badge of a deadline as of today (期限标识)."""
    return due_badge(
        due_on or None,
        clock.today(),
        paused=bool(paused),
        done_on=done_on or None,
        provisional=bool(provisional),
    )


@register.simple_tag
def svg_paths(name: str) -> SafeString:
    """Return the shapes of one of our icons (图标). Raises ``KeyError`` for a name that is none."""
    return mark_safe(icon_paths(name))  # noqa: S308 - our own constants, never input


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


@register.filter
def control(field: BoundField) -> SafeString:
    """Render a form field's control with the classes of the base look (控件)."""
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    classes = f"{_widget_class(widget)} {own} {'is-invalid' if field.errors else ''}"
    return field.as_widget(attrs={"class": " ".join(classes.split())})
