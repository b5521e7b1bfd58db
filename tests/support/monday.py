"""A Monday morning in the case supervision department (周一早晨): what lies open, what is late, what arrives.

Made of acts alone, on the days on which they would have happened, in the small town. `scripts/monday.py`
serves it; the browser test of the morning walks through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from guantong.kernel import clock
from guantong.kernel.duties.cadence import open_due
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.measures.models import MeasureVersion
from support.days import at
from support.play import Player
from support.town import build

MONDAY = "2026-09-28"
SURNAMES = "赵钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶"
GIVEN = ("明远", "立群", "见深", "思危", "怀谷", "知白", "守拙", "听泉")
UNITS = (
    "清川市住房和城乡建设局", "清川城市建设投资集团有限公司", "清川市水利局", "清川公交集团有限公司",
    "清川水务集团有限公司", "清川市政务服务和大数据管理局",
)  # fmt: skip
POSTS = ("科长", "副总经理", "工程部部长", "财务科副科长")
STORIES = (
    "违规直接发包工程，虚增工程量套取资金。", "拆分采购合同，规避公开招标。", "以会议费名义发放津补贴。",
    "收受管理服务对象礼品礼金。", "违规出借单位资金，长期未收回。", "虚列劳务支出，设立小金库。",
)  # fmt: skip


def person(number: int) -> dict[str, str]:
    """Return the person a clue is about, another one for each number."""
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)]
    unit, post = UNITS[number % len(UNITS)], POSTS[number % len(POSTS)]
    return {"name": name, "unit": unit, "post": post, "authority": "city"}


def printed_list(*, doubled: bool = True, head: bool = True) -> list[dict[str, str]]:
    """Return the 23 lines of the list on paper, by units; 20 names again who is in 17, 15 the own head."""
    rows = []
    for number in range(1, 24):
        who = person(100 + number)
        rows.append(
            {
                "被反映人": who["name"], "单位": UNITS[(number - 1) // 4], "职务": who["post"],
                "干部管理权限": "市级",
                "问题类别": "涉嫌违纪", "主要问题": STORIES[number % len(STORIES)],
                "材料页数": str(number + 2),
            }
        )  # fmt: skip
    if doubled:
        rows[19].update({name: rows[16][name] for name in ("被反映人", "单位", "职务")})
    if head:
        rows[14].update({"被反映人": "秦望山", "单位": "中共清川市纪律检查委员会", "职务": "书记"})
    return rows


def as_pasted(rows: list[dict[str, str]]) -> str:
    """Return the list, with its heading, as a spreadsheet gives it to the clipboard."""
    return "\n".join("\t".join(cells) for cells in (rows[0], *(row.values() for row in rows)))


@dataclass
class Monday:
    """The department on its Monday; `asked` is the clue about which somebody telephones."""

    play: Player
    clues: list[UUID]
    asked: UUID
    number: str


class _Before:
    """What happened before that Monday."""

    def __init__(self, play: Player) -> None:
        self.play = play
        self.clues: list[UUID] = []

    def received(self, day: str, *, receipt: bool = True) -> UUID:
        """A letter of the audit bureau comes in and is answered with a receipt."""
        number = len(self.clues) + 1
        clue = self.play.registered(
            day, letter_number=f"清审移〔2026〕{number}号", letter_signer="何嘉禾", subjects=[person(number)],
            allegation=STORIES[number % len(STORIES)],
        )  # fmt: skip
        if receipt:
            self.play.letter([day] * 4, clue, "receipt", ["clerk", "clerk_head", "clerk_head", "clerk"])
        self.clues.append(clue)
        return clue

    def proposed(self, day: str, on: str) -> UUID:
        """Laid before the leader."""
        clue, first = self.received(day), self.play.town.organs["first"].pk
        self.play.act(on, "clerk", "clue.propose_assignment", clue, handler=first, reason="按联系分工")
        return clue

    def accepted(self, day: str, on: str) -> UUID:
        """Assigned and signed for."""
        return self.play.assigned(self.received(day), on)

    def handled(self, day: str, on: str, *, reported: str = "2026-09-21") -> UUID:
        """In handling, its progress reported on a day."""
        clue = self.play.in_handling(self.accepted(day, on), on)
        if reported:
            self.play.act(reported, "handler", "clue.report_progress", clue, progress="已调取账册。")
        return clue

    def told(self, clue: UUID, day: str) -> UUID:
        """Its sender was told."""
        self.play.answered(clue, day)
        return clue

    def sent(self, on: str) -> UUID:
        """A transfer of the audit bureau in the platform, waiting to be taken in."""
        number = len(self.clues) + 1
        clue = self.play.drafted(on, subjects=[person(number)], allegation=STORIES[number % len(STORIES)])
        self.clues.append(self.play.sent(clue, on, on))
        return clue


def _late(before: _Before) -> None:
    """Six that are overdue, each with another duty or another reason."""
    before.told(before.handled("2026-06-22", "2026-06-23"), "2026-09-18")  # to be closed; a reminder is due
    before.told(before.handled("2026-06-23", "2026-06-24"), "2026-09-18")  # the same
    before.handled("2026-06-24", "2026-06-25")  # nor was its sender told
    before.received("2026-09-21", receipt=False)  # no receipt given
    before.handled("2026-08-20", "2026-08-20", reported="")  # progress not reported
    before.proposed("2026-09-14", "2026-09-15")  # the leader has not decided


def _soon(before: _Before) -> UUID:
    """Two whose senders are to be told by Thursday; the second is asked about on the telephone."""
    before.handled("2026-06-29", "2026-06-30")
    return before.handled("2026-06-30", "2026-07-01")


def _others(before: _Before) -> None:
    for day in ("2026-09-22", "2026-09-23", "2026-09-24", "2026-09-24"):
        before.received(day)
    for day in ("2026-09-22", "2026-09-23", "2026-09-23", "2026-09-24", "2026-09-24"):
        before.proposed(day, "2026-09-24")
    for _number in range(3):
        clue = before.proposed("2026-09-21", "2026-09-22")
        before.play.act("2026-09-24", "deputy", "clue.approve_assignment", clue)
    for day in ("2026-09-14", "2026-09-15", "2026-09-16"):
        clue = before.accepted(day, "2026-09-17")
        before.play.act("2026-09-24", "handler", "clue.propose_handling", clue, way="verify", plan="初核方案")
    for number in range(13):
        before.handled(f"2026-08-{number + 10}", f"2026-08-{number + 11}")
    for _number in range(4):
        before.sent("2026-09-24")


def prepare() -> Monday:
    """Build the town and its past, and let the sweep of that morning come by."""
    with transaction.atomic():
        play = Player(build())
        before = _Before(play)
        _late(before)
        asked = _soon(before)
        _others(before)
        with clock.set_to(at(MONDAY, 1)):
            MeasureVersion.objects.update(published_at=at("2026-07-01"))
            today: date = clock.today()
            open_due(today)
            note_lapses(today)
            escalate(today)
    return Monday(play, before.clues, asked, play.matter("clerk", asked).number)
