"""Importing an old book (导入历史台账): what each row would do, then doing it.

Each clue of the book becomes one act on the day it happened, so that its duties count from then. What is in
the ledger already is left as it is; what differs is told and not overwritten; what belongs to the superior
organ (检举控告工作规则 Art. 15) is refused, and nothing of it but the number of its row is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import KeepNothing, NotAllowed, Refused
from guantong.kernel.acts.entitlement import missing
from guantong.kernel.acts.forms import standard_number
from guantong.kernel.acts.perform import perform
from guantong.kernel.matters.models import PartyRole
from guantong.kernel.organs.forms import current
from guantong.kernel.organs.models import Organ, RoleBinding
from guantong.kernel.people.jurisdiction import handing_up, heads_of
from guantong.kernel.people.models import Subject
from guantong.kernel.sheets import address
from guantong.kernel.sheets.differences import settle
from guantong.mechanisms.clues import again
from guantong.mechanisms.clues.again import Line
from guantong.mechanisms.clues.import_rows import COLUMN_OF, FIELDS, CellFault, Entry, Table, plain
from guantong.mechanisms.clues.import_words import squeezed
from guantong.mechanisms.clues.lifecycle import PERSON, SENDERS
from guantong.mechanisms.clues.models import BookRecord, Category, Clue, Platform, Source

Key = tuple[str, str, str, tuple[str, ...]]
COMPARED = ("title", "source", "letter_date", "letter_signer", "category", "allegation", "amount", "unit",
            "concluded_on")  # fmt: skip
AT_ONCE = 1000


class Status(StrEnum):
    """What is to become, or has become, of a row (处理结果)."""

    NEW = "new"
    ADDED = "added"
    THERE = "there"
    DIFFERENT = "different"
    CHANGED = "changed"
    DECIDED = "decided"
    REJECTED = "rejected"
    ABOVE = "above"

    @property
    def label(self) -> str:
        """The status in words."""
        return {
            Status.NEW: _("to be added"),
            Status.ADDED: _("added"),
            Status.THERE: _("already there"),
            Status.DIFFERENT: _("differs, not overwritten"),
            Status.CHANGED: _("differs, to be decided"),
            Status.DECIDED: _("decided"),
            Status.REJECTED: _("rejected"),
            Status.ABOVE: _("not entered here"),
        }[self]


IN = frozenset({Status.NEW, Status.ADDED, Status.THERE, Status.CHANGED, Status.DECIDED})
"""What does not stand against an import of all or nothing."""


@dataclass
class Outcome:
    """What comes of one row of the book. `entry` is gone once it turns out to belong above.

    `lines`: what differs from the clue that has its key; `decided`: of which columns it was said whether the
    file's value is taken. `hint`: what the platform says of the state.
    """

    sheet: str
    row: int
    status: Status
    entry: Entry | None = None
    faults: list[CellFault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    number: str = ""
    matter: str = ""
    further_rows: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    decided: dict[str, bool] = field(default_factory=dict)
    hint: str = ""
    key: str = ""


class NotEntitled(Exception):  # noqa: N818 - named for what it says
    """The actor may not import; `str()` says why and what to do."""


def require_entitled(actor: Actor) -> None:
    """Check the capacity before any file is read. Raises NotEntitled."""
    act = registry.get("clue.import_open")
    lacking = missing(act, actor, None, {}, 3, act.by)
    if lacking:
        raise NotEntitled(" ".join(f"{one.reason} {one.remedy}" for one in lacking))


@dataclass(frozen=True)
class _Known:
    """A clue that is in the ledger already."""

    number: str
    values: dict[str, str]
    persons: tuple[dict[str, str], ...]


class Check:
    """The dry run (试导入): looks every row up and through its act's form, and writes nothing.

    Made and used inside the actor's scope. With a `platform`, rows are found by the keys it gives them.
    """

    def __init__(self, actor: Actor, platform: Platform | None = None) -> None:
        self.actor = actor
        self.platform = platform
        self.body: Organ = actor.organ.body or actor.organ
        self.heads = set(heads_of(self.body.pk))
        self.above: dict[tuple[Any, ...], bool] = {}
        self.senders = _senders(actor)
        self.forms = {code: registry.get(code) for code in ("clue.import_open", "clue.import_closed")}
        self.arguments: dict[str, Any] = {"senders": Organ.objects.select_related("body")}

    def of(self, entries: Iterable[Entry], told: Callable[[int], None] = lambda done: None) -> list[Outcome]:
        """Return what would come of each row. `told` hears how many rows are done."""
        entries = list(entries)
        known = again.find(self.actor, self.platform, entries) if self.platform else {}
        keys: set[str] = set()
        outcomes = []
        for done, entry in enumerate(entries, start=1):
            found = known.get(entry.data["book_number"])
            outcomes.append(self._known(entry, found) if found else self._formal(entry))
            if self.platform:
                _require_key(outcomes[-1], entry.data["book_number"], keys)
            told(done)
        alive = [one for one in outcomes if one.status is Status.NEW]
        self._seen_before(alive)
        self._compare([one for one in alive if one.status is Status.NEW])
        return outcomes

    def _known(self, entry: Entry, found: again.Found) -> Outcome:
        """Say how a row differs from the clue that has its key."""
        if self._belongs_above(entry):
            return Outcome(entry.sheet, entry.row, Status.ABOVE, further_rows=entry.further_rows)
        asked = any(line.change.asks for line in found.lines)
        faults = [fault for fault in entry.faults if fault.key in again.FACTS]
        status = Status.REJECTED if faults else Status.CHANGED if asked else Status.THERE
        return Outcome(
            entry.sheet, entry.row, status, entry if asked else None, faults, [], found.number,
            str(found.matter), entry.further_rows, found.lines, {}, found.hint,
        )  # fmt: skip

    def _formal(self, entry: Entry) -> Outcome:
        if self._belongs_above(entry):
            return Outcome(entry.sheet, entry.row, Status.ABOVE, further_rows=entry.further_rows)
        sender = self.senders.get(squeezed(entry.data["sender_name"]))
        entry.data["sender"] = str(sender) if sender else ""
        faults = list(entry.faults)
        faults += self._form_faults(entry, {fault.key for fault in faults})
        status = Status.REJECTED if faults else Status.NEW
        return Outcome(
            entry.sheet,
            entry.row,
            status,
            entry,
            faults,
            list(entry.notices),
            further_rows=entry.further_rows,
        )

    def _belongs_above(self, entry: Entry) -> bool:
        rows = entry.data["subjects"]
        on = entry.data["happened_on"] or clock.today().isoformat()
        known = (on, *((row["name"], row["unit"], row["authority"]) for row in rows))
        if known not in self.above:
            day = date.fromisoformat(on)
            self.above[known] = bool(rows and handing_up(self.body, rows, day, self.heads))
        return self.above[known]

    def _form_faults(self, entry: Entry, told: set[str]) -> list[CellFault]:
        given = {**entry.data, "sender": "", "import_key": "-"}  # it was looked up for all rows at once
        form = self.forms[entry.act].form_class(None)(given, **self.arguments)
        found = []
        for name, messages in form.errors.items():
            key = _column_key("" if name == "__all__" else name)
            if not key or key not in told:
                found += [_fault(key, str(message), "") for message in messages]
        return found

    def _seen_before(self, outcomes: list[Outcome]) -> None:
        """Mark what an earlier import entered, and rows that say the same as one above."""
        digests = {id(one): one.entry.digest() for one in outcomes if one.entry}
        wanted = list(set(digests.values()))
        known: set[str] = set()
        for start in range(0, len(wanted), AT_ONCE):
            found = BookRecord.objects.filter(import_key__in=wanted[start : start + AT_ONCE])
            known |= set(found.values_list("import_key", flat=True))
        first: dict[str, Outcome] = {}
        for one in outcomes:
            digest = digests[id(one)]
            if digest in known:
                one.status = Status.THERE
            elif digest in first:
                one.status = Status.THERE
                one.notices.append(
                    _("The same stands in sheet “%(sheet)s”, row %(row)s.")
                    % {"sheet": first[digest].sheet, "row": first[digest].row}
                )
            else:
                first[digest] = one

    def _compare(self, outcomes: list[Outcome]) -> None:
        """Pair the rows with the clues that have the same letter, day and persons, the equal ones first."""
        known = _known(self.actor, {one.entry.data["happened_on"] for one in outcomes if one.entry})
        groups: dict[Key, list[Outcome]] = defaultdict(list)
        for one in outcomes:
            if one.entry and (key := _key_of(one.entry)) in known:
                groups[key].append(one)
        for key, rows in groups.items():
            left = list(known[key])
            unlike = []
            for one in rows:
                entry = one.entry
                equal = next((other for other in left if entry and not _differences(entry, other)), None)
                if equal is None:
                    unlike.append(one)
                    continue
                left.remove(equal)
                one.status, one.number = Status.THERE, equal.number
            for one, other in zip(unlike, left, strict=False):
                one.status, one.number = Status.DIFFERENT, other.number
                one.faults = _differences(one.entry, other) if one.entry else []


def _require_key(outcome: Outcome, key: str, keys: set[str]) -> None:
    """Refuse a row without the key of its platform, or with one that stood above."""
    if outcome.status is Status.ABOVE:
        return
    if not key or key in keys:
        reason = _("The same number stands in a row above.") if key else _("The number there is missing.")
        outcome.status = Status.REJECTED
        outcome.faults.append(_fault("number", reason, _("Mend it in the platform and export again.")))
    outcome.key = key
    keys.add(key)


def _senders(actor: Actor) -> dict[str, int]:
    """Organs by the name a letter gives them; a body stands for its one department that sends clues."""
    organs = list(current(Organ.objects.select_related("body").exclude(pk=actor.organ.pk)))
    bound = RoleBinding.objects.filter(role__in=SENDERS, organ__in=organs, until__isnull=True)
    sending: dict[int, set[int]] = defaultdict(set)
    by_id = {organ.pk: organ for organ in organs}
    for organ_id in bound.values_list("organ", flat=True):
        sending[by_id[organ_id].body_id_or_own].add(organ_id)
    found: dict[str, set[int]] = defaultdict(set)
    for organ in organs:
        if organ.body is not None:
            found[squeezed(organ.full_name)].add(organ.pk)
            continue
        for name in (organ.name, organ.short_name):
            found[squeezed(name)] |= sending.get(organ.pk, set())
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _key(sender: str, letter: str, day: str, names: Iterable[str], unit: str) -> Key:
    persons = tuple(sorted(squeezed(name) for name in names))
    return squeezed(sender), squeezed(standard_number(letter)), day, persons or (squeezed(unit),)


def _key_of(entry: Entry) -> Key:
    data = entry.data
    names = [row["name"] for row in data["subjects"]]
    return _key(data["sender_name"], data["letter_number"], data["happened_on"], names, data["unit"])


def _known(actor: Actor, days: set[str]) -> dict[Key, list[_Known]]:
    """The clues in the actor's ledger received on these days, by key: one query, and one for persons."""
    fields = ("matter_id", "matter__number", "matter__title", "sender_name", "letter_number", "received_on",
              *(name for name in COMPARED if name != "title"))  # fmt: skip
    clues = Clue.objects.filter(
        received_on__in=days,
        matter__parties__role=PartyRole.RECEIVER,
        matter__parties__organ=actor.organ,
        matter__parties__until__isnull=True,
    )
    rows = {row["matter_id"]: row for row in clues.values(*fields)}
    persons: dict[Any, list[dict[str, str]]] = defaultdict(list)
    named = Subject.objects.filter(matter__in=clues.values("matter"))
    for one in named.values("matter_id", "name", "unit", "post", "authority", "id_number"):
        persons[one["matter_id"]].append({name: str(value) for name, value in one.items()})
    found: dict[Key, list[_Known]] = defaultdict(list)
    for matter, row in rows.items():
        names = [one["name"] for one in persons[matter]]
        key = _key(
            row["sender_name"], row["letter_number"], row["received_on"].isoformat(), names, row["unit"]
        )
        values = {name: plain(row["matter__title" if name == "title" else name]) for name in COMPARED}
        found[key].append(_Known(row["matter__number"], values, tuple(persons[matter])))
    return found


def _differences(entry: Entry, known: _Known) -> list[CellFault]:
    """What the row says otherwise than the ledger, of the columns it has."""
    found = []
    for name in COMPARED:
        said = entry.data[name]
        if name not in entry.mapped or (name == "title" and not said):
            continue
        new = plain(Decimal(said)) if name == "amount" and said else plain(said)
        if new != known.values[name]:
            found.append(_difference(name, _word(name, new), _word(name, known.values[name])))
    compared = ["name", *(one for one, column in again.PERSON_COLUMNS.items() if column in entry.mapped)]
    mine = Counter(tuple(plain(row[one]) for one in compared) for row in entry.data["subjects"])
    theirs = Counter(tuple(plain(row[one]) for one in compared) for row in known.persons)
    if mine != theirs:
        found.append(_difference("persons", _listed(mine - theirs), _listed(theirs - mine)))
    return found


def _word(name: str, value: str) -> str:
    choices = {"source": Source, "category": Category}.get(name)
    return str(choices(value).label) if choices and value else value


def _listed(persons: Counter[tuple[str, ...]]) -> str:
    return "；".join(" ".join(part for part in one if part) for one in persons)


def _difference(name: str, new: str, old: str) -> CellFault:
    reason = _("The book says “%(new)s”, the ledger “%(old)s”.") % {"new": _cut(new), "old": _cut(old)}
    return _fault(name, reason, _("If the book is right, correct the clue by the act for it."))


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def do(actor: Actor, outcome: Outcome, platform: Platform | None, file: str) -> None:
    """Do what is to be done of one row: enter it, or take and leave what was ticked."""
    if outcome.status is Status.CHANGED and outcome.decided and platform is not None:
        decide(actor, outcome, platform, file)
    else:
        enter(actor, outcome, platform)


def is_to_do(outcome: Outcome) -> bool:
    """Whether something is still to be done of a row."""
    return outcome.status is Status.NEW or (outcome.status is Status.CHANGED and bool(outcome.decided))


def decide(actor: Actor, outcome: Outcome, platform: Platform, file: str) -> None:
    """Take and leave what was ticked of one row, as one act with its corrections (采用与保留).

    It is compared once more: where either side has moved since the dry run, nothing is done.
    """
    entry = outcome.entry
    if entry is None:
        return
    found = again.find(actor, platform, [entry]).get(entry.data["book_number"])
    if found is None or found.lines != outcome.lines:
        reason = _("The clue was changed while you were deciding.")
        outcome.status = Status.REJECTED
        outcome.faults = [_fault("", reason, _("Take the file in again: it shows how they differ now."))]
        return
    taken = [name for name, wanted in outcome.decided.items() if wanted]
    base, left = settle(found.base, found.here, found.there, found.left, outcome.decided)
    known = Subject.objects.filter(matter=found.matter).values(*PERSON) if "persons" in taken else []
    labels = {line.name: line.label for line in found.lines}
    data = {
        "platform": platform.pk,
        "number_there": entry.data["book_number"],
        "record": str(found.record or ""),
        "base": base,
        "left": left,
        "corrections": again.corrections(entry, known, taken),
        "file": file[-200:],
        "place": entry.data["book_place"],
        "taken": _(", ").join(labels[name] for name in taken),
        "kept": _(", ").join(labels[name] for name, wanted in outcome.decided.items() if not wanted),
    }
    try:
        perform("clue.compare_source", actor, found.matter, data)
    except NotAllowed:
        raise
    except Refused as refused:
        outcome.status = Status.REJECTED
        outcome.faults = [_fault(_column_key(one.field), one.reason, one.remedy) for one in refused.faults]
    else:
        outcome.status = Status.DECIDED


def enter(actor: Actor, outcome: Outcome, platform: Platform | None = None) -> None:
    """Do the act of one row that is to be added; a refusal is told in its outcome.

    Inside the actor's scope. The same row is entered once, however often it is tried.
    """
    entry = outcome.entry
    if outcome.status is not Status.NEW or entry is None:
        return
    digest = entry.digest()
    data = {**entry.data, "import_key": digest}
    if platform is not None:
        data |= {"platform": platform.pk, "base": again.base_of(entry)}
    try:
        done = perform(entry.act, actor, None, data, key=f"book:{digest}")
    except KeepNothing:
        outcome.status, outcome.entry = Status.ABOVE, None
        outcome.faults, outcome.notices = [], []
    except NotAllowed:
        raise
    except Refused as refused:
        outcome.status = Status.REJECTED
        outcome.faults = [
            _fault(_column_key(fault.field), fault.reason, fault.remedy) for fault in refused.faults
        ]
    else:
        outcome.status = Status.THERE if done.repeated else Status.ADDED
        outcome.matter = str(done.matter_id)
        outcome.number = done.matter.number if done.matter else ""


def _column_key(name: str) -> str:
    return COLUMN_OF.get(name, name.removeprefix("book_"))


def _fault(key: str, reason: str, remedy: str) -> CellFault:
    return CellFault("", FIELDS[key].label if key in FIELDS else "", reason, remedy, key)


def place(outcomes: Sequence[Outcome], tables: Sequence[Table]) -> None:
    """Give every fault the address and heading of the cell it is about."""
    by_name = {table.name: table.columns for table in tables}
    for one in outcomes:
        columns = by_name[one.sheet]
        one.faults = [
            replace(
                fault,
                cell=address(one.row - 1, columns[fault.key].index),
                column=columns[fault.key].path or fault.column,
            )
            if not fault.cell and fault.key in columns
            else fault
            for fault in one.faults
        ]
