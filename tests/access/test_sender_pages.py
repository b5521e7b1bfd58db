"""What the sender's pages tell of what goes on inside: nothing, not even how much (移送单位所见)."""

from __future__ import annotations

import re

import pytest

from guantong.kernel import clock
from support.browse import act_url, hidden, signed_in, text
from support.play import Player, at

pytestmark = pytest.mark.django_db


def test_what_goes_on_inside_changes_nothing_on_the_senders_pages(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    letter = play.answered(clue, "2026-10-12")
    signing_for = f"{act_url(clue, 'paper.sign_for')}?paper={letter}"
    client = signed_in("auditor")

    def seen() -> list[str]:
        pages = [client.get(url) for url in (f"/matters/{clue}/", signing_for)]
        assert [page.status_code for page in pages] == [200, 200]
        return [re.sub(r'"[0-9a-zA-Z]{32,64}"', "", text(page)) for page in pages]  # csrf, key

    with clock.set_to(at("2026-10-14")):
        before = seen()
        assert "entry-" not in before[0], "a place in the chain tells how much lies before it"
        play.act("2026-10-13", "handler", "clue.report_progress", clue, progress="已谈话三人")
        assert seen() == before
        assert hidden(client.get(signing_for), "version") == "", "a version tells how much goes on"
