"""What every page needs round its content (页面框架): navigation, capacities, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.prepared import Given, Prepared

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHOWN_TO = {
    "intake": frozenset({"case_supervision"}),
    "sessions": frozenset({"case_supervision", "leadership"}),
    "statistics": frozenset({"case_supervision", "leadership"}),
    "console": frozenset({"liaison_office"}),
    "counties": frozenset({"liaison_office"}),
}
"""Places for those bound to a role only."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation (导航项): name of its address, label, icon, key pressed after g."""

    name: str
    label: _StrPromise
    icon: str
    key: str = ""


WORK = (
    Place("desk", _("My desk"), "desk", "d"),
    Place("console", _("Coordinator's console"), "console", "h"),
    Place("counties", _("Counties side by side"), "columns", "w"),
    Place("intake", _("Register a letter"), "intake", "i"),
    Place("deadlines", _("Calendar of deadlines"), "calendar", "k"),
    Place("ledger", _("Clues"), "ledger", "l"),
    Place("sessions", _("Sorting and steering"), "session", "s"),
    Place("meetings", _("Meetings"), "session", "e"),
    Place("reports", _("Reports and findings"), "report", "r"),
    Place("rounds", _("Inspection rounds"), "round", "n"),
    Place("cases", _("Cases"), "case", "c"),
    Place("tasks", _("Tasks"), "task", "q"),
    Place("correspondence", _("Correspondence"), "letters", "y"),
    Place("reminders", _("Reminders"), "bell", "t"),
    Place("papers", _("Papers"), "paper", "p"),
    Place("archive", _("Archive"), "archive", "v"),
    Place("exchange", _("Exchange by disc"), "disc", "x"),
)
FIGURES = (
    Place("figures", _("Figures"), "chart", "f"),
    Place("statistics", _("Statistics"), "columns", "u"),
)
RULES = (
    Place("measures", _("Clauses of the measures"), "measure", "m"),
    Place("organs", _("Organs and people"), "organ", "o"),
)
OVERSIGHT = (Place("journal", _("Journal and its proof"), "journal", "j"),)
ADMINISTRATION = (Place("administration", _("Administration"), "admin", "a"),)


def _groups(request: HttpRequest) -> list[tuple[_StrPromise, tuple[Place, ...]]]:
    actor = getattr(request, "actor", None)
    administers = getattr(getattr(request, "user", None), "administers", "")
    if actor is not None:
        work = tuple(
            place
            for place in WORK
            if actor.roles & SHOWN_TO.get(place.name, actor.roles) or place.name not in SHOWN_TO
        )
        return [
            (_("Work"), work),
            (_("Figures and forms"), FIGURES),
            (_("Rules"), RULES),
            (_("Oversight"), OVERSIGHT),
        ]
    if administers:
        oversight = OVERSIGHT if administers == "audit" else ()
        return [(_("Rules"), RULES), (_("Oversight"), oversight + ADMINISTRATION)]
    return []


_address = cache(reverse)


def _is_here(address: str, path: str) -> bool:
    return path == address if address == "/" else path.startswith(address)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of places for whom the request is from (导航)."""
    shown = []
    for label, places in _groups(request):
        links = []
        for place in places:
            url = _address(place.name)
            here = _is_here(url, request.path)
            links.append(
                {"label": place.label, "icon": place.icon, "key": place.key, "url": url, "here": here}
            )
        if links:
            shown.append({"label": label, "links": links})
    return shown


def _unread_of() -> QuerySet[Any, Any]:
    from guantong.notices.models import Notice

    said = Notice.objects.filter(user=Given("user"), read_at__isnull=True).values("user")
    return said.annotate(total=Sum(F("new") + F("due_today") + F("late"))).values_list("total", flat=True)


UNREAD: Prepared[int] = Prepared(_unread_of)


def _unread(request: HttpRequest) -> int:
    """How much is said in notices not yet read, in one query; asked for only where the bell is shown."""
    return UNREAD.first(user=request.user.pk) or 0


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor (页面框架): places, capacity, posts, search, notices, and the moment of reading.

    Asks the database for one number, that of ``shell.notices``; the posts come with ``request.actor``.
    """
    actor = getattr(request, "actor", None)
    return {
        "shell": {
            "nav": navigation(request),
            "actor": actor,
            "posts": actor.posts if actor else (),
            "search": _address("search"),
            "home": _address("desk"),
            "notices": SimpleLazyObject(lambda: _unread(request)),
            "now": clock.now(),
        }
    }
