"""Filing a closed matter in the archive (归档)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.acts.entitlement import FINAL_STATES
from guantong.kernel.acts.forms import ActForm, LongTextField, PastDateField
from guantong.kernel.acts.registry import register
from guantong.kernel.archive.catalogue import as_filed, sheets
from guantong.kernel.archive.models import CODES, YEARS, Retention, Volume
from guantong.kernel.duties.governing import governed
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.kernel.measures.governing import purpose

RETENTION = purpose("archive.retention", "choice")
FILERS = (
    Capacity(party=PartyRole.RECEIVER),
    Capacity(party=PartyRole.HANDLER),
    Capacity(party=PartyRole.AUTHOR),
    Capacity(role="case_supervision"),
)


def usual_retention(jurisdiction_id: int, on: date) -> Retention:
    """Return how long volumes are kept unless said otherwise: as the measures say, or else permanently."""
    found = governed(engine.rules_on(jurisdiction_id, on), RETENTION)
    return Retention(str(found.value)) if found else Retention.PERMANENT


def kept_until(retention: Retention, year: int) -> date | None:
    """Return the last day of keeping (保管期满日): whole years after the volume's year; None for ever."""
    years = YEARS.get(retention)
    return date(year + years, 12, 31) if years else None


def closing_of(matter: Any) -> QuerySet[Entry]:
    """Return the one entry with which a closed matter was closed (办结行为)."""
    moved = Entry.objects.filter(matter=matter).exclude(state_from=F("state_to"))
    return moved.order_by("-seq")[:1]


class ArchiveForm(ActForm):
    """Day, term and keeper (归档登记)."""

    happened_on = PastDateField(label=gettext_lazy("Filed in the archive on"))
    retention = forms.ChoiceField(
        label=gettext_lazy("Kept for"),
        choices=[("", gettext_lazy("As the measures say")), *Retention.choices],
        required=False,
    )
    keeper = forms.CharField(label=gettext_lazy("Keeper of the archive"), max_length=60)
    remark = LongTextField(
        label=gettext_lazy("Remarks on the volume"),
        rows=2,
        max_length=500,
        required=False,
        help_text=gettext_lazy("What is missing, damaged or kept elsewhere; printed on the last sheet."),
    )


@register
class ArchiveMatter(Act):
    """File a closed matter in the archive (归档)."""

    code = "matter.archive"
    label = gettext_lazy("File in the archive")
    kind = "*"
    leads_from = FINAL_STATES
    by = FILERS
    asks = ArchiveForm
    sight = Depth.FULL
    shown_at = Depth.FULL
    on_item = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Volume | None:
        """Find the volume, if the matter is filed already."""
        return Volume.objects.filter(matter=matter).first()

    def about(self, matter: Matter, detail: Any) -> Any:
        """The rules ask about the matter."""
        return kinds.get(matter.kind).load(matter)

    def form_arguments(self, actor: Any, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Refuse what is filed already."""
        if detail is not None:
            reason = _("The matter is filed already, as %(number)s.") % {"number": detail.number}
            raise refuse("", reason, _("Open the volume from the page of the matter."))
        return {}

    def initial(self, actor: Any, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose what the measures say, and oneself as keeper."""
        assert matter is not None  # noqa: S101 - only what exists is filed
        term = usual_retention(matter.jurisdiction_id, clock.today())
        return {"retention": term.value, "keeper": actor.officer.name}

    def do(self, deed: Deed) -> None:
        """Give it its number, and keep the catalogue as it is today."""
        data, matter = deed.data, deed.matter
        usual = usual_retention(matter.jurisdiction_id, deed.happened_on)
        retention = Retention(data["retention"] or usual)
        body = deed.actor.organ.body or deed.actor.organ
        year, code = _closed_on(deed).year, CODES[retention]
        found = sheets(matter)
        serial = next_number(body.pk, f"archive:{code}", year)
        volume = Volume(
            matter=matter,
            organ=body,
            year=year,
            serial=serial,
            number=f"{body.number_prefix}-WS·{year}-{code}-{serial:04d}",
            retention=retention,
            kept_until=kept_until(retention, year),
            keeper=data["keeper"],
            filed_by=deed.actor.officer.name,
            archived_on=deed.happened_on,
            pages=sum(one.item.pages for one in found),
            items=as_filed(found),
            remark=data["remark"],
            recorded_at=deed.now,
        )
        deed.add(volume)
        deed.content["number"] = volume.number


def _closed_on(deed: Deed) -> date:
    """Return the day on which the matter was closed. Raises Refused where it would be filed before."""
    day = closing_of(deed.matter).get().happened_on
    if deed.happened_on < day:
        raise refuse(
            "happened_on",
            _("It was closed on %(day)s and cannot have been filed before.") % {"day": day},
            _("Give the day on which it was filed."),
        )
    return day


@beside_rows
def _filing(matter: Matter, detail: Any) -> Iterator[Beside]:
    if not matter.is_open and not Volume.objects.filter(matter=matter).exists():
        yield Beside(registry.get(ArchiveMatter.code), {}, "", None)
