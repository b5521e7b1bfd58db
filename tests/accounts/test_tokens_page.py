"""One's own tokens (接口令牌)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from guantong.accounts import tokens
from guantong.accounts.models import Token
from guantong.kernel import clock


def make(client: Any, town: Any, **changes: Any) -> Any:
    until = clock.today() + timedelta(days=30)
    given = {"name": "台账同步", "post": town.posts["clerk"].pk, "expires_on": until, **changes}
    return client.post("/my/tokens/", given)


def test_a_token_is_shown_once_and_works_until_revoked(town: Any, signed_in: Any) -> None:
    client = signed_in("clerk")
    answer = make(client, town)
    assert answer.status_code == 200
    raw = re.search(r"gt_[\w-]+", answer.content.decode())[0]  # type: ignore[index]
    assert "no-store" in answer["Cache-Control"]
    token = tokens.find(raw)
    assert token is not None
    assert tokens.trouble(token) == ""
    assert raw not in client.get("/my/tokens/").content.decode()
    client.post(f"/my/tokens/{token.pk}/revoke/")
    assert tokens.trouble(Token.objects.select_related("user").get(pk=token.pk)) != ""


def test_another_ones_token_is_not_there(town: Any, signed_in: Any) -> None:
    make(signed_in("clerk"), town)
    token = Token.objects.get()
    assert signed_in("handler").post(f"/my/tokens/{token.pk}/revoke/").status_code == 404
    assert Token.objects.get().revoked_at is None


def test_what_is_wrong_is_said_at_its_field(town: Any, signed_in: Any) -> None:
    client = signed_in("clerk")
    late = clock.today() + timedelta(days=800)
    for changes, field in (({"expires_on": late}, "expires_on"), ({"name": ""}, "name")):
        answer = make(client, town, **changes)
        assert answer.status_code == 422
        assert f'id="id_{field}_error"' in answer.content.decode()
    assert make(client, town, post=town.posts["handler"].pk).status_code == 422
    assert not Token.objects.exists()
