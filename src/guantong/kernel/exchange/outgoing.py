"""Making files (制作交换件): a dispatch by disc leaves a message, which is sealed and numbered."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from guantong.kernel.acts.files import open_stored, write_bytes
from guantong.kernel.exchange import carriers, codec, keys
from guantong.kernel.exchange.carriers import Carrier
from guantong.kernel.exchange.envelope import (
    Body,
    Envelope,
    FileEntry,
    LetterPart,
    digest_of,
    entry_of,
    to_bytes,
)
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.models import ExchangeKey, KeyState, Message
from guantong.kernel.matters.models import Attachment
from guantong.kernel.papers.letter import Letter
from guantong.kernel.papers.render_pdf import render_pdf

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from guantong.kernel.acts.act import Deed
    from guantong.kernel.exchange.envelope import Said
    from guantong.kernel.papers.models import Paper

MEDIA_TYPE = "application/vnd.guantong.exchange"
_NAME = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]+")


def with_answered(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    """Load papers with the newest message of their addressee on the matter, which they answer (所复来件)."""
    came = Message.objects.filter(
        matter=OuterRef("matter"), incoming=True, peer=OuterRef("addressee")
    ).order_by("-id")
    return papers.annotate(answered=ArraySubquery(came.values(row=JSONObject(ref="ref", uid="uid"))[:1]))


def by_disc(deed: Deed, paper: Paper) -> None:
    """Leave a message for a paper dispatched by disc to a body that works elsewhere (光盘发出)."""
    carrier = carriers.for_paper(paper.kind)
    if carrier is None or carrier.compose is None or paper.addressee is None:
        return
    addressee = paper.addressee
    if addressee.elsewhere:
        answered = next((Answered(one["ref"], one["uid"]) for one in paper.answered), None)  # type: ignore[attr-defined]
        said = carrier.compose(deed.about, paper)
        leave(deed, carrier, addressee.pk, said, answered, paper=paper)


@dataclass(frozen=True)
class Answered:
    """The message that is answered: what both sides know its matter by, and its own id."""

    ref: uuid.UUID | str
    uid: uuid.UUID | str


def leave(
    deed: Deed, carrier: Carrier, peer_id: int, said: Said, before: Answered | None, *,
    paper: Paper | None = None,
) -> Message:  # fmt: skip
    """Leave a message to be sealed, in answer to the newest that came from that body on this matter."""
    message = Message(
        uid=uuid.uuid4(),
        incoming=False,
        kind=carrier.kind,
        matter=deed.matter,
        paper=paper,
        own_id=deed.actor.body_id,
        department=deed.actor.organ.name if deed.actor.organ.body_id else "",
        peer_id=peer_id,
        ref=before.ref if before else deed.matter.pk,
        reply_to=before.uid if before else None,
        body=said.model_dump(mode="json"),
        on=deed.happened_on,
        at=deed.now,
    )
    deed.add(message)
    return message


def next_number(own_id: int, peer_id: int) -> int:
    """Take the next number of one body to another (往来序号)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_line (own_id, peer_id, sent, received, missing)"
            " VALUES (%s, %s, 1, 0, '[]'::jsonb)"
            " ON CONFLICT (own_id, peer_id) DO UPDATE SET sent = exchange_line.sent + 1 RETURNING sent",
            [own_id, peer_id],
        )
        row = cursor.fetchone()
    return int(row[0])


def keys_between(own_id: int, peer_id: int) -> dict[bool, ExchangeKey]:
    """Return the keys in use: of the body here (True) and of the one elsewhere (False)."""
    wanted = Q(organ=own_id, own=True) | Q(organ=peer_id, own=False)
    return {key.own: key for key in ExchangeKey.objects.filter(wanted, state=KeyState.ACTIVE)}


def seal(message: Message) -> bytes:
    """Return the sealed file of a message that has its number. Raises ExchangeError."""
    found = keys_between(message.own_id, message.peer_id)
    if True not in found:
        raise ExchangeError("no_own_key", name=message.own.name)
    if False not in found:
        raise ExchangeError("no_peer_key", name=message.peer.name)
    content = _content(message)
    message.digest = digest_of(content)
    private = keys.unlock(bytes(found[True].private), found[True].key_id)
    return codec.seal(
        content,
        message.number or 0,
        sender=found[True].key_id,
        signing=Ed25519PrivateKey.from_private_bytes(private[:32]),
        recipient=found[False].key_id,
        sealing=X25519PublicKey.from_public_bytes(bytes.fromhex(found[False].sealing)),
    )


def _content(message: Message) -> bytes:
    carrier = carriers.get(message.kind)
    entries: list[FileEntry] = []
    files: list[bytes] = []
    letter = None
    if message.paper is not None:
        letter, pdf = _letter(message.paper)
        entries.append(entry_of(f"{_safe(message.paper.number)}.pdf", "letter", pdf))
        files.append(pdf)
    for attachment in carrier.files(message.matter):
        with open_stored(attachment.digest) as handle:
            files.append(handle.read())
        entries.append(entry_of(attachment.name.replace("/", "_"), "attachment", files[-1]))
    said = Envelope(
        uid=message.uid,
        kind=message.kind,
        number=message.number or 0,
        sender=Body(code=message.own.code, name=message.own.name, department=message.department),
        recipient=Body(code=message.peer.code, name=message.peer.name),
        made_on=message.on,
        ref=message.ref,
        reply_to=message.reply_to,
        letter=letter,
        body=message.body,
        files=tuple(entries),
    )
    return to_bytes(said, files)


def _letter(paper: Any) -> tuple[LetterPart, bytes]:
    model = paper.letter["final"]
    part = LetterPart(
        number=paper.number, title=paper.title, signed_on=paper.signed_on, signer=paper.signed_by, model=model
    )
    return part, render_pdf(Letter.from_json(model))


def _safe(name: str) -> str:
    return _NAME.sub("-", name).strip("-") or "letter"


def file_name(message: Message) -> str:
    """Return the file's name: sender, recipient, number, and nothing of what it holds."""
    ends = (message.own.short_name, message.peer.short_name)
    return f"{_safe(ends[0])}_{_safe(ends[1])}_{message.number:06d}.gtx"


def attach(deed: Deed, message: Message, data: bytes) -> Attachment:
    """Keep a sealed file in the store, as a file of its matter."""
    file = Attachment(
        matter=deed.matter, name=file_name(message), digest=write_bytes(data), size=len(data),
        media_type=MEDIA_TYPE, purpose="message", depth=deed.act.shown(deed), recorded_at=deed.now,
        recorded_by=deed.actor.post,
    )  # fmt: skip
    deed.add(file)
    return file
