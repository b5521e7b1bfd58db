"""Taking in many transferred clues at once (批量接收; CZ-3.2): each by its own act, with its own result."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guantong.kernel.acts.act import Fault
from guantong.kernel.acts.forms import PastDateField
from guantong.mechanisms.clues.ledger import chosen_ids
from guantong.mechanisms.clues.ledger_assign import BATCH, MOST, listed, try_act
from guantong.web.guard import actor_of, in_post

ACT = "clue.receive"


def _faults(day: str, number: int) -> list[Fault]:
    again = _("Go back to the ledger and choose again.")
    if not number:
        return [Fault("ids", _("No clue is chosen that you may see."), again)]
    if number > MOST:
        return [Fault("ids", _("More than %(most)s clues are chosen.") % {"most": MOST}, again)]
    try:
        PastDateField().clean(day)
    except forms.ValidationError as error:
        return [Fault("happened_on", " ".join(error.messages), again)]
    return []


@require_POST
@in_post
def receive(request: HttpRequest) -> HttpResponse:
    """Take in the chosen clues; one that is refused stops no other."""
    actor, given = actor_of(request), request.POST
    batch = given.get("batch", "")
    batch = batch if BATCH.fullmatch(batch) else uuid.uuid4().hex
    outcomes = listed(actor, chosen_ids(request))
    faults = _faults(given.get("happened_on", ""), len(outcomes))
    if not faults:
        for outcome in outcomes:
            try_act(actor, ACT, outcome, {"happened_on": given["happened_on"]}, batch)
        tried = {one.row.matter: one for one in outcomes}
        outcomes = [one.with_result_of(tried[one.row.matter]) for one in listed(actor, set(tried))]
    context = {
        "outcomes": outcomes,
        "faults": faults,
        "done": sum(one.done for one in outcomes),
        "query": given.get("query", ""),
    }
    return render(request, "clues/ledger_received.html", context, status=422 if faults else 200)
