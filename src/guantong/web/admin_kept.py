"""Lists the system administrator keeps (管理台账): form, what is searched, what a row shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from guantong.web.admin_forms import _RowForm


@dataclass(frozen=True)
class Register:
    """A list the system administrator keeps: its form, what is searched, what a row shows."""

    label: Any
    model: type[models.Model]
    form: type[_RowForm]
    related: tuple[str, ...]
    search: tuple[str, ...]
    heads: tuple[Any, ...]
    cells: Callable[[Any], tuple[Any, ...]]
    order: tuple[str, ...]

    @property
    def rows(self) -> models.QuerySet[Any]:
        """Every row, those entered by mistake too: the register shows what was entered."""
        manager: models.Manager[Any] = getattr(self.model, "every", self.model._default_manager)
        return manager.all()
