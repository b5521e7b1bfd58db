"""Forms that go to the Party committee (请示报告; CZ-1.1): a request for one thing, a report for none."""

from __future__ import annotations

import re
from dataclasses import replace

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from guantong.mechanisms.correspondence.declared import (
    Asked,
    CorrespondenceForm,
    Side,
    Wording,
    declare,
)
from guantong.mechanisms.correspondence.first_forms import HOLDERS

SECOND = re.compile(r"(?:^|[\s；;。])(?:二|（二）|\(二\)|2)\s*[、.．)）]|[；;\n]")
ASKING = re.compile(
    r"妥否|当否|可否|是否同意|恳请|请(?:予以?|市委|县委|党委)?(?:批准|批示|批复|审批|审定|审议|指示|示)"
)
DECISIONS = (
    ("", _("As the text says")),
    ("agreed", _("Agreed")),
    ("agreed_in_principle", _("Agreed in principle, with changes")),
    ("not_agreed", _("Not agreed")),
    ("later", _("To be studied further")),
)


def one_matter(text: str) -> None:
    """Refuse a request for several things (一文一事). Raises ValidationError."""
    if SECOND.search(text.strip()):
        raise forms.ValidationError(
            _t("A request asks for one thing, and this names several. Write a request of its own for each.")
        )


def asks_nothing(text: str) -> None:
    """Refuse a report that asks for a decision (报告不得夹带请示事项). Raises ValidationError."""
    found = ASKING.search(text)
    if found:
        raise forms.ValidationError(
            _t("A report may not carry a request, and this one says “%(words)s”. Write a request instead.")
            % {"words": found[0]}
        )


PARTY_REQUEST = declare(
    CorrespondenceForm(
        code="party_request",
        label=_("Request to the Party committee"),
        name="请示",
        senders=frozenset(HOLDERS),
        recipients=(Side("party_committee", own_place=True),),
        clause="CZ-1.1",
        asks={
            "matter_asked": Asked(
                lambda: forms.CharField(
                    label=_("What is asked for"),
                    max_length=200,
                    validators=[one_matter],
                    help_text=_("One thing, in one sentence: a request deals with one matter."),
                ),
                "请示事项",
            ),
        },
        answers={
            "decision": Asked(
                lambda: forms.ChoiceField(
                    label=_("Decision on the request"), choices=DECISIONS, required=False
                )
            ),
        },
        by_letter=True,
        for_body=True,
        wording=Wording(
            title="关于{}的请示", closing="妥否，请批示。", answer="关于{}的批复", answer_closing="此复。",
            answer_said="经研究，现批复如下：", series="请", answer_series="批复", upward=True,
        ),
    )
)  # fmt: skip

PARTY_REPORT = declare(
    CorrespondenceForm(
        code="party_report",
        label=_("Report to the Party committee"),
        name="报告",
        senders=frozenset(HOLDERS),
        recipients=(Side("party_committee", own_place=True),),
        clause="CZ-1.1",
        owed=False,
        by_letter=True,
        for_body=True,
        text_rules=(asks_nothing,),
        wording=Wording(title="关于{}的报告", closing="特此报告。", series="报", upward=True),
    )
)

PERIODIC_PARTY_REPORT = declare(
    replace(
        PARTY_REPORT,
        code="periodic_party_report",
        label=_("Periodic report to the Party committee"),
        name="综合情况",
        by_calendar=True,
        for_body=False,
    )
)
"""The same report where a measure lets the calendar open it (综合报告)."""
