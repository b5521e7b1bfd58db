"""Programs that call the API as officers of a town, on days (以令牌调用接口)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from django.utils.datastructures import MultiValueDict

from guantong.accounts import tokens
from guantong.accounts.models import User
from guantong.kernel import clock
from support.browse import client
from support.days import at
from support.town import Town


class Program:
    """Calls the API as officers of a town, each with a token of his own."""

    def __init__(self, town: Town, day: str = "2026-09-28") -> None:
        self.town, self.day = town, day
        self.client = client(csrf=True, raises=False)
        self._tokens: dict[str, str] = {}
        self._keys = count(1)

    def token(self, who: str) -> str:
        """Return somebody's token, made on first use."""
        if who not in self._tokens:
            post = self.town.posts[who]
            user = User.objects.get(officer=post.officer_id)
            with clock.set_to(at(self.day)):
                until = date.fromisoformat(self.day) + timedelta(days=300)
                self._tokens[who] = tokens.create(user, post, "test", until)
        return self._tokens[who]

    def headers(self, who: str, **more: str) -> dict[str, str]:
        """Return the headers with somebody's token."""
        return {"Authorization": f"Bearer {self.token(who)}", **more}

    def get(self, who: str, path: str, day: str = "", **headers: str) -> Any:
        """Get a path below /api/v1/."""
        given = self.headers(who, **headers)
        with clock.set_to(at(day or self.day)):
            return self.client.get(f"/api/v1{path}", headers=given)

    def post(
        self, who: str, path: str, body: Any, day: str = "", key: str | None = None,
        files: MultiValueDict[str, Any] | None = None, **headers: str,
    ) -> Any:  # fmt: skip
        """Post JSON to a path below /api/v1/, with files beside it where there are any."""
        sent = {"Idempotency-Key": key or f"key-{next(self._keys)}", **headers}
        given = self.headers(who, **sent)
        text = body if isinstance(body, (str, bytes)) else json.dumps(body, default=str)
        with clock.set_to(at(day or self.day)):
            if files:
                parts = {"data": text, **dict(files.lists())}
                return self.client.post(f"/api/v1{path}", data=parts, headers=given)
            return self.client.post(
                f"/api/v1{path}", data=text, content_type="application/json", headers=given
            )

    def act(self, day: str, who: str, code: str, matter: UUID | str | None = None, **data: Any) -> Any:
        """Do an act on a day and return what it led to; fails where it is refused."""
        path = f"/matters/{matter}/acts/{code}" if matter else f"/acts/{code}"
        answer = self.post(who, path, {"happened_on": day, **data}, day=day)
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()

    def registered(self, day: str = "2026-09-28", **data: Any) -> str:
        """Let the clerk register a letter and return the clue's id."""
        return str(self.act(day, "clerk", "clue.register", **self.letter(day, **data))["matter"])

    def letter(self, day: str = "2026-09-28", **data: Any) -> dict[str, Any]:
        """Return what is registered of a letter."""
        return {
            "sender": self.town.organs["executing"].pk,
            "source": "audit",
            "letter_number": "清审移〔2026〕3号",
            "letter_date": day,
            "category": "discipline",
            "allegation": "违规发放补贴。",
            "subjects": [{"name": "苏见微", "unit": "清川公交集团有限公司", "authority": "city"}],
            **data,
        }
