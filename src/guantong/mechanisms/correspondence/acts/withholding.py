"""What may leave the house, and what may not (审批放行、脱敏; CD-2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.files import open_stored
from guantong.kernel.archive.file_text import text_of
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.correspondence import returns
from guantong.mechanisms.correspondence.declared import CorrespondenceForm


def require_approved(deed: Deed, form: CorrespondenceForm, about: Any) -> None:
    """Refuse a notice of what is not approved, or that bears what is withheld. Raises Refused."""
    summary = returns.approved_summary(form, about) if about else None
    if summary is None:
        raise refuse(
            "about",
            _("What it tells has not been approved for release, or went out already."),
            _("Have the summary approved, and start from its page."),
        )
    require_withheld(deed, summary.matter, ("title", "text"))


def require_withheld(deed: Deed, summary: Matter, names: Sequence[str]) -> None:
    """Refuse what bears what the shareholder may not know: these texts, or an attachment. Raises Refused."""
    words = returns.withheld(summary)
    if not words:
        return
    for name in names:
        why = returns.borne(words, [str(deed.data.get(name, ""))])
        if why:
            raise refuse(name, why, _("Take it out: what goes out may not bear it."))
    packed = ["".join(word.split()) for word in words]
    for stored in deed.data.get("attachments") or []:
        with open_stored(stored.digest) as handle:
            text = text_of(handle.read(), stored.media_type)
        why = returns.borne(packed, [text or "", stored.name])
        if why:
            reason = _("“%(name)s”: %(why)s") % {"name": stored.name, "why": why}
            raise refuse("attachments", reason, _("Attach a version without it."))
