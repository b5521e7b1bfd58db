"""Who calls, and how deep he sees (调用者)."""

from __future__ import annotations

import uuid
from typing import cast

from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts.act import Fault, NotAllowed


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts. Raises NotAllowed where the token's post is not held today."""
    actor = getattr(request, "actor", None)
    if actor is None:
        raise NotAllowed(
            Fault(
                "Authorization",
                _("The post to which this token is bound is not held today."),
                _("Make a token for a post that you hold."),
            )
        )
    return cast(Actor, actor)


def depth_of(actor: Actor, matter: uuid.UUID) -> int:
    """Return how deep the actor sees a matter; 0 where not at all."""
    seen = Visibility.objects.filter(
        matter=matter, principal__in=actor.principals, until__gte=clock.today()
    ).aggregate(deepest=Max("depth"))
    return seen["deepest"] or 0
