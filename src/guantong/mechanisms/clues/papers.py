"""Letters of clues (线索文书): transfer letter, receipt, feedback letter, approval sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed, refuse
from guantong.kernel.acts.forms import FilesField, LongTextField
from guantong.kernel.matters.models import Depth, LinkKind, Matter, Party, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import HEADS, LEADERS, Organ
from guantong.kernel.papers.compose import day_text, letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import (
    Attachment,
    Column,
    Format,
    KeyValue,
    Letter,
    Opinion,
    Pair,
    Paragraph,
    Signature,
    Table,
)
from guantong.kernel.papers.models import Paper
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues import lifecycle
from guantong.mechanisms.clues.acts.common import lay_before_leaders, send
from guantong.mechanisms.clues.models import Category, Clue, Feedback, Way

SENDER = (Capacity(party=PartyRole.SENDER),)
SENDER_HEAD = (Capacity(party=PartyRole.SENDER, ranks=HEADS),)
SENDER_LEADER = (
    Capacity(body_of=PartyRole.SENDER, ranks=LEADERS),
    Capacity(party=PartyRole.SENDER, ranks=HEADS, recorded=True),
    Capacity(party=PartyRole.SENDER, recorded=True),
)
RECEIVER = (Capacity(party=PartyRole.RECEIVER),)
RECEIVER_HEAD = (Capacity(party=PartyRole.RECEIVER, ranks=HEADS),)
RECEIVER_LEADER = (
    Capacity(body_of=PartyRole.RECEIVER, ranks=LEADERS),
    Capacity(party=PartyRole.RECEIVER, recorded=True),
)


def _persons(matter: Matter) -> list[str]:
    lines = []
    for subject in Subject.objects.filter(matter=matter):
        managed = (
            f"，干部管理权限：{subject.get_authority_display()}" if subject.authority != "unknown" else ""
        )
        lines.append(f"{subject.name}，{subject.unit}{subject.post}{managed}。")
    return lines


def _category(clue: Clue) -> str:
    return {
        Category.DISCIPLINE: "涉嫌违纪",
        Category.DUTY_VIOLATION: "涉嫌职务违法",
        Category.DUTY_CRIME: "涉嫌职务犯罪",
        Category.IRREGULAR_INVESTMENT: "涉嫌违规经营投资",
    }.get(Category(clue.category), "有关问题")


def evidence_table(clue: Clue) -> Table:
    """Return the evidence list (证据材料清单)."""
    return Table(
        columns=(
            Column(title="序号", width=1, align="center"),
            Column(title="材料名称", width=6),
            Column(title="页数", width=1, align="right"),
            Column(title="备注", width=3),
        ),
        rows=tuple(
            (str(number), row["title"], str(row.get("pages") or ""), row.get("note") or "")
            for number, row in enumerate(clue.evidence, start=1)
        ),
    )


def _receiving(matter: Matter, actor: Actor) -> Organ | None:
    party = Party.objects.filter(matter=matter, role=PartyRole.RECEIVER, until__isnull=True).first()
    organ_id = (
        party.organ_id
        if party
        else engine.organ_bound("case_supervision", actor.organ.jurisdiction_id, clock.today())
    )
    return Organ.objects.select_related("body").filter(pk=organ_id or 0).first()


def _propose_transfer(matter: Matter, actor: Actor) -> Proposal:
    clue = lifecycle.load(matter)
    receiver = _receiving(matter, actor)
    commission = receiver.body if receiver else None
    opinion = f"并于{day_text(clue.concluded_on)}形成结论性意见。" if clue.concluded_on else ""
    amount = f"涉及金额{clue.amount.normalize():f}元。" if clue.amount else ""
    lines = [
        f"我单位在履行监督职责中发现{_category(clue)}问题线索，{opinion}现依规依纪依法移送你委处理。",
        "一、涉及人员和单位",
        *(_persons(matter) or [f"{clue.unit}。"]),
        "二、反映的主要问题",
        *clue.allegation.splitlines(),
        *([amount] if amount else []),
        "三、有关要求",
        "请接收后出具回执，并按规定将办理进展情况书面反馈我单位。",
    ]
    return Proposal(
        title=f"关于移送{matter.title.removeprefix('反映').removesuffix('的问题').removesuffix('有关问题')}问题线索的函",
        addressee=commission.name if commission else "",
        addressee_id=commission.pk if commission else None,
        body="\n".join(line for line in lines if line.strip()),
        facts=("concluded_on", "amount", "allegation", "unit", "subjects"),
    )


def _compose_transfer(paper: Paper, matter: Matter) -> Letter:
    clue = lifecycle.load(matter)
    annex = (Attachment(title="证据材料清单", blocks=(evidence_table(clue),)),) if clue.evidence else ()
    return letter_of(paper, annex)


def _transfer_checked(deed: Deed, paper: Paper) -> None:
    leaders = engine.organ_bound(
        "leadership", deed.matter.jurisdiction_id, deed.happened_on, deed.actor.body_id
    )
    if leaders is not None:
        deed.grant(leaders, Depth.FEEDBACK, "sign-off of the transfer letter")


def _transfer_dispatched(deed: Deed, paper: Paper) -> None:
    """Send the clue to case supervision of the same level (CZ-3.2, CZ-3.5)."""
    if deed.matter.state != lifecycle.DRAFTED:
        raise refuse("", "This clue has already been sent.", "See the timeline.")
    place = deed.matter.jurisdiction_id
    receiver = engine.organ_bound("case_supervision", place, deed.happened_on, paper.addressee_id)
    send(
        deed,
        deed.about,
        receiver,
        number=paper.number,
        signed_on=paper.signed_on,
        signed_by=paper.signed_by,
    )
    deed.state = lifecycle.SENT


TRANSFER_LETTER = register(
    PaperKind(
        code="transfer_letter",
        label=_("Transfer letter"),
        matter="clue",
        series="移",
        states=frozenset({lifecycle.DRAFTED}),
        propose=_propose_transfer,
        compose=_compose_transfer,
        drafters=SENDER,
        checkers=SENDER_HEAD,
        signers=SENDER_LEADER,
        recipients=RECEIVER,
        depth=Depth.FEEDBACK,
        sent_depth=Depth.FEEDBACK,
        checked=_transfer_checked,
        dispatched=_transfer_dispatched,
    )
)


def _bodies(matter: Matter) -> dict[str, Organ]:
    """Return the bodies from which the clue came, by what they are to it."""
    sent_by = (PartyRole.SENDER, PartyRole.FORWARDER)
    found = Party.objects.filter(matter=matter, role__in=sent_by, until__isnull=True)
    return {party.role: party.organ.body or party.organ for party in found.select_related("organ__body")}


def _promise(matter: Matter) -> str:
    """Return who will answer: this organ, or the one to which the clue has been forwarded."""
    there = Matter.objects.filter(links_out__target=matter, links_out__kind=LinkKind.FORWARDED)
    gone = there.select_related("organ").order_by("-id").first()
    if gone is None or matter.state != lifecycle.FORWARDED:
        return "我委将按规定办理，并在规定期限内书面反馈办理进展情况。"
    return f"该线索按照管辖规定已转送{gone.organ.name}，由其办理并向你单位书面反馈办理进展情况。"


def _propose_receipt(matter: Matter, actor: Actor) -> Proposal:
    clue, bodies = lifecycle.load(matter), _bodies(matter)
    sender, forwarder = bodies.get(PartyRole.SENDER), bodies.get(PartyRole.FORWARDER)
    letter = f"{clue.letter_number}函" if clue.letter_number else "移送函"
    passed_on = f"由{forwarder.name}转送我委，" if forwarder else ""
    return Proposal(
        title="问题线索接收回执",
        addressee=sender.name if sender else clue.sender_name,
        addressee_id=sender.pk if sender else None,
        body=(
            f"你单位{letter}及所附材料{passed_on}已于{day_text(clue.received_on)}收悉，"
            f"登记编号为{matter.number}。\n{_promise(matter)}"
        ),
        facts=("sender", "received_on", "letter_number"),
    )


RECEIPT = register(
    PaperKind(
        code="receipt",
        label=_("Receipt"),
        matter="clue",
        series="回",
        states=lifecycle.WITH_CASE_SUPERVISION
        | lifecycle.WITH_HANDLER
        | {lifecycle.FORWARDED, lifecycle.MERGED},
        propose=_propose_receipt,
        compose=lambda paper, matter: letter_of(paper),
        drafters=RECEIVER,
        checkers=RECEIVER_HEAD,
        signers=RECEIVER_HEAD + RECEIVER_LEADER,
        recipients=SENDER,
    )
)


def _propose_feedback(matter: Matter, actor: Actor) -> Proposal:
    clue, bodies = lifecycle.load(matter), _bodies(matter)
    sender, forwarder = bodies.get(PartyRole.SENDER), bodies.get(PartyRole.FORWARDER)
    passed_on = f"由{forwarder.name}转送，" if forwarder else ""
    letter = f"{clue.letter_number}函" if clue.letter_number else "函"
    done = matter.state == lifecycle.CONCLUDED
    state = "已办结" if done else "正在办理"
    return Proposal(
        title="关于问题线索办理情况的反馈函",
        addressee=sender.name if sender else clue.sender_name,
        addressee_id=sender.pk if sender else None,
        body=(
            f"你单位{letter}移送的问题线索（{passed_on}登记编号{matter.number}），"
            f"我委于{day_text(clue.received_on)}接收，目前{state}。\n"
            "现将办理情况反馈如下：\n（请填写可以告知移送单位的内容）\n特此函复。"
        ),
        facts=("sender", "received_on", "letter_number"),
    )


def _refuse_placeholder(deed: Deed) -> None:
    if "（请填写" in deed.data["body"]:
        raise refuse(
            "body",
            str(_("The text still holds the placeholder.")),
            str(_("Write what the sender may be told.")),
        )


def _feedback_drafted(deed: Deed, paper: Paper) -> None:
    _refuse_placeholder(deed)
    final = deed.matter.state == lifecycle.CONCLUDED
    deed.add(Feedback(matter=deed.matter, paper=paper, final=final, progress=deed.data["progress"]))


def _feedback_kept(paper: Paper) -> dict[str, str]:
    feedback = Feedback.objects.filter(paper=paper).first()
    return {"progress": feedback.progress} if feedback else {}


def _feedback_revised(deed: Deed, paper: Paper) -> None:
    _refuse_placeholder(deed)
    deed.change(feedback_of(paper), progress=deed.data["progress"])


def feedback_of(paper: Paper) -> Feedback:
    """Return what a feedback letter tells, in short."""
    return Feedback.objects.get(paper=paper)


def _feedback_checked(deed: Deed, paper: Paper) -> None:
    """Let the leaders see what they are to sign, also where the clue was never laid before them."""
    lay_before_leaders(deed)


def _feedback_dispatched(deed: Deed, paper: Paper) -> None:
    """Tell the sender; the final feedback closes the clue (CZ-3.3, CZ-4.1)."""
    feedback = feedback_of(paper)
    deed.change(feedback, told_on=deed.happened_on)
    deed.facts["concluded"] = feedback.final
    deed.facts["answered"] = True
    if feedback.final and deed.matter.state == lifecycle.CONCLUDED:
        deed.state = lifecycle.CLOSED


FEEDBACK_LETTER = register(
    PaperKind(
        code="feedback_letter",
        label=_("Feedback letter"),
        matter="clue",
        series="反馈",
        states=lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER | {lifecycle.MERGED},
        propose=_propose_feedback,
        compose=lambda paper, matter: letter_of(paper),
        drafters=RECEIVER,
        checkers=RECEIVER_HEAD,
        signers=RECEIVER_LEADER,
        recipients=SENDER,
        extra={
            "progress": lambda: LongTextField(
                label=_("What the sender is told, in short"), rows=2, max_length=1000
            )
        },
        kept=_feedback_kept,
        drafted=_feedback_drafted,
        revised=_feedback_revised,
        checked=_feedback_checked,
        dispatched=_feedback_dispatched,
    )
)


def _propose_request(matter: Matter, actor: Actor) -> Proposal:
    clue = lifecycle.load(matter)
    sender = _bodies(matter).get(PartyRole.SENDER)
    letter = f"{clue.letter_number}函" if clue.letter_number else "函"
    return Proposal(
        title="关于商请补充问题线索材料的函",
        addressee=sender.name if sender else clue.sender_name,
        addressee_id=sender.pk if sender else None,
        body=(
            f"你单位{letter}移送的问题线索（登记编号{matter.number}）正在办理，现商请补充以下材料：\n"
            "（请填写需要补充的材料和时限）\n请予支持并函复。"
        ),
        facts=("sender", "letter_number"),
    )


REQUEST_LETTER = register(
    PaperKind(
        code="request_letter",
        label=_("Request for more material"),
        matter="clue",
        series="商",
        states=lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER,
        propose=_propose_request,
        compose=lambda paper, matter: letter_of(paper),
        drafters=RECEIVER,
        checkers=RECEIVER_HEAD,
        signers=RECEIVER_HEAD + RECEIVER_LEADER,
        recipients=SENDER,
    )
)


def _propose_answer(matter: Matter, actor: Actor) -> Proposal:
    receiver = _receiving(matter, actor)
    commission = receiver.body if receiver else None
    return Proposal(
        title="关于补充问题线索材料的复函",
        addressee=commission.name if commission else "",
        addressee_id=commission.pk if commission else None,
        body=f"关于我单位移送的问题线索（登记编号{matter.number}），现补充有关情况如下：\n（请填写补充内容）",
    )


ANSWER_LETTER = register(
    PaperKind(
        code="answer_letter",
        label=_("Answer with more material"),
        matter="clue",
        series="复",
        states=lifecycle.WITH_CASE_SUPERVISION | lifecycle.WITH_HANDLER,
        propose=_propose_answer,
        compose=lambda paper, matter: letter_of(paper),
        drafters=SENDER,
        checkers=SENDER_HEAD,
        signers=SENDER_LEADER,
        recipients=RECEIVER,
        depth=Depth.FEEDBACK,
        extra={"materials": lambda: FilesField(label=_("Materials"), required=False)},
        checked=_transfer_checked,
    )
)


def _propose_sheet(matter: Matter, actor: Actor) -> Proposal:
    clue = lifecycle.load(matter)
    handling = lifecycle.handling_of(clue)
    if matter.state == lifecycle.ASSIGNMENT_PROPOSED and handling and handling.proposed_handler:
        what = f"拟将该线索分办至{handling.proposed_handler.name}。理由：{handling.assignment_reason}"
    elif handling and handling.way:
        what = f"拟采取“{Way(handling.way).label}”方式处置。{handling.plan}"
    else:
        what = "（请填写呈批事项）"
    return Proposal(
        title="问题线索呈批件",
        addressee="委领导",
        body=f"{matter.number} {matter.title}\n{what}",
        facts=("received_on", "amount"),
    )


def _compose_sheet(paper: Paper, matter: Matter) -> Letter:
    clue = lifecycle.load(matter)
    wording = paper.letter
    return Letter(
        format=Format.SHEET,
        issuers=(paper.organ.name,),
        number=paper.number,
        title=wording["title"],
        blocks=(
            KeyValue(
                pairs=(
                    Pair(label="登记编号", value=matter.number),
                    Pair(label="来源", value=clue.sender_name),
                    Pair(label="接收日期", value=day_text(clue.received_on)),
                    Pair(label="问题类别", value=_category(clue)),
                )
            ),
            *(Paragraph(text=line) for line in wording["body"].splitlines() if line.strip()),
            Opinion(label="部门意见"),
            Opinion(label="领导批示", height=60),
        ),
        signature=Signature(on=paper.signed_on),
    )


APPROVAL_SHEET = register(
    PaperKind(
        code="approval_sheet",
        label=_("Approval sheet"),
        matter="clue",
        series="呈",
        states=frozenset(
            {
                lifecycle.RECEIVED,
                lifecycle.ASSIGNMENT_PROPOSED,
                lifecycle.HANDLING_PROPOSED,
                lifecycle.ACCEPTED,
                lifecycle.HANDLING,
            }
        ),
        propose=_propose_sheet,
        compose=_compose_sheet,
        drafters=RECEIVER + lifecycle.BY_CUSTODIAN,
        checkers=(*RECEIVER_HEAD, Capacity(party=PartyRole.HANDLER, ranks=HEADS)),
        signers=(*RECEIVER_HEAD, Capacity(party=PartyRole.HANDLER, ranks=HEADS)),
        sent_depth=Depth.FULL,
    )
)
