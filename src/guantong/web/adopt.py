"""The guide to adopting measures in a place (采用向导; CD-1.2), which can be left and resumed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.duties import ahead
from guantong.kernel.measures import adopting, engine
from guantong.kernel.measures.adopting import Meeting, Plan
from guantong.kernel.measures.local import Decided
from guantong.kernel.measures.measure import Measure
from guantong.kernel.measures.models import AdoptionDraft, MeasureVersion
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.organs.models import Organ
from guantong.web.adopt_forms import (
    ChooseForm,
    PublishForm,
    RolesForm,
    measures_of,
    open_reading,
    settled,
    stub,
    taken_over,
    versions_of,
)
from guantong.web.own_values_form import Line, SettingsForm
from guantong.web.wording import event_label, holder_label, listed, period_label, said

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STEPS: dict[str, _StrPromise] = {
    "roles": gettext_lazy("Roles"),
    "values": gettext_lazy("Own values"),
    "readings": gettext_lazy("Open readings"),
    "preview": gettext_lazy("Preview"),
    "meetings": gettext_lazy("Overlaps and contradictions"),
    "publish": gettext_lazy("Publication"),
}
DIFFER: dict[str, _StrPromise] = {
    "holder": gettext_lazy("who owes it"),
    "start": gettext_lazy("from when it counts"),
    "period": gettext_lazy("by when"),
    "before": gettext_lazy("before a planned day, or after"),
}


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Choose place and measures; show the guides left half-way, to be resumed or dropped."""
    if request.POST.get("step") == "drop":
        return _drop(request)
    drafts = AdoptionDraft.objects.select_related("jurisdiction", "pattern").order_by("-changed_at")
    number = request.GET.get("draft", "")
    found = next((one for one in drafts if str(one.pk) == number), None)
    given = (
        {"jurisdiction": found.jurisdiction, "pattern": found.pattern, "versions": found.versions}
        if found
        else {}
    )
    form = ChooseForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        draft = _begun(form)
        record(_user(request), "adoption.begin", str(draft.jurisdiction), after=_named(draft))
        return redirect("adopt_step", draft.pk, "roles")
    rows = [(draft, versions_of(draft)) for draft in drafts]
    context = {"form": form, "drafts": rows, "draft": found, "steps": STEPS.items()}
    return render(request, "web/house/adopt.html", context, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _named(draft: AdoptionDraft) -> dict[str, list[str]]:
    """Return what the record says of a draft: its measures by name."""
    return {"versions": [str(one) for one in versions_of(draft)]}


def _begun(form: ChooseForm) -> AdoptionDraft:
    """Begin a guide, or choose otherwise in one: what was typed in it stays, and counts before the model."""
    data = form.cleaned_data
    draft = AdoptionDraft.objects.filter(jurisdiction=data["jurisdiction"]).first()
    draft = draft or AdoptionDraft(jurisdiction=data["jurisdiction"])
    draft.pattern = data["pattern"]
    draft.versions = [one.pk for one in form.chosen]
    typed = {name: value for name, value in draft.typed.items() if value}
    draft.typed = {**taken_over(data["pattern"], form.chosen), **typed}
    draft.changed_at = clock.now()
    draft.save()
    return draft


def _drop(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("draft", "")
    draft = get_object_or_404(AdoptionDraft, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
    record(_user(request), "adoption.drop", str(draft.jurisdiction), before=_named(draft))
    draft.delete()
    messages.success(request, _("Dropped. Nothing had been published."))
    return redirect("adopt")


@dataclass
class Guide:
    """A guide with all that follows from what was chosen in it (向导内容)."""

    draft: AdoptionDraft

    @cached_property
    def versions(self) -> list[MeasureVersion]:
        """The versions chosen."""
        return versions_of(self.draft)

    def forms(self, only: Callable[[Line], bool] = lambda line: True) -> list[SettingsForm]:
        """One form of settings for each measure."""
        place = self.draft.jurisdiction
        typed = self.draft.typed or None
        return [SettingsForm(stub(place, one), typed, only=only) for one in self.versions]

    @cached_property
    def all_forms(self) -> list[SettingsForm]:
        """The forms with every setting, looked through."""
        made = self.forms()
        for form in made:
            form.full_clean()
        return made

    @property
    def wrong(self) -> int:
        """How many fields of values are not in order yet."""
        return sum(len(form.errors) for form in self.all_forms)

    @cached_property
    def measures(self) -> list[Measure]:
        """The measures with the values decided so far, as far as they are in order."""
        return [form.published.with_settings(_sound(form)) for form in self.all_forms]

    @cached_property
    def present(self) -> list[Measure]:
        """Measures in force in the place, now or later."""
        adoptions = adopting.lasting(self.draft.jurisdiction)
        return [engine.applied(one).measure for one in adoptions]

    @cached_property
    def roles(self) -> dict[str, str]:
        """The roles the measures speak of, named."""
        return {code: said(role.name) for one in self.measures for code, role in one.file.roles.items()}

    @cached_property
    def bound(self) -> dict[str, list[Organ]]:
        """Who fills roles here already."""
        return adopting.bound_in(self.draft.jurisdiction, clock.today())

    @cached_property
    def organs(self) -> list[Organ]:
        """The organs of the place."""
        return adopting.organs_of(self.draft.jurisdiction)

    @cached_property
    def chosen(self) -> dict[str, Organ]:
        """Who is chosen for the roles that nobody fills yet; proposed, where nothing was chosen."""
        known = {one.pk: one for one in self.organs}
        pattern = self.draft.pattern
        models = adopting.bound_in(pattern, clock.today()) if pattern else {}
        found = {}
        for role, name in self.roles.items():
            if role in self.bound:
                continue
            if role in self.draft.bindings:
                organ = known.get(self.draft.bindings[role])
            else:
                organ = adopting.propose(name, self.organs, models.get(role, ()))
            if organ is not None:
                found[role] = organ
        return found

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Where the rules meet each other's and those in force."""
        return adopting.meetings(self.measures, self.present)

    @property
    def to_acknowledge(self) -> list[Meeting]:
        """Contradictions nobody has acknowledged as they are now."""
        seen = self.draft.typed.get("acknowledged", [])
        return [one for one in self.meetings if one.differ and one.key not in seen]


def _sound(form: SettingsForm) -> dict[str, Any]:
    wrong = {name.partition(":")[0] for name in form.errors}
    return {key: value for key, value in form.chosen.items() if key not in wrong}


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, draft_id: int, name: str) -> HttpResponse:
    """Show a step of a guide; keep what is typed in it, and go on or back. Raises Http404."""
    if name not in STEPS:
        raise Http404
    rows = AdoptionDraft.objects.select_related("jurisdiction", "pattern")
    guide = Guide(get_object_or_404(rows, pk=draft_id))
    context = _SHOWN[name](request, guide)
    fine = not context.get("wrong", False)
    if request.method == "POST":
        guide.draft.changed_at = clock.now()
        guide.draft.save()
        if request.POST.get("go") == "back":
            return _to(guide, name, -1)
        if fine and name == "publish":
            answer = _publish(request, guide, context["form"])
            if answer is not None:
                return answer
            fine = False
        elif fine:
            return _to(guide, name, 1)
    places = list(STEPS)
    head = {
        "draft": guide.draft,
        "versions": guide.versions,
        "steps": STEPS.items(),
        "step": name,
        "last": name == places[-1],
        "title": STEPS[name],
        "grounds": adopting.grounds([*guide.present, *measures_of(guide.versions)]),
    }
    page = f"web/house/adopt_{name}.html"
    return render(request, page, {**head, **context}, status=200 if fine or request.method == "GET" else 422)


def _to(guide: Guide, name: str, by: int) -> HttpResponse:
    places = list(STEPS)
    at = places.index(name) + by
    if at < 0:
        return redirect(f"/administration/adopt/?draft={guide.draft.pk}")
    return redirect("adopt_step", guide.draft.pk, places[at])


def _roles(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    free = [(role, name) for role, name in guide.roles.items() if role not in guide.bound]
    initial = {role: str(organ.pk) for role, organ in guide.chosen.items()}
    form = RolesForm(free, guide.organs, request.POST or None, initial=initial)
    if request.method == "POST":
        fine = form.is_valid()
        kept = {role: int(form.cleaned_data.get(role) or 0) for role, _name in free}
        guide.draft.bindings = {**guide.draft.bindings, **kept}
        guide.__dict__.pop("chosen", None)
        return {"form": form, "rows": _role_rows(guide, form), "wrong": not fine}
    return {"form": form, "rows": _role_rows(guide, form)}


def _role_rows(guide: Guide, form: RolesForm) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "role": role,
            "bound": listed(one.full_name for one in guide.bound.get(role, ())),
            "field": form[role] if role in form.fields else None,
            "proposed": role in guide.chosen and role not in guide.draft.bindings,
            "missing": role not in guide.bound and role not in guide.chosen,
            "wants": [
                (code.partition("/")[0], said(rule)) for code, rule in adopting.wants(role, guide.measures)
            ],
        }
        for role, name in guide.roles.items()
    ]


def _values(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    return _settings(request, guide, settled)


def _readings(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    return _settings(request, guide, open_reading)


def _settings(request: HttpRequest, guide: Guide, only: Callable[[Line], bool]) -> dict[str, Any]:
    if request.method == "POST":
        names = [name for form in guide.forms(only) for name in form.fields]
        guide.draft.typed = {**guide.draft.typed, **{name: request.POST.get(name, "") for name in names}}
    forms = guide.forms(only)
    shown = list(zip(guide.versions, forms, strict=True))
    wrong = sum(len(form.errors) for form in forms) > 0
    return {"shown": shown, "wrong": wrong}


def _preview(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    since = clock.today()
    reading = ahead.reading_of([*guide.present, *guide.measures])
    filled = guide.bound.keys() | guide.chosen.keys()
    return {
        "since": since,
        "incomplete": guide.wrong,
        "year": sorted(
            (_ahead_row(one, filled) for each in guide.measures for one in ahead.of_the_year(each, since)),
            key=lambda row: row["due_on"],
        ),
        "deeds": [
            _ahead_row(one, filled)
            for each in guide.measures
            for one in ahead.of_a_deed(each, since, reading)
        ],
    }


def _ahead_row(one: ahead.Ahead, filled: set[str]) -> dict[str, Any]:
    rule = one.rule
    how, _colon, role = rule.holder.partition(":")
    return {
        "clause": rule.clause,
        "name": said(rule.name),
        "holder": holder_label(rule.holder),
        "missing": how == "role" and role not in filled,
        "deeds": listed(event_label(event) for event in sorted(rule.on)),
        "period": period_label(rule),
        "pending": bool(rule.pending),
        "starts_on": one.starts_on,
        "due_on": one.due_on,
        "named": rule.period.count == 0,
    }


def _meetings(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    if request.method == "POST":
        guide.draft.typed = {**guide.draft.typed, "acknowledged": request.POST.getlist("acknowledged")}
    acknowledged = guide.draft.typed.get("acknowledged", [])
    deadlocks = adopting.deadlocks([*guide.present, *guide.measures])
    return {
        "deadlocks": deadlocks,
        "rows": [_meeting_row(one, one.key in acknowledged) for one in guide.meetings],
        "wrong": bool(deadlocks or guide.to_acknowledge) and request.POST.get("go") != "back",
        "posted": request.method == "POST",
    }


def _meeting_row(one: Meeting, acknowledged: bool) -> dict[str, Any]:
    return {
        "key": one.key,
        "rules": [
            {"clause": rule.clause, "name": said(rule.name), "holder": holder_label(rule.holder),
             "period": period_label(rule)}
            for rule in (one.one, one.other)
        ],
        "deeds": listed(event_label(event) for event in one.events),
        "shared": listed(event_label(event) for event in one.shared),
        "aside": one.set_aside.clause if one.set_aside else "",
        "differ": listed(str(DIFFER[part]) for part in one.differ),
        "acknowledged": acknowledged,
    }  # fmt: skip


def _publication(request: HttpRequest, guide: Guide) -> dict[str, Any]:
    typed = guide.draft.typed
    if request.method == "POST":
        names = [f"publish-{name}" for name in PublishForm.base_fields]
        typed = {**typed, **{name: request.POST.get(name, "") for name in names}}
        guide.draft.typed = typed
    started = any(name.startswith("publish-") for name in typed)
    measures = measures_of(guide.versions)
    reviews = [one.file.review_on for one in measures if one.file.review_on]
    initial = {
        "since": max([clock.today(), *(one.effective_on for one in measures)]),
        "on_trial": any(one.file.status == "trial" for one in measures),
        "review_on": min(reviews) if reviews else None,
    }
    form = PublishForm(measures, typed if started else None, initial=initial, prefix="publish")
    missing = [guide.roles[role] for role in guide.roles if role not in {*guide.bound, *guide.chosen}]
    return {
        "form": form,
        "incomplete": guide.wrong,
        "unacknowledged": len(guide.to_acknowledge),
        "decided": sum(len(_sound(one)) for one in guide.all_forms),
        "open": sum(len(one.open_readings()) for one in guide.measures),
        "bindings": [(guide.roles[role], organ) for role, organ in guide.chosen.items()],
        "missing": missing,
        "wrong": not form.is_valid() or bool(guide.wrong or guide.to_acknowledge),
    }


def _publish(request: HttpRequest, guide: Guide, form: PublishForm) -> HttpResponse | None:
    """Publish the whole; None where the kernel refused, its reasons then stand in the form."""
    data = form.cleaned_data
    decided = {
        one.adoption.measure_version_id: {
            key: Decided(value, one.cleaned_data[f"{key}:reason"], data["decided_by"], data["decided_on"])
            for key, value in one.chosen.items()
        }
        for one in guide.all_forms
    }
    place = guide.draft.jurisdiction
    plan = Plan(
        place, guide.versions, decided, guide.chosen, data["since"], data["on_trial"], data["review_on"]
    )
    try:
        adopting.carry_out(plan)
    except MeasureError as error:
        for problem in error.problems:
            form.add_error(None, f"{problem.reason} {problem.remedy}")
        return None
    after = {
        "since": data["since"],
        "on_trial": data["on_trial"],
        "review_on": data["review_on"],
        "values": {key: one.value for own in decided.values() for key, one in own.items()},
        "bindings": {role: organ.code for role, organ in guide.chosen.items()},
        "acknowledged": [one.key for one in guide.meetings if one.differ],
        "clauses": adopting.grounds([*guide.present, *guide.measures]),
    }
    about = f"{place}: {listed(map(str, guide.versions))}"
    record(_user(request), "measure.adopt", about, after=after)
    guide.draft.delete()
    words = {"place": place, "version": listed(map(str, guide.versions)), "day": data["since"]}
    messages.success(request, _("%(place)s applies %(version)s from %(day)s.") % words)
    return redirect("admin_adoptions")


_SHOWN: dict[str, Callable[[HttpRequest, Guide], dict[str, Any]]] = {
    "roles": _roles,
    "values": _values,
    "readings": _readings,
    "preview": _preview,
    "meetings": _meetings,
    "publish": _publication,
}
