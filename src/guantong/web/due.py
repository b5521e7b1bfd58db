"""How a due date is worded (期限标识): words first, colour second, red only for what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SOON_DAYS = 5


@dataclass(frozen=True, slots=True)
class DueBadge:
    """Words and level of a deadline's badge; ``level`` is one of late, today, soon, open, paused, done, none.

    ``provisional``: the calendar of that year is not announced yet, so the date may still move.
    """

    words: str
    level: str
    provisional: bool = False


PAUSED: _StrPromise = gettext_lazy("Paused")
DONE: _StrPromise = gettext_lazy("Done")
NONE: _StrPromise = gettext_lazy("No deadline")


def due_badge(
    due_on: date | None,
    today: date,
    *,
    paused: bool = False,
    done_on: date | None = None,
    provisional: bool = False,
) -> DueBadge:
    """Word a deadline (期限标识) in calendar days: 超期6天, 今天到期, 剩3天, 已暂停, 已办结.

    A duty done late says by how many days, quietly: nobody can still do anything about it.
    """
    if due_on is None:
        return DueBadge(str(NONE), "none")
    if done_on is not None:
        late = (done_on - due_on).days
        words = ngettext("Done %(n)d day late", "Done %(n)d days late", late) % {"n": late}
        return DueBadge(words if late > 0 else str(DONE), "done")
    if paused:
        return DueBadge(str(PAUSED), "paused")
    left = (due_on - today).days
    if left < 0:
        return DueBadge(ngettext("%(n)d day late", "%(n)d days late", -left) % {"n": -left}, "late")
    if left == 0:
        return DueBadge(_("Due today"), "today", provisional)
    words = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return DueBadge(words, "soon" if left <= SOON_DAYS else "open", provisional)
