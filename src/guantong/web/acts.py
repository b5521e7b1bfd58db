"""Pages of doing acts (行为办理页): any act's form, what is wrong with it, and its doing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Conflict, Fault, KeepNothing, NotAllowed, Refused
from guantong.kernel.acts.entitlement import Missing, entitling, right_posts
from guantong.kernel.acts.forms import RecordedForm, RowsField
from guantong.kernel.acts.perform import Done, perform
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, Party
from guantong.kernel.organs.models import Post
from guantong.kernel.prepared import Given, Prepared
from guantong.web import pending, timeline
from guantong.web.can import Standing
from guantong.web.guard import actor_of, in_post, seen_matter

if TYPE_CHECKING:
    from guantong.web.guard import SeenMatter

PAPER_FIELDS = ("signer", "scan")


@dataclass
class Sheet:
    """An act's page while it is filled in: who, what, about which matter, and what is wrong."""

    request: HttpRequest
    act: Act
    actor: Actor
    matter: SeenMatter | None
    data: Mapping[str, Any]
    parties: dict[str, Party] = field(default_factory=dict)
    detail: Any = None
    by: tuple[Capacity, ...] = ()
    missing: list[Missing] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    since: list[timeline.Item] = field(default_factory=list)
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    loaded: bool = False

    @property
    def subject(self) -> Matter:
        """The matter, or the one to be made."""
        actor = self.actor
        return self.matter or Matter(
            kind=self.act.kind,
            jurisdiction=actor.organ.jurisdiction,
            organ=actor.organ,
            state=self.act.leads_to,
            happened_on=clock.today(),
        )

    @property
    def capacity(self) -> Capacity | None:
        """The capacity in which the actor would do the act."""
        return entitling(self.by, self.actor, self.parties)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses the act serves here."""
        return self.act.under(self.detail)

    @property
    def url(self) -> str:
        """Where the form is sent."""
        if self.matter is None:
            return self.request.path
        return reverse("act", args=[self.matter.pk, self.act.code])

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        """Return the act's form, bound when data is given, with the faults at their fields."""
        form_class = self.act.form_class(self.detail)
        arguments = self.act.form_arguments(self.actor, self.matter, self.detail)
        if data is None:
            given = {
                name: value for name, value in self.request.GET.items() if name in form_class.base_fields
            }
            initial = self.act.initial(self.actor, self.matter, self.detail)
            return form_class(initial={**initial, **given}, **arguments)
        form = form_class(data, files, **arguments)
        form.is_valid()
        for fault in self.faults:
            self._put(form, fault)
        return form

    @staticmethod
    def _put(form: forms.Form, fault: Fault) -> None:
        name = fault.field if fault.field in form.fields else None
        known = [str(one) for one in form.errors.get(name or "__all__", ())]
        if fault.reason not in known:
            form.add_error(name, f"{fault.reason} {fault.remedy}".strip())


def _act(code: str, *, creates: bool) -> Act:
    try:
        act = registry.get(code)
    except KeyError as error:
        raise Http404 from error
    if act.creates is not creates or act.hidden:
        raise Http404
    return act


PARTIES = Prepared(
    lambda: Party.objects.filter(matter=Given("matter"), until__isnull=True).select_related(
        "organ", "officer"
    )
)


def sheet_of(request: HttpRequest, code: str, matter_id: uuid.UUID | None) -> Sheet:
    """Read everything an act's page needs. Raises Http404 where there is no such act or no sight."""
    actor = actor_of(request)
    act = _act(code, creates=matter_id is None)
    data = request.POST if request.method == "POST" else request.GET
    matter = seen_matter(actor, matter_id) if matter_id else None
    sheet = Sheet(request, act, actor, matter, data)
    if matter is not None:
        if act.kind not in ("*", matter.kind):
            raise Http404
        sheet.parties = {party.role: party for party in PARTIES(matter=matter.pk)}
        if matter.seen < act.sight:
            reason = _("You see only part of this matter.")
            remedy = _("Ask its case supervision department for a grant.")
            sheet.missing = [Missing("grant", reason, remedy)]
            return sheet
    try:
        sheet.detail = act.load(sheet.subject, data)
    except Refused as refused:
        sheet.missing = [Missing("state", fault.reason, fault.remedy) for fault in refused.faults]
        return sheet
    sheet.loaded = True
    sheet.by = act.entitled(sheet.subject, sheet.detail)
    standing = Standing(actor, sheet.subject, matter.seen if matter else 3, sheet.parties, sheet.detail)
    sheet.missing = standing.lacks(act, sheet.by)
    if matter is not None and not sheet.missing:
        awaited = act.awaits(matter, act.about(matter, sheet.detail))
        if awaited:
            sheet.missing = [Missing("state", awaited, _("It becomes possible once that is done."))]
    sheet.posts = right_posts(sheet.by, actor, sheet.parties) if sheet.missing else []
    return sheet


@in_post
@require_http_methods(["GET", "HEAD", "POST"])
def matter_act(request: HttpRequest, matter_id: uuid.UUID, code: str) -> HttpResponseBase:
    """An act on a matter: its form, or its doing."""
    return _answer(sheet_of(request, code, matter_id))


@in_post
@require_http_methods(["GET", "HEAD", "POST"])
def new_matter(request: HttpRequest, code: str) -> HttpResponseBase:
    """An act that makes a matter: its form, or its doing."""
    return _answer(sheet_of(request, code, None))


def _answer(sheet: Sheet) -> HttpResponse:
    if sheet.request.method != "POST":
        return _first(sheet)
    user_id = int(sheet.request.user.pk or 0)
    files = pending.with_kept(sheet.request.POST, sheet.request.FILES, user_id)
    try:
        done = _perform(sheet, files)
    except KeepNothing as refused:
        pending.drop(sheet.request.POST, user_id)
        sheet.faults = refused.faults
        return _show(sheet, _without(sheet, refused.rows), refused.status, keeps_nothing=True)
    except Refused as refused:
        sheet.faults = refused.faults
        if isinstance(refused, Conflict):
            sheet.since = _since(sheet)
        sheet.kept = pending.keep(files, user_id)
        pending.drop(sheet.request.POST, user_id)
        return _show(sheet, _bound(sheet, files), refused.status)
    pending.drop(sheet.request.POST, user_id)
    return _done(sheet, done)


def _first(sheet: Sheet) -> HttpResponse:
    if not sheet.missing:
        try:
            return _show(sheet, sheet.form(), 200)
        except Refused as refused:
            sheet.missing = [Missing("state", fault.reason, fault.remedy) for fault in refused.faults]
    return _show(sheet, None, 403)


def _bound(sheet: Sheet, files: Any) -> forms.Form | None:
    """Return the form with what was typed, where the act can still be shown at all."""
    if not sheet.loaded:
        return None
    try:
        return sheet.form(sheet.request.POST, files)
    except Refused:
        return None


def _without(sheet: Sheet, rows: Mapping[str, frozenset[int]]) -> forms.Form | None:
    """Return the form without the rows that may not be kept, unbound; None where it is not about rows."""
    if not rows:
        return None
    left: dict[str, Any] = {}
    for name, places in rows.items():
        asked = sheet.act.form_class(sheet.detail).base_fields[name]
        assert isinstance(asked, RowsField)  # noqa: S101 - the act says these are rows
        typed = asked.widget.value_from_datadict(sheet.request.POST, MultiValueDict(), name)
        filled = [row for row in typed if asked.holds_anything(row)]
        left[name] = [row for place, row in enumerate(filled) if place not in places]
    return _filled(sheet, left)


def _filled(sheet: Sheet, values: Mapping[str, Any]) -> forms.Form:
    """Return the form, unbound, with what was typed and these values in its place."""
    form_class = sheet.act.form_class(sheet.detail)
    typed = {name: value for name, value in sheet.request.POST.items() if name in form_class.base_fields}
    for name, asked in form_class.base_fields.items():
        if isinstance(asked, RowsField):
            typed[name] = asked.widget.value_from_datadict(sheet.request.POST, MultiValueDict(), name)
    arguments = sheet.act.form_arguments(sheet.actor, sheet.matter, sheet.detail)
    return form_class(initial={**typed, **values}, **arguments)


def show_filled(
    sheet: Sheet, values: Mapping[str, Any], *, also: tuple[str, ...] = (), status: int = 200, **context: Any
) -> HttpResponse:
    """Show the act's page with what was typed, and these values in its place; nothing is done.

    Files that the act asks for are kept, and those named in `also`.
    """
    user_id = int(sheet.request.user.pk or 0)
    files = pending.with_kept(sheet.request.POST, sheet.request.FILES, user_id)
    asked = sheet.act.form_class(sheet.detail).base_fields
    wanted = MultiValueDict({name: many for name, many in files.lists() if name in (*asked, *also)})
    sheet.kept = pending.keep(wanted, user_id)
    pending.drop(sheet.request.POST, user_id)
    return _show(sheet, _filled(sheet, values), status, **context)


def _perform(sheet: Sheet, files: Any) -> Done:
    post = sheet.request.POST
    if sheet.matter is not None and sheet.missing and not post.get("key"):
        raise NotAllowed(*(Fault("", one.reason, one.remedy) for one in sheet.missing))
    if sheet.act.grave and post.get("confirmed") != "1":
        raise Refused(
            Fault("", _("This step cannot be taken back and was not confirmed."), _("Confirm it and submit."))
        )
    version = post.get("version", "")
    return perform(
        sheet.act.code,
        sheet.actor,
        sheet.matter.pk if sheet.matter else None,
        post,
        files,
        key=post.get("key", "")[:80],
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
    )


def _since(sheet: Sheet) -> list[timeline.Item]:
    """Return what happened to the matter since the form was opened."""
    seen = sheet.request.POST.get("version", "")
    if sheet.matter is None or not (seen.isdecimal() and len(seen) < 10):
        return []
    entries = Entry.objects.filter(matter=sheet.matter, seq__gt=int(seen)).select_related("content")
    return timeline.items(entries, kinds.get(sheet.matter.kind), {})


STILL_SEEN = Prepared(lambda: Matter.objects.filter(pk=Given("matter")))


def _done(sheet: Sheet, done: Done) -> HttpResponse:
    request, label = sheet.request, sheet.act.label
    made = STILL_SEEN.first(matter=done.matter_id)
    words = {"act": label, "number": made.number if made else ""}
    if done.repeated:
        messages.info(request, _("“%(act)s” was recorded already; it was not recorded again.") % words)
    elif sheet.act.creates and words["number"]:
        said = _("“%(act)s” is recorded, number %(number)s.") % words
        again = reverse("act_new", args=[sheet.act.code])
        messages.success(request, format_html('{} <a href="{}">{}</a>', said, again, _("Enter another")))
    else:
        messages.success(request, _("“%(act)s” is recorded.") % words)
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    if made is None:
        messages.info(request, _("The matter is no longer with you."))
        return redirect("/")
    return redirect("matter", made.pk)


def _show(
    sheet: Sheet, form: forms.Form | None, status: int, *, keeps_nothing: bool = False, **more: Any
) -> HttpResponse:
    request, act, matter = sheet.request, sheet.act, sheet.matter
    recorded = bool(sheet.capacity and sheet.capacity.recorded)
    template = act.template if (form is not None or keeps_nothing) else "web/act.html"
    context = {
        "sheet": sheet,
        "act": act,
        "matter": matter,
        "form": form,
        "kind": kinds.get(matter.kind if matter else act.kind) if act.kind != "*" or matter else None,
        "state": kinds.get(matter.kind).state_label(matter.seen, matter.state) if matter else "",
        "recorded": recorded,
        "paper_fields": _paper_fields(form, recorded),
        "own_fields": _own_fields(form),
        "key": request.POST.get("key") or uuid.uuid4().hex,
        "version": (matter.version_told(matter.seen) if matter else None) or "",
        "next": sheet.data.get("next", ""),
        "keeps_nothing": keeps_nothing,
        "deep": matter is not None and matter.seen >= Depth.FULL,
        **(act.page_context(sheet.actor, matter, sheet.detail) if form is not None else {}),
        **more,
    }
    return render(request, template, context, status=status)


def _own_fields(form: forms.Form | None) -> list[forms.BoundField]:
    if form is None:
        return []
    apart = PAPER_FIELDS if isinstance(form, RecordedForm) else ()
    shown = [bound for bound in form.visible_fields() if bound.name not in apart]
    return sorted(shown, key=lambda bound: (_is_wide(bound), bound.name == "happened_on"))


def _is_wide(bound: forms.BoundField) -> bool:
    """Return whether a field takes a line of its own; these follow the short ones."""
    widget = bound.field.widget
    return isinstance(widget, (forms.Textarea, forms.CheckboxSelectMultiple)) or bound.use_fieldset


def _paper_fields(form: forms.Form | None, recorded: bool) -> list[forms.BoundField]:
    if not recorded or not isinstance(form, RecordedForm):
        return []
    for name in PAPER_FIELDS:
        form.fields[name].required = True  # shown so; `perform` has the last word
    return [form[name] for name in PAPER_FIELDS]
