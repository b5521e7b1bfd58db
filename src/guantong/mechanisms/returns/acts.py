"""What can be done with a monthly close (月结的行为)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import counting
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Act, Capacity, Deed, Fault, Refused, refuse
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.mechanisms.returns import lifecycle, queries
from guantong.mechanisms.returns.forms import ApproveForm, DraftForm, ReopenForm, SendBackForm, SubmitForm
from guantong.mechanisms.returns.models import Adjustment, Behind, Close

SERIES = "月结"
NAMED_AT_MOST = 5


@register
class DraftClose(Act):
    """Begin the close of a month that is over (发起月结)."""

    code = "close.draft"
    label = gettext_lazy("Begin a monthly close")
    kind = "close"
    leads_to = lifecycle.DRAFTED
    by = (Capacity(role="case_supervision"),)
    asks = DraftForm

    def do(self, deed: Deed) -> None:
        """Make it, once a month: who takes the number second sees the first one's."""
        month, organ = deed.data["month"], deed.actor.organ
        deed.data["month"] = f"{month:%Y-%m}"
        body = organ.body or organ
        number = next_number(body.pk, SERIES, month.year)
        if Close.objects.filter(organ=organ, month=month).exists():
            reason = _("%(month)s has its close already.") % {"month": f"{month:%Y-%m}"}
            raise refuse("month", reason, _("Open it under Statistics; a closed one can be reopened."))
        deed.matter.title = f"{month.year}年{month.month}月统计月结"
        deed.matter.number = f"{body.number_prefix}{SERIES}〔{month.year}〕{number}号"
        deed.add(Close(matter=deed.matter, organ=organ, month=month))
        deed.name_party(PartyRole.RECEIVER, organ.pk)
        deed.grant(organ.pk, Depth.FULL, "closes the month")
        place = deed.matter.jurisdiction_id
        leaders = engine.organ_bound("leadership", place, deed.happened_on, deed.actor.body_id)
        if leaders is not None:
            deed.name_party(PartyRole.APPROVER, leaders)
        deed.index(Depth.FULL, [deed.matter.title], [deed.matter.number])


class CloseAct(Act):
    """An act on a close that exists."""

    kind = "close"
    by: ClassVar[tuple[Capacity, ...]] = lifecycle.BY_SUPERVISION

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Any:
        """Load the close."""
        return lifecycle.load(matter)


@register
class SubmitClose(CloseAct):
    """Freeze the figures of the month's forms and lay them before the leaders (固化报批)."""

    code = "close.submit"
    label = gettext_lazy("Freeze and submit")
    leads_from = frozenset({lifecycle.DRAFTED})
    leads_to = lifecycle.SUBMITTED
    asks = SubmitForm

    def page_context(self, actor: Actor, matter: Matter | None, detail: Close) -> dict[str, Any]:
        """Name the cross-checks that do not hold before the figures are frozen."""
        figures = counting.values(counting.count(actor, [detail.month])[detail.month])
        return {"deciding": [(_("Does not hold"), said) for said in counting.failing(figures)]}

    def do(self, deed: Deed) -> None:
        """Keep values and what stands behind them, and take what has changed in months closed before."""
        close: Close = deed.detail
        earlier = {
            month: one
            for month, one in queries.kept(deed.actor.body_id, [close.pk]).items()
            if month < close.month
        }
        counted = counting.count(deed.actor, [close.month, *earlier])
        figures = counting.values(counted[close.month])
        _require_checked(counting.failing(figures), deed.data["note"])
        turn = close.turn + 1
        versions = {form.code: form.version for form in counting.due_forms(close.month)}
        taken = queries.with_acts(queries.changes(earlier, counted), earlier)
        deed.change(
            close, figures=figures, forms=versions, frozen_at=deed.now, note=deed.data["note"], turn=turn,
            adjusts=sorted({f"{one.month:%Y-%m}" for one in taken}),
        )  # fmt: skip
        deed.add(*_behind(deed.matter, turn, counted[close.month]))
        deed.add(*(Adjustment(matter=deed.matter, turn=turn, **_values(one)) for one in taken))
        deed.content.update(figures=figures, forms=versions, adjustments=len(taken))
        leaders = deed.organ_of(PartyRole.APPROVER)
        if leaders is not None and turn == 1:
            deed.grant(leaders, Depth.FULL, "approves the close")


def _require_checked(failing: list[str], note: str) -> None:
    if not failing or note:
        return
    raise Refused(
        Fault(
            "note",
            _("Cross-checks do not hold: %(named)s.") % {"named": _("; ").join(failing[:NAMED_AT_MOST])},
            _("Open the figures and mend what is wrong, or explain it here."),
        )
    )


def _behind(matter: Matter, turn: int, figures: Mapping[str, Counter[UUID]]) -> list[Behind]:
    return [
        Behind(matter=matter, turn=turn, name=name, about_id=about, times=times)
        for name, behind in figures.items()
        for about, times in behind.items()
    ]


def _values(change: queries.Change) -> dict[str, Any]:
    return {
        "month": change.month, "name": change.name, "about_id": change.about, "by": change.by,
        "act": change.act, "happened_on": change.happened_on, "recorded_at": change.recorded_at,
    }  # fmt: skip


class LeaderAct(CloseAct):
    """A leader's decision on a close, typed or signed on paper and recorded for him."""

    by = lifecycle.BY_LEADER
    grave = True

    def deciding(self, matter: Matter, detail: Close) -> list[tuple[Any, Any]]:
        """Which month, how many figures, and what was explained."""
        lines = [(_("Month"), str(detail)), (_("Figures frozen"), len(detail.figures))]
        return [*lines, (_("Explanation"), detail.note)] if detail.note else lines

    def page_context(self, actor: Actor, matter: Matter | None, detail: Close) -> dict[str, Any]:
        """Show what is decided on above the form."""
        return {"deciding": self.deciding(detail.matter, detail)}


@register
class ApproveClose(LeaderAct):
    """Approve the frozen figures: the month is closed (批准月结)."""

    code = "close.approve"
    label = gettext_lazy("Approve the close")
    leads_from = frozenset({lifecycle.SUBMITTED})
    leads_to = lifecycle.CLOSED
    send_back = "close.send_back"
    laid_by = "close.submit"
    asks = ApproveForm

    def do(self, deed: Deed) -> None:
        """From now on what changes is an adjustment."""


@register
class SendBackClose(LeaderAct):
    """Send the close back to be frozen again (退回月结)."""

    code = "close.send_back"
    label = gettext_lazy("Send back")
    leads_from = frozenset({lifecycle.SUBMITTED})
    leads_to = lifecycle.DRAFTED
    asks = SendBackForm

    def do(self, deed: Deed) -> None:
        """The reason stands in the timeline."""


@register
class ReopenClose(LeaderAct):
    """Reopen a closed month (重开月结); what it froze stays on record."""

    code = "close.reopen"
    label = gettext_lazy("Reopen the month")
    leads_from = frozenset({lifecycle.CLOSED})
    leads_to = lifecycle.DRAFTED
    asks = ReopenForm

    def do(self, deed: Deed) -> None:
        """Refuse where a later close has taken adjustments of this month: its figures stand on them."""
        close: Close = deed.detail
        later = (
            Close.objects.filter(organ=close.organ_id, adjusts__contains=[str(close)])
            .values_list("matter__number", flat=True)
            .first()
        )
        if later:
            reason = _("%(later)s has taken adjustments of this month.") % {"later": later}
            raise refuse("reason", reason, _("What is wrong goes into the next close as an adjustment."))
