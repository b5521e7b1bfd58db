"""Every scenario is played through pages and over the API; `GUANTONG_TEST_WAYS` says otherwise."""

from __future__ import annotations

import os

import pytest

from support.play import Player
from support.town import build
from support.ways import WAYS

PLAYED = os.environ.get("GUANTONG_TEST_WAYS", "pages,api").split(",")


@pytest.fixture(params=PLAYED)
def play(request: pytest.FixtureRequest, db: None) -> Player:
    """Give a small town and hands that act in it, in one of the ways."""
    town = build()
    return Player(town, WAYS[request.param](town))
