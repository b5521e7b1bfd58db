"""Keys of bodies for the exchange (交换密钥): made, told to others, kept under lock.

A body signs with Ed25519 and is written to by X25519. SM2 would be the domestic choice (GM/T 0003); the
library in use does not offer it, so each file and key file names its algorithm and a later format may add it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guantong.kernel.exchange.errors import ExchangeError

SALT, NONCE = 16, 12
KEY_FILE_LIMIT = 16 * 1024
GROUPS, DIGITS = 8, 5
HEX32 = r"^[0-9a-f]{64}$"


class KeyFile(BaseModel):
    """The public part of a body's key, as it is given to others (公钥文件, .gtk)."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    format: Literal["guantong-exchange-key"] = "guantong-exchange-key"
    version: Literal[1] = 1
    body: str = Field(min_length=1, max_length=120)
    code: str = Field(min_length=1, max_length=64)
    made_on: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    signing_algorithm: Literal["ed25519"] = "ed25519"
    signing: str = Field(pattern=HEX32)
    sealing_algorithm: Literal["x25519"] = "x25519"
    sealing: str = Field(pattern=HEX32)
    proof: str = Field(default="", pattern=r"^([0-9a-f]{128})?$")

    def stated(self) -> bytes:
        """Return what the proof is a signature over: everything else, in one order."""
        said = self.model_dump(exclude={"proof"})
        return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Pair:
    """A body's new key: public parts, and the private ones together."""

    signing: str
    sealing: str
    private: bytes

    @property
    def key_id(self) -> str:
        """Name of the key."""
        return key_id(self.signing, self.sealing)


def make() -> Pair:
    """Make a signing and a sealing key."""
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    return Pair(
        signing.public_key().public_bytes_raw().hex(),
        sealing.public_key().public_bytes_raw().hex(),
        signing.private_bytes_raw() + sealing.private_bytes_raw(),
    )


def key_id(signing: str, sealing: str) -> str:
    """Return the name of a key: the SM3 digest of its public parts."""
    state = hashes.Hash(hashes.SM3())
    state.update(b"guantong exchange key 1\n" + bytes.fromhex(signing) + bytes.fromhex(sealing))
    return state.finalize().hex()


def fingerprint(name: str) -> str:
    """Return a key's fingerprint for the telephone: eight groups of five digits (指纹), 132 bits."""
    digits = str(int(name, 16) % 10 ** (GROUPS * DIGITS)).zfill(GROUPS * DIGITS)
    return " ".join(digits[at : at + DIGITS] for at in range(0, len(digits), DIGITS))


def key_file(body: str, code: str, made_on: date, signing: str, sealing: str, private: bytes) -> bytes:
    """Return the key file of a body, which proves that whoever made it holds the key."""
    said = KeyFile(body=body, code=code, made_on=made_on.isoformat(), signing=signing, sealing=sealing)
    proof = Ed25519PrivateKey.from_private_bytes(private[:32]).sign(said.stated()).hex()
    whole: dict[str, Any] = {**said.model_dump(), "proof": proof}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def read_key_file(data: bytes) -> KeyFile:
    """Return what a key file says. Raises ExchangeError."""
    if len(data) > KEY_FILE_LIMIT:
        raise ExchangeError("no_file")
    try:
        said = KeyFile.model_validate_json(data)
        signing = Ed25519PublicKey.from_public_bytes(bytes.fromhex(said.signing))
        signing.verify(bytes.fromhex(said.proof), said.stated())
    except (ValidationError, ValueError) as error:
        raise ExchangeError("no_file") from error
    except InvalidSignature as error:
        raise ExchangeError("forged") from error
    return said


def lock(private: bytes, name: str) -> bytes:
    """Encrypt private parts for keeping, under the installation's secret (私钥加密保存)."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    return salt + nonce + ChaCha20Poly1305(_keeping_key(salt)).encrypt(nonce, private, name.encode())


def unlock(kept: bytes, name: str) -> bytes:
    """Return private parts. Raises ExchangeError where the installation's secret is another."""
    salt, nonce, rest = kept[:SALT], kept[SALT : SALT + NONCE], kept[SALT + NONCE :]
    try:
        return ChaCha20Poly1305(_keeping_key(salt)).decrypt(nonce, rest, name.encode())
    except InvalidTag as error:
        raise ExchangeError("locked_key") from error


def _keeping_key(salt: bytes) -> bytes:
    secret = settings.GUANTONG_EXCHANGE_SECRET or settings.SECRET_KEY
    return HKDF(hashes.SHA256(), 32, salt, b"guantong private exchange key 1").derive(str(secret).encode())
