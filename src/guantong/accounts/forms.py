"""Forms about accounts (账号表单)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.acts.forms import DateInput
from guantong.kernel.organs.models import Post

USUAL = timedelta(days=90)


class TokenForm(forms.Form):
    """A new token of one's own (新令牌)."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
    post = forms.ChoiceField(label=_("Post it acts in"))
    expires_on = forms.DateField(
        label=_("Valid until"), widget=DateInput, help_text=_("At most one year; shorter is safer.")
    )

    def __init__(self, *args: Any, posts: tuple[Post, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].choices = [  # type: ignore[attr-defined]
            (post.pk, f"{post.organ.full_name} {post.title}") for post in posts
        ]
        self.initial.setdefault("expires_on", clock.today() + USUAL)
