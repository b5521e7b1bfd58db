"""Cases opened from clues (案件)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Case(models.Model):
    """A case on file (立案案件); later mechanisms build on it. Depth: full."""

    matter = models.OneToOneField("matters.Matter", models.PROTECT, primary_key=True, related_name="case")
    filed_on = models.DateField(_("filed on"))
    basis = models.TextField(_("facts and basis for filing"))
    approved_by = models.CharField(_("approved by"), max_length=60)
