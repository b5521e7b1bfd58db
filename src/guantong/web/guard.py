"""Who may open pages of matters (页面准入): officers in a post, never administrators."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeAlias, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.matters.models import Matter
from guantong.kernel.prepared import Given, Prepared

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


def _seen() -> QuerySet[Any, Any]:
    sight = Visibility.objects.filter(
        matter=OuterRef("pk"), principal__among=Given("principals"), until__gte=Given("today")
    ).order_by("-depth")
    found = Matter.objects.filter(pk=Given("matter")).select_related("jurisdiction", "organ", "organ__body")
    return found.annotate(seen=Coalesce(Subquery(sight.values("depth")[:1]), 0))


SEEN: Prepared[SeenMatter] = Prepared(_seen)


def seen_matter(actor: Actor, matter_id: uuid.UUID) -> SeenMatter:
    """Return a matter with `seen`, the depth at which the actor sees it, in one query. Raises Http404."""
    matter = SEEN.first(matter=matter_id, principals=list(actor.principals), today=clock.today())
    if matter is None:
        raise Http404(_("There is no such matter, or you may not see it."))
    return matter
