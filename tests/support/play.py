"""Playing acts as officers of a town, on days (以机构人员身份依次实施行为)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.perform import Done, perform
from guantong.kernel.papers.models import Paper
from support.town import Town

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: int = 10) -> datetime:
    """Return an hour of a day in Shanghai."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=SHANGHAI)


@dataclass
class Player:
    """Performs acts as the officers of a town."""

    town: Town

    def done(
        self, day: str, who: str, code: str, matter: UUID | None = None, key: str = "",
        version: int | None = None, files: Any = None, **data: Any,
    ) -> Done:  # fmt: skip
        """Let somebody do an act on a day; raises Refused."""
        with clock.set_to(at(day)):
            actor = self.town.actor(who)
            with scope(actor):
                return perform(
                    code, actor, matter, {"happened_on": day, **data}, files, key=key, version=version
                )

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
