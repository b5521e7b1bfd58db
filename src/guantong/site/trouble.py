"""When the database is away (数据库故障): a page that says so, and that nothing was recorded."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from guantong.site.views import database_trouble


class DatabaseTroubleMiddleware:
    """Turn a lost or full database into a 503 page; its transaction is rolled back by then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 503 when a middleware further in lost the database."""
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return database_trouble(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer 503 when the view lost the database; every other exception is not ours."""
        if isinstance(exception, (OperationalError, InterfaceError)):
            return database_trouble(request, exception)
        return None
