"""What is asked where something came from outside the platform (外来件登记)."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.forms import ActForm, PastDateField


class ToldForm(ActForm):
    """What came from an organ outside this platform: a sealed file, or paper with its scan (外来答复)."""

    happened_on = PastDateField(label=gettext_lazy("Came on"))
    message = forms.FileField(
        label=gettext_lazy("Exchange file"),
        required=False,
        help_text=gettext_lazy("The .gtx file of the disc, or the answer form (.json)."),
    )
    scan = forms.FileField(
        label=gettext_lazy("Scan of their paper"),
        required=False,
        help_text=gettext_lazy("Needed unless a sealed file says the same."),
    )
