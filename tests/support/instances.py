"""Two platforms that share no network, on two databases of one process (两套平台).

The audit bureau's knows the commission as an organ that works elsewhere, and the other way round. `use`
points database, data folder and secret at one of them; what passes between them is bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.perform import Done
from guantong.kernel.exchange import incoming, keyring
from guantong.kernel.exchange.models import ExchangeKey, Message
from guantong.kernel.measures import engine
from guantong.kernel.organs.models import Organ, Post
from support.databases import TestDatabases
from support.play import Player, at
from support.town import Town, build


@dataclass
class Instance:
    """One platform: its database, its folder, its secret, the body that works in it."""

    databases: TestDatabases
    folder: Path
    secret: str
    body: str
    town: Town | None = None

    @contextmanager
    def use(self) -> Iterator[Player]:
        """Work in this platform."""
        before = (settings.GUANTONG_DATA, settings.SECRET_KEY)
        settings.GUANTONG_DATA, settings.SECRET_KEY = self.folder, self.secret
        TestDatabases.point(self.databases.name)
        engine.forget()
        engine._measures.clear()
        try:
            if self.town is None:
                self.town = self._made()
            yield Player(self.town)
        finally:
            settings.GUANTONG_DATA, settings.SECRET_KEY = before

    def _made(self) -> Town:
        with transaction.atomic():
            town = build()
            away = "audit" if self.body == "commission" else "commission"
            organs = Organ.objects.filter(code__in=[away]) | Organ.objects.filter(body__code=away)
            Organ.objects.filter(pk__in=list(organs.values_list("pk", flat=True))).update(elsewhere=True)
            gone = Post.objects.filter(organ__elsewhere=True)
            User.objects.filter(officer__posts__in=gone).delete()
            gone.delete()
        return town

    def organ(self, code: str) -> Organ:
        """Return an organ as this platform knows it."""
        return Organ.objects.get(code=code)

    def make_key(self) -> bytes:
        """Make the body's key and return the file for others."""
        with self.use():
            return keyring.public_file(keyring.make(self.organ(self.body)))

    def trust(self, code: str, file: bytes) -> ExchangeKey:
        """Import a key and confirm it as if by telephone."""
        with self.use():
            key, _said = keyring.take(self.organ(code), file)
            keyring.confirm(key, key.fingerprint, "方靖宇")
            return key

    def sealed(self, matter: UUID, who: str, kind: str) -> bytes:
        """Seal the newest message of a kind and return its file."""
        from guantong.kernel.acts.files import open_stored

        with self.use() as play:
            with play.see(who):
                message = Message.objects.filter(matter=matter, incoming=False, kind=kind).latest("id")
            if message.number is None:
                play.act(message.on.isoformat(), who, "exchange.seal", matter, message=str(message.pk))
            with play.see(who):
                file = Message.objects.select_related("file").get(pk=message.pk).file
            assert file is not None
            with open_stored(file.digest) as handle:
                return handle.read()

    def look(self, data: bytes, who: str, day: str = "2026-09-30") -> incoming.Finding:
        """See what a file would come to."""
        with self.use() as play, clock.set_to(at(day)):
            actor = play.town.actor(who)
            with scope(actor):
                return incoming.look(data, actor)

    def take(self, data: bytes, who: str, day: str = "2026-09-30", scan: Any = None) -> Done:
        """Take a file in."""
        with self.use() as play, clock.set_to(at(day)):
            actor = play.town.actor(who)
            with scope(actor):
                return incoming.take(data, "disc.gtx", actor, {}, scan)
