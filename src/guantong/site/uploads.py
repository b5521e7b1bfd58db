"""The limit on uploads (上传限制): what is too large is refused by its announced length, unread."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from guantong.site.views import plain_page

_BODIES = {"POST", "PUT", "PATCH"}


class UploadLimitMiddleware:
    """Refuse requests larger than REQUEST_LIMIT (413), or of unannounced length (411)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the announced length before anything reads the body."""
        if request.method in _BODIES:
            length = request.META.get("CONTENT_LENGTH", "")
            if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
                return plain_page(request, 411, "length")
            if length.isdigit() and int(length) > settings.REQUEST_LIMIT:
                return plain_page(request, 413, "too_large", limit=settings.FILE_LIMIT // 2**20)
        return self.get_response(request)
