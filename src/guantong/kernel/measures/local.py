"""What a jurisdiction decides of the measures it applies (本地参数; CD-1.2): from when, why, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.problems import MeasureError, Message, Problem

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Decided:
    """A setting a jurisdiction has decided (本地决定): the value, and why, by whom, when."""

    value: Any
    reason: str
    by: str
    on: date

    def record(self) -> dict[str, str]:
        """As it is kept beside the value."""
        return {"reason": self.reason, "by": self.by, "on": self.on.isoformat()}


def revise(adoption: Adoption, since: date, decided: Mapping[str, Decided]) -> Adoption:
    """Apply the same version with further own values from a day (调整本地参数).

    What was decided before stays. The adoption so far ends the day before, and duties born under it keep its
    values; one that begins on that very day has borne none and takes them itself. Raises MeasureError naming
    each value refused, and a day from which nothing can be changed.
    """
    present = Adoption.objects.select_for_update().get(pk=adoption.pk)
    problems = _not_from(present, since)
    if problems:
        raise MeasureError(problems)
    settings = {**present.settings, **{key: one.value for key, one in decided.items()}}
    decisions = {**present.decisions, **{key: one.record() for key, one in decided.items()}}
    engine.measure_of(present.measure_version_id).with_settings(settings)
    if since == present.since:
        present.settings, present.decisions = settings, decisions
        present.save(update_fields=["settings", "decisions"])
        made = present
    else:
        present.until = since - DAY
        present.save(update_fields=["until"])
        made = Adoption.objects.create(
            jurisdiction_id=present.jurisdiction_id,
            measure_version_id=present.measure_version_id,
            since=since,
            settings=settings,
            decisions=decisions,
            on_trial=present.on_trial,
            review_on=present.review_on,
        )
    engine.forget()
    return made


def earliest_change(adoption: Adoption) -> date:
    """Return the first day from which values of an adoption can be changed: no day lived by it already."""
    today = clock.today()
    return adoption.since if adoption.since > today else max(today, adoption.since + DAY)


def _not_from(present: Adoption, since: date) -> list[Problem]:
    name = engine.measure_of(present.measure_version_id).id
    if present.until is not None:
        reason = Message(_("These values end on {day}: others are published already."), day=present.until)
        return [Problem(name, 1, 1, "superseded", reason, Message(_("Look at the values that follow.")))]
    earliest = earliest_change(present)
    if since < earliest:
        reason = Message(_("From {since} values cannot change any more."), since=since)
        remedy = Message(_("Give {day} or a later day."), day=earliest)
        return [Problem(name, 1, 1, "too_early", reason, remedy)]
    return []


def withdraw(adoption: Adoption) -> Adoption:
    """Take back values not yet in force (撤回); those before go on. Returns the adoption that goes on.

    Raises MeasureError where they are in force already, or are the first ones.
    """
    given = Adoption.objects.select_for_update().get(pk=adoption.pk)
    before = before_it(given)
    if given.since <= clock.today() or before is None:
        name = engine.measure_of(given.measure_version_id).id
        reason = Message(_("These values are in force already, or the first applied here."))
        remedy = Message(_("Publish other values from a later day."))
        raise MeasureError([Problem(name, 1, 1, "in_force", reason, remedy)])
    given.delete()
    before.until = None
    before.save(update_fields=["until"])
    engine.forget()
    return before


def before_it(adoption: Adoption) -> Adoption | None:
    """Return the adoption whose values go on until these come (前次参数); None where these are the first."""
    same = Adoption.objects.filter(
        jurisdiction=adoption.jurisdiction_id, measure_version__measure=adoption.measure_version.measure
    )
    return same.filter(until=adoption.since - DAY).first()
