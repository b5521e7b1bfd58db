"""Tasks given by one organ and held by another (交办事项), whole and in parts (统分结合)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    """What a task is about (事项类别; CZ-1.2 speaks of audit matters)."""

    AUDIT = "audit", _("Audit matter")
    OTHER = "other", _("Other matter")


class Task(models.Model):
    """One task (交办事项). Depth: full.

    Its matter's parties say who gave it (sender) and who holds it (handler). `whole`: the task it is a part
    of, `level` how many stand above it; `parts_made` numbers the parts. `led`: who gave it keeps it and draws
    its parts together (牵头统筹). `progress`: what was reported last.
    """

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="task")
    whole = models.ForeignKey("matters.Matter", models.PROTECT, null=True, related_name="task_parts")
    level = models.PositiveSmallIntegerField(default=0)
    parts_made = models.PositiveSmallIntegerField(default=0)
    field = models.CharField(_("kind of task"), max_length=16, choices=Field.choices, default=Field.OTHER)
    place = models.ForeignKey(
        "organs.Jurisdiction", models.PROTECT, null=True, related_name="+", verbose_name=_("place concerned")
    )
    text = models.TextField(_("what is to be done"))
    due_on = models.DateField(_("to be done by"))
    led = models.BooleanField(_("unified by who gave it"), default=False)
    letter_number = models.CharField(_("number of the letter"), max_length=60, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True)
    progress = models.TextField(_("reported last"), blank=True)
    progress_on = models.DateField(_("reported on"), null=True)
    completed_on = models.DateField(_("done on"), null=True)
    contested = models.TextField(_("why it is contested"), blank=True)
    extension_until = models.DateField(_("extension asked until"), null=True)
    extension_reason = models.CharField(_("why an extension is asked"), max_length=500, blank=True)
