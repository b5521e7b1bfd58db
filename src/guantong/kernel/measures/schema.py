"""The shape of a measure file (办法文件的结构): what it may contain, not yet whether it makes sense.

`check.py` holds the checks that need more than one place of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from guantong.kernel.measures import forms
from guantong.kernel.measures.table_schema import TableSpec
from guantong.kernel.measures.text import Cite, Text

Name = Annotated[str, StringConstraints(pattern=forms.NAME)]
ClauseId = Annotated[str, StringConstraints(pattern=forms.CLAUSE)]
Holder = Annotated[str, StringConstraints(pattern=forms.HOLDER)]
FullCode = Annotated[str, StringConstraints(pattern=forms.RULE)]
Event = Annotated[str, StringConstraints(pattern=forms.EVENT)]
RoleRef = Annotated[str, StringConstraints(pattern=forms.ROLE)]
Purpose = Annotated[str, StringConstraints(pattern=forms.PURPOSE)]
Scalar = str | int | bool
UNITS = ("years", "months", "days", "working_days", "hours")
Unit = Literal["years", "months", "days", "working_days", "hours"]
BodyTier = Literal["province", "city", "county"]
SettingKind = Literal["period", "int", "bool", "choice", "text"]


class Part(BaseModel):
    """A part of a measure file: closed, unchangeable, never converting a value silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Period(Part):
    """A period in exactly one unit (期限), or the setting that holds it.

    `fact`: where the matter has a period of its own under this name, that one counts instead.
    """

    years: Annotated[int, Field(ge=1)] | None = None
    months: Annotated[int, Field(ge=1)] | None = None
    days: Annotated[int, Field(ge=0)] | None = None
    working_days: Annotated[int, Field(ge=0)] | None = None
    hours: Annotated[int, Field(ge=1)] | None = None
    setting: Name | None = None
    fact: Name | None = None

    def given(self) -> list[str]:
        """Names of the units, and of 'setting', that the file gives."""
        return [name for name in (*UNITS, "setting") if getattr(self, name) is not None]


class SettingRef(Part):
    """Points at a setting of the same clause (引用参数)."""

    setting: Name


def _start_tag(value: object) -> str:
    return "<name>" if isinstance(value, str) else "<setting>"


Start = Annotated[
    Annotated[Name, Tag("<name>")] | Annotated[SettingRef, Tag("<setting>")], Discriminator(_start_tag)
]


class Source(Part):
    """A text that clauses are taken from (依据): a law, a Party regulation, the measure, local practice."""

    title: Text
    number: str = ""
    note: Text | None = None


class Role(Part):
    """A role the measure speaks of (角色); a jurisdiction binds it to one of its organs."""

    name: Text
    description: Text


class Alternative(Part):
    """Another value an open setting may take (另一种读法)."""

    value: object
    reading: Text


class Setting(Part):
    """What a city may decide about a clause (参数); `pending` means still to be confirmed (待核).

    `governs`: what of the platform the setting decides, beyond the duties and tables that name it.
    """

    value: object
    kind: SettingKind
    label: Text
    governs: Purpose | None = None
    choices: list[str] = []
    pending: bool = False
    reading: Text | None = None
    alternatives: list[Alternative] = []
    source: Cite


class Escalation(Part):
    """One step that follows when a duty is late (逾期处置): so long after, by which act, to whom, from whom.

    `by` left out: the claimant.
    """

    after: Period
    act: Event | None = None
    to: Holder
    by: Holder | None = None


EVENT_FIELDS = (
    "on", "discharged_by", "cancelled_by", "paused_by", "resumed_by", "extended_by", "renewed_by",
    "restarted_by",
)  # fmt: skip


class DutyRule(Part):
    """Who owes whom which act, from when, by when, and what ends it (责任规则).

    `before`: the period is counted back from a planned day, which `start` names (事前责任). `done_before`: an
    act that fulfils it and was done at most so long before it arose counts (同时办理).
    """

    code: Name
    name: Text
    on: Annotated[list[Event], Field(min_length=1)]
    when: dict[str, list[Scalar] | Scalar] = {}
    holder: Holder
    claimant: Holder
    start: Start = "happened_on"
    period: Period
    before: bool = False
    done_before: Period | None = None
    discharged_by: list[Event] = []
    discharge_when: dict[str, list[Scalar] | Scalar] = {}
    cancelled_by: list[Event] = []
    paused_by: list[Event] = []
    resumed_by: list[Event] = []
    extended_by: list[Event] = []
    renewed_by: list[Event] = []
    restarted_by: list[Event] = []
    pausable: SettingRef | None = None
    about: Literal["matter", "origin"] = "matter"
    escalation: list[Escalation] = []
    closing: bool = False
    per_item: bool = False
    replaces: list[FullCode] = []

    def events(self) -> Iterator[tuple[str, int, str]]:
        """Every event the rule names, with its field and place in it."""
        for field in EVENT_FIELDS:
            for index, event in enumerate(getattr(self, field)):
                yield field, index, event

    def settings(self) -> Iterator[str]:
        """Names of the settings of its clause that the rule uses (所用参数)."""
        after = [step.after for step in self.escalation]
        start = self.start if isinstance(self.start, SettingRef) else None
        for used in (self.period, self.done_before, *after, start, self.pausable):
            if used is not None and used.setting is not None:
                yield used.setting


class CadenceRule(Part):
    """What comes round by the calendar (周期责任): how often, what kind of matter, owed by whom to whom.

    `aligned`: counted within the calendar year, or from the day of adoption. `moves`: whether a last day of
    rest moves on to the next working day. `body`: the kind of body that is to sit; who keeps its office owes
    it. `shown_to`: who sees besides that it is held. `each`: one for each organ the holder's role is bound
    to. `least_share`: and one for each company in which those hold at least so many per cent, tier by tier
    (沿出资关系逐级). `form`: of what form the matter is, where its kind has several. `within`: it is owed so
    long after the period's last day (期后报送), not within the period.
    """

    code: Name
    name: Text
    every: Period
    aligned: SettingRef
    moves: SettingRef
    opens: Name
    holder: Annotated[str, StringConstraints(pattern=forms.ROLE)]
    claimant: Annotated[str, StringConstraints(pattern=forms.ROLE)]
    discharged_by: Annotated[list[Event], Field(min_length=1)]
    body: Name | None = None
    shown_to: list[RoleRef] = []
    each: bool = False
    least_share: SettingRef | None = None
    form: Name | None = None
    within: Period | None = None

    def settings(self) -> Iterator[str]:
        """Names of the settings of its clause that the cadence uses (所用参数)."""
        for used in (self.every, self.aligned, self.moves, self.least_share, self.within):
            if used is not None and used.setting is not None:
                yield used.setting


class SeatRule(Part):
    """A seat that a body must have (必设席位): of which role, as what.

    `seat: member` is met by any seat. `principal`: its holder is the principal head of that role's organ.
    """

    role: RoleRef
    seat: Literal["chair", "deputy", "member"] = "member"
    principal: bool = False


class BodyRule(Part):
    """A body that there must be (议事协调机构) at these tiers, who keeps its office, and who sits on it.

    `chair` and `deputy`: what these are called there (主任、组长、召集人). `required`: a setting by
    which a place may do without it. `meets`: the setting that says how often it meets.
    """

    kind: Name
    name: Text
    tiers: Annotated[list[BodyTier], Field(min_length=1)]
    office: RoleRef
    chair: Text | None = None
    deputy: Text | None = None
    seats: Annotated[list[SeatRule], Field(min_length=1)]
    required: SettingRef | None = None
    meets: SettingRef | None = None

    def settings(self) -> Iterator[str]:
        """Names of the settings of its clause that the rule uses (所用参数)."""
        for used in (self.required, self.meets):
            if used is not None:
                yield used.setting


class PostRule(Part):
    """Posts of this rank, or a higher one, in the organ of a role (职务); `title` is what they are called."""

    role: RoleRef
    rank: Literal["principal", "leader", "head", "staff"]
    title: Text | None = None


class OnBody(Part):
    """A seat on a body (席位); `member` is met by any."""

    body: Name
    seat: Literal["chair", "deputy", "member"] = "member"


class ConcurrentRule(Part):
    """Whoever holds one post must also hold another, or sit on a body (兼任规则)."""

    code: Name
    name: Text
    tiers: Annotated[list[BodyTier], Field(min_length=1)]
    whoever: PostRule
    holds: PostRule | None = None
    sits: OnBody | None = None
    required: SettingRef | None = None

    def settings(self) -> Iterator[str]:
        """Names of the settings of its clause that the rule uses (所用参数)."""
        if self.required is not None:
            yield self.required.setting


class Clause(Part):
    """One rule of a measure (条款), in our own words, with what the software makes of it.

    `pages`: what carries it where no act about a matter does, but a page of the administration.
    """

    id: ClauseId
    title: Text
    text: Text
    cite: Annotated[list[Cite], Field(min_length=1)]
    status: Literal["carried", "planned"]
    not_yet: Text | None = None
    override: Literal["allowed", "forbidden"]
    override_fields: list[Name] = []
    acts: list[str] = []
    pages: list[Literal["adoption"]] = []
    tables: list[Name] = []
    settings: dict[Name, Setting] = {}
    duties: list[DutyRule] = []
    cadences: list[CadenceRule] = []
    bodies: list[BodyRule] = []
    concurrent: list[ConcurrentRule] = []

    def owed(self) -> list[Text]:
        """Names of what the clause makes owed: bodies, what comes round by the calendar, what acts open."""
        bodies = [*(one.name for one in self.bodies), *(one.name for one in self.concurrent)]
        return [*bodies, *(one.name for one in self.cadences), *(one.name for one in self.duties)]

    def may_override(self, setting: str) -> bool:
        """Whether a jurisdiction may decide `setting` otherwise (CD-1.2)."""
        if self.override == "forbidden":
            return False
        return not self.override_fields or setting in self.override_fields


class Level(Part):
    """For which tier the measure was made (适用层级), and for which place."""

    tier: Literal["national", "province", "city", "county", "any"]
    place: Text


class Effective(Part):
    """From which day this version counts (施行日期); `pending` while the true day is not known."""

    on: date
    pending: bool = False
    reading: Text | None = None


class MeasureFile(Part):
    """A whole measure (办法), as its file gives it."""

    id: Name
    prefix: Annotated[str, StringConstraints(pattern=forms.PREFIX)]
    title: Text
    jurisdiction: Level
    version: Annotated[str, StringConstraints(pattern=forms.VERSION)]
    effective: Effective
    status: Literal["in_force", "trial"]
    review_on: date | None = None
    review_pending: bool = False
    source: Cite
    sources: dict[Name, Source]
    roles: dict[Name, Role] = {}
    clauses: Annotated[list[Clause], Field(min_length=1)]
    tables: dict[Name, TableSpec] = {}
