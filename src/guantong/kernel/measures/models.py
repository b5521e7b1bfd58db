"""Published measures and where they are in force (办法的发布与采用)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeasureVersion(models.Model):
    """One published version of a measure: its file, unchanged for ever (办法版本)."""

    measure = models.CharField(max_length=32)
    version = models.CharField(max_length=32)
    title = models.CharField(_("title"), max_length=200)
    effective_on = models.DateField(_("effective on"))
    digest = models.CharField(max_length=80)
    source = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["measure", "version"], name="measure_version_once")]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"


class Adoption(models.Model):
    """A jurisdiction applies a measure version from a date, with its own settings (采用; CD-1.2).

    `decisions` says of each of the settings why it was decided so, by whom and when (`reason`, `by`, `on`).
    `on_trial`, `review_on`: whether it is on trial here, and when it is looked at again (试行、评估).
    """

    jurisdiction = models.ForeignKey("organs.Jurisdiction", models.PROTECT, related_name="adoptions")
    measure_version = models.ForeignKey(MeasureVersion, models.PROTECT, related_name="adoptions")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    decisions = models.JSONField(default=dict, blank=True)
    on_trial = models.BooleanField(_("on trial"), default=False)
    review_on = models.DateField(_("review on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "measure_version", "since"], name="adopted_once")
        ]


class AdoptionDraft(models.Model):
    """A guide to adoption, wherever it was left (采用向导): all that was typed in it, right or wrong.

    `pattern`: the place whose adoption it started from. `bindings`: role to organ. `typed`: fields of the
    steps by name.
    """

    jurisdiction = models.OneToOneField("organs.Jurisdiction", models.CASCADE, related_name="+")
    pattern = models.ForeignKey("organs.Jurisdiction", models.CASCADE, null=True, related_name="+")
    versions = models.JSONField(default=list)
    bindings = models.JSONField(default=dict)
    typed = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
