"""Comparing a record with the same record of another file (三方比对): changed there, here or on both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from django.utils.translation import gettext as _


class Change(StrEnum):
    """Where a field that differs was changed since the two were last compared (差异类别)."""

    THERE = "there"
    """Only in the file: it may be taken."""
    HERE = "here"
    """Only here: the file has not followed, and nothing is asked."""
    BOTH = "both"
    """On both sides: somebody has to say which one counts."""
    LEFT = "left"
    """It was asked before and left as it is here; neither side has changed since."""

    @property
    def label(self) -> str:
        """The kind of change in words."""
        return {
            Change.THERE: _("changed there"),
            Change.HERE: _("changed here since"),
            Change.BOTH: _("changed on both sides"),
            Change.LEFT: _("left as it is here"),
        }[self]

    @property
    def asks(self) -> bool:
        """Whether somebody has to decide."""
        return self in (Change.THERE, Change.BOTH)


def compare(
    base: Mapping[str, str],
    here: Mapping[str, str],
    there: Mapping[str, str],
    left: Mapping[str, str],
    touched: Collection[str] = (),
) -> dict[str, Change]:
    """Return the fields in which a record differs from the file, each with where it was changed.

    `base`: what the file said when the two were last compared. `left`: what stood here where a difference was
    left. `touched`: fields changed here, for those of which `base` knows nothing. A field the file leaves
    empty says nothing.
    """
    found = {}
    for name, new in there.items():
        now = here.get(name, "")
        if not new or new == now:
            continue
        if base.get(name) == new:
            found[name] = Change.LEFT if left.get(name) == now else Change.HERE
        elif name in left or name in base:
            found[name] = Change.THERE if now == left.get(name, base.get(name)) else Change.BOTH
        else:
            found[name] = Change.BOTH if name in touched else Change.THERE
    return found


def settle(
    base: Mapping[str, str],
    here: Mapping[str, str],
    there: Mapping[str, str],
    left: Mapping[str, str],
    decided: Mapping[str, bool],
) -> tuple[dict[str, str], dict[str, str]]:
    """Return `base` and `left` as they are once some differences are decided: taken (True) or left.

    What agrees is known from now on; what is not decided is asked again.
    """
    agreed = {name: new for name, new in there.items() if new and here.get(name, "") == new}
    seen = {**base, **agreed, **{name: there[name] for name in decided}}
    kept = {name: value for name, value in left.items() if name not in agreed and not decided.get(name)}
    return seen, {**kept, **{name: here.get(name, "") for name, taken in decided.items() if not taken}}
