"""Playing acts as officers of a town, on days (以机构人员身份依次实施行为)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.perform import Done
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.models import Paper
from support.days import at
from support.town import Town
from support.ways import Acts, Step, Way


@dataclass
class Player:
    """Lets the officers of a town act, in one way: by the acts themselves unless another is given.

    `day` is the day on which somebody acted last.
    """

    town: Town
    way: Way = field(default=None)  # type: ignore[assignment]
    day: str = "2026-09-28"

    def __post_init__(self) -> None:
        self.way = self.way or Acts(self.town)

    def done(
        self, day: str, who: str, code: str, matter: UUID | None = None, key: str = "",
        version: int | None = None, files: Any = None, recorded: str = "", **data: Any,
    ) -> Done:  # fmt: skip
        """Let somebody do an act on a day, and record it then or on a later one; raises Refused."""
        step = Step(who, code, matter, {"happened_on": day, **data}, files or MultiValueDict(), key, version)
        self.day = recorded or day
        with clock.set_to(at(self.day)):
            return self.way.do(step)

    def act(self, day: str, who: str, code: str, matter: UUID | None = None, **data: Any) -> UUID:
        """Let somebody do an act on a day and return its matter's id."""
        return self.done(day, who, code, matter, **data).matter_id

    def see(self, who: str) -> AbstractContextManager[None]:
        """Look with somebody's eyes."""
        return scope(self.town.actor(who))

    def paper(self, who: str, matter: UUID, kind: str) -> str:
        """Return the id of the newest paper of a kind."""
        with self.see(who):
            return str(Paper.objects.filter(matter=matter, kind=kind).latest("id").pk)

    def letter(self, days: list[str], matter: UUID, kind: str, hands: list[str], **data: Any) -> str:
        """Let a letter be drafted, checked, signed and dispatched by four hands on four days."""
        drafter, checker, signer, sender = hands
        texts = {"title": "函", "addressee": "有关单位", "body": "内容。"}
        self.act(days[0], drafter, "paper.draft", matter, kind=kind, **{**texts, **data})
        paper = self.paper(drafter, matter, kind)
        self.act(days[1], checker, "paper.check", matter, paper=paper)
        self.act(days[2], signer, "paper.sign", matter, paper=paper)
        self.act(days[3], sender, "paper.dispatch", matter, paper=paper, way="paper")
        return paper

    def registered(self, day: str = "2026-09-28", **data: Any) -> UUID:
        """Let the clerk register a letter from the audit bureau."""
        given = {
            "sender": self.town.organs["executing"].pk,
            "source": "audit",
            "letter_number": "清审移〔2026〕3号",
            "letter_date": day,
            "category": "discipline",
            "allegation": "违规发放补贴。",
            "subjects": [
                {"name": "苏见微", "unit": "清川公交集团有限公司", "post": "总经理", "authority": "city"}
            ],
        }
        return self.act(day, "clerk", "clue.register", **{**given, **data})

    def assigned(self, clue: UUID, day: str = "2026-09-29") -> UUID:
        """Let a received clue be assigned and signed for."""
        handler = self.town.organs["first"].pk
        self.act(day, "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
        self.act(day, "deputy", "clue.approve_assignment", clue)
        custodian = self.town.posts["handler"].officer_id
        self.act(day, "handler_head", "clue.accept", clue, custodian=custodian)
        return clue

    def in_handling(self, clue: UUID, day: str = "2026-09-30") -> UUID:
        """Let an assigned clue's handling be proposed and approved."""
        self.act(day, "handler", "clue.propose_handling", clue, way="verify", plan="初核方案")
        self.act(day, "deputy", "clue.approve_handling", clue)
        return clue

    def concluded(self, day: str = "2026-09-28", opinion: str = "") -> UUID:
        """Let the audit team record a report and hand in its concluding opinion; return the report."""
        finding = {"category": "违规采购", "summary": "拆分采购", "amount": "100000"}
        report = self.act(
            "2026-06-01", "team_member", "report.register", title="审计报告", unit="清川水务集团有限公司",
            findings=[finding],
        )  # fmt: skip
        with self.see("team_member"):
            chosen = [str(one.pk) for one in Matter.objects.get(pk=report).report.findings.all()]
        self.act(
            day, "team_member", "report.conclude", report, findings=chosen, opinion="移送",
            concluded_on=opinion or day,
        )  # fmt: skip
        return report

    def drafted(self, day: str = "2026-09-29", **data: Any) -> UUID:
        """Let the auditor prepare a transfer."""
        given = {
            "category": "discipline",
            "allegation": "拆分采购规避公开招标。",
            "subjects": [
                {"name": "王喆", "unit": "清川水务集团有限公司", "post": "副总经理", "authority": "city"}
            ],
            "evidence": [{"title": "采购合同", "pages": 18}],
        }
        return self.act(day, "auditor", "clue.draft", **{**given, **data})

    def sent(self, clue: UUID, signed: str = "2026-09-29", dispatched: str = "2026-09-29") -> UUID:
        """Let a drafted clue be transferred in the platform."""
        hands = ["auditor", "audit_head", "audit_leader", "auditor"]
        self.letter([signed, signed, signed, dispatched], clue, "transfer_letter", hands)
        return clue

    def answered(self, clue: UUID, day: str, **data: Any) -> str:
        """Let the sender be told by a feedback letter."""
        hands = ["clerk", "clerk_head", "deputy", "clerk"]
        given = {"progress": "正在办理。", "body": "正在办理。", **data}
        return self.letter([day] * 4, clue, "feedback_letter", hands, **given)

    def duty(self, who: str, matter: UUID, code: str) -> Duty:
        """Return the newest duty of a rule ("CZ-3.3/feedback") as somebody sees it."""
        clause, _slash, rule = code.partition("/")
        with self.see(who):
            duty = Duty.objects.filter(matter=matter, clause=clause, rule=rule).latest("id")
        with clock.set_to(at(self.day)):
            assert self.way.shows(who, duty), f"{who} reads something else of {code}"
        return duty

    def dates(self, who: str, matter: UUID, code: str) -> tuple[str, str, str]:
        """Return state, date and end of the newest duty of a rule, as somebody sees it."""
        duty = self.duty(who, matter, code)
        return duty.state, duty.due_on.isoformat(), duty.ended_on.isoformat() if duty.ended_on else ""

    def matter(self, who: str, matter: UUID) -> Matter:
        """Return a matter as somebody sees it."""
        with self.see(who):
            return Matter.objects.get(pk=matter)


def scan(name: str = "scan.pdf", content: bytes = b"%PDF-1.4 signed sheet") -> SimpleUploadedFile:
    """Return an upload that passes for a scan."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def uploads(**files: SimpleUploadedFile) -> MultiValueDict[str, Any]:
    """Return uploads as a request would bring them."""
    return MultiValueDict({name: [file] for name, file in files.items()})
