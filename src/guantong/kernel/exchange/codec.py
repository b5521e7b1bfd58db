"""The sealed file (交换文件格式, .gtx): signed by the sender's key, encrypted for the recipient's.

    magic 9 | version u16 | length u32 | header JSON | length u64 | ciphertext | signature 64

The signature (Ed25519) is over every byte before it, so that nothing can be altered unseen; it is checked
before anything is decrypted. The key of the content comes from X25519 between a key made for this file and
the recipient's, through HKDF-SHA-256 over magic, version and header; ChaCha20-Poly1305 binds them again as
associated data. Who strips the signature and signs the ciphertext himself would have to change the sender in
the header, and then it no longer opens. Nothing is compressed: there is nothing to inflate. The content is a
length, a JSON text and the files one after the other. docs/exchange-format.md is this in words.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from guantong.kernel.exchange.errors import ExchangeError

MAGIC = b"GTX\r\n\x1a\n\x00\x01"
"""Breaks where the file was carried as text."""
VERSION = 1
LIMIT = 60 * 2**20
"""As large as one uploaded file may be."""
HEADER_LIMIT = 4096
JSON_LIMIT = 4 * 2**20
SIGNATURE = 64
_HEAD = struct.Struct(">HI")
_LONG = struct.Struct(">Q")
_SHORT = struct.Struct(">I")
_INFO = b"guantong exchange 1"


class Header(BaseModel):
    """What everybody can read: keys, number, algorithms (明文头). Nothing of the content."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    cipher: Literal["x25519-hkdf-sha256-chacha20poly1305"] = "x25519-hkdf-sha256-chacha20poly1305"
    signature: Literal["ed25519"] = "ed25519"
    sender: str = Field(pattern=r"^[0-9a-f]{64}$")
    recipient: str = Field(pattern=r"^[0-9a-f]{64}$")
    ephemeral: str = Field(pattern=r"^[0-9a-f]{64}$")
    number: int = Field(ge=1, le=10**9)


@dataclass(frozen=True)
class Sealed:
    """A file taken apart, nothing of it believed yet."""

    header: Header
    bound: bytes
    ciphertext: bytes
    signed: bytes
    signature: bytes


def seal(
    content: bytes, number: int, *,
    sender: str, signing: Ed25519PrivateKey, recipient: str, sealing: X25519PublicKey,
) -> bytes:  # fmt: skip
    """Return the file for `content`. Raises ExchangeError where it would be too large."""
    own = X25519PrivateKey.generate()
    header = Header(sender=sender, recipient=recipient, ephemeral=_raw(own.public_key()).hex(), number=number)
    said = header.model_dump_json().encode()
    bound = MAGIC + _HEAD.pack(VERSION, len(said)) + said
    key, nonce = _derived(own.exchange(sealing), bound)
    ciphertext = ChaCha20Poly1305(key).encrypt(nonce, content, bound)
    signed = bound + _LONG.pack(len(ciphertext)) + ciphertext
    if len(signed) + SIGNATURE > LIMIT:
        raise ExchangeError("too_large", limit=LIMIT // 2**20)
    return signed + signing.sign(signed)


def take_apart(data: bytes) -> Sealed:
    """Return a file's parts, whose lengths fit to the byte. Raises ExchangeError."""
    if not data:
        raise ExchangeError("empty")
    if len(data) > LIMIT:
        raise ExchangeError("too_large", limit=LIMIT // 2**20)
    start = len(MAGIC) + _HEAD.size
    if len(data) < start or not data.startswith(MAGIC):
        raise ExchangeError("no_file")
    version, length = _HEAD.unpack_from(data, len(MAGIC))
    if version != VERSION:
        raise ExchangeError("newer", version=version, known=VERSION)
    end = start + length
    if length > HEADER_LIMIT or len(data) < end + _LONG.size + SIGNATURE:
        raise ExchangeError("damaged")
    try:
        header = Header.model_validate_json(data[start:end])
    except ValidationError as error:
        raise ExchangeError("damaged") from error
    (size,) = _LONG.unpack_from(data, end)
    body = end + _LONG.size
    if len(data) != body + size + SIGNATURE:
        raise ExchangeError("damaged")
    return Sealed(header, data[:end], data[body : body + size], data[: body + size], data[body + size :])


def verify(sealed: Sealed, signing: Ed25519PublicKey) -> None:
    """See that the sender signed every byte. Raises ExchangeError."""
    try:
        signing.verify(sealed.signature, sealed.signed)
    except InvalidSignature as error:
        raise ExchangeError("forged") from error


def unseal(sealed: Sealed, sealing: X25519PrivateKey) -> bytes:
    """Return the content. Raises ExchangeError where the key is another."""
    try:
        shared = sealing.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(sealed.header.ephemeral)))
        key, nonce = _derived(shared, sealed.bound)
        return ChaCha20Poly1305(key).decrypt(nonce, sealed.ciphertext, sealed.bound)
    except (InvalidTag, ValueError) as error:
        raise ExchangeError("unreadable") from error


def pack(said: bytes, files: list[bytes]) -> bytes:
    """Return JSON and files as one content."""
    return _SHORT.pack(len(said)) + said + b"".join(files)


def unpack(content: bytes) -> tuple[bytes, memoryview]:
    """Return the JSON and the bytes after it. Raises ExchangeError."""
    if len(content) < _SHORT.size:
        raise ExchangeError("not_as_agreed", where="length")
    (length,) = _SHORT.unpack_from(content)
    if length > JSON_LIMIT or _SHORT.size + length > len(content):
        raise ExchangeError("not_as_agreed", where="length")
    end = _SHORT.size + length
    return content[_SHORT.size : end], memoryview(content)[end:]


def _derived(shared: bytes, bound: bytes) -> tuple[bytes, bytes]:
    made = HKDF(algorithm=hashes.SHA256(), length=44, salt=bound, info=_INFO).derive(shared)
    return made[:32], made[32:]


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
