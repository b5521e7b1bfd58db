"""No canary of a forwarding organ reaches whom it must not (转办金丝雀)."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guantong.kernel.matters.models import Attachment, Matter
from support.canaries import Planted, crawled
from support.consistency import sight_of_everybody
from support.play import Player, scan, uploads

pytestmark = pytest.mark.django_db

FORWARDING = {
    "reason of forwarding": "雁字回时", "instruction's content": "CANARYBYTESOFTHEINSTRUCTION",
    "instruction's name": "月满西楼", "who decided": "花自飘零", "reason of declining": "水自流十",
}  # fmt: skip
FORWARDED = {"letter's content": "CANARYBYTESOFTHELETTER", "allegation": "云中谁寄", "sender": "锦书来处"}


def pdf(name: str, canary: str) -> SimpleUploadedFile:
    return scan(f"{name}.pdf", f"%PDF-1.4 {canary}".encode())


def test_what_a_forwarding_organ_keeps_to_itself_reaches_neither_side(play: Player) -> None:
    kept, sent, day = FORWARDING, FORWARDED, "2026-09-28"
    organ = play.town.organs["executing"]
    organ.name = sent["sender"]
    organ.save()
    letter = uploads(scan=pdf("来函", sent["letter's content"]))
    clue = play.registered(day, allegation=sent["allegation"], files=letter)
    handler = play.town.organs["first"].pk
    play.act(day, "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")
    paper = pdf(kept["instruction's name"], kept["instruction's content"])
    play.done(
        day, "clerk", "clue.decline_assignment", clue, signer=kept["who decided"],
        reason=kept["reason of declining"], files=uploads(scan=paper),
    )  # fmt: skip
    to = play.town.organs["county_commission"].pk
    play.act(day, "clerk", "clue.forward", clue, to=to, reason=kept["reason of forwarding"])
    with play.see("county_clerk"):
        arrived = Matter.objects.get(kind="clue").pk
    play.act(day, "county_clerk", "clue.receive", arrived)
    with sight_of_everybody():
        files = [str(pk) for pk in Attachment.objects.values_list("pk", flat=True)]
    ids = {"matter_id": [str(arrived), str(clue)], "attachment_id": files, "code": ["clue.forward"]}
    for who, expected in (("clerk", set(kept)), ("auditor", set()), ("county_clerk", set())):
        crawler = crawled(play, Planted(arrived, ids), who)
        found = {one.partition(" at ")[0] for one in crawler.where({**kept, **sent})}
        assert found == expected | set(sent), (who, crawler.where(kept))
