"""The sealed file: what goes in comes out, and nothing else ever does."""

from __future__ import annotations

import io
import json
import os
import struct
import uuid
import zipfile
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from guantong.kernel.exchange import codec, envelope, keys
from guantong.kernel.exchange.envelope import Body, Envelope, entry_of
from guantong.kernel.exchange.errors import TEXTS, ExchangeError

SENDER, RECIPIENT = keys.make(), keys.make()


def sealed(content: bytes, number: int = 1, sender: keys.Pair = SENDER) -> bytes:
    return codec.seal(
        content, number, sender=sender.key_id,
        signing=Ed25519PrivateKey.from_private_bytes(sender.private[:32]), recipient=RECIPIENT.key_id,
        sealing=X25519PublicKey.from_public_bytes(bytes.fromhex(RECIPIENT.sealing)),
    )  # fmt: skip


def opened(data: bytes, sender: keys.Pair = SENDER) -> bytes:
    parts = codec.take_apart(data)
    codec.verify(parts, Ed25519PublicKey.from_public_bytes(bytes.fromhex(sender.signing)))
    return codec.unseal(parts, X25519PrivateKey.from_private_bytes(RECIPIENT.private[32:]))


def refused(data: bytes) -> str:
    with pytest.raises(ExchangeError) as error:
        opened(data)
    return error.value.code


FILE = sealed(b"content" * 30)


@given(st.binary(max_size=3000), st.integers(1, 10**9))
def test_what_was_sealed_comes_out(content: bytes, number: int) -> None:
    made = sealed(content, number)
    assert opened(made) == content
    assert codec.take_apart(made).header.number == number
    assert len(content) < 16 or content not in made


@settings(max_examples=400)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_no_byte_can_be_altered_unseen(place: int, change: int) -> None:
    altered = bytearray(FILE)
    altered[place] ^= change
    assert refused(bytes(altered)) in {"no_file", "newer", "damaged", "forged"}


@pytest.mark.parametrize("region", ["header", "ciphertext", "signature"])
def test_each_region_altered_is_called_forged(region: str) -> None:
    parts = codec.take_apart(FILE)
    place = {
        "header": FILE.index(b'"number":1'), "ciphertext": len(parts.bound) + 20, "signature": len(FILE) - 1
    }[region]  # fmt: skip
    altered = bytearray(FILE)
    altered[place + (9 if region == "header" else 0)] ^= 2
    assert refused(bytes(altered)) == "forged"


@given(st.integers(0, len(FILE) - 1))
def test_a_part_of_a_file_is_no_file(length: int) -> None:
    assert refused(FILE[:length]) in {"empty", "no_file", "damaged"}
    assert refused(FILE + FILE[:1]) == "damaged"


@given(st.binary(max_size=400))
def test_anything_else_is_refused_without_an_accident(data: bytes) -> None:
    assert refused(data) in {"empty", "no_file"}
    assert refused(codec.MAGIC + data) in {"no_file", "newer", "damaged"}


def test_a_thief_cannot_sign_what_he_cannot_read() -> None:
    thief = keys.make()
    parts = codec.take_apart(FILE)
    header = parts.header.model_copy(update={"sender": thief.key_id}).model_dump_json().encode()
    bound = codec.MAGIC + struct.pack(">HI", codec.VERSION, len(header)) + header
    signed = bound + struct.pack(">Q", len(parts.ciphertext)) + parts.ciphertext
    made = signed + Ed25519PrivateKey.from_private_bytes(thief.private[:32]).sign(signed)
    with pytest.raises(ExchangeError) as error:
        opened(made, thief)
    assert error.value.code == "unreadable"


def test_zip_bombs_and_huge_files_are_refused_unread() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"\0" * 30_000_000)
    assert refused(bomb.getvalue()) == "no_file"
    assert refused(b"\0" * (codec.LIMIT + 1)) == "too_large"
    huge = codec.MAGIC + struct.pack(">HI", 1, 4_000_000_000)
    assert refused(huge + b"{}" * 100) == "damaged"
    with pytest.raises(ExchangeError) as error:
        sealed(os.urandom(codec.LIMIT))
    assert error.value.code == "too_large"


LISTED = {"name": "a", "role": "letter", "size": 5, "digest": "sm3:" + "0" * 64}


def said(**changes: object) -> bytes:
    whole = {
        "uid": str(uuid.uuid4()), "kind": "receipt", "number": 1, "sender": {"code": "a", "name": "甲"},
        "recipient": {"code": "b", "name": "乙"}, "made_on": "2026-09-28", "ref": str(uuid.uuid4()),
        "body": {}, **changes,
    }  # fmt: skip
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"schema_version": 2}, "schema_version"),
        ({"unknown": 1}, "unknown"),
        ({"number": 0}, "number"),
        ({"sender": {"code": "a", "name": ""}}, "sender.name"),
        ({"files": [{**LISTED, "name": "../a"}]}, "files.0.name"),
        ({"files": [{**LISTED, "size": 10**12}]}, "files.0.size"),
        ({"files": [LISTED]}, "files"),
    ],
)  # fmt: skip
def test_what_is_not_as_agreed_is_named(changes: dict[str, object], where: str) -> None:
    with pytest.raises(ExchangeError) as error:
        envelope.from_bytes(codec.pack(said(**changes), []))
    assert (error.value.code, error.value.words["where"]) == ("not_as_agreed", where)


def test_files_are_what_the_list_says() -> None:
    data = b"%PDF-1.4"
    whole = Envelope(
        uid=uuid.uuid4(), kind="receipt", number=1, sender=Body(code="a", name="甲"),
        recipient=Body(code="b", name="乙"), made_on=date(2026, 9, 28), ref=uuid.uuid4(), body={},
        files=(entry_of("函.pdf", "letter", data),),
    )  # fmt: skip
    content = envelope.from_bytes(envelope.to_bytes(whole, [data]))
    assert content.files[0][1] == data
    for wrong in ([b"%PDF-1.5"], [data + b"."], []):
        with pytest.raises(ExchangeError):
            envelope.from_bytes(envelope.to_bytes(whole, wrong))


def test_a_key_is_kept_encrypted_and_told_with_a_proof() -> None:
    pair = keys.make()
    kept = keys.lock(pair.private, pair.key_id)
    assert pair.private[:32] not in kept
    assert keys.unlock(kept, pair.key_id) == pair.private
    file = keys.key_file("甲", "a", date(2026, 9, 28), pair.signing, pair.sealing, pair.private)
    assert keys.read_key_file(file).signing == pair.signing
    assert pair.private[:32].hex().encode() not in file
    with pytest.raises(ExchangeError):
        keys.read_key_file(file.replace("甲".encode(), "乙".encode()))
    with pytest.raises(ExchangeError):
        keys.read_key_file(file.replace(pair.sealing.encode(), keys.make().sealing.encode()))
    groups = keys.fingerprint(pair.key_id).split(" ")
    assert [len(group) for group in groups] == [5] * 8


def test_another_secret_opens_no_key(settings: object) -> None:
    pair = keys.make()
    kept = keys.lock(pair.private, pair.key_id)
    settings.GUANTONG_EXCHANGE_SECRET = "another"  # type: ignore[attr-defined]
    with pytest.raises(ExchangeError) as error:
        keys.unlock(kept, pair.key_id)
    assert error.value.code == "locked_key"


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_refusal_gives_reason_and_remedy(code: str) -> None:
    words = dict.fromkeys(("limit", "version", "known", "key", "name", "where", "number", "day"), "1")
    fault = ExchangeError(code, **words).fault
    assert fault.reason
    assert fault.remedy
