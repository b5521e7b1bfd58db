"""What may leave the house, and what may not (审批放行、脱敏; CD-2.5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Deed, refuse
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
    require_withheld(deed, summary.matter, {name: str(deed.data.get(name, "")) for name in ("title", "text")})


def require_withheld(deed: Deed, summary: Matter, texts: dict[str, str]) -> None:
    """Refuse a text that bears what the shareholder may not know. Raises Refused."""
    words = returns.withheld(summary)
    for name, text in texts.items():
        why = returns.borne(words, [text])
        if why:
            raise refuse(name, why, _("Take it out: what goes out may not bear it."))
