"""What the adopted measures decide about duties themselves (责任参数), above all how days are counted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from guantong.kernel.acts.act import refuse
from guantong.kernel.calendar import CIVIL_CODE, Reading
from guantong.kernel.measures.engine import RulesInForce
from guantong.kernel.measures.governing import (
    FIRST_DAY_COUNTS,
    REST_DAY_MOVES,
    Contradiction,
    Governing,
    Purpose,
)


def governed(force: RulesInForce, purpose: Purpose) -> Governing | None:
    """Return the setting that governs a purpose, None where no measure does. Raises Refused where two do."""
    try:
        return force.governing(purpose)
    except Contradiction as error:
        raise refuse(
            "", str(error), _("Ask the system administrator which of the measures is to decide it.")
        ) from error


def calendar_reading(force: RulesInForce) -> Reading:
    """Return how periods are counted where these rules are in force; the Civil Code's way where none says."""
    moves, counts = governed(force, REST_DAY_MOVES), governed(force, FIRST_DAY_COUNTS)
    return Reading(
        rest_day_moves=CIVIL_CODE.rest_day_moves if moves is None else moves.value is True,
        first_day_counts=CIVIL_CODE.first_day_counts if counts is None else counts.value is True,
    )
