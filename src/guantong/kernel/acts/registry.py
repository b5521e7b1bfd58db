"""All acts there are, by code (行为目录)."""

from __future__ import annotations

from guantong.kernel.acts.act import Act

_acts: dict[str, Act] = {}


def register(act_class: type[Act]) -> type[Act]:
    """Class decorator: enter an act. Raises ValueError where its code is taken."""
    if act_class.code in _acts:
        raise ValueError(f"two acts are called {act_class.code}")
    _acts[act_class.code] = act_class()
    return act_class


def get(code: str) -> Act:
    """Return the act of this code. Raises KeyError."""
    return _acts[code]


def all_acts() -> list[Act]:
    """Return all acts, by code."""
    return [_acts[code] for code in sorted(_acts)]


def acts_of(kind: str) -> list[Act]:
    """Return the acts on matters of this kind, in the order in which they were declared."""
    return [act for act in _acts.values() if act.kind in (kind, "*")]
