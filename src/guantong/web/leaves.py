"""Leave and deputies of one's department (请假与代班): recorded here, with the gaps named."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.forms import DateInput
from guantong.kernel.organs import leave
from guantong.kernel.organs.models import LEADERS, Deputy, Leave, Organ, Post
from guantong.web.guard import actor_of, in_post


class PostField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A post with its holder (职务)."""

    def label_from_instance(self, obj: Any) -> str:
        """Name, department and title."""
        return f"{obj.officer.name}（{obj.organ.name}{obj.title}）"


class PairForm(forms.Form):
    """A standing pair (A、B角)."""

    post = PostField(Post.objects.none(), label=gettext_lazy("Post (A)"))
    deputy = PostField(Post.objects.none(), label=gettext_lazy("Deputy (B)"), required=False)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = leave.posts_for(actor)  # type: ignore[attr-defined]
        self.fields["deputy"].queryset = leave.posts_for(actor)  # type: ignore[attr-defined]


class LeaveForm(PairForm):
    """A leave (请假)."""

    since = forms.DateField(label=gettext_lazy("Away from"), widget=DateInput)
    until = forms.DateField(label=gettext_lazy("Away to, that day included"), widget=DateInput)
    field_order = ("post", "since", "until", "deputy")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(actor, *args, **kwargs)
        self.fields["post"].label = _("Who is away")
        self.fields["deputy"].label = _("Deputy meanwhile")
        self.fields["deputy"].help_text = _("Left empty: the standing deputy, if there is one.")


@require_http_methods(["GET", "HEAD", "POST"])
@in_post
def leaves(request: HttpRequest) -> HttpResponse:
    """Show who is away from one's department and where nobody acts; record a leave or a standing pair."""
    actor = actor_of(request)
    step = request.POST.get("step", "")
    form = LeaveForm(actor, request.POST if step == "leave" else None, initial=_proposed(actor))
    paired = PairForm(actor, request.POST if step == "pair" else None, prefix="pair")
    if step == "leave" and form.is_valid() and _record(request, actor, form):
        return redirect("leaves")
    if step == "pair" and paired.is_valid() and _pair(request, actor, paired):
        return redirect("leaves")
    organ = _organ(actor)
    found = leave.leaves_of(organ)
    today = clock.today()
    pairs = Deputy.objects.filter(leave.standing(today), post__in=leave.posts_for(actor).values("pk"))
    context = {
        "form": form,
        "pair_form": paired,
        "leaves": found,
        "gaps": leave.gaps(found),
        "pairs": pairs.select_related("post__officer", "post__organ", "deputy__officer", "deputy__organ"),
        "today": today,
        "organ": organ,
    }
    return render(request, "web/leaves.html", context, status=422 if form.errors or paired.errors else 200)


def _organ(actor: Actor) -> Organ:
    """Return whose leaves one sees: those of the department, a leader those of the whole body."""
    return actor.organ.body or actor.organ if actor.rank in LEADERS else actor.organ


def _proposed(actor: Actor) -> dict[str, Any]:
    return {"post": actor.post.pk, "since": clock.today(), "until": clock.today()}


def _record(request: HttpRequest, actor: Actor, form: LeaveForm) -> bool:
    data = form.cleaned_data
    deputy = data["deputy"] or leave.deputy_of(data["post"], data["since"])
    try:
        made = leave.record_leave(actor, data["post"], data["since"], data["until"], deputy)
    except Refused as refused:
        _put(form, refused)
        return False
    words = {"name": made.post.officer.name, "since": made.since, "until": made.until}
    messages.success(request, _("Recorded: %(name)s is away from %(since)s to %(until)s.") % words)
    return True


def _pair(request: HttpRequest, actor: Actor, form: PairForm) -> bool:
    data = form.cleaned_data
    try:
        leave.pair(actor, data["post"], data["deputy"])
    except Refused as refused:
        _put(form, refused)
        return False
    messages.success(request, _("The standing deputy is recorded."))
    return True


def _put(form: forms.Form, refused: Refused) -> None:
    for fault in refused.faults:
        name = fault.field if fault.field in form.fields else None
        form.add_error(name, f"{fault.reason} {fault.remedy}")


@require_POST
@in_post
def end(request: HttpRequest, leave_id: int) -> HttpResponse:
    """Somebody is back before the leave ends (销假)."""
    actor = actor_of(request)
    within = leave.posts_for(actor).values("pk")
    found = Leave.objects.filter(pk=leave_id, post__in=within).select_related("post__organ").first()
    if found is None:
        raise Http404(_("There is no such leave in your department."))
    try:
        leave.end_leave(actor, found)
    except Refused as refused:
        messages.error(request, " ".join(f"{one.reason} {one.remedy}" for one in refused.faults))
    else:
        messages.success(request, _("The leave has ended; the deputy acts no longer."))
    return redirect("leaves")
