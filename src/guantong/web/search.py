"""The search page (检索): names first, then words, within one's sight; each search is noted once."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.journal.reading import fingerprint, note
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter
from guantong.kernel.people.models import Subject
from guantong.kernel.search.query import search as find
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url

MOST = 50
LONGEST = 100
BEFORE, AFTER = 24, 60


@dataclass
class Hit:
    """A matter found: what it is called, and where the words stand."""

    url: str
    kind: str
    number: SafeString
    title: SafeString
    state: str
    is_open: bool
    happened_on: Any
    where: list[tuple[str, SafeString]] = field(default_factory=list)


@require_GET
@in_post
def search(request: HttpRequest) -> HttpResponse:
    """Search matters of all kinds, or of one."""
    actor = actor_of(request)
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
    all_kinds = kinds.all_kinds()
    chosen = next((kind for kind in all_kinds if kind.code == request.GET.get("kind")), None)
    hits: list[Hit] = []
    if text:
        codes = [chosen.code] if chosen else [kind.code for kind in all_kinds]
        found = find(actor, text, codes, MOST + 1)
        hits = _hits(actor, found[:MOST], text)
        more = len(found) > MOST
        note(actor, "search", detail=fingerprint(text), user_id=request.user.pk)
    context = {
        "text": text,
        "hits": hits,
        "more": bool(text) and more,
        "most": MOST,
        "kinds": all_kinds,
        "kind": chosen,
    }
    return render(request, "web/search.html", context)


def _hits(actor: Actor, found: list[uuid.UUID], text: str) -> list[Hit]:
    """Return what is shown of the matters found: three queries, however many there are."""
    if not found:
        return []
    depths: dict[uuid.UUID, int] = {}
    seen = Visibility.objects.filter(matter__in=found, principal__in=actor.principals)
    for matter, depth in seen.values_list("matter", "depth"):
        depths[matter] = max(depth, depths.get(matter, 0))
    fields = ("id", "kind", "number", "title", "state", "is_open", "happened_on")
    clue = ("clue__letter_number", "clue__allegation", "clue__unit", "clue__sender_name")
    matters = {row["id"]: row for row in Matter.objects.filter(pk__in=found).values(*fields, *clue)}
    persons: dict[uuid.UUID, list[str]] = {}
    for matter, *words in Subject.objects.filter(matter__in=found).values_list(
        "matter", "name", "unit", "post"
    ):
        persons.setdefault(matter, []).append(" ".join(word for word in words if word))
    marker = _marker(text)
    return [
        _hit(matters[one], depths.get(one, 0), persons.get(one, []), marker)
        for one in found
        if one in matters
    ]


def _hit(row: dict[str, Any], depth: int, persons: list[str], marker: re.Pattern[str]) -> Hit:
    kind = kinds.get(row["kind"])
    places = [
        ("person", "；".join(persons)),
        ("number", row["clue__letter_number"] or ""),
        ("unit", row["clue__unit"] or ""),
        ("sender", row["clue__sender_name"] or ""),
        ("facts", row["clue__allegation"] or ""),
    ]
    where = [(name, excerpt(words, marker)) for name, words in places if words and marker.search(words)]
    if persons and not any(name == "person" for name, _words in where):
        where.insert(0, ("person", excerpt("；".join(persons), marker)))
    return Hit(
        url=matter_url(row["id"]),
        kind=str(kind.label),
        number=marked(row["number"] or "—", marker),
        title=marked(row["title"], marker),
        state=kind.state_label(depth, row["state"]),
        is_open=row["is_open"],
        happened_on=row["happened_on"],
        where=where[:2],
    )


def _marker(text: str) -> re.Pattern[str]:
    """Return what finds the words asked for, however brackets and spaces are typed."""
    words = sorted({*text.split(), text.replace(" ", "")}, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)


def marked(text: str, marker: re.Pattern[str]) -> SafeString:
    """Return a text with the words asked for marked."""
    parts, place = [], 0
    for found in marker.finditer(text):
        parts.append(format_html("{}<mark>{}</mark>", text[place : found.start()], found.group()))
        place = found.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, text[place:]]))


def excerpt(text: str, marker: re.Pattern[str]) -> SafeString:
    """Return the part of a text round the first word asked for, on one line, marked."""
    line = " ".join(text.split())
    found = marker.search(line)
    start = max(0, (found.start() if found else 0) - BEFORE)
    end = (found.end() if found else 0) + AFTER
    before, after = "…" if start else "", "…" if end < len(line) else ""
    return marked(f"{before}{line[start:end]}{after}", marker)
