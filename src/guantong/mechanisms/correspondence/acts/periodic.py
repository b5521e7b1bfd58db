"""What the calendar opens for each period is written, or came on paper (定期报送)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Deed
from guantong.kernel.acts.registry import register
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.incoming import Arrival, take_in
from guantong.kernel.papers.models import Way
from guantong.mechanisms.correspondence import asks, lifecycle, returns
from guantong.mechanisms.correspondence.acts.common import CorrespondenceAct, write_content, write_copies
from guantong.mechanisms.correspondence.models import Correspondence, Outcome


class OwedAct(CorrespondenceAct):
    """An act on what is owed for a period and not written yet."""

    leads_from = frozenset({lifecycle.OWED})

    def form_class(self, detail: Correspondence) -> Any:
        """The form with what this form of correspondence asks besides."""
        return asks.with_fields(self.asks, detail.declared)

    def further_fields(self) -> dict[str, Any]:
        """What each form asks for besides."""
        return asks.further_fields()


@register
class WriteOwed(OwedAct):
    """Write what is owed for the period (拟写定期报送材料)."""

    code = "correspondence.write"
    label = gettext_lazy("Write it")
    leads_to = lifecycle.DRAFTED
    by = lifecycle.BY_SENDER
    asks = asks.ContentForm

    def initial(self, actor: Any, matter: Matter | None, detail: Correspondence) -> dict[str, Any]:
        """Propose what the returns add up to, where it is made of returns."""
        return {"text": returns.proposed(detail.matter)} if detail.declared.collects else {}

    def do(self, deed: Deed) -> None:
        """Keep the draft with its writer, and who gets a copy."""
        row: Correspondence = deed.detail
        write_content(deed, row.declared)
        if row.sender is not None:
            write_copies(deed, row.declared, row.sender, row.recipient)


@register
class TakeInOwed(OwedAct):
    """Record what came on paper from who works outside this platform (登记纸质报送材料)."""

    code = "correspondence.take_in"
    label = gettext_lazy("Record what came on paper")
    leads_to = lifecycle.CLOSED
    by = lifecycle.BY_RECIPIENT_ALONE
    asks = asks.TakeInForm

    def do(self, deed: Deed) -> None:
        """It is told with number, date, signer and scan."""
        row: Correspondence = deed.detail
        data = deed.data
        deed.matter.number = data["letter_number"]
        write_content(deed, row.declared)
        deed.change(
            row, on_paper=True, letter_number=data["letter_number"], letter_date=data["letter_date"],
            letter_signer=data["letter_signer"], sent_on=data["letter_date"], received_on=deed.happened_on,
            outcome=Outcome.TOLD,
        )  # fmt: skip
        came = Arrival(deed.matter.title, row.sender_name, row.letter_number, row.letter_date, Way.PAPER)
        take_in(deed, came)
        deed.facts.update(sent_on=row.sent_on, received_on=row.received_on)
