"""The keys of bodies (密钥管理): made, imported, confirmed, replaced, revoked; administrators only."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.acts.act import Fault, Refused
from guantong.kernel.exchange import keys
from guantong.kernel.exchange.models import ExchangeKey, KeyState
from guantong.kernel.organs.models import Organ


def make(body: Organ) -> ExchangeKey:
    """Make a key for a body here; the one in use is replaced, and still opens what is under way."""
    pair = keys.make()
    with transaction.atomic():
        _retire(body, own=True)
        return ExchangeKey.objects.create(
            organ=body,
            own=True,
            key_id=pair.key_id,
            signing=pair.signing,
            sealing=pair.sealing,
            private=keys.lock(pair.private, pair.key_id),
            state=KeyState.ACTIVE,
            made_at=clock.now(),
        )


def public_file(key: ExchangeKey) -> bytes:
    """Return the file to give to others. Raises ExchangeError where the private part cannot be opened."""
    private = keys.unlock(bytes(key.private), key.key_id)
    body = key.organ
    return keys.key_file(body.name, body.code, key.made_at.date(), key.signing, key.sealing, private)


def take(body: Organ, data: bytes) -> tuple[ExchangeKey, keys.KeyFile]:
    """Import the key of a body elsewhere; nothing is sealed for it or believed of it before it is confirmed.

    Raises ExchangeError for a file that is none, Refused for a key that is known already.
    """
    said = keys.read_key_file(data)
    name = keys.key_id(said.signing, said.sealing)
    known = ExchangeKey.objects.filter(key_id=name).select_related("organ").first()
    if known is not None:
        reason = _("This key is already here, as the key of %(name)s: %(state)s.")
        words = {"name": known.organ.name, "state": known.get_state_display()}
        raise Refused(Fault("file", reason % words, _("Look for it in the list.")))
    key = ExchangeKey.objects.create(
        organ=body, own=False, key_id=name, signing=said.signing, sealing=said.sealing,
        state=KeyState.NEW, made_at=clock.now(),
    )  # fmt: skip
    return key, said


def confirm(key: ExchangeKey, heard: str, spoken_to: str) -> None:
    """Put a peer's key into use once the fingerprint read out by telephone is the same. Raises Refused."""
    if key.own or key.state != KeyState.NEW:
        raise Refused(Fault("", _("Only a key just imported is confirmed."), _("See its state in the list.")))
    if re.sub(r"\D", "", heard) != key.fingerprint.replace(" ", ""):
        reason = _("What was read out to you is not the fingerprint of this key.")
        remedy = _("Let it be read out again. If it differs still, revoke this key: it may not be theirs.")
        raise Refused(Fault("heard", reason, remedy))
    with transaction.atomic():
        _retire(key.organ, own=False)
        key.state, key.confirmed_with, key.confirmed_at = KeyState.ACTIVE, spoken_to, clock.now()
        key.save(update_fields=["state", "confirmed_with", "confirmed_at"])


def revoke(key: ExchangeKey, reason: str) -> None:
    """Let nothing be sealed for a key or believed under it any more. Raises Refused."""
    if key.state == KeyState.REVOKED:
        raise Refused(Fault("", _("This key is revoked already."), _("Nothing is to be done.")))
    key.state, key.ended_at, key.reason = KeyState.REVOKED, clock.now(), reason
    key.save(update_fields=["state", "ended_at", "reason"])


def _retire(body: Organ, *, own: bool) -> None:
    used = ExchangeKey.objects.filter(organ=body, own=own, state=KeyState.ACTIVE)
    used.update(state=KeyState.RETIRED, ended_at=clock.now())
