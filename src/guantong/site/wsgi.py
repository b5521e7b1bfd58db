"""The WSGI entry (服务入口)."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from guantong.site.room import with_room
from guantong.site.supervised import leave_with_supervisor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guantong.site.settings")
leave_with_supervisor()
_site = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request, with room for its calls."""
    return with_room(_site, environ, start_response)


def _read_measures() -> None:
    """Read the measure files before the first page needs them: it takes a second."""
    from guantong.kernel.measures.catalogue import shipped_measures

    shipped_measures()


_read_measures()
gc.freeze()  # what is loaded by now stays: no collection need look through it again
gc.set_threshold(50_000, 20, 50)  # a page makes ten thousands of things, few of them cycles
