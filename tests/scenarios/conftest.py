"""Every scenario is played three times: by acts, through pages, over the API."""

from __future__ import annotations

import pytest

from support.play import Player
from support.town import build
from support.ways import WAYS


@pytest.fixture(params=WAYS)
def play(request: pytest.FixtureRequest, db: None) -> Player:
    """Give a small town and hands that act in it, in one of the ways."""
    town = build()
    return Player(town, WAYS[request.param](town))
