"""The first forms of correspondence (函询形式目录): liaison, guidance, information, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from guantong.kernel.acts.forms import DateInput, LongTextField
from guantong.kernel.organs.models import OrganKind
from guantong.mechanisms.correspondence.declared import (
    Asked,
    CopyTo,
    CorrespondenceForm,
    Side,
    Wording,
    declare,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LIAISON_POINTS = (
    "liaison_office", "soe_work_committee", "regulator_stationed_group", "enterprise_stationed_group",
    "accountability_department",
)  # fmt: skip
"""The roles that keep standing contact, by tier (联络点; CD-2.1)."""

THREE = (
    "case_supervision", "supervision_department", "investigation_department", "stationed_group",
    "inspection_office", "audit_executing_department",
)  # fmt: skip
"""The departments of commission, inspection and audit that ask one another for information (CZ-3.1)."""

HOLDERS = ("case_supervision", "inspection_office", "audit_executing_department")
"""Who gives information out for its body."""

INFORMATION = (
    ("integrity", _("Integrity information")),
    ("audit_report", _("Audit report")),
    ("inspection_report", _("Inspection report")),
    ("other", _("Other information")),
)


UNIT = Asked(lambda: forms.CharField(label=_("Unit concerned"), max_length=120, required=False), "涉及单位")


def _to(*roles: str) -> tuple[Side, ...]:
    return tuple(Side(role) for role in roles)


LIAISON_REQUEST = declare(
    CorrespondenceForm(
        code="liaison_request",
        label=_("Liaison request"),
        name="联络事项",
        senders=frozenset(LIAISON_POINTS),
        recipients=_to(*LIAISON_POINTS),
        clause="CD-2.1",
        refusable=True,
    )
)

LIAISON_MESSAGE = declare(
    CorrespondenceForm(
        code="liaison_message",
        label=_("Liaison message"),
        name="联络通报",
        senders=frozenset(LIAISON_POINTS),
        recipients=_to(*LIAISON_POINTS),
        clause="CD-2.1",
        owed=False,
    )
)

WORK_REMINDER = declare(
    CorrespondenceForm(
        code="work_reminder",
        label=_("Reminder of work overdue"),
        name="工作提示",
        senders=frozenset({"liaison_office"}),
        recipients=(Side(),),
        clause="CD-1.1",
        by_letter=True,
        wording=Wording(answer="关于{}办理情况的复函"),
    )
)
"""What the coordinating office writes to whoever is late with what it owes another body."""

GUIDANCE_COMMITTEE = declare(
    CorrespondenceForm(
        code="guidance_committee",
        label=_("Guidance of an enterprise's discipline body"),
        name="工作指导",
        senders=frozenset({"soe_work_committee"}),
        recipients=(
            *_to("enterprise_stationed_group", "enterprise_discipline"),
            Side("accountability_department", frozenset({OrganKind.ENTERPRISE})),
        ),
        clause="CD-1.3",
        followed=True,
        by_letter=True,
        wording=Wording(answer="关于{}落实情况的复函"),
    )
)

GUIDANCE_STATIONED = declare(
    CorrespondenceForm(
        code="guidance_stationed",
        label=_("Getting a regulator's department to guide its line"),
        name="推动业务指导",
        senders=frozenset({"regulator_stationed_group"}),
        recipients=(
            Side(hosted=True),
            Side("accountability_department", frozenset({OrganKind.REGULATOR})),
        ),
        clause="CD-1.3",
        followed=True,
        by_letter=True,
        wording=Wording(answer="关于{}落实情况的复函"),
    )
)

INFORMATION_REQUEST = declare(
    CorrespondenceForm(
        code="information_request",
        label=_("Request for information"),
        name="商请提供信息",
        senders=frozenset(THREE),
        recipients=_to(*HOLDERS),
        clause="CZ-3.1",
        asks={
            "wanted": Asked(
                lambda: forms.ChoiceField(label=_("Information asked for"), choices=INFORMATION),
                "需要提供的信息",
            ),
            "unit": UNIT,
            "basis": Asked(
                lambda: forms.CharField(
                    label=_("Legal basis"),
                    max_length=300,
                    help_text=_("The article that lets you ask for this."),
                ),
                "依据",
            ),
            "purpose": Asked(
                lambda: LongTextField(label=_("Purpose"), rows=2, max_length=500),
                "用途",
            ),
            "readers": Asked(
                lambda: forms.CharField(
                    label=_("Who will read it"), max_length=200, help_text=_("Departments or persons.")
                ),
                "知悉范围",
            ),
            "readable_until": Asked(
                lambda: forms.DateField(
                    label=_("Needed until"),
                    widget=DateInput,
                    help_text=_("After this day what was provided can no longer be read."),
                ),
                "使用期限至",
            ),
        },
        subjects=True,
        refusable=True,
        expires=True,
        discreet=True,
        wording=Wording(answer="关于{}提供有关信息的复函"),
    )
)

IMPORTANT_MATTER = declare(
    CorrespondenceForm(
        code="important_matter",
        label=_("Notification of an important matter"),
        name="重要情况通报",
        senders=frozenset(
            {"audit_executing_department", "audit_team", "inspection_office", "accountability_department"}
        ),
        recipients=_to("case_supervision"),
        clause="CZ-3.1",
        asks={"unit": UNIT},
        subjects=True,
        owed=False,
        known=True,
        discreet=True,
    )
)


def figure(label: str | _StrPromise, written: str) -> Asked:
    """Return a number that a form asks for (统计项)."""
    return Asked(lambda: forms.IntegerField(label=label, min_value=0, max_value=999_999), written)


WORK_REPORT = declare(
    CorrespondenceForm(
        code="work_report",
        label=_("Report of work to the discipline side"),
        name="监督工作情况",
        senders=frozenset({"accountability_department"}),
        recipients=_to("soe_work_committee"),
        clause="CD-2.4",
        asks={
            "inspections": figure(_("Inspections carried out"), "开展监督检查（次）"),
            "problems": figure(_("Problems found"), "发现问题（个）"),
            "rectified": figure(_("Problems put right"), "完成整改（个）"),
            "cases": figure(_("Accountability cases opened"), "立项责任追究（件）"),
            "people": figure(_("Persons held accountable"), "追究责任人员（人）"),
            "handed_over": figure(_("Clues handed to discipline inspection"), "移送问题线索（件）"),
            "plans": Asked(
                lambda: LongTextField(label=_("Work of the next period"), rows=3, max_length=2000),
                "下期工作安排",
            ),
        },
        owed=False,
        by_letter=True,
        by_calendar=True,
        copies=(CopyTo(stationed=True),),
        wording=Wording(title="关于报送{}的函", closing="特此报送。"),
    )
)
