"""Letters of correspondence (函询文书): the letter itself, and the one that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.measures import engine
from guantong.kernel.papers.compose import day_text, letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import Format, Letter
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.people.models import Subject
from guantong.mechanisms.correspondence import lifecycle
from guantong.mechanisms.correspondence.declared import Asked
from guantong.mechanisms.correspondence.models import Copy, Correspondence, Outcome, Turn, TurnKind
from guantong.mechanisms.correspondence.returns import summary_of

UNSENT = (PaperState.DRAFT, PaperState.CHECKED, PaperState.SIGNED)
BLANK = "（请填写答复内容）"


def _asked_for(row: Correspondence) -> list[str]:
    """Return what the form asks, as lines of the letter."""
    turn = lifecycle.asked(row.matter)
    lines = turn.text.splitlines()
    if turn.said.get("in_name_of"):
        lines.insert(0, f"现代{turn.said['in_name_of']}提出如下事项。")
    if row.known_on:
        lines.append(f"以上情况我单位于{day_text(row.known_on)}知悉。")
    people = Subject.objects.filter(matter=row.matter)
    lines += [f"{one.name}，{one.unit}{one.post}。" for one in people]
    for name, asked in row.declared.asks.items():
        if asked.written and turn.said.get(name):
            said = spoken(row.declared.asks, name, turn.said[name])
            lines.append(f"{asked.written}：{said.rstrip('。')}。")
    return lines


def under_way(matter: Matter, kind: str) -> bool:
    """Whether a letter of this kind is drafted, checked or signed, and not sent."""
    return Paper.objects.filter(matter=matter, kind=kind, state__in=UNSENT).exists()


def spoken(asks: Mapping[str, Asked], name: str, value: str) -> str:
    """Return a kept field in words: of a choice its label."""
    field = asks[name].field()
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    return value


def _propose_letter(matter: Matter, actor: Actor) -> Proposal:
    row = lifecycle.load(matter)
    form, recipient = row.declared, row.recipient
    title = form.wording.title.format(lifecycle.subject(row))
    wish = f"请于{day_text(row.answer_by)}前函复。" if row.answer_by else "请按规定时限函复。"
    closing = [form.wording.closing or (wish if form.owed else "特此函告。")]
    return Proposal(
        title=title,
        addressee=recipient.full_name,
        addressee_id=recipient.body_id_or_own,
        body="\n".join([*_asked_for(row), *closing]),
        facts=("known_on",),
    )


def _compose_letter(paper: Paper, matter: Matter) -> Letter:
    """The letter, with those who get a copy (抄送)."""
    names = Copy.objects.filter(matter=matter).values_list("name", flat=True)
    more: dict[str, Any] = {"copies": tuple(names)}
    if lifecycle.load(matter).declared.wording.upward:
        more |= {"format": Format.FILE, "mark_suffix": "文件", "signer": paper.signed_by}
    return letter_of(paper).model_copy(update=more)


def _series(row: Correspondence) -> str:
    return row.declared.wording.series


def _answer_series(row: Correspondence) -> str:
    return row.declared.wording.answer_series


def _keeps_withheld(deed: Deed, paper: Paper) -> None:
    """A notice's letter may not bear what is withheld either."""
    from guantong.mechanisms.correspondence.acts.withholding import require_withheld

    summary = summary_of(deed.matter) if deed.about.declared.releases else None
    if summary is not None:
        require_withheld(deed, summary, ("title", "body"))


def _lay_before_leaders(deed: Deed, body_id: int, depth: Depth) -> None:
    """Let the leaders who may sign it see it."""
    place = deed.matter.jurisdiction_id
    leaders = engine.organ_bound("leadership", place, deed.happened_on, body_id)
    if leaders is not None:
        deed.grant(leaders, depth, "sign-off of the letter")


def _letter_checked(deed: Deed, paper: Paper) -> None:
    _lay_before_leaders(deed, deed.actor.body_id, Depth.FEEDBACK)


def _letter_dispatched(deed: Deed, paper: Paper) -> None:
    """With its letter it is sent (发函)."""
    from guantong.mechanisms.correspondence.acts.common import send

    if deed.matter.state != lifecycle.DRAFTED:
        raise refuse("", _t("This has already been sent."), _t("See the timeline."))
    row: Correspondence = deed.about
    deed.change(row, letter_number=paper.number, letter_date=paper.signed_on, letter_signer=paper.signed_by)
    send(deed, row, paper.number)
    deed.events.append("correspondence.send")


LETTER = register(
    PaperKind(
        code=lifecycle.LETTER,
        label=_("Letter"),
        matter="correspondence",
        series="函",
        states=frozenset({lifecycle.DRAFTED}),
        propose=_propose_letter,
        compose=_compose_letter,
        drafters=lifecycle.BY_SENDER,
        checkers=lifecycle.SENDER_HEAD,
        signers=lifecycle.SENDER_SIGNERS,
        recipients=lifecycle.BY_RECIPIENT,
        depth=Depth.FEEDBACK,
        drafted=_keeps_withheld,
        revised=_keeps_withheld,
        checked=_letter_checked,
        dispatched=_letter_dispatched,
        series_of=_series,
    )
)


def _propose_answer(matter: Matter, actor: Actor) -> Proposal:
    row = lifecycle.load(matter)
    number = f"{matter.number}函" if matter.number else "来函"
    wording = row.declared.wording
    return Proposal(
        title=wording.answer.format(lifecycle.subject(row)),
        addressee=row.sender_name,
        addressee_id=row.sender.body_id_or_own if row.sender else None,
        body=f"你单位{number}收悉。{wording.answer_said}\n{BLANK}\n{wording.answer_closing}",
    )


def _kind(data: dict[str, Any]) -> TurnKind:
    return TurnKind.REFUSAL if data["refused"] else TurnKind.ANSWER


def _require_words(deed: Deed) -> None:
    if "（请填写" in deed.data["body"]:
        raise refuse(
            "body", _t("The text still holds the placeholder."), _t("Write what the other side is told.")
        )
    if deed.about.declared.answered_in_fields:
        reason = _t("Its answer has fields of its own, which a letter does not fill.")
        raise refuse("", reason, _t("Answer on the page of this matter; attach the letter there."))
    if deed.data["refused"] and not deed.about.declared.refusable:
        reason = _t("What is asked in this form is not refused; answer it.")
        raise refuse("refused", reason, _t("Take the mark away."))


def _answer_drafted(deed: Deed, paper: Paper) -> None:
    _require_words(deed)
    turn = Turn(
        matter=deed.matter,
        kind=_kind(deed.data),
        depth=Depth.FULL,
        text=deed.data["body"],
        paper=paper,
    )
    deed.add(turn)


def turn_of(paper: Paper) -> Turn:
    """Return what an answering letter says, as a turn of the correspondence."""
    return Turn.objects.get(paper=paper)


def _answer_kept(paper: Paper) -> dict[str, Any]:
    turn = Turn.objects.filter(paper=paper).first()
    return {"refused": turn.kind == TurnKind.REFUSAL} if turn else {}


def _answer_revised(deed: Deed, paper: Paper) -> None:
    _require_words(deed)
    deed.change(turn_of(paper), kind=_kind(deed.data), text=deed.data["body"])


def _answer_voided(deed: Deed, paper: Paper) -> None:
    Turn.objects.filter(paper=paper).delete()


def _answer_checked(deed: Deed, paper: Paper) -> None:
    _lay_before_leaders(deed, deed.actor.body_id, Depth.FULL)


def _answer_dispatched(deed: Deed, paper: Paper) -> None:
    """The answer is given: the writer reads it, as long as the form lets him (复函)."""
    from guantong.mechanisms.correspondence.acts.answering import refuse_before_receipt
    from guantong.mechanisms.correspondence.acts.common import ends_sight

    row: Correspondence = deed.about
    if deed.matter.state != lifecycle.RECEIVED:
        raise refuse("", _t("No answer is owed now."), _t("See the timeline."))
    refuse_before_receipt(deed, row)
    turns = list(Turn.objects.filter(matter=deed.matter))
    turn = next(one for one in turns if one.paper_id == paper.pk)
    deed.change(turn, depth=Depth.FEEDBACK, on=deed.happened_on, letter_number=paper.number)
    refused = turn.kind == TurnKind.REFUSAL
    lifecycle.answered(deed, row, Outcome.REFUSED if refused else Outcome.ANSWERED)
    deed.events.append("correspondence.refuse" if refused else "correspondence.answer")
    until = turns[0].said.get("readable_until")
    if row.declared.expires and not refused and until:
        ends_sight(deed, row, max(lifecycle.as_day(until), deed.happened_on))


ANSWER = register(
    PaperKind(
        code="correspondence_answer",
        label=_("Answering letter"),
        matter="correspondence",
        series="复函",
        states=frozenset({lifecycle.RECEIVED}),
        propose=_propose_answer,
        compose=lambda paper, matter: letter_of(paper),
        drafters=lifecycle.BY_RECIPIENT,
        checkers=lifecycle.RECIPIENT_HEAD,
        signers=lifecycle.RECIPIENT_SIGNERS,
        recipients=lifecycle.BY_SENDER,
        extra={
            "refused": lambda: forms.BooleanField(
                label=_("This letter refuses what was asked, and says why"), required=False
            )
        },
        kept=_answer_kept,
        drafted=_answer_drafted,
        revised=_answer_revised,
        checked=_answer_checked,
        dispatched=_answer_dispatched,
        voided=_answer_voided,
        series_of=_answer_series,
    )
)
