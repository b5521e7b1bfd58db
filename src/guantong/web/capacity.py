"""Changing the capacity one acts in (切换身份; CD-1.3)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guantong.accounts.models import User
from guantong.kernel.access.actors import called
from guantong.kernel.access.middleware import POST_KEY


@require_POST
@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Act from now on in the post ``post`` (切换身份), and go back to where one was.

    A post that is not, or no longer, one's own changes nothing and says so.
    """
    actor = getattr(request, "actor", None)
    wanted = request.POST.get("post", "")
    chosen = next((post for post in (actor.posts if actor else ()) if str(post.pk) == wanted), None)
    if chosen is None:
        messages.error(
            request,
            _("You do not hold this post today and act as before. Reload the page to see your posts."),
        )
    else:
        request.session[POST_KEY] = chosen.pk
        if isinstance(request.user, User) and chosen.officer_id == request.user.officer_id:
            User.objects.filter(pk=request.user.pk).update(last_post=chosen.pk)
        title = called(chosen, actor.officer.pk) if actor else chosen.title
        words = {"capacity": f"{chosen.organ.full_name} {title}"}
        messages.success(request, _("You now act as %(capacity)s.") % words)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(back if safe else "/")
