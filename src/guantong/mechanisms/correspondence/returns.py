"""Returns that were collected, beside what the ledger counts (报送情况与台账核对; CD-2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from guantong.kernel.matters.models import Link, LinkKind, Matter
from guantong.mechanisms.correspondence import lifecycle
from guantong.mechanisms.correspondence.declared import CorrespondenceForm, get
from guantong.mechanisms.correspondence.downward_forms import APPROVED, COUNTED
from guantong.mechanisms.correspondence.models import Correspondence, Outcome, Turn, TurnKind


@dataclass(frozen=True)
class Figure:
    """One figure of a return: as it was given, as the ledger counts it (None: the ledger counts it not).

    `label`: its name in the reader's language; `written`: in the letter.
    """

    label: str
    written: str
    given: int | None
    counted: int | None

    @property
    def difference(self) -> int | None:
        """Given less counted; None where one of them is missing."""
        return None if self.given is None or self.counted is None else self.given - self.counted


@dataclass(frozen=True)
class Return:
    """The return of one discipline body (单位报送情况): its matter, its figures, what it wrote."""

    row: Correspondence
    figures: tuple[Figure, ...]
    text: str

    @property
    def state(self) -> str:
        """How far it is."""
        return str(lifecycle.STATES[self.row.matter.state])

    @property
    def differs(self) -> list[Figure]:
        """The figures that the ledger counts differently (差异)."""
        return [one for one in self.figures if one.difference]


def collected(summary: Matter) -> list[Return]:
    """Return the returns collected for a summary, each beside the ledger; in four queries."""
    parts = Link.objects.filter(target=summary, kind=LinkKind.PART).values("source")
    rows = Correspondence.objects.filter(matter__in=parts).select_related("matter", "recipient")
    rows = rows.exclude(matter__state=lifecycle.WITHDRAWN).order_by("matter")
    answers = {
        one.matter_id: one
        for one in Turn.objects.filter(matter__in=parts, kind=TurnKind.ANSWER, on__isnull=False)
    }
    ledger = _ledger(summary)
    return [_return(row, answers.get(row.pk), ledger.get(row.recipient_id, {})) for row in rows]


def _return(row: Correspondence, answer: Turn | None, counted: dict[str, int]) -> Return:
    said: dict[str, str] = answer.said if answer else {}
    figures = tuple(
        Figure(
            str(asked.field().label),
            asked.written,
            int(said[name]) if name in said else None,
            counted.get(name),
        )
        for name, asked in row.declared.answers.items()
    )
    return Return(row, figures, answer.text if answer else "")


def _ledger(summary: Matter) -> dict[int, dict[str, int]]:
    """Return what the ledger counts for each body asked: numbers alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organ, clues, cases FROM guantong_ledger_of_returns(%s)", [summary.pk])
        return {organ: dict(zip(COUNTED, counts, strict=True)) for organ, *counts in cursor.fetchall()}


def proposed(summary: Matter) -> str:
    """Return the draft that the answered returns make: sums, and what differs from the ledger (汇总稿)."""
    found = [one for one in collected(summary) if one.row.outcome == Outcome.ANSWERED]
    if not found:
        return ""
    named = get(found[0].row.form).answers
    sums = [
        f"{asked.written}{sum(one.figures[at].given or 0 for one in found)}"
        for at, asked in enumerate(named.values())
    ]
    lines = [f"共收到{len(found)}个单位报送，合计：{'，'.join(sums)}。"]
    for one in found:
        lines += [
            f"{one.row.recipient_name}报送“{figure.written}”{figure.given}，台账{figure.counted}，须核实。"
            for figure in one.differs
        ]
    return "\n".join(lines)


def approved_summary(form: CorrespondenceForm, about: Any) -> Correspondence | None:
    """Return the summary that a notice releases, where it is approved and not released yet."""
    row = Correspondence.objects.select_related("matter").filter(matter=about, form=form.releases).first()
    if row is None or row.matter.state != lifecycle.ANSWERED or row.outcome != Outcome.ANSWERED:
        return None
    answer = Turn.objects.filter(matter=about, kind=TurnKind.ANSWER, on__isnull=False).last()
    return row if answer and answer.said.get("approval") == APPROVED else None


def summary_of(notice: Matter) -> Matter | None:
    """Return the summary that a notice is about."""
    links = Link.objects.filter(source=notice, kind=LinkKind.ABOUT).select_related("target")
    link = links.first()
    return link.target if link else None


def withheld(summary: Matter) -> list[str]:
    """Return what the shareholder may not know, word by word (不宜告知的内容)."""
    said = lifecycle.asked(summary).said.get("withheld", "")
    return [line.strip() for line in said.splitlines() if line.strip()]


def borne(words: list[str], texts: list[str]) -> str:
    """Return in words what a text bears of what is withheld; '' where nothing."""
    found = [word for word in words if any(word in text for text in texts)]
    said = {"words": "、".join(found)}
    return _("It bears what the shareholder may not know: %(words)s.") % said if found else ""
