"""What goes on the disc beside the sealed files (随盘材料): the cover sheet, and the form to answer with.

Both belong to the disc, as letters do, and are always Chinese. Neither names a person or an allegation.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from guantong.kernel.exchange.models import ExchangeKey, KeyState, Message
from guantong.kernel.papers.letter import (
    Column,
    Format,
    KeyValue,
    Letter,
    Pair,
    Paragraph,
    Signature,
    SignLines,
    Table,
)
from guantong.kernel.papers.render_pdf import render_pdf

FORM = Path(__file__).with_name("answer_form.html")
KINDS = {"transfer": "移送", "receipt": "回执", "feedback": "反馈", "request": "商请", "answer": "答复"}


def sheet(messages: Sequence[Message], on: date) -> bytes:
    """Return the cover sheet (封面) of a disc with these messages, all of one body to another."""
    return render_pdf(cover_letter(messages, on))


def cover_letter(messages: Sequence[Message], on: date) -> Letter:
    """Return the cover sheet's model: which files, how many, for whom; never about whom or what."""
    first = messages[0]
    marks = {
        key.own: key.fingerprint
        for key in ExchangeKey.objects.filter(
            organ__in=[first.own_id, first.peer_id], state=KeyState.ACTIVE
        ).order_by("own")
    }
    rows = tuple(
        (
            str(message.number),
            KINDS.get(message.kind, message.kind),
            message.paper.number if message.paper else "—",
            message.file.name if message.file else "—",
            message.file.digest.partition(":")[2] if message.file else "—",
        )
        for message in messages
    )
    return Letter(
        format=Format.SHEET,
        issuers=(first.own.name,),
        title=("光盘交换清单",),
        blocks=(
            KeyValue(
                pairs=(
                    Pair(label="发出单位", value=first.own.name),
                    Pair(label="接收单位", value=first.peer.name),
                    Pair(label="文件数", value=f"{len(messages)}件", wide=True),
                    Pair(label="发出密钥指纹", value=marks.get(True, "—"), wide=True),
                    Pair(label="接收密钥指纹", value=marks.get(False, "—"), wide=True),
                )
            ),
            Paragraph(text="本盘存有下列文件："),
            Table(
                columns=(
                    Column(title="序号", width=3, align="center"),
                    Column(title="种类", width=3),
                    Column(title="文号", width=10),
                    Column(title="文件名", width=10),
                    Column(title="SM3 摘要", width=11),
                ),
                rows=rows,
            ),
            Paragraph(
                text="文件已签名并加密，只有接收单位能够打开。序号不连续、文件打不开或摘要不符的，请来电核对。"
            ),
            SignLines(labels=("制作人", "送达人", "接收人")),
        ),
        signature=Signature(on=on),
    )


def answer_form(message: Message) -> bytes:
    """Return the form for an organ without the platform, made out for one message (离线回复表)."""
    made_out = {
        "ref": str(message.ref),
        "message": str(message.uid),
        "sender": message.own.name,
        "from": message.peer.name,
        "letter": message.paper.number if message.paper else "",
        "asked": message.kind,
        "on": message.on.isoformat(),
    }
    said = json.dumps(made_out, ensure_ascii=False).replace("<", "\\u003c")
    return FORM.read_text(encoding="utf-8").replace("/*MADE-OUT*/ null", said, 1).encode()
