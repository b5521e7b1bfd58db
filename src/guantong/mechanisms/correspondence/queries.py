"""What pages read of correspondence (函询查询): one query a block, none a row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility, seen_by
from guantong.kernel.acts.entitlement import entitling
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.matters import kinds
from guantong.kernel.matters.kinds import Section
from guantong.kernel.matters.models import Depth, Link, LinkKind, Matter, Party, PartyRole
from guantong.kernel.people.codes import mask_id
from guantong.kernel.people.models import Subject
from guantong.mechanisms.correspondence import lifecycle, returns
from guantong.mechanisms.correspondence.declared import all_forms
from guantong.mechanisms.correspondence.models import Copy, Correspondence, Outcome, Turn, TurnKind
from guantong.mechanisms.correspondence.papers import spoken

SIDES = ("incoming", "outgoing")
SHOW = ("open", "late", "ended")
ALIVE = (DutyState.OPEN, DutyState.PAUSED)


@dataclass(frozen=True)
class Wanted:
    """What of the list is asked for (筛选条件), as the address says it."""

    side: str = "incoming"
    form: str = ""
    show: str = ""
    other: str = ""


@dataclass
class Row:
    """A line of the list: the correspondence with what is owed next on it."""

    row: Correspondence
    depth: int
    duties: list[Duty] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    @property
    def subject(self) -> str:
        """What it is about: of a discreet form whom it names, where the reader may know."""
        title = self.row.matter.title
        if not self.people:
            return title
        more = f" +{len(self.people) - 1}" if len(self.people) > 1 else ""
        return f"{title}：{self.people[0]}{more}" if self.row.declared.discreet else title

    @property
    def form(self) -> str:
        """The name of its form."""
        return str(self.row.declared.label)

    @property
    def state(self) -> str:
        """Its state as the reader may know it."""
        return lifecycle.KIND.state_label(self.depth, self.row.matter.state)

    @property
    def due(self) -> Duty | None:
        """What is owed next."""
        return self.duties[0] if self.duties else None

    @property
    def days(self) -> int | None:
        """Days from sending to the answer, or until today; None before it is sent."""
        return taken(self.row)

    @property
    def told_after(self) -> int | None:
        """Days from knowing to telling (知悉至告知天数; P3)."""
        return told_after(self.row)


def taken(row: Correspondence) -> int | None:
    """Return the days from sending to the answer, to the receipt where none is owed, else until today."""
    if row.sent_on is None:
        return None
    ended = row.answered_on if row.declared.owed else row.received_on
    return ((ended or clock.today()) - row.sent_on).days


def told_after(row: Correspondence) -> int | None:
    """Return the days from knowing to telling; None where it does not count or is not told yet."""
    if row.known_on is None or row.sent_on is None:
        return None
    return (row.sent_on - row.known_on).days


def _listed(actor: Actor, wanted: Wanted) -> QuerySet[Visibility]:
    """Return the visibility rows of the correspondence asked for."""
    own = (actor.organ.pk, actor.body_id)
    side, other = ("recipient", "sender") if wanted.side == "incoming" else ("sender", "recipient")
    at = "matter__correspondence__"
    of_body = Q(**{f"{at}{side}__in": own}) | Q(**{f"{at}{side}__body__in": own})
    found = seen_by(actor.principals).filter(of_body, kind="correspondence")
    if wanted.side == "incoming":
        found = found.exclude(state__in=lifecycle.UNSENT)
    if wanted.form:
        found = found.filter(**{f"{at}form": wanted.form})
    if wanted.other:
        found = found.filter(**{f"{at}{other}_name__icontains": wanted.other})
    if wanted.show == "open":
        found = found.filter(is_open=True)
    elif wanted.show == "ended":
        found = found.filter(is_open=False)
    elif wanted.show == "late":
        found = found.filter(is_open=True, due_on__lt=clock.today())
    return found


def page(
    actor: Actor, wanted: Wanted, limit: int, after: tuple[date, uuid.UUID] | None = None
) -> tuple[list[Row], tuple[date, uuid.UUID] | None]:
    """Return a page of the list, newest first, and after which the next begins; in four queries."""
    seen = _listed(actor, wanted).values("matter", "listed_on")
    if after:
        seen = seen.filter(Q(listed_on__lt=after[0]) | Q(listed_on=after[0], matter__lt=after[1]))
    places = list(seen.annotate(deepest=Max("depth")).order_by("-listed_on", "-matter")[: limit + 1])
    depths = {place["matter"]: place["deepest"] for place in places[:limit]}
    found = rows_of(depths)
    last = places[limit - 1] if len(places) > limit else None
    return found, (last["listed_on"], last["matter"]) if last else None


def rows_of(depths: dict[uuid.UUID, int]) -> list[Row]:
    """Return the lines of these matters in their order, with duties and persons; in three queries."""
    found = Correspondence.objects.select_related("matter").in_bulk(list(depths))
    made = {pk: Row(found[pk], depth) for pk, depth in depths.items() if pk in found}
    duties = Duty.objects.filter(matter__in=list(made), state__in=ALIVE)
    for duty in duties.order_by("due_on", "id"):
        made[duty.matter_id].duties.append(duty)
    for subject in Subject.objects.filter(matter__in=list(made)):
        made[subject.matter_id].people.append(f"{subject.name} {subject.unit}")
    return list(made.values())


@dataclass(frozen=True)
class Said:
    """One turn as the page shows it: its further fields with their labels."""

    turn: Turn
    said: list[tuple[str, str]]


def block(row: Correspondence, depth: int) -> dict[str, Any]:
    """Return what the block on the page of the matter shows, in two queries."""
    form = row.declared
    people = [
        {"person": one, "masked": mask_id(one.id_number) if one.id_number else ""}
        for one in Subject.objects.filter(matter=row.matter_id)
    ]
    full = depth >= Depth.FULL
    come = row.matter.state in lifecycle.COME
    return {
        "row": row,
        "form": form,
        "turns": [Said(turn, _said(row, turn)) for turn in Turn.objects.filter(matter=row.matter_id)],
        "people": people,
        "taken": taken(row),
        "told_after": told_after(row),
        "may_beget": full and come and form.known,
        "given": row.outcome == Outcome.ANSWERED and form.expires,
    }


def _said(row: Correspondence, turn: Turn) -> list[tuple[str, str]]:
    form = row.declared
    asked = form.asks if turn.kind == TurnKind.ASK else form.answers
    found = [(str(asked[name].field().label), spoken(asked, name, value))
             for name in asked if (value := turn.said.get(name))]  # fmt: skip
    if turn.kind == TurnKind.ASK and turn.said.get("in_name_of"):
        found.insert(0, (_("In the name of"), turn.said["in_name_of"]))
    return found


@dataclass(frozen=True)
class Asked:
    """Who asked about whom among what is ours (查询留痕): the request, and the persons or unit it names."""

    row: Correspondence
    turn: Turn
    people: list[Subject]

    @property
    def said(self) -> dict[str, str]:
        """The further fields, in words."""
        asks = self.row.declared.asks
        return {name: spoken(asks, name, value) for name, value in self.turn.said.items() if name in asks}


def asked_about_ours(
    actor: Actor, limit: int, name: str = "", after: tuple[date, uuid.UUID] | None = None
) -> tuple[list[Asked], tuple[date, uuid.UUID] | None]:
    """Return the requests for what the actor's body holds that name a person or unit; in four queries."""
    codes = [form.code for form in all_forms() if form.expires]
    seen = _listed(actor, Wanted("incoming")).filter(depth=Depth.FULL, matter__correspondence__form__in=codes)
    if name:
        subjects = Subject.objects.filter(Q(name__icontains=name) | Q(unit__icontains=name))
        turns = Turn.objects.filter(kind=TurnKind.ASK, said__unit__icontains=name)
        seen = seen.filter(Q(matter__in=subjects.values("matter")) | Q(matter__in=turns.values("matter")))
    if after:
        seen = seen.filter(Q(listed_on__lt=after[0]) | Q(listed_on=after[0], matter__lt=after[1]))
    places = list(
        seen.values("matter", "listed_on").distinct().order_by("-listed_on", "-matter")[: limit + 1]
    )
    ids = [place["matter"] for place in places[:limit]]
    rows = Correspondence.objects.select_related("matter").in_bulk(ids)
    turns_by = {one.matter_id: one for one in _asked(ids)}
    people: dict[uuid.UUID, list[Subject]] = {}
    for subject in Subject.objects.filter(matter__in=ids):
        people.setdefault(subject.matter_id, []).append(subject)
    found = [Asked(rows[pk], turns_by[pk], people.get(pk, [])) for pk in ids if pk in rows]
    last = places[limit - 1] if len(places) > limit else None
    return found, (last["listed_on"], last["matter"]) if last else None


def _asked(ids: Iterable[uuid.UUID]) -> QuerySet[Turn]:
    return Turn.objects.filter(matter__in=list(ids), kind=TurnKind.ASK)


def section(actor: Actor, matter: Matter) -> dict[str, Any]:
    """Return the correspondence about a matter for its page, and whether the actor may write about it."""
    links = Link.objects.filter(target=matter, kind=LinkKind.ABOUT, source__kind="correspondence")
    found = list(links.select_related("source__correspondence").order_by("-id"))
    rows = [Row(link.source.correspondence, Depth.OUTLINE) for link in found]
    may = any(actor.roles & form.senders for form in all_forms())
    return {"rows": rows, "about": matter.pk, "may_write": may} if rows or may else {}


kinds.add_section(Section("correspondence/section.html", section))


def copies_section(actor: Actor, matter: Any) -> dict[str, Any]:
    """Return who gets a copy of the matter's letter, with what the actor can do with it now."""
    if matter.kind != "correspondence" or matter.seen < Depth.FEEDBACK or matter.state == lifecycle.OWED:
        return {}
    row = lifecycle.load(matter)
    if not row.declared.copies:
        return {}
    from guantong.mechanisms.correspondence.acts.copying import beside_copies

    found = list(beside_copies(matter, row))
    parties: dict[str, Party] = {}
    if row.sender is not None:
        parties[PartyRole.SENDER] = Party(role=PartyRole.SENDER, organ=row.sender)
    offers = {
        one.data["of_copy"]: (
            str(one.act.label),
            f"{reverse('act', args=[matter.pk, one.act.code])}?{urlencode(one.data)}",
        )
        for one in found
        if entitling(one.act.entitled(matter, one.detail), actor, parties)
    }
    rows = Copy.objects.filter(matter=matter)
    return {"rows": [(one, [offers[str(one.pk)]] if str(one.pk) in offers else []) for one in rows]}


kinds.add_section(Section("correspondence/copies.html", copies_section))


def returns_section(actor: Actor, matter: Any) -> dict[str, Any]:
    """Return the returns collected for a summary beside the ledger, and whether its notice may be written."""
    if matter.kind != "correspondence" or matter.seen < Depth.FULL:
        return {}
    row = lifecycle.load(matter)
    if not row.declared.collects:
        return {}
    notice = next(form for form in all_forms() if form.releases == row.form)
    found = returns.collected(matter)
    may = bool(actor.roles & notice.senders) and returns.approved_summary(notice, matter.pk) is not None
    return {"rows": found, "differs": sum(bool(one.differs) for one in found), "notice": may and notice.code,
            "about": matter.pk, "waiting": sum(not one.text for one in found)}  # fmt: skip


kinds.add_section(Section("correspondence/returns.html", returns_section))
