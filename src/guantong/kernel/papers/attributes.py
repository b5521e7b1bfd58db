"""Attributes of a paper (公文要素): secrecy and its term, urgency, copies and their numbers.

GB/T 9704-2012, 7.2.1 to 7.2.3, and 党政机关公文处理工作条例 Art. 9: a classified paper bears a copy number.
保守国家秘密法 (revised 2024) Art. 20: unless ruled otherwise a state secret is kept for at most 30 years
where it is 绝密, 20 where 机密, 10 where 秘密. Nothing that is 绝密 is kept in this platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import refuse
from guantong.kernel.matters.models import Matter, Secrecy
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.models import Paper, Urgency

RISING = (Secrecy.WORK, Secrecy.SECRET, Secrecy.CONFIDENTIAL)
MARKS = {Secrecy.SECRET: "秘密", Secrecy.CONFIDENTIAL: "机密"}
URGENT = {Urgency.URGENT: "加急", Urgency.MOST_URGENT: "特急"}
LONGEST = {Secrecy.SECRET: 10, Secrecy.CONFIDENTIAL: 20}
"""The longest term in years (保密法第二十条)."""
MOST_COPIES = 999
NAMES = ("secrecy", "secrecy_years", "urgency", "copies")


class AttributesForm(forms.Form):
    """The fields in which the attributes are set (要素栏); what is left empty is as the matter has it."""

    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"),
        choices=[("", gettext_lazy("Ordinary")), *Urgency.choices],
        required=False,
    )
    secrecy = forms.ChoiceField(
        label=gettext_lazy("Secrecy of the paper"),
        choices=[("", gettext_lazy("As the matter")), *Secrecy.choices],
        required=False,
    )
    secrecy_years = forms.IntegerField(
        label=gettext_lazy("Kept secret for (years)"),
        min_value=1,
        max_value=max(LONGEST.values()),
        required=False,
        help_text=gettext_lazy("State secrets only. Empty: the longest term."),
    )
    copies = forms.IntegerField(
        label=gettext_lazy("Copies"),
        min_value=1,
        max_value=MOST_COPIES,
        required=False,
        error_messages={"min_value": gettext_lazy("A paper has at least one copy: give 1 or more.")},
        help_text=gettext_lazy("One for each recipient. Classified ones are numbered."),
    )


def read(data: Mapping[str, Any], matter: Matter) -> dict[str, Any]:
    """Return the attributes a form asks for. Raises Refused where they go below the matter or beyond law."""
    secrecy = Secrecy(data.get("secrecy") or matter.secrecy)
    years = data.get("secrecy_years")
    require_secrecy(secrecy, matter)
    if years and secrecy not in LONGEST:
        raise refuse(
            "secrecy_years",
            _("A paper that is “%(secrecy)s” bears no term.") % {"secrecy": secrecy.label},
            _("Leave the years empty, or raise the secrecy of the paper."),
        )
    if years and years > LONGEST[secrecy]:
        raise refuse(
            "secrecy_years",
            _("“%(secrecy)s” is kept for at most %(years)s years.")
            % {"secrecy": secrecy.label, "years": LONGEST[secrecy]},
            _("Give a shorter term."),
        )
    return {
        "secrecy": secrecy.value,
        "secrecy_years": years or LONGEST.get(secrecy),
        "urgency": data.get("urgency") or "",
        "copies": data.get("copies") or 1,
    }


def changed(data: Mapping[str, Any], paper: Paper, matter: Matter) -> dict[str, Any]:
    """Return the attributes after a step that may set some of them; what is left out stays."""
    given = {name: data[name] for name in NAMES if data.get(name)}
    if "secrecy" in given and given["secrecy"] != paper.secrecy:
        given.setdefault("secrecy_years", None)
    return read({**kept(paper), **given}, matter)


def kept(paper: Paper) -> dict[str, Any]:
    """Return the attributes as they stand in a paper (现有要素)."""
    return {name: getattr(paper, name) for name in NAMES}


def of_matter(matter: Matter) -> dict[str, Any]:
    """Return the attributes a paper of this matter begins with (默认要素)."""
    secrecy = Secrecy(matter.secrecy)
    return {"secrecy": secrecy.value, "secrecy_years": LONGEST.get(secrecy), "urgency": "", "copies": 1}


def require_secrecy(secrecy: str, matter: Matter) -> None:
    """Refuse a paper that is less secret than what it is about (密级不得低于事项). Raises Refused."""
    if RISING.index(Secrecy(secrecy)) < RISING.index(Secrecy(matter.secrecy)):
        raise refuse(
            "secrecy",
            _("The matter is “%(matter)s”; its paper cannot be only “%(paper)s”.")
            % {"matter": Secrecy(matter.secrecy).label, "paper": Secrecy(secrecy).label},
            _("Keep the secrecy of the matter, or choose a higher one."),
        )


def is_classified(secrecy: str) -> bool:
    """Return whether a paper of this secrecy bears copy numbers (涉密公文)."""
    return secrecy in MARKS


def marked(letter: Letter, paper: Paper) -> Letter:
    """Return the letter with the attributes of its paper, as its first copy (加注公文要素)."""
    secrecy = MARKS.get(Secrecy(paper.secrecy), "")
    term = f"★{paper.secrecy_years}年" if secrecy and paper.secrecy_years else ""
    return letter.model_copy(
        update={
            "copy_number": "000001" if secrecy else "",
            "secrecy": secrecy + term,
            "urgency": URGENT.get(Urgency(paper.urgency), "") if paper.urgency else "",
        }
    )


def copy_of(letter: Letter, number: int) -> Letter:
    """Return the letter as its copy of this number (份号); one that bears none stays as it is."""
    return letter.model_copy(update={"copy_number": f"{number:06d}"}) if letter.copy_number else letter


def copy_range(paper: Paper) -> str:
    """Return the numbers of all copies as a register says them (份号起止), '' where there are none."""
    if not is_classified(paper.secrecy):
        return ""
    return "000001" if paper.copies == 1 else f"000001—{paper.copies:06d}"
