"""Sealing a message (制作交换文件): numbered once, sealed as often as the disc is lost or a key replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm
from guantong.kernel.acts.registry import register
from guantong.kernel.exchange import carriers, outgoing
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.models import Message
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import Depth, Matter


class SealForm(ActForm):
    """Which message (待制作的交换件)."""

    message = forms.UUIDField(widget=forms.HiddenInput)


@register
class SealMessage(Act):
    """Seal a message for its disc (制作交换文件)."""

    code = "exchange.seal"
    label = gettext_lazy("Make the exchange file")
    kind = "*"
    leads_from = ANY_STATE
    by = ()
    asks = SealForm
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    on_item = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Message:
        """Find the message named in the data. Raises Refused where there is none."""
        try:
            wanted = forms.UUIDField().clean(data.get("message"))
        except forms.ValidationError:
            wanted = None
        found = (
            Message.objects.filter(matter=matter, pk=wanted, incoming=False)
            .select_related("own", "peer", "paper", "matter")
            .first()
            if wanted
            else None
        )
        if found is None:
            reason = _("There is no such message in this matter.")
            raise refuse("message", reason, _("Open it from the page of the exchange."))
        return found

    def about(self, matter: Matter, detail: Message) -> Any:
        """The rules ask about the matter, not the message."""
        return matter_kinds.get(matter.kind).load(matter)

    def entitled(self, matter: Matter, detail: Message) -> tuple[Capacity, ...]:
        """Those who send this kind."""
        return carriers.get(detail.kind).by

    def do(self, deed: Deed) -> None:
        """Number it where it has no number yet, and keep the sealed file."""
        message: Message = deed.detail
        if message.number is None:
            message.number = outgoing.next_number(message.own_id, message.peer_id)
        try:
            data = outgoing.seal(message)
        except ExchangeError as error:
            raise error.refused() from error
        except FileNotFoundError as error:
            reason = _("A file of this matter is missing from the store.")
            raise refuse("message", reason, _("Tell the system administrator.")) from error
        file = outgoing.attach(deed, message, data)
        deed.change(message, number=message.number, digest=message.digest, file=file)
        deed.content["file"] = {"name": file.name, "digest": file.digest}


@beside_rows
def _messages(matter: Matter, detail: Any) -> Iterator[Beside]:
    seal = registry.get(SealMessage.code)
    for message in Message.objects.filter(matter=matter, incoming=False):
        yield Beside(seal, {"message": str(message.pk)}, carriers.label(message.kind), message)
