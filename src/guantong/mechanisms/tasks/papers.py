"""Papers of tasks (交办文书): the task letter, and the reply of who holds the task."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Capacity, Deed
from guantong.kernel.matters.models import Depth, Matter, Party, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import HEADS, LEADERS, Organ
from guantong.kernel.papers.compose import day_text, letter_of
from guantong.kernel.papers.kinds import PaperKind, Proposal, register
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.tasks import lifecycle


def _hands(party: PartyRole) -> tuple[tuple[Capacity, ...], tuple[Capacity, ...], tuple[Capacity, ...]]:
    """Return who drafts, checks and signs a letter of this party."""
    head = Capacity(party=party, ranks=HEADS)
    leader = Capacity(body_of=party, ranks=LEADERS)
    return (Capacity(party=party),), (head, leader), (leader, head, Capacity(party=party, recorded=True))


def _party(matter: Matter, role: PartyRole) -> Organ:
    found = Party.objects.select_related("organ", "organ__body").get(
        matter=matter, role=role, until__isnull=True
    )
    return found.organ


def _checked(deed: Deed, paper: Paper) -> None:
    """Let the leaders of the body see what they are to sign."""
    place = deed.matter.jurisdiction_id
    leaders = engine.organ_bound("leadership", place, deed.happened_on, deed.actor.body_id)
    if leaders is not None:
        deed.grant(leaders, Depth.FULL, "sign-off of a letter about the task")


def _propose_letter(matter: Matter, actor: Actor) -> Proposal:
    task, holder = lifecycle.load(matter), _party(matter, PartyRole.HANDLER)
    lines = [
        f"现将“{matter.title}”（{matter.number}）交由你单位办理。",
        "一、办理事项",
        *task.text.splitlines(),
        "二、办理期限",
        f"请于{day_text(task.due_on)}前办结；确需延长的，请提前说明理由。",
        "三、有关要求",
        "请收到后及时接收；认为不属于你单位职责的，请书面说明理由。办理结果请书面回复并附有关材料。",
    ]
    return Proposal(
        title=f"关于交办{matter.title}的函",
        addressee=holder.full_name,
        addressee_id=holder.body_id_or_own,
        body="\n".join(lines),
        facts=("due_on",),
    )


def _propose_reply(matter: Matter, actor: Actor) -> Proposal:
    task, giver = lifecycle.load(matter), _party(matter, PartyRole.SENDER)
    told = task.progress or "（请填写办理情况）"
    return Proposal(
        title=f"关于{matter.title}办理情况的复函",
        addressee=giver.full_name,
        addressee_id=giver.body_id_or_own,
        body=f"你单位交办的“{matter.title}”（{matter.number}）收悉，现将办理情况回复如下：\n{told}",
    )


def _compose(paper: Paper, matter: Matter) -> Letter:
    return letter_of(paper)


def _kind(
    code: str, label: object, series: str, party: PartyRole, to: PartyRole, states: frozenset[str],
    propose: object,
) -> PaperKind:  # fmt: skip
    drafters, checkers, signers = _hands(party)
    return register(
        PaperKind(
            code=code,
            label=label,  # type: ignore[arg-type]
            matter="task",
            series=series,
            states=states,
            propose=propose,  # type: ignore[arg-type]
            compose=_compose,
            drafters=drafters,
            checkers=checkers,
            signers=signers,
            recipients=(Capacity(party=to),),
            sent_depth=Depth.FULL,
            checked=_checked,
        )
    )


TASK_LETTER = _kind(
    "task_letter",
    _("Task letter"),
    "交办",
    PartyRole.SENDER,
    PartyRole.HANDLER,
    lifecycle.OPEN,
    _propose_letter,
)
REPLY = _kind(
    "task_reply",
    _("Reply to a task"),
    "复",
    PartyRole.HANDLER,
    PartyRole.SENDER,
    lifecycle.OPEN - {lifecycle.CONTESTED},
    _propose_reply,
)
