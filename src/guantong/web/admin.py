"""Pages of the system administrator (系统管理): organs, posts, roles, calendar, jobs, measures; no matter."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import messages
from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from procrastinate.contrib.django.models import (
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from guantong.accounts.admin import record
from guantong.accounts.models import Administers, AdminRecord, User
from guantong.kernel import clock
from guantong.kernel.calendar import get_calendar
from guantong.kernel.measures import engine
from guantong.kernel.measures.adopting import give_up, reviews_near
from guantong.kernel.measures.catalogue import FOLDER, shipped_measures
from guantong.kernel.measures.local import DAY
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.measures.publish import publish
from guantong.kernel.measures.roles import name_of
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post, RoleBinding
from guantong.web.admin_bodies import BODY_REGISTERS
from guantong.web.admin_forms import (
    BindingForm,
    JurisdictionForm,
    OfficerForm,
    OrganForm,
    PostForm,
)
from guantong.web.admin_kept import Register
from guantong.web.admin_seats import IMPORTED
from guantong.web.admin_told import tell
from guantong.web.postings import rows_on
from guantong.web.wording import measure_label, said

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PAGE = 50
SHORT_OF_DISK = 5 * 2**30


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_safe
def administration(request: HttpRequest) -> HttpResponse:
    """Show an administrator his own duties and pages."""
    context: dict[str, Any] = {"rows": tell(AdminRecord.objects.select_related("user")[:10], REGISTERS)}
    if _user(request).administers == Administers.SYSTEM:
        context["ending"] = rows_on(clock.today(), "ending")
        context["reviews"] = reviews_near(clock.today())
    return render(request, "web/house/administration.html", context)


@require_safe
def duties(request: HttpRequest) -> HttpResponse:
    """Show what was done: to the audit administrator all, to the others their own kind's."""
    rows = AdminRecord.objects.select_related("user")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    following = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    context = {"rows": tell(found[:PAGE], REGISTERS), "next": following}
    return render(request, "web/house/admin_duties.html", context)


# --- Organs, officers, posts, roles


REGISTERS: dict[str, Register] = {
    "places": Register(
        gettext_lazy("Jurisdictions"), Jurisdiction, JurisdictionForm, ("parent",), ("name", "code"),
        (gettext_lazy("Name of the place"), gettext_lazy("Code"), gettext_lazy("Tier"),
         gettext_lazy("Belongs to")),
        lambda row: (row.name, row.code, row.get_tier_display(), row.parent or ""),
        ("code",),
    ),
    "organs": Register(
        gettext_lazy("Organs"), Organ, OrganForm, ("body", "jurisdiction"), ("name", "short_name", "code"),
        (gettext_lazy("Name of the organ"), gettext_lazy("Code"), gettext_lazy("Kind of organ"),
         gettext_lazy("Jurisdiction"), gettext_lazy("Until")),
        lambda row: (row.full_name, row.code, row.get_kind_display(), row.jurisdiction, row.until or ""),
        ("code",),
    ),
    "officers": Register(
        gettext_lazy("Officers"), Officer, OfficerForm, (), ("name", "staff_number"),
        (gettext_lazy("Name"), gettext_lazy("Staff number"), gettext_lazy("Telephone")),
        lambda row: (row.name, row.staff_number, row.phone),
        ("staff_number",),
    ),
    "posts": Register(
        gettext_lazy("Posts"), Post, PostForm, ("officer", "organ", "organ__body"),
        ("officer__name", "organ__name", "title"),
        (gettext_lazy("Officer"), gettext_lazy("Organ"), gettext_lazy("Post"), gettext_lazy("Rank"),
         gettext_lazy("From"), gettext_lazy("Until")),
        lambda row: (row.officer.name, row.organ.full_name, row.title, row.get_rank_display(), row.since,
                     row.until or ""),
        ("organ__code", "id"),
    ),
    "roles": Register(
        gettext_lazy("Role bindings"), RoleBinding, BindingForm, ("organ", "organ__body", "jurisdiction"),
        ("role", "organ__name"),
        (gettext_lazy("Role"), gettext_lazy("Organ"), gettext_lazy("Jurisdiction"), gettext_lazy("From"),
         gettext_lazy("Until")),
        lambda row: (name_of(row.role), row.organ.full_name, row.jurisdiction, row.since, row.until or ""),
        ("jurisdiction__code", "role", "id"),
    ),
    **BODY_REGISTERS,
}  # fmt: skip


def _register(name: str) -> Register:
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def _row_name(row: Any) -> str:
    return f"{name_of(row.role)} = {row.organ}" if isinstance(row, RoleBinding) else str(row)


LEAVING = timedelta(days=30)


def _left_desks() -> list[tuple[Post, int]]:
    """Return posts that have ended or end within a month, their desks not handed over (未交接的职务)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT post, matters FROM guantong_left_desks(%s)", [clock.today() + LEAVING])
        numbers = dict(cursor.fetchall())
    posts = Post.objects.filter(pk__in=numbers).select_related("officer", "organ", "organ__body")
    return [(post, numbers[post.pk]) for post in posts.order_by("until", "id")]


@require_safe
def register(request: HttpRequest, name: str) -> HttpResponse:
    """List one register, a page at a time."""
    kept = _register(name)
    query = request.GET.get("q", "").strip()[:60]
    rows: QuerySet[Any] = kept.rows.select_related(*kept.related).order_by(*kept.order)
    if query:
        wanted = Q()
        for place in kept.search:
            wanted |= Q(**{f"{place}__icontains": query})
        rows = rows.filter(wanted)
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    found = list(rows[(page - 1) * PAGE : page * PAGE + 1])
    context = {
        "name": name,
        "label": kept.label,
        "heads": kept.heads,
        "query": query,
        "rows": [{"pk": row.pk, "cells": kept.cells(row)} for row in found[:PAGE]],
        "page": page,
        "more": len(found) > PAGE,
        "left_desks": _left_desks() if name == "posts" else [],
        "dated": name in BODY_REGISTERS,
        "imported": name in IMPORTED,
    }
    return render(request, "web/house/admin_register.html", context)


@require_http_methods(["GET", "POST"])
def register_row(request: HttpRequest, name: str, row_id: int | None = None) -> HttpResponse:
    """Enter or change one row; nothing is ever deleted, a post or binding ends by its date."""
    kept = _register(name)
    row = get_object_or_404(kept.rows, pk=row_id) if row_id is not None else None
    before = model_to_dict(row) if row is not None else {}
    given = {} if row is not None else {name: request.GET[name] for name in request.GET}
    form = kept.form(request.POST or None, instance=row, initial=given)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            step = "change" if row_id is not None else "enter"
            after = model_to_dict(saved) | form.said()
            record(_user(request), f"{name}.{step}", str(saved), before, after)
            for other, was in form.also_changed:
                record(_user(request), f"{name}.change", str(other), was, model_to_dict(other))
        engine.forget()
        messages.success(request, _("Recorded: %(row)s") % {"row": _row_name(saved)})
        return redirect("admin_register", name)
    named = _row_name(row) if row else ""
    context = {
        "name": name, "label": kept.label, "form": form, "row": row, "named": named,
        "dated": name in BODY_REGISTERS,
    }  # fmt: skip
    return render(request, "web/house/admin_row.html", context, status=422 if form.errors else 200)


# --- Calendar, jobs, measures


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the years of the working-day calendar, the notices they come from, which are provisional."""
    working = get_calendar()
    years = [{"number": number, "year": working.year(number)} for number in reversed(working.years)]
    folder = getattr(settings, "GUANTONG_CALENDAR_DIR", None)
    context = {"years": years, "working": working, "folder": folder or "", "today": clock.today()}
    return render(request, "web/house/admin_calendar.html", context)


JOBS: dict[str, _StrPromise] = {
    "guantong.sweep": gettext_lazy("Nightly sweep"),
    "guantong.notices": gettext_lazy("Notices"),
    "guantong.balance": gettext_lazy("Nightly balance"),
    "guantong.mail": gettext_lazy("Sending mail"),
    "guantong.requeue": gettext_lazy("Taking up what was interrupted"),
}
STATES: dict[str, _StrPromise] = {
    "todo": gettext_lazy("waiting"),
    "doing": gettext_lazy("running"),
    "failed": gettext_lazy("failed"),
}


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """Show whether jobs run, when the sweep was last called, how large everything is, and how to back up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
        size, version = cursor.fetchone()
    disk = shutil.disk_usage(settings.GUANTONG_DATA)
    called = ProcrastinatePeriodicDefer.objects.values("task_name").annotate(last=Max("defer_timestamp"))
    context = {
        "queues": [
            {
                **row,
                "job": JOBS.get(row["task_name"], row["task_name"]),
                "state": STATES.get(row["status"], row["status"]),
            }
            for row in ProcrastinateJob.objects.exclude(status="succeeded")
            .values("task_name", "status")
            .annotate(count=Count("id"))
            .order_by("task_name", "status")
        ],
        "failed": [
            (row, JOBS.get(row.task_name, row.task_name))
            for row in ProcrastinateJob.objects.filter(status="failed").order_by("-id")[:20]
        ],
        "workers": ProcrastinateWorker.objects.order_by("-last_heartbeat")[:10],
        "called": [
            {
                "task": JOBS.get(row["task_name"], row["task_name"]),
                "at": datetime.fromtimestamp(row["last"], UTC),
            }
            for row in called
            if row["last"]
        ],
        "size": size,
        "version": version,
        "free": disk.free,
        "short": disk.free < SHORT_OF_DISK,
        "data": settings.GUANTONG_DATA,
    }
    return render(request, "web/house/admin_jobs.html", context)


@require_http_methods(["GET", "POST"])
def adoptions(request: HttpRequest) -> HttpResponse:
    """Show published versions and who applies them; publish what is shipped, adopt for a jurisdiction."""
    step = request.POST.get("step", "")
    if step == "publish":
        return _publish(request)
    if step == "give_up":
        return _give_up(request)
    published = {(row.measure, row.version) for row in MeasureVersion.objects.all()}
    rows = Adoption.objects.select_related("jurisdiction", "measure_version").order_by(
        "jurisdiction__code", "measure_version__measure", "-since"
    )
    ends = {_key(one, one.until) for one in rows if one.until}
    context = {
        "rows": [_adoption_row(one, ends) for one in rows],
        "shipped": [
            {"measure": one, "title": said(one.title), "published": (one.id, one.file.version) in published}
            for one in shipped_measures()
        ],
        "reviews": reviews_near(clock.today()),
    }
    return render(request, "web/house/admin_adoptions.html", context)


def _key(adoption: Adoption, day: date) -> tuple[int, str, date]:
    return adoption.jurisdiction_id, adoption.measure_version.measure, day


def _adoption_row(adoption: Adoption, ends: set[tuple[int, str, date]]) -> dict[str, Any]:
    measure = engine.measure_of(adoption.measure_version_id)
    return {
        "adoption": adoption,
        "version": adoption.measure_version,
        "title": said(measure.title),
        "upcoming": adoption.since > clock.today(),
        "first": adoption.since > clock.today() and _key(adoption, adoption.since - DAY) not in ends,
        "decided": len(adoption.settings),
        "open_readings": len([one for one in measure.open_readings() if one.key not in adoption.settings]),
    }


def _publish(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("measure", "")
    if name not in {one.id for one in shipped_measures()}:
        raise Http404
    try:
        version = publish((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
    except (MeasureError, ValueError) as error:
        messages.error(request, _("Not published: %(error)s") % {"error": error})
    else:
        record(_user(request), "measure.publish", str(version), after={"digest": version.digest})
        messages.success(request, _("Published: %(version)s") % {"version": measure_label(version)})
    return redirect("admin_adoptions")


def _give_up(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("adoption", "")
    rows = Adoption.objects.select_related("jurisdiction", "measure_version")
    adoption = get_object_or_404(rows, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
    try:
        give_up(adoption)
    except MeasureError as error:
        messages.error(request, f"{error.problems[0].reason} {error.problems[0].remedy}")
    else:
        about = f"{adoption.jurisdiction}: {adoption.measure_version}"
        before = {"since": adoption.since, **adoption.settings}
        record(_user(request), "measure.give_up", about, before=before)
        words = {"about": f"{adoption.jurisdiction}: {measure_label(adoption.measure_version)}"}
        messages.success(request, _("Withdrawn: %(about)s") % words)
    return redirect("admin_adoptions")
