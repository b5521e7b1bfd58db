"""Pages for what no view answers (无法应答): the database is away, an address opened the wrong way."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from guantong.site.views import database_trouble, plain_page


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


class MethodMiddleware:
    """Say in words that an address takes forms only (请求方式不符); Django's answer is empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Fill an empty 405; what the address allows stays in its header."""
        response = self.get_response(request)
        said = response.streaming or response.content  # type: ignore[attr-defined]
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or said:
            return response
        page = plain_page(request, HTTPStatus.METHOD_NOT_ALLOWED, "method")
        page["Allow"] = response["Allow"]
        return page
