"""Names of the roles the measures speak of (角色名称)."""

from __future__ import annotations

from django.utils.translation import get_language

from guantong.kernel.measures.catalogue import shipped_measures


def name_of(code: str) -> str:
    """Return a role's name in the reader's language; its code where no measure names it."""
    for measure in shipped_measures():
        role = measure.file.roles.get(code)
        if role is not None:
            return role.name.in_language(get_language())
    return code
