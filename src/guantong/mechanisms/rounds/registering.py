"""Registering a batch that came on paper: the round and each clue of its list (登记成批纸质移送; CZ-3.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity, Deed, Fault, KeepNothing
from guantong.kernel.acts.forms import (
    NUMBERS,
    AmountField,
    LetterNumberField,
    PastDateField,
    RowsField,
    suggested,
)
from guantong.kernel.acts.registry import register
from guantong.kernel.codes import CodeError
from guantong.kernel.matters.ids import new_id
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.organs.forms import OrganField
from guantong.kernel.organs.models import Organ, RoleBinding
from guantong.kernel.people.codes import parse_id_number
from guantong.kernel.people.jurisdiction import handing_up, heads_of
from guantong.kernel.people.models import Authority
from guantong.kernel.sheets import to_names
from guantong.mechanisms.rounds import lifecycle
from guantong.mechanisms.rounds.acts import RoundForm, make_round
from guantong.mechanisms.rounds.models import Item, Round
from guantong.mechanisms.rounds.queries import in_short


def categories() -> list[tuple[str, Any]]:
    """Return the categories a clue may have, as the act that registers one asks for them."""
    field = registry.get("clue.register").asks.base_fields["category"]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - it is one
    return list(field.choices)  # type: ignore[arg-type]


class ItemForm(forms.Form):
    """One line of the hand-over list (清单条目). Several persons of one unit are divided by 、."""

    number = forms.IntegerField(
        label=gettext_lazy("No."),
        min_value=1,
        max_value=9999,
        required=False,
        widget=forms.NumberInput(attrs={NUMBERS: ""}),
    )
    name = forms.CharField(label=gettext_lazy("Persons"), max_length=200, required=False)
    unit = forms.CharField(
        label=gettext_lazy("Unit"), max_length=120, widget=suggested("units", **{"data-carry": ""})
    )
    post = forms.CharField(label=gettext_lazy("Post"), max_length=80, required=False)
    authority = forms.ChoiceField(
        label=gettext_lazy("Cadre authority"),
        choices=Authority.choices,
        required=False,
        initial=Authority.UNKNOWN,
        widget=forms.Select(attrs={"data-carry": ""}),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=lambda: [("", "—"), *categories()],
        initial="discipline",
        widget=forms.Select(attrs={"data-carry": ""}),
    )
    allegation = forms.CharField(label=gettext_lazy("Allegation in short"), max_length=2000)
    pages = forms.IntegerField(label=gettext_lazy("Pages"), min_value=1, max_value=100_000, required=False)
    amount = AmountField(label=gettext_lazy("Amount in yuan"), required=False)
    id_number = forms.CharField(label=gettext_lazy("Identity number"), max_length=400, required=False)

    def clean_id_number(self) -> list[str]:
        """Divide the numbers, one for each person in the same order, and check each (GB 11643)."""
        try:
            given = re.split(r"[、,，;；/\s]+", self.cleaned_data["id_number"].strip())
            return [parse_id_number(one, today=clock.today()).value for one in given if one]
        except CodeError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Each identity number is one person's."""
        cleaned = super().clean() or self.cleaned_data
        numbers, names = cleaned.get("id_number"), cleaned.get("name")
        if numbers and names is not None and len(numbers) != len(names):
            words = {"numbers": len(numbers), "names": len(names)}
            reason = _("%(numbers)s identity numbers for %(names)s persons. Give one for each, or none.")
            self.add_error("id_number", reason % words)
        return cleaned

    def clean_name(self) -> list[str]:
        """Divide the persons."""
        found = to_names(self.cleaned_data["name"])
        if found.remainder:
            raise ValidationError(
                _("“%(words)s” is no name. Write each name, divided by 、.") % {"words": found.remainder}
            )
        if any(len(name) > 60 for name in found.names):
            raise ValidationError(_("A name is longer than 60 characters. Divide the names by 、."))
        return list(found.names)

    def clean_authority(self) -> str:
        """An authority left out is not known."""
        return self.cleaned_data["authority"] or Authority.UNKNOWN


def persons(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the persons of a line, as the act that registers a clue takes them."""
    same = {name: row[name] for name in ("unit", "post", "authority")}
    numbers = row["id_number"] or [""] * len(row["name"])
    return [
        {"name": name, "id_number": number, **same} for name, number in zip(row["name"], numbers, strict=True)
    ]


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines with the numbers of the list on paper; one left out follows the line before it.

    Both sides call a clue by this number: a line that may not be entered here leaves its number out.
    """
    before = 0
    for row in rows:
        before = row["number"] = row["number"] or before + 1
    return rows


class RegisterRoundForm(RoundForm):
    """A batch that came on paper: the list's letter, the round, and a line for each clue (成批登记)."""

    happened_on = PastDateField(
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The day the batch arrived; duties count from it."),
    )
    sender = OrganField(
        Organ.objects.none(),
        label=gettext_lazy("Inspection office"),
        required=False,
        empty_label=gettext_lazy("Not listed"),
    )
    sender_name = forms.CharField(
        label=gettext_lazy("Inspection office, if not listed"), max_length=120, required=False
    )
    letter_number = LetterNumberField(label=gettext_lazy("Number of the list"), max_length=60)
    letter_date = PastDateField(label=gettext_lazy("Date of the list"))
    letter_signer = forms.CharField(label=gettext_lazy("Signed by"), max_length=60, required=False)
    scan = forms.FileField(label=gettext_lazy("Scan of the list"), required=False)
    items = RowsField(ItemForm, label=gettext_lazy("Clues of the list"), least=1)
    field_order = (
        "title", "sender", "sender_name", "letter_number", "letter_date", "letter_signer", "happened_on",
        "scan", "units", "leader", "began_on", "ended_on",
    )  # fmt: skip

    def __init__(self, *args: Any, senders: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if senders is not None:
            self.fields["sender"].queryset = senders  # type: ignore[attr-defined]

    def clean_items(self) -> list[dict[str, Any]]:
        """Each line has a number of its own."""
        rows = numbered(self.cleaned_data["items"])
        numbers = [row["number"] for row in rows]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValidationError(
                _("Two lines bear the number %(numbers)s. Number them as on the paper.")
                % {"numbers": _(", ").join(map(str, twice))}
            )
        return rows

    def clean(self) -> dict[str, Any]:
        """The list was written before it arrived, by somebody."""
        cleaned = super().clean()
        written, came = cleaned.get("letter_date"), cleaned.get("happened_on")
        if written and came and came < written:
            self.add_error(
                "happened_on",
                _("%(came)s lies before the date of the list (%(written)s). One of the two is wrong.")
                % {"came": came, "written": written},
            )
        if not cleaned.get("sender") and not cleaned.get("sender_name"):
            reason = _("Who handed it over is missing. Choose the inspection office, or write its name.")
            self.add_error("sender", reason)
        return cleaned


@register
class RegisterRound(Act):
    """Register a round whose clues came on paper, each as a clue of its own (登记成批纸质移送; CZ-3.2)."""

    code = "round.register"
    label = gettext_lazy("Register a batch of an inspection round")
    kind = "round"
    leads_to = lifecycle.RECEIVED
    by = (Capacity(role="case_supervision"),)
    clauses = ("CZ-3.2",)
    asks = RegisterRoundForm
    shown_at = Depth.FEEDBACK
    template = "rounds/register.html"

    def form_arguments(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Offer the inspection offices, those of one's own place first."""
        today = clock.today()
        bound = RoleBinding.objects.filter(role="inspection_office", until__isnull=True, since__lte=today)
        organs = Organ.objects.filter(pk__in=bound.values("organ")).select_related("body")
        return {"senders": organs.order_by(Coalesce("body__name", "name"), "name")}

    def initial(self, actor: Actor, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Propose the inspection office of one's own place, where there is one."""
        bound = RoleBinding.objects.filter(
            role="inspection_office", until__isnull=True, jurisdiction=actor.organ.jurisdiction_id
        ).values_list("organ", flat=True)[:2]
        return {"sender": bound[0]} if len(bound) == 1 else {}

    def before_keeping(self, actor: Actor, data: Mapping[str, Any]) -> None:
        """Not even the scan of a list is kept that names what belongs to the superior organ (GR-15)."""
        body: Organ = actor.organ.body or actor.organ
        heads = set(heads_of(body.pk))
        whys = {
            place: why
            for place, row in enumerate(data["items"])
            if (why := handing_up(body, persons(row), data["happened_on"], heads))
        }
        if whys:
            raise KeepNothing(
                *(self._above(data["items"][place]["number"], why) for place, why in whys.items()),
                rows={"items": frozenset(whys)},
            )

    @staticmethod
    def _above(number: int, why: str) -> Fault:
        return Fault(
            "items",
            _("No. %(number)s: %(why)s It is not entered here and nothing of it has been kept.")
            % {"number": number, "why": why},
            _("Hand that paper up to the superior organ, and scan the list again without it."),
        )

    def do(self, deed: Deed) -> None:
        """Enter the round; each line follows as a clue, with the next ledger number."""
        data, organ = deed.data, deed.actor.organ
        sender: Organ | None = data["sender"]
        found = make_round(
            deed,
            sender_name=data["sender_name"] or (sender.full_name if sender else ""),
            on_paper=True,
            handed_over_on=data["letter_date"],
            letter_number=data["letter_number"],
            letter_date=data["letter_date"],
            letter_signer=data["letter_signer"],
            received_on=deed.happened_on,
        )
        deed.name_party(PartyRole.RECEIVER, organ.pk)
        deed.grant(organ.pk, Depth.FULL, "case supervision (CZ-3.2)")
        if sender is not None:
            deed.name_party(PartyRole.SENDER, sender.pk)
            deed.grant(sender.pk, Depth.FEEDBACK, "inspection office (CZ-3.2)")
        deed.facts.update(lifecycle.facts(found))
        for row in data["items"]:
            self._add(deed, found, row)

    @staticmethod
    def _add(deed: Deed, found: Round, row: dict[str, Any]) -> None:
        data, clue, position = deed.data, new_id(), row["number"]
        pages = [{"title": f"移交清单第{position}号材料", "pages": row["pages"]}]
        said = {
            "person": "、".join(row["name"]),
            "unit": row["unit"],
            "post": row["post"],
            "text": in_short(row["allegation"]),
            "pages": row["pages"] or 0,
            "letter_number": data["letter_number"],
        }
        deed.add(Item(round=found, position=position, clue_id=clue, said=said))
        deed.follow.append(
            (
                "clue.register",
                clue,
                {
                    "origin": str(deed.matter.pk),
                    "happened_on": deed.happened_on.isoformat(),
                    "sender": data["sender"].pk if data["sender"] else "",
                    "sender_name": data["sender_name"],
                    "source": "inspection",
                    "letter_number": data["letter_number"],
                    "letter_date": data["letter_date"].isoformat(),
                    "letter_signer": data["letter_signer"],
                    "category": row["category"],
                    "allegation": row["allegation"],
                    "amount": row["amount"],
                    "unit": row["unit"],
                    "subjects": persons(row),
                    "evidence": pages if row["pages"] else [],
                },
            )
        )
