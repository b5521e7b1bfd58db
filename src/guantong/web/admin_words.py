"""What administrators did, in words (管理操作的说法): records keep codes, people read labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

THINGS: dict[str, _StrPromise] = {
    "places": gettext_lazy("Jurisdictions"),
    "organs": gettext_lazy("Organs"),
    "officers": gettext_lazy("Officers"),
    "posts": gettext_lazy("Posts"),
    "roles": gettext_lazy("Roles of the measures"),
    "bodies": gettext_lazy("Bodies"),
    "seats": gettext_lazy("Seats"),
    "stakes": gettext_lazy("Holdings"),
    "stationing": gettext_lazy("Stationed groups"),
    "postings": gettext_lazy("Postings"),
    "account": gettext_lazy("Account"),
    "token": gettext_lazy("Token"),
    "key": gettext_lazy("Key"),
    "measure": gettext_lazy("Measure"),
    "journal": gettext_lazy("Journal"),
    "adoption": gettext_lazy("Guide to adoption"),
}
STEPS: dict[str, _StrPromise] = {
    "enter": gettext_lazy("entered"),
    "change": gettext_lazy("changed"),
    "create": gettext_lazy("created"),
    "make": gettext_lazy("created"),
    "password": gettext_lazy("first password set"),
    "deactivate": gettext_lazy("closed"),
    "activate": gettext_lazy("opened again"),
    "reset_mfa": gettext_lazy("second factor reset"),
    "unlock": gettext_lazy("unlocked"),
    "revoke": gettext_lazy("revoked"),
    "confirm": gettext_lazy("confirmed"),
    "import": gettext_lazy("imported"),
    "export": gettext_lazy("exported"),
    "publish": gettext_lazy("published"),
    "adopt": gettext_lazy("adopted"),
    "decide": gettext_lazy("values decided"),
    "withdraw": gettext_lazy("decided values withdrawn"),
    "verify": gettext_lazy("verified"),
    "begin": gettext_lazy("begun"),
    "drop": gettext_lazy("dropped"),
    "give_up": gettext_lazy("adoption withdrawn"),
    "version": gettext_lazy("version changed"),
    "review": gettext_lazy("reviewed"),
}


def done(what: str) -> str:
    """Return a record's code, such as "account.unlock", in words."""
    thing, _dot, step = what.partition(".")
    return _("%(thing)s: %(step)s") % {"thing": THINGS.get(thing, thing), "step": STEPS.get(step, step)}
