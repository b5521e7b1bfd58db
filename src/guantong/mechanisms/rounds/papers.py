"""Papers of an inspection round (轮次文书): the hand-over list signed by both, the feedback on a round."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.compose import letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import Attachment, Column, Letter, SignLines, Table
from guantong.kernel.papers.models import Paper
from guantong.kernel.papers.outline import chinese_date
from guantong.kernel.people.jurisdiction import whys_above
from guantong.mechanisms.rounds import lifecycle, queries
from guantong.mechanisms.rounds.models import Item, Round
from guantong.mechanisms.rounds.queries import Row

SENDER = (Capacity(party=PartyRole.SENDER),)
RECEIVER = (Capacity(party=PartyRole.RECEIVER),)
RECEIVER_HEAD = (Capacity(party=PartyRole.RECEIVER, ranks=lifecycle.HEADS),)


def _said(paper: Paper, matter: Matter) -> list[dict[str, Any]]:
    """Return the lines of a paper as they were when it was drafted; before that, as they would be."""
    kept = Item.objects.filter(paper=paper.pk, round=matter.pk).order_by("position")
    said = [{"position": one.position, **one.said} for one in kept]
    if said:
        return said
    return [{"position": row.position, **row.said} for row in queries.rows_of(lifecycle.load(matter))]


def _keep(deed: Deed, paper: Paper, rows: list[Row]) -> None:
    """Keep what the paper says of each clue: who signs it need not see the clues themselves."""
    deed.add(
        *(
            Item(
                round=deed.about,
                paper=paper,
                position=row.position,
                clue_id=row.line.matter.pk,
                said=row.said,
            )
            for row in rows
            if row.line
        )
    )


def _for_leaders(depth: Depth, basis: str) -> Callable[[Deed, Paper], None]:
    """Let the leaders see the round whose paper they are to sign."""

    def checked(deed: Deed, paper: Paper) -> None:
        place = deed.matter.jurisdiction_id
        leaders = engine.organ_bound("leadership", place, deed.happened_on, deed.actor.body_id)
        if leaders is not None:
            deed.grant(leaders, depth, basis)

    return checked


def _receiving(matter: Matter) -> Organ | None:
    party = Party.objects.filter(matter=matter, role=PartyRole.RECEIVER, until__isnull=True).first()
    place = matter.jurisdiction_id
    bound = party.organ_id if party else engine.organ_bound("case_supervision", place, clock.today())
    organ = Organ.objects.select_related("body").filter(pk=bound or 0).first()
    return (organ.body or organ) if organ else None


def _propose_list(matter: Matter, actor: Actor) -> Proposal:
    found = lifecycle.load(matter)
    commission = _receiving(matter)
    count = len(queries.drafts(found))
    return Proposal(
        title=f"关于移交{matter.title}问题线索的函",
        addressee=commission.name if commission else "",
        addressee_id=commission.pk if commission else None,
        body=(
            f"{matter.title}期间，发现问题线索{count}件，现按规定集中移交你委处理。\n"
            "线索、证据材料及页数见所附移交清单。清单一式两份，请清点核对后签收，退回我单位一份。\n"
            "请按规定将办理进展情况书面反馈我单位。"
        ),
        facts=("units",),
    )


def _compose_list(paper: Paper, matter: Matter) -> Letter:
    table = Table(
        columns=(
            Column(title="序号", width=1, align="center"),
            Column(title="被反映人", width=1.8),
            Column(title="单位", width=3),
            Column(title="职务", width=1.8),
            Column(title="主要问题", width=5),
            Column(title="页数", width=1, align="right"),
            Column(title="移送文号", width=2),
        ),
        rows=tuple(
            (
                str(row["position"]),
                row["person"] or "（单位）",
                row["unit"],
                row["post"],
                row["text"],
                str(row["pages"] or ""),
                row["letter_number"] or paper.number,
            )
            for row in _said(paper, matter)
        ),
    )
    signing = SignLines(labels=("移交人（巡察机构）", "接收人（案件监督管理部门）"))
    annex = Attachment(title=f"{matter.title}问题线索移交清单（一式两份）", blocks=(table, signing))
    return letter_of(paper, (annex,))


def _list_drafted(deed: Deed, paper: Paper) -> None:
    """Number the clues prepared for the round; they stand on this list in this order."""
    found: Round = deed.about
    rows = queries.rows_of(found)
    if not rows:
        reason = _("No clue is prepared for this round.")
        raise refuse("", reason, _("Prepare them from the round's page, then draft the list."))
    _refuse_what_belongs_above(deed, rows, _case_supervision(deed, paper))
    _keep(deed, paper, rows)


def _case_supervision(deed: Deed, paper: Paper) -> int:
    place = deed.matter.jurisdiction_id
    receiver = engine.organ_bound("case_supervision", place, deed.happened_on, paper.addressee_id)
    if receiver is None:
        raise refuse(
            "",
            _("No case supervision department of this level is known to the platform."),
            _("Have the role bound to it, or hand the list over on paper alone."),
        )
    return receiver


def _refuse_what_belongs_above(deed: Deed, rows: list[Row], receiver: int) -> None:
    """Keep from a body's ledger what may not be entered there, naming its line (GR-15). Raises Refused."""
    by_id = {row.line.matter.pk: row for row in rows if row.line}
    whys = whys_above(by_id, receiver, deed.happened_on)
    if whys:
        told = " ".join(
            _("No. %(number)s (%(who)s): %(why)s")
            % {"number": by_id[pk].position, "who": line.person or line.unit, "why": why}
            for pk, why in whys.items()
            if (line := by_id[pk].line)
        )
        remedy = _(
            "Nothing of the list has gone out. Withdraw that draft and hand its paper up to the superior"
            " organ; then draft the list anew."
        )
        raise refuse("", told, remedy)


def _list_dispatched(deed: Deed, paper: Paper) -> None:
    """Send every clue of the list to case supervision of the same level, all of them or none (CZ-3.2)."""
    found: Round = deed.about
    if deed.matter.state != lifecycle.OPEN:
        raise refuse(
            "", _("This round was handed over already."), _("See the timeline for what was done last.")
        )
    rows = queries.rows_of(found)
    listed = [row.line.matter.pk for row in rows if row.line]
    if _said(paper, deed.matter) != [{"position": row.position, **row.said} for row in rows]:
        raise refuse(
            "",
            _("The clues prepared for the round are no longer as the signed list has them."),
            _("Void the list and draft it anew."),
        )
    receiver = _case_supervision(deed, paper)
    _refuse_what_belongs_above(deed, rows, receiver)
    deed.name_party(PartyRole.RECEIVER, receiver)
    deed.grant(receiver, Depth.FULL, "case supervision (CZ-3.2)")
    letter = {"number": paper.number, "date": paper.signed_on, "signer": paper.signed_by}
    deed.change(
        found,
        handover=paper,
        handed_over_on=deed.happened_on,
        **{f"letter_{name}": value for name, value in letter.items()},
    )
    deed.state = lifecycle.HANDED_OVER
    deed.follow += [("clue.hand_over", clue, _handed_over(deed, receiver, letter)) for clue in listed]


def _handed_over(deed: Deed, receiver: int, letter: dict[str, Any]) -> dict[str, Any]:
    return {
        "happened_on": deed.happened_on.isoformat(),
        "receiver": receiver,
        **{f"letter_{name}": str(value) for name, value in letter.items()},
    }


HANDOVER_LIST = register(
    PaperKind(
        code="handover_list",
        label=gettext_lazy("Hand-over list"),
        matter="round",
        series="移",
        states=frozenset({lifecycle.OPEN}),
        propose=_propose_list,
        compose=_compose_list,
        drafters=SENDER,
        checkers=(Capacity(party=PartyRole.SENDER, ranks=lifecycle.HEADS),),
        signers=(
            Capacity(body_of=PartyRole.SENDER, ranks=lifecycle.LEADERS),
            Capacity(party=PartyRole.SENDER, recorded=True),
        ),
        recipients=RECEIVER,
        depth=Depth.FEEDBACK,
        sent_depth=Depth.FEEDBACK,
        drafted=_list_drafted,
        checked=_for_leaders(Depth.FEEDBACK, "sign-off of the hand-over list"),
        dispatched=_list_dispatched,
    )
)


def _propose_feedback(matter: Matter, actor: Actor) -> Proposal:
    found = lifecycle.load(matter)
    rows = queries.rows_of(found)
    ended = sum(1 for row in rows if row.line and not row.line.matter.is_open)
    sender = (
        Party.objects.filter(matter=matter, role=PartyRole.SENDER, until__isnull=True)
        .select_related("organ__body")
        .first()
    )
    organ = (sender.organ.body or sender.organ) if sender else None
    letter = f"{found.letter_number}函" if found.letter_number else "函"
    return Proposal(
        title=f"关于{matter.title}移交问题线索办理情况的反馈函",
        addressee=organ.name if organ else found.sender_name,
        addressee_id=organ.pk if organ else None,
        body=(
            f"你单位{letter}移交的问题线索{len(rows)}件，我委于{chinese_date(found.received_on)}接收完毕。"
            f"截至目前，已办结{ended}件，正在办理{len(rows) - ended}件。\n"
            "各件办理情况见附表。\n特此函复。"
        ),
        facts=("handed_over_on",),
    )


def _compose_feedback(paper: Paper, matter: Matter) -> Letter:
    """Tell of each clue only what its sender may know, in the words of the letters sent on it (CZ-3.3)."""
    table = Table(
        columns=(
            Column(title="序号", width=1, align="center"),
            Column(title="被反映人", width=2),
            Column(title="单位", width=3),
            Column(title="办理情况", width=2),
            Column(title="已反馈的结果", width=5),
        ),
        rows=tuple(
            (
                str(row["position"]),
                row["person"] or "（单位）",
                row["unit"],
                row["state"],
                row["told"] or "—",
            )
            for row in _said(paper, matter)
        ),
    )
    return letter_of(paper, (Attachment(title="问题线索办理情况表", blocks=(table,)),))


def _feedback_drafted(deed: Deed, paper: Paper) -> None:
    _keep(deed, paper, queries.rows_of(deed.about))


def _feedback_dispatched(deed: Deed, paper: Paper) -> None:
    """The inspection office has been told of the whole round."""
    deed.state = lifecycle.FED_BACK


ROUND_FEEDBACK = register(
    PaperKind(
        code="round_feedback",
        label=gettext_lazy("Feedback on the round"),
        matter="round",
        series="反馈",
        states=frozenset({lifecycle.RECEIVED, lifecycle.FED_BACK}),
        propose=_propose_feedback,
        compose=_compose_feedback,
        drafters=RECEIVER,
        checkers=RECEIVER_HEAD,
        signers=(
            Capacity(body_of=PartyRole.RECEIVER, ranks=lifecycle.LEADERS),
            Capacity(party=PartyRole.RECEIVER, recorded=True),
        ),
        recipients=SENDER,
        drafted=_feedback_drafted,
        checked=_for_leaders(Depth.FULL, "sign-off of the feedback on the round"),
        dispatched=_feedback_dispatched,
    )
)
