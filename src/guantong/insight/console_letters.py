"""Reminding by letter from the console (协调台制发工作提示函; CD-1.1): one an organ, looked at first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guantong.insight.console import Owed
from guantong.insight.console_pages import (
    ANSWER_DAYS,
    WRITE,
    Outcome,
    batch_of,
    by_holder,
    chosen_of,
    console_done,
    coordinator,
    line_of,
    nothing_chosen,
    own_office,
)
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.compose import day_text
from guantong.web.guard import in_post
from guantong.web.links import matter_url

FORM, LETTER, DRAFT = "work_reminder", "correspondence_letter", "paper.draft"
MOST = 60
"""So many things stand in one letter; the others wait for the next."""


@dataclass(frozen=True)
class Reminding:
    """One letter as it will be drafted (拟发的工作提示函): to whom, about what, its title and text."""

    holder: Organ
    rows: tuple[Owed, ...]
    text: str
    answer_by: date
    faults: tuple[Fault, ...] = ()
    left: int = 0

    @property
    def subject(self) -> str:
        """What the matter of the letter is called."""
        return f"抓紧办理{len(self.rows)}件事项"

    @property
    def title(self) -> str:
        """What the letter is called."""
        return f"关于{self.subject}的工作提示函"


@require_POST
@in_post
def letters(request: HttpRequest) -> HttpResponse:
    """Show the letters to be drafted for what is chosen; once confirmed, draft them (批量拟制提示函)."""
    actor = coordinator(request)
    words, chosen = request.POST.get("text", ""), chosen_of(request, actor)
    if not chosen:
        return nothing_chosen(request, actor)
    reminding = [_reminding(actor, rows, words) for rows in by_holder(chosen)]
    batch = batch_of(request)
    if request.POST.get("confirmed") == "1":
        outcomes = [_draft(actor, one, batch) for one in reminding]
        return console_done(request, outcomes, _("Letters drafted"))
    context: dict[str, Any] = {
        "letters": reminding,
        "drafted": sum(not one.faults for one in reminding),
        "text": words,
        "batch": batch,
    }
    return render(request, "insight/console_letters.html", context)


def _reminding(actor: Actor, rows: list[Owed], words: str) -> Reminding:
    answer_by = clock.today() + timedelta(days=ANSWER_DAYS)
    said = [
        f"经梳理，截至{day_text(clock.today())}，你单位有下列事项尚未办结：",
        *(f"{place}. {line_of(one)}" for place, one in enumerate(rows[:MOST], start=1)),
        *filter(None, [words.strip()[:1000]]),
        "请抓紧办理，并书面说明办理情况、未按期完成的原因和预计完成时间。",
    ]
    holder = rows[0].holder
    faults, left = own_office(actor, holder), max(0, len(rows) - MOST)
    return Reminding(holder, tuple(rows[:MOST]), "\n".join(said), answer_by, faults, left)


def _draft(actor: Actor, one: Reminding, batch: str) -> Outcome:
    """Draft the correspondence and its letter; what has been done stays done (拟函、拟稿)."""
    outcome = Outcome(one.holder, len(one.rows), faults=one.faults)
    if one.faults:
        return outcome
    today = clock.today().isoformat()
    data = {
        "happened_on": today,
        "form": FORM,
        "recipient": str(one.holder.pk),
        "title": one.subject,
        "text": one.text,
        "answer_by": one.answer_by.isoformat(),
    }
    try:
        matter_id = perform(WRITE, actor, None, data, key=f"{batch}-{one.holder.pk}").matter_id
        outcome.url, outcome.done = matter_url(matter_id), _("Drafted, to be put into a letter")
        matter = Matter.objects.get(pk=matter_id)
        act = registry.get(DRAFT)
        proposed = act.initial(actor, matter, act.load(matter, {"kind": LETTER}))
        letter = {**proposed, "happened_on": today, "title": one.title}
        perform(DRAFT, actor, matter_id, letter, key=f"{batch}-{one.holder.pk}-letter")
        outcome.done = _("Letter drafted, to be checked and signed")
    except Refused as refused:
        outcome.faults = refused.faults
    return outcome


urlpatterns = [path("console/letters/", letters, name="console_letters")]
