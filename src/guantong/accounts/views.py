"""Pages about one's own account (本人账号): tokens for programs."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from guantong.accounts import tokens as keys
from guantong.accounts.admin import record
from guantong.accounts.forms import TokenForm
from guantong.accounts.models import Token, User
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Refused


def _mine(request: HttpRequest) -> tuple[User, Actor]:
    user, actor = request.user, getattr(request, "actor", None)
    if not isinstance(user, User) or actor is None:
        raise RuntimeError("the gate lets only officers in a post come here")
    return user, actor


@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's own tokens; make one, which is shown this once."""
    user, actor = _mine(request)
    made = ""
    form = TokenForm(request.POST or None, posts=actor.posts)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        post = next(post for post in actor.posts if str(post.pk) == data["post"])
        try:
            made = keys.create(user, post, data["name"], data["expires_on"])
        except Refused as refusal:
            for fault in refusal.faults:
                form.add_error(fault.field or None, f"{fault.reason} {fault.remedy}")
        else:
            about = f"{user.username}: {data['name']}"
            record(user, "token.create", about, after={"post": str(post), "expires_on": data["expires_on"]})
            form = TokenForm(posts=actor.posts)
    rows = Token.objects.filter(user=user).select_related("post", "post__organ", "post__organ__body")
    context = {
        "form": form,
        "made": made,
        "rows": [{"token": row, "trouble": keys.trouble(row)} for row in rows.order_by("-id")],
    }
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Revoke one of one's own tokens. Raises Http404 for anybody else's."""
    user, _actor = _mine(request)
    token = get_object_or_404(Token, pk=token_id, user=user)
    keys.revoke(token)
    record(user, "token.revoke", f"{user.username}: {token.name}", after={"at": clock.now()})
    messages.success(request, _("The token “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("tokens")
