"""Forms by which enforcement is summed up and told to the shareholder (执纪执法情况通报; CD-2.5).

Returns are collected as parts of a summary, which stays in the house; what leaves it is a notice of its own.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.forms import LongTextField
from guantong.kernel.organs.models import OrganKind
from guantong.mechanisms.correspondence.declared import (
    Asked,
    CorrespondenceForm,
    Side,
    Wording,
    declare,
)
from guantong.mechanisms.correspondence.first_forms import figure

OFFICE = frozenset({"liaison_office"})
"""The commission's supervision office for the field of state-owned enterprises."""

DISCIPLINE_BODIES = (
    "enterprise_discipline", "enterprise_stationed_group", "regulator_stationed_group", "soe_work_committee",
    "case_supervision",
)  # fmt: skip
"""Who is asked for a return: the discipline bodies of each level (各级纪检监察组织)."""

COUNTED = ("clues", "cases")
"""The figures that the ledger counts too."""

APPROVED = "approved"
DECISIONS = ((APPROVED, _("Approved for release")), ("not_approved", _("Not approved, to be changed")))

ENFORCEMENT_RETURN = declare(
    CorrespondenceForm(
        code="enforcement_return",
        label=_("Return of enforcement, collected"),
        name="执纪执法情况报送",
        senders=OFFICE,
        recipients=tuple(Side(role) for role in DISCIPLINE_BODIES),
        clause="CD-2.5",
        answers={
            "clues": figure(_("Clues taken in hand"), "受理问题线索（件）"),
            "cases": figure(_("Cases opened"), "立案（件）"),
            "sanctions": figure(_("Persons sanctioned"), "给予处分（人）"),
            "admonished": figure(_("Persons admonished"), "谈话提醒、批评教育（人）"),
            "prosecuted": figure(_("Persons handed to prosecution"), "移送检察机关（人）"),
        },
        by_collection=True,
    )
)

ENFORCEMENT_SUMMARY = declare(
    CorrespondenceForm(
        code="enforcement_summary",
        label=_("Summary of enforcement, for approval"),
        name="国企领域执纪执法情况汇总",
        senders=OFFICE,
        recipients=(Side("leadership"),),
        clause="CD-2.5",
        asks={
            "withheld": Asked(
                lambda: LongTextField(
                    label=_("What the shareholder may not know"),
                    rows=3,
                    max_length=2000,
                    required=False,
                    help_text=_(
                        "One a line: names, case numbers. The notice is refused while it or the text of an"
                        " attachment bears one; pictures and scans look through yourselves."
                    ),
                )
            ),
        },
        answers={"approval": Asked(lambda: forms.ChoiceField(label=_("Approval"), choices=DECISIONS))},
        followed=True,
        by_calendar=True,
        collects="enforcement_return",
    )
)

ENFORCEMENT_NOTICE = declare(
    CorrespondenceForm(
        code="enforcement_notice",
        label=_("Notice of enforcement to the shareholder"),
        name="国企领域执纪执法情况通报",
        senders=OFFICE,
        recipients=(Side("accountability_department", frozenset({OrganKind.REGULATOR})),),
        clause="CD-2.5",
        owed=False,
        by_letter=True,
        releases="enforcement_summary",
        wording=Wording(title="关于{}的通报", closing="特此通报。", series="通报"),
    )
)
