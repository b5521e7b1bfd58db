"""Taking files in (接收交换件): opened, shown, and recorded by the act that records the same on paper."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from pydantic import ValidationError

from guantong.kernel.access.actors import Actor
from guantong.kernel.acts.act import Deed, refuse
from guantong.kernel.acts.files import StoredFile, open_stored
from guantong.kernel.acts.perform import Done, perform
from guantong.kernel.exchange import carriers, codec, envelope, keys
from guantong.kernel.exchange.carriers import Taken
from guantong.kernel.exchange.envelope import Content, Envelope, Said
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.models import ExchangeKey, KeyState, Line, Message
from guantong.kernel.matters.models import Attachment
from guantong.kernel.organs.models import Organ

ANSWER_LIMIT = 256 * 1024
MOST_MISSING = 1000


class PlainAnswer(Said):
    """An answer typed into the offline form by an organ without the platform (离线回复): signed by nobody."""

    format: Literal["guantong-plain-answer"]
    version: Literal[1]
    kind: Literal["receipt", "feedback", "answer"]
    ref: uuid.UUID
    message: uuid.UUID
    from_body: envelope.Name
    written_by: envelope.Name
    body: dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """What a sealed file proves: which body signed what (签名证明)."""

    content: Content
    peer: Organ

    @property
    def envelope(self) -> Envelope:
        """The envelope."""
        return self.content.envelope


@dataclass(frozen=True)
class Opened:
    """A file that was opened for a body: what it says; `proof` where a confirmed key vouches for it."""

    kind: str
    ref: uuid.UUID
    own_id: int
    said: Said
    proof: Proof | None = None
    reply_to: uuid.UUID | None = None
    warnings: tuple[str, ...] = ()


@dataclass
class Finding:
    """What became of looking at a file, before anything is recorded (预览)."""

    opened: Opened | None = None
    taken: Taken | None = None
    error: ExchangeError | None = None
    repeated: Message | None = None
    warnings: list[str] = field(default_factory=list)


def open_file(data: bytes, own_id: int) -> Opened:
    """Open a file for the body `own_id`. Raises ExchangeError; nothing is recorded."""
    if data[:1] in (b"{", b"\xef"):
        return _plain_answer(data, own_id)
    sealed = codec.take_apart(data)
    header = sealed.header
    found = {
        key.key_id: key
        for key in ExchangeKey.objects.filter(key_id__in=[header.sender, header.recipient]).select_related(
            "organ"
        )
    }
    warnings = []
    sender = found.get(header.sender)
    if sender is None or sender.own:
        raise ExchangeError("unknown_sender", key=keys.fingerprint(header.sender))
    if sender.state in (KeyState.REVOKED, KeyState.NEW):
        code = "revoked_sender" if sender.state == KeyState.REVOKED else "unconfirmed_sender"
        raise ExchangeError(code, name=sender.organ.name)
    codec.verify(sealed, Ed25519PublicKey.from_public_bytes(bytes.fromhex(sender.signing)))
    recipient = found.get(header.recipient)
    if recipient is None or not recipient.own:
        raise ExchangeError("misaddressed", key=keys.fingerprint(header.recipient))
    if recipient.state == KeyState.REVOKED:
        raise ExchangeError("own_key_revoked")
    if recipient.organ_id != own_id:
        raise ExchangeError("other_body", name=recipient.organ.name)
    if sender.state == KeyState.RETIRED:
        warnings.append(_("It is signed with a key of the sender that has since been replaced."))
    if recipient.state == KeyState.RETIRED:
        warnings.append(_("It is sealed for a key of ours that has since been replaced; send them the new."))
    private = keys.unlock(bytes(recipient.private), recipient.key_id)
    content = envelope.from_bytes(codec.unseal(sealed, X25519PrivateKey.from_private_bytes(private[32:])))
    said = content.envelope
    if said.number != header.number:
        raise ExchangeError("not_as_agreed", where="number")
    body = carriers.get(said.kind).read(said.body)
    proof = Proof(content, sender.organ)
    return Opened(said.kind, said.ref, own_id, body, proof, said.reply_to, tuple(warnings))


def _plain_answer(data: bytes, own_id: int) -> Opened:
    if len(data) > ANSWER_LIMIT:
        raise ExchangeError("no_file")
    try:
        said = PlainAnswer.model_validate(json.loads(data.decode("utf-8-sig")))
    except ValidationError as error:
        raise envelope.not_as_agreed(error) from error
    except (ValueError, RecursionError) as error:
        raise ExchangeError("no_file") from error
    body = carriers.get(said.kind).read(said.body)
    warning = _("Nobody signed this file: what it says is believed only with the scan of their paper.")
    return Opened(said.kind, said.ref, own_id, body, None, said.message, (warning,))


def look(data: bytes, actor: Actor) -> Finding:
    """See what taking a file in would come to; nothing is recorded (先看后收)."""
    finding = Finding()
    try:
        opened = finding.opened = open_file(data, actor.body_id)
        finding.warnings += opened.warnings
        if opened.proof is not None:
            finding.repeated = _already(opened.proof, opened.own_id)
            if finding.repeated is not None:
                raise _repetition(opened.proof, finding.repeated)
            finding.warnings += _count_warnings(opened.proof, opened.own_id)
        finding.taken = carriers.get(opened.kind).take(opened, opened.said, actor)
        finding.warnings += finding.taken.warnings
    except ExchangeError as error:
        finding.error = error
    return finding


def _already(proof: Proof, own_id: int) -> Message | None:
    return (
        Message.objects.filter(incoming=True, own=own_id, peer=proof.peer, number=proof.envelope.number)
        .select_related("matter")
        .first()
    )


def _repetition(proof: Proof, before: Message) -> ExchangeError:
    said = proof.envelope
    # a file made anew for the same message says the same, so its digest is the same
    code = "repeated" if (before.uid, before.digest) == (said.uid, proof.content.digest) else "same_number"
    return ExchangeError(code, number=said.number, name=proof.peer.name, day=before.on)


def _count_warnings(proof: Proof, own_id: int) -> list[str]:
    number, name = proof.envelope.number, proof.peer.name
    line = Line.objects.filter(own=own_id, peer=proof.peer).first()
    last = line.received if line else 0
    if number > last + 1:
        lost = _(", ").join(str(one) for one in range(last + 1, number)[:10])
        return [_("Missing before it from %(name)s: no. %(lost)s.") % {"name": name, "lost": lost}]
    if number < last:
        words = {"number": number, "last": last}
        return [_("Out of order: no. %(number)s comes after no. %(last)s.") % words]
    return []


def take(data: bytes, name: str, actor: Actor, more: dict[str, Any], scan: Any = None) -> Done:
    """Record what a file says by the act for it, in one transaction. `more`: what the clerk adds.

    Raises ExchangeError where it cannot be taken, Refused where the act is refused.
    """
    finding = look(data, actor)
    if finding.error is not None:
        raise finding.error
    opened, taken = finding.opened, finding.taken
    assert opened is not None  # noqa: S101 - else there was an error
    assert taken is not None  # noqa: S101 - else there was an error
    files: MultiValueDict[str, UploadedFile[Any]] = MultiValueDict()
    files.appendlist("message", _upload(_named(name, opened), data))
    for entry, content in opened.proof.content.files if opened.proof else ():
        field_name = "scan" if entry.role == "letter" else "attachments"
        files.appendlist(field_name, _upload(entry.name, content))
    if scan is not None:
        files.setlist("scan", [scan])
    return perform(taken.act, actor, taken.matter_id, {**taken.data, **more}, files)


def _named(name: str, opened: Opened) -> str:
    """Return the file's name with the ending of what it is."""
    ending = ".gtx" if opened.proof else ".json"
    return name if name.endswith(ending) else f"{name[:190]}{ending}"


def _upload(name: str, data: bytes) -> UploadedFile[Any]:
    return InMemoryUploadedFile(BytesIO(data), None, name, "application/octet-stream", len(data), None)


def arrived(deed: Deed) -> Opened | None:
    """Record, within an act, the file that it was given as `message`; None where it was given none.

    The file is opened here again: whatever the way in, no arrival is on record that its file does not prove.
    """
    stored = deed.data.get("message")
    if not isinstance(stored, StoredFile):
        return None
    with open_stored(stored.digest) as handle:
        data = handle.read(codec.LIMIT + 1)
    try:
        opened = open_file(data, deed.actor.body_id)
        peer = opened.proof.peer if opened.proof else _asked(opened, deed)
        if opened.proof is not None:
            _count(deed, opened.proof, opened.own_id)
        _note(deed, opened, peer, stored)
    except ExchangeError as error:
        raise error.refused() from error
    return opened


def _asked(opened: Opened, deed: Deed) -> Organ:
    """Return whom the message went to that a plain answer answers. Raises ExchangeError."""
    sent = Message.objects.filter(incoming=False, matter=deed.matter, own=opened.own_id)
    asked = sent.filter(uid=opened.reply_to or opened.ref).select_related("peer").first()
    if asked is None:
        raise ExchangeError("no_matter")
    return asked.peer


def _count(deed: Deed, proof: Proof, own_id: int) -> None:
    number = proof.envelope.number
    lines = Line.objects.select_for_update().filter(own_id=own_id, peer=proof.peer)
    line = lines.first()
    if line is None:  # two first messages may come at once
        Line.objects.bulk_create([Line(own_id=own_id, peer=proof.peer)], ignore_conflicts=True)
        line = lines.get()
    if number <= line.received and number not in line.missing:
        before = _already(proof, own_id)
        if before is not None:
            raise _repetition(proof, before)
        raise ExchangeError("repeated", number=number, name=proof.peer.name, day=deed.happened_on)
    missing = {*line.missing, *range(max(line.received + 1, number - MOST_MISSING), number)} - {number}
    deed.change(line, missing=sorted(missing), received=max(line.received, number))


def _note(deed: Deed, opened: Opened, peer: Organ, stored: StoredFile) -> None:
    said = opened.proof.envelope if opened.proof else None
    file = Attachment(
        matter=deed.matter, name=stored.name, digest=stored.digest, size=stored.size,
        media_type=stored.media_type, purpose="message", depth=deed.act.shown(deed), recorded_at=deed.now,
        recorded_by=deed.actor.post,
    )  # fmt: skip
    deed.content["message"] = {"name": stored.name, "digest": stored.digest, "size": stored.size}
    del deed.data["message"]  # kept here, so that the message knows its file
    deed.add(file)
    deed.add(
        Message(
            uid=said.uid if said else uuid.uuid4(),
            incoming=True,
            signed=said is not None,
            kind=opened.kind,
            matter=deed.matter,
            own_id=opened.own_id,
            peer=peer,
            number=said.number if said else None,
            ref=opened.ref,
            reply_to=opened.reply_to,
            body=opened.said.model_dump(mode="json"),
            digest=opened.proof.content.digest if opened.proof else stored.digest,
            file=file,
            on=deed.happened_on,
            at=deed.now,
        )
    )
    if opened.reply_to is not None:  # whatever answers a message of ours shows that it came
        sent = Message.objects.filter(uid=opened.reply_to, incoming=False, own=opened.own_id)
        sent.filter(acknowledged_on__isnull=True).update(acknowledged_on=deed.happened_on)


def require_proof(deed: Deed) -> Opened | None:
    """Record the file of an answer; one nobody signed takes the scan of the paper. Raises Refused."""
    opened = arrived(deed)
    if (opened is None or opened.proof is None) and not deed.data.get("scan"):
        raise refuse(
            "scan",
            _("Neither a sealed file nor the scan of their paper is there."),
            _("Attach the scan (PDF, JPEG or PNG), or take in the sealed file."),
        )
    return opened
