"""Organs, officers and the posts they hold (机构、人员、职务)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    """Level of a jurisdiction (层级)."""

    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("City")
    COUNTY = "county", _("County")
    ENTERPRISE = "enterprise", _("Enterprise")


class OrganKind(models.TextChoices):
    """What an organ is (机构类别)."""

    DISCIPLINE = "discipline", _("Discipline inspection commission")
    INSPECTION = "inspection", _("Inspection office")
    AUDIT = "audit", _("Audit bureau")
    REGULATOR = "regulator", _("State-asset regulator")
    ENTERPRISE = "enterprise", _("State-owned enterprise")
    OTHER = "other", _("Other organ")


class Rank(models.TextChoices):
    """Rank of a post within its organ (职级: 主要负责人、分管负责人、部门负责人、工作人员)."""

    PRINCIPAL = "principal", _("Principal head")
    LEADER = "leader", _("Leader in charge")
    HEAD = "head", _("Department head")
    STAFF = "staff", _("Staff")


LEADERS = frozenset({Rank.PRINCIPAL, Rank.LEADER})
HEADS = frozenset({Rank.HEAD})


class Jurisdiction(models.Model):
    """A place in which a measure is adopted (地区)."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    tier = models.CharField(_("tier"), max_length=16, choices=Tier.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    def __str__(self) -> str:
        return self.name


class Organ(models.Model):
    """A body or a department of one (机构、内设机构)."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=16, choices=OrganKind.choices)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="organs")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="departments")
    body = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="all_departments")
    number_prefix = models.CharField(_("character for paper numbers"), max_length=12, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    elsewhere = models.BooleanField(_("works elsewhere"), default=False)

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "kind"], name="organ_place_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def body_id_or_own(self) -> int:
        """Id of the body this department belongs to, or its own (所属机关)."""
        return self.body_id or self.pk

    @property
    def full_name(self) -> str:
        """Body and department, as a letter would name it (机关全称)."""
        return f"{self.body.name}{self.name}" if self.body else self.name


def full_name_is(*names: str) -> Q:
    """Return the condition that an organ is called so in full, by one of these names (按全称查找机构)."""
    full = Concat(Coalesce("body__name", Value("")), "name", output_field=models.CharField())
    return Q(pk__in=Organ.objects.annotate(called=full).filter(called__in=names).values("pk"))


class Officer(models.Model):
    """A person who works in an organ and acts in the platform (工作人员)."""

    name = models.CharField(_("name"), max_length=60)
    staff_number = models.CharField(_("staff number"), max_length=32, unique=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post an officer holds in an organ for a time; acts are done in one post (职务、身份; CD-1.3)."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="posts")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="posts")
    title = models.CharField(_("title"), max_length=60)
    rank = models.CharField(_("rank"), max_length=16, choices=Rank.choices)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="post_until_after_since"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organ}{self.title}"


class Deputy(models.Model):
    """That one post stands in for another whenever its holder is away (A、B角)."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="deputies")
    deputy = models.ForeignKey(Post, models.PROTECT, related_name="+")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    recorded_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(post=F("deputy")), name="deputy_is_another"),
            models.UniqueConstraint(
                fields=["post"], condition=Q(until__isnull=True), name="one_deputy_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post} / {self.deputy}"


class Leave(models.Model):
    """That the holder of a post is away, and who acts in it meanwhile (请假、代班). Ends by itself.

    `deputy` empty: nobody acts in it. `recorded_by` and `ended_by`: the posts in which that was typed in.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="leaves")
    deputy = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="stands_in")
    since = models.DateField(_("away from"))
    until = models.DateField(_("away to"))
    recorded_by = models.ForeignKey(Post, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(post=F("deputy")), name="leave_deputy_is_another"),
        ]
        indexes = [
            models.Index(fields=["deputy", "until"], name="leave_deputy_until"),
            models.Index(fields=["post", "until"], name="leave_post_until"),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.since} – {self.until}"


class RoleBinding(models.Model):
    """Which organ fills a role of the measures in a jurisdiction (角色绑定)."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="bindings")
    role = models.CharField(_("role"), max_length=64)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="bindings")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "role", "organ", "since"], name="binding_once")
        ]
        indexes = [models.Index(fields=["organ", "role"], name="binding_organ_role")]

    def __str__(self) -> str:
        return f"{self.role} = {self.organ}"


class _Valid(models.Manager[Any]):
    """Rows that were not entered by mistake."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(mistake="")


class Dated(models.Model):
    """What holds from a day on, on the strength of a document, until it ends (有起止和依据的登记).

    Nothing is deleted. A row that ought never to have been entered is marked as one with the reason
    (`mistake`, 误录更正): it stays on record under `every`, and no reading of `objects` counts it.
    """

    basis = models.CharField(_("according to"), max_length=200, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    mistake = models.CharField(_("entered by mistake because"), max_length=200, blank=True)

    objects = _Valid()
    every = models.Manager()

    class Meta:
        abstract = True


VALID = Q(mistake="")


class Body(Dated):
    """A body on which organs sit together (议事协调机构: 审计委员会、协调小组、领导小组、联席会议; CZ-1.1).

    `kind`: what the measures call it. `office`: the organ or department that keeps its office and convenes it
    (办公室). `company`: the enterprise whose own body it is (CD-2.3).
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="bodies")
    kind = models.CharField(_("kind"), max_length=64)
    name = models.CharField(_("name"), max_length=120)
    office = models.ForeignKey(Organ, models.PROTECT, related_name="offices_of")
    company = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="bodies")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "kind"],
                condition=Q(until__isnull=True, company__isnull=True) & VALID,
                name="body_once_a_place",
                violation_error_message=_("This place has such a body already. End that one first."),
            ),
            models.UniqueConstraint(
                fields=["company", "kind"],
                condition=Q(until__isnull=True) & VALID,
                name="body_once_a_company",
                violation_error_message=_("This enterprise has such a body already. End that one first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeatRank(models.TextChoices):
    """What a member is on a body (席位: 主任或组长、副主任或副组长、成员)."""

    CHAIR = "chair", _("Chair")
    DEPUTY = "deputy", _("Deputy chair")
    MEMBER = "member", _("Member")


class Seat(Dated):
    """The seat of an organ on a body for a time (成员单位、席位); without a post it is vacant (空缺)."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="seats")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="seats")
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="seats")
    rank = models.CharField(_("seat"), max_length=16, choices=SeatRank.choices, default=SeatRank.MEMBER)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="seat_until_after_since"
            )
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.get_rank_display()}"


class Stake(Dated):
    """What an organ or enterprise owns of an enterprise for a time, in per cent (出资关系; CD-1.4)."""

    owner = models.ForeignKey(Organ, models.PROTECT, related_name="stakes")
    company = models.ForeignKey(Organ, models.PROTECT, related_name="owners")
    percent = models.DecimalField(_("share in per cent"), max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("company")), name="stake_in_another"),
            models.CheckConstraint(
                condition=Q(percent__gt=0) & Q(percent__lte=100), name="stake_percent_in_range"
            ),
            models.UniqueConstraint(
                fields=["owner", "company", "since"],
                condition=VALID,
                name="stake_once_a_day",
                violation_error_message=_("This share is entered from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.percent}% {self.company}"


class Stationing(Dated):
    """At which body a dispatched group is stationed for a time (派驻、驻在单位; CD-2.4)."""

    group = models.ForeignKey(Organ, models.PROTECT, related_name="stationed_at")
    host = models.ForeignKey(Organ, models.PROTECT, related_name="stationed_groups")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(group=F("host")), name="stationed_at_another"),
            models.UniqueConstraint(
                fields=["group", "host", "since"],
                condition=VALID,
                name="stationed_once_a_day",
                violation_error_message=_("This is entered from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} / {self.host}"


class Posting(Dated):
    """That an officer of one organ works in another for a term (交流任职; CZ-1.3).

    `term_ends`: the day on which the term is to end; `until` once it has ended. `speciality`: what he is good
    at and has done, in words by which experts are looked for.
    """

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="postings")
    home = models.ForeignKey(Organ, models.PROTECT, related_name="sent_out")
    host = models.ForeignKey(Organ, models.PROTECT, related_name="taken_in")
    work = models.CharField(_("work there"), max_length=120)
    term_ends = models.DateField(_("term ends on"))
    speciality = models.CharField(_("experience and speciality"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(home=F("host")), name="posting_to_another"),
            models.CheckConstraint(condition=Q(term_ends__gte=F("since")), name="posting_has_a_term"),
            models.UniqueConstraint(
                fields=["officer", "host", "since"],
                condition=VALID,
                name="posting_once_a_day",
                violation_error_message=_("This is entered from this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.home} → {self.host}"
