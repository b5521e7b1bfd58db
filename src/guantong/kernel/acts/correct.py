"""Corrections (更正): a wrong date, person or amount is mended by an act; the old value stays visible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm, LongTextField
from guantong.kernel.acts.registry import register
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Correctable
from guantong.kernel.matters.models import Depth, Matter


@dataclass(frozen=True)
class Target:
    """What is corrected: the matter's detail and the fact in it."""

    detail: Any
    name: str
    correctable: Correctable

    def said(self, value: Any) -> str:
        """Return a value in words."""
        return self.correctable.say(value) if self.correctable.say else _text(value)


class CorrectForm(ActForm):
    """A correction (更正)."""

    fact = forms.CharField(widget=forms.HiddenInput, max_length=40)
    reason = LongTextField(
        label=gettext_lazy("Reason"),
        rows=2,
        max_length=500,
        help_text=gettext_lazy("What was wrong, and where the right value is found."),
    )


@register
class Correct(Act):
    """Correct a fact; duties are derived anew and letters already sent are flagged (更正)."""

    code = "matter.correct"
    label = gettext_lazy("Correct")
    kind = "*"
    leads_from = ANY_STATE
    by = ()
    asks = CorrectForm
    sight = Depth.FEEDBACK
    shown_at = Depth.FEEDBACK
    template = "web/correct.html"
    on_item = True

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Target:
        """Find the fact named in the data. Raises Refused where it cannot be corrected."""
        kind = kinds.get(matter.kind)
        name = str(data.get("fact", ""))
        if name not in kind.correctables:
            raise refuse("fact", _("This cannot be corrected here."), _("Choose one of those offered."))
        return Target(kind.load(matter), name, kind.correctables[name])

    def about(self, matter: Matter, detail: Target) -> Any:
        """The matter's own row."""
        return detail.detail

    def entitled(self, matter: Matter, detail: Target) -> tuple[Capacity, ...]:
        """Those who answer for the fact."""
        return detail.correctable.by

    def form_class(self, detail: Target) -> type[forms.Form]:
        """The form with the fact's own field."""
        field = detail.correctable.field()
        field.label = detail.correctable.label
        return type("FactCorrectForm", (CorrectForm,), {"value": field})

    def further_fields(self) -> dict[str, forms.Field]:
        """The new value, as text; each fact has a field of its own that checks it."""
        return {"value": LongTextField(label=gettext_lazy("Right value"))}

    def shown(self, deed: Deed) -> Depth:
        """Whoever may know what the fact was taken for."""
        return kinds.get(deed.matter.kind).correctables[deed.data["fact"]].depth

    def initial(self, actor: Any, matter: Matter | None, detail: Target) -> dict[str, Any]:
        """Show what stands there now. Raises Refused where it is not corrected on this matter."""
        _require_correctable(detail)
        now = detail.correctable.read(detail.detail)
        return {"fact": detail.name, "value": now}

    def page_context(self, actor: Any, matter: Matter | None, detail: Target) -> dict[str, Any]:
        """Show what stands there now beside what it is to be."""
        standing = detail.said(detail.correctable.read(detail.detail))
        return {"standing": standing, **detail.correctable.page(actor)}

    def do(self, deed: Deed) -> None:
        """Write the new value and tell the duties."""
        target: Target = deed.detail
        _require_correctable(target)
        old, new = target.correctable.read(target.detail), deed.data["value"]
        if old == new:
            raise refuse("value", _("That is what stands there already."), _("Give the right value."))
        deed.detail = target.detail
        target.correctable.write(deed, new)
        deed.content.update(fact=target.name, old=target.said(old), new=target.said(new))
        deed.flags.add(target.name)
        if target.correctable.fact and isinstance(new, date):
            deed.corrected[target.correctable.fact] = new
            deed.facts[target.correctable.fact] = new
            deed.redated = dict.fromkeys(_done_on(deed.matter, target.correctable, old), new)
            deed.matter.happened_on = min(deed.matter.happened_on, new)


def _require_correctable(target: Target) -> None:
    why = target.correctable.why_not(target.detail)
    if why:
        raise refuse("value", why, _("Return it to whoever is wrong about it."))


def _done_on(matter: Matter, correctable: Correctable, day: Any) -> list[int]:
    """Return the entries of the acts whose day was typed wrongly (日期有误的行为)."""
    if not correctable.day_of:
        return []
    acts = Entry.objects.filter(matter=matter, act__in=correctable.day_of, happened_on=day)
    return list(acts.values_list("pk", flat=True))


@beside_rows
def _facts(matter: Matter, detail: Any) -> Iterator[Beside]:
    act = registry.get(Correct.code)
    for name, fact in kinds.get(matter.kind).correctables.items():
        subject = Target(detail, name, fact)
        yield Beside(act, {"fact": name}, str(fact.label), subject, fact.why_not(detail))


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
