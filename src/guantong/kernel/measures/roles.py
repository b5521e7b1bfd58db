"""Names of the roles the measures speak of (角色名称)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from guantong.kernel.measures.catalogue import shipped_measures

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FURTHER: dict[str, _StrPromise] = {
    "trial_department": _("Case hearing department"),
    "petitions_department": _("Petitions department"),
    "state_asset_regulator": _("State-asset regulator"),
    "soe_accountability_department": _("Accountability department of an enterprise"),
}
"""Roles that acts or cities use and no measure describes."""


def name_of(code: str) -> str:
    """Return a role's name in the reader's language; its code where nobody names it."""
    for measure in shipped_measures():
        role = measure.file.roles.get(code)
        if role is not None:
            return role.name.in_language(get_language())
    return str(FURTHER.get(code, code))
