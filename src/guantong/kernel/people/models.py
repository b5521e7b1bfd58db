"""Persons under oversight and their part in matters (监督对象)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guantong.kernel.matters.ids import new_id


class Authority(models.TextChoices):
    """Who manages the cadre; decides who has jurisdiction (干部管理权限).

    `OUTSIDE`: no supervisory organ may handle the person (非党员、非监察对象), which has to be said, never
    presumed.
    """

    CENTRAL = "central", _("Central authority")
    PROVINCIAL = "provincial", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")
    ENTERPRISE = "enterprise", _("Enterprise")
    NONE = "none", _("Not a cadre")
    OUTSIDE = "outside", _("Neither Party member nor supervisory object")
    UNKNOWN = "unknown", _("Not known yet")


class Subject(models.Model):
    """A person as a matter names him: unit and post on that date, cadre authority (被反映人).

    Two matters name the same person where they give the same identity number. There is no table of persons:
    that a number is known, and under which name, must not be learnt from matters one does not see.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey("matters.Matter", models.PROTECT, related_name="subjects")
    name = models.CharField(_("name"), max_length=60)
    id_number = models.CharField(_("identity number"), max_length=18, blank=True)
    unit = models.CharField(_("unit"), max_length=120)
    post = models.CharField(_("post"), max_length=80, blank=True)
    post_on = models.DateField(_("post held on"), null=True, blank=True)
    authority = models.CharField(
        _("cadre authority"), max_length=16, choices=Authority.choices, default=Authority.UNKNOWN
    )
    party_member = models.BooleanField(_("Party member"), null=True)
    supervisory_object = models.BooleanField(_("supervisory object"), null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["name"], name="subject_name"),
            models.Index(fields=["id_number"], name="subject_id_number", condition=~models.Q(id_number="")),
        ]

    def __str__(self) -> str:
        return self.name
