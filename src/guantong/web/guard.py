"""Who may open pages of matters (页面准入): officers in a post, never administrators."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.matters.models import Matter

if TYPE_CHECKING:
    from typing import TypedDict

    from django_stubs_ext import WithAnnotations

    class _Seen(TypedDict):
        seen: int

    SeenMatter: TypeAlias = WithAnnotations[Matter, _Seen]

Rest = ParamSpec("Rest")


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts in this request. Raises PermissionDenied where nobody does."""
    actor = getattr(request, "actor", None)
    if actor is None:
        raise PermissionDenied(_("You hold no post today; matters are read and acted on in a post only."))
    return cast(Actor, actor)


def in_post(
    view: Callable[Concatenate[HttpRequest, Rest], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]:
    """Let only signed-in people who act in a post open a page (在岗人员)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        actor_of(request)
        return view(request, *args, **kwargs)

    return cast(Any, login_required)(guarded)  # type: ignore[no-any-return]


def seen_matter(actor: Actor, matter_id: uuid.UUID) -> SeenMatter:
    """Return a matter with `seen`, the depth at which the actor sees it, in one query. Raises Http404."""
    depth = Visibility.objects.filter(
        matter=OuterRef("pk"), principal__in=actor.principals, until__gte=clock.today()
    ).order_by("-depth")
    matter = (
        Matter.objects.annotate(seen=Coalesce(Subquery(depth.values("depth")[:1]), 0))
        .select_related("jurisdiction", "organ", "organ__body")
        .filter(pk=matter_id)
        .first()
    )
    if matter is None:
        raise Http404(_("There is no such matter, or you may not see it."))
    return matter
