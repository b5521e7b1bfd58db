"""Saved views of lists (常用筛选): keep, rename, delete, show first."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guantong.accounts.models import SavedView
from guantong.web.guard import in_post
from guantong.web.models import prefer

PAGES = ("ledger",)
MOST = 30
LONGEST = 40


def _back(page: str, query: str = "") -> HttpResponse:
    return redirect(f"{reverse(page)}?{query}" if query else f"{reverse(page)}?tab=open")


def _name(request: HttpRequest) -> str:
    return " ".join(request.POST.get("name", "").split())


@require_POST
@in_post
def save(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the present filters under a name; the same name again takes the new filters."""
    if page not in PAGES:
        raise Http404
    name, query = _name(request), request.POST.get("query", "")[:1000]
    if not name or len(name) > LONGEST:
        messages.error(
            request,
            _("The view was not saved: give it a name of at most %(most)s characters.") % {"most": LONGEST},
        )
        return _back(page, query)
    own = SavedView.objects.filter(user=request.user.pk, page=page)
    if own.exclude(name=name).count() >= MOST:
        messages.error(
            request,
            _("The view was not saved: there are %(most)s already. Delete one first.") % {"most": MOST},
        )
        return _back(page, query)
    view, _made = SavedView.objects.update_or_create(
        user=request.user,  # type: ignore[misc]
        page=page,
        name=name,
        defaults={"query": query},
    )
    messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
    return _back(page, f"{query}&view={view.pk}")


@require_POST
@in_post
def change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view, delete it, or let it be shown first (or no longer)."""
    view = SavedView.objects.filter(user=request.user.pk, pk=view_id).first()
    if view is None:
        raise Http404(_("There is no such saved view of yours."))
    key = f"{view.page}.view"
    what = request.POST.get("what", "")
    if what == "delete":
        view.delete()
        prefer(request.user, key, 0)  # type: ignore[arg-type]
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return _back(view.page)
    if what == "rename":
        _rename(request, view)
    elif what == "first":
        prefer(request.user, key, view.pk)  # type: ignore[arg-type]
        messages.success(request, _("The list opens with “%(name)s” from now on.") % {"name": view.name})
    elif what == "not_first":
        prefer(request.user, key, 0)  # type: ignore[arg-type]
        messages.success(request, _("The list opens with all open clues again."))
    return _back(view.page, f"{view.query}&view={view.pk}")


def _rename(request: HttpRequest, view: SavedView) -> None:
    name = _name(request)
    if not name or len(name) > LONGEST:
        text = _("The view keeps its name: the new one is empty or longer than %(most)s characters.")
        messages.error(request, text % {"most": LONGEST})
        return
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name)
    except IntegrityError:
        text = _("The view keeps its name: another one is called “%(name)s”. Choose another name.")
        messages.error(request, text % {"name": name})
    else:
        messages.success(request, _("Saved as “%(name)s”.") % {"name": name})
