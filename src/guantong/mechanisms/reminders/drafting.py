"""Drafting reminders when their day comes (到期自动拟稿), in a few statements for many."""

from __future__ import annotations

from guantong.kernel import clock
from guantong.kernel.duties import escalation
from guantong.kernel.duties.escalation import Step
from guantong.kernel.measures import engine
from guantong.kernel.papers import attributes
from guantong.kernel.papers.compose import day_text
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.reminders.models import Reminder

KIND = "reminder_letter"
DISPATCH = f"paper.dispatch:{KIND}"
TIMES = ("", "", "二", "三", "四", "五", "六")


def draft(steps: list[Step]) -> None:
    """Write a letter and its reminder for each step, once: a second try finds the first."""
    duties = [step.duty.pk for step in steps]
    known = set(Reminder.objects.filter(duty__in=duties).values_list("duty_id", "lapsed_on", "number"))
    new = [step for step in steps if (step.duty.pk, step.duty.due_on, step.number) not in known]
    papers = [_paper(step) for step in new]
    Paper.objects.bulk_create(papers)
    Reminder.objects.bulk_create([_reminder(step, paper) for step, paper in zip(new, papers, strict=True)])


def _paper(step: Step) -> Paper:
    title = _title(step)
    return Paper(
        matter=step.matter,
        kind=KIND,
        title=title,
        organ_id=step.issuer.body_id_or_own,
        department=step.issuer,
        addressee=step.addressee,
        depth=step.depth,
        letter={"title": title, "addressee": step.addressee.full_name, "body": _body(step)},
        facts={step.duty.start_fact: True},
        recorded_at=clock.now(),
        **attributes.of_matter(step.matter),
    )


def _reminder(step: Step, paper: Paper) -> Reminder:
    return Reminder(
        matter=step.matter,
        duty=step.duty,
        paper=paper,
        clause=step.duty.clause,
        number=step.number,
        lapsed_on=step.duty.due_on,
        drafted_for=step.on,
        issuer=step.issuer,
        addressee=step.addressee,
        depth=step.depth,
    )


def _title(step: Step) -> str:
    times = f"（第{TIMES[min(step.number, 6)]}次）" if step.number > 1 else ""
    return f"关于“{step.duty.name}”事项的工作提示函{times}"


def basis(version_id: int, clause_id: str) -> str:
    """Return a clause as a letter cites it: measure, number, title and source (条款依据)."""
    file = engine.measure_of(version_id).file
    clause = next(one for one in file.clauses if one.id == clause_id)
    cite = clause.cite[0]
    return f"《{file.title.zh}》{clause.id}“{clause.title.zh}”（{cite.at.zh}）"


def _body(step: Step) -> str:
    duty = step.duty
    rule = basis(duty.measure_version_id, duty.clause)
    owed = f"{step.matter.number or '未编号'}“{step.matter.title}”"
    due = f"该项工作自{day_text(duty.starts_on)}起算，应于{day_text(duty.due_on)}前完成"
    if step.addressee.pk == duty.holder_id:
        again = f"，经{step.number - 1}次提示" if step.number > 1 else ""
        return "\n".join(
            [
                f"按照{rule}规定，你单位对{owed}应当“{duty.name}”。{due}{again}，至今未完成。现予提示。",
                "请抓紧办理，并在本函所列答复期限前书面说明办理情况、未按期完成的原因和预计完成时间。",
            ]
        )
    holder = duty.holder.full_name if duty.holder else "承办单位"
    due += f"，经{step.number - 1}次提示，至今未完成"
    return "\n".join(
        [
            f"按照{rule}规定，{holder}对{owed}应当“{duty.name}”。{due}。",
            "现将有关情况报请督促，历次提示情况附后，请予批示并在本函所列答复期限前告知。",
        ]
    )


escalation.register(DISPATCH, draft)
