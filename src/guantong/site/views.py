"""Pages of the site itself (站点页面): health, and the errors met before any page of ours."""

from __future__ import annotations

import logging
import sys

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from guantong.site.locale import language_of

log = logging.getLogger(__name__)
ICON_KEPT = 86400


def _text(reason: str, limit: int) -> tuple[str, str, str]:
    """Return title, cause and remedy of a trouble."""
    return {
        "too_large": (
            _("The file is too large"),
            _("One file may have at most %(limit)d MB; the upload was refused before it was read.")
            % {"limit": limit},
            _("Split the scan, or scan with 200 dots per inch, and go back: what you typed is still there."),
        ),
        "length": (
            _("The upload does not say how large it is"),
            _("Requests of unknown length are refused."),
            _("Send the Content-Length header, or use a common browser."),
        ),
        "database": (
            _("The database does not answer"),
            _("Nothing of this step was recorded."),
            _("Wait a moment, then go back and submit again: a form submitted twice counts once."),
        ),
        "disk_full": (
            _("The database has no space left"),
            _("Nothing of this step was recorded."),
            _("Tell the system administrator to free disk space, then go back and submit again."),
        ),
        "method": (
            _("This address only takes what a form sends"),
            _(
                "It was opened as a page: after signing in again, or from the browser's history."
                " Nothing was recorded."
            ),
            _("Go to your desk and open the page with the form from there."),
        ),
        "csrf": (
            _("The form has expired"),
            _("The page was open in another session, or signed out meanwhile; nothing was recorded."),
            _("Go back, copy what you typed if the page is empty, reload and submit again."),
        ),
        "server": (
            _("Something went wrong in the system"),
            _("Nothing of this step was recorded. The fault is in the system's log."),
            _("Try again; if it happens again, tell the system administrator the time and the address."),
        ),
    }[reason]


def plain_page(request: HttpRequest, status: int, reason: str, *, limit: int = 0) -> HttpResponse:
    """Answer with a page (or problem details, under /api/) that needs neither database nor session."""
    chosen = language_of(request)
    with override(chosen):
        title, cause, remedy = _text(reason, limit)
        if request.path.startswith("/api/"):
            body = {
                "type": f"about:blank#{reason}",
                "title": title,
                "status": status,
                "detail": f"{cause} {remedy}",
                "faults": [{"field": "", "reason": cause, "remedy": remedy}],
            }
            return JsonResponse(
                body,
                status=status,
                content_type="application/problem+json",
                json_dumps_params={"ensure_ascii": False},
            )
        context = {"title": title, "cause": cause, "remedy": remedy, "status": status}
        return HttpResponse(render_to_string("site/trouble.html", context), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not match (403)."""
    return plain_page(request, 403, "csrf")


def database_trouble(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer that the database is away or full (503)."""
    state = getattr(error.__cause__, "sqlstate", None)
    log.error("database trouble (%s) on %s: %s", state, request.path, error)
    response = plain_page(request, 503, "disk_full" if state == "53100" else "database")
    response["Retry-After"] = "10"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unforeseen exception (500), without asking the database anything.

    A database lost in a middleware comes here, too: Django turns what a middleware raises into this answer.
    """
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return database_trouble(request, error)
    return plain_page(request, 500, "server")


@require_safe
@cache_control(max_age=ICON_KEPT, public=True)
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead to the icon (网站图标): browsers ask for it here on pages that are not ours, such as a PDF."""
    return redirect(static("guantong/icon.svg"))


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say whether the site and its database answer, for a load balancer; shows nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database away"}, status=503)
    return JsonResponse({"status": "ok"})
