"""Pages of the registers (登记簿页面): list, spreadsheet, and a register to print and bind."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Secrecy
from guantong.kernel.papers.letter import Column, Format, Letter, Table
from guantong.kernel.papers.models import Urgency, Way
from guantong.kernel.papers.render_pdf import render_pdf
from guantong.kernel.sheets.writing import write_workbook
from guantong.web import registers
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post
from guantong.web.links import matter_url
from guantong.web.papers import given, watermark
from guantong.web.registers import Register

PAGE = 50
CLASSES = {"number": "gt-number", "title": "gt-title"}
MOST_OF = 24
MOST_EXPORTED = 10_000
MOST_PRINTED = 1_000
KEPT = ("year", "secrecy", "urgency", "way", "q")
YEARS_BACK = 6


def _register(code: str) -> Register:
    if code not in registers.ALL:
        raise Http404(_("There is no such register."))
    return registers.ALL[code]


def _asked(request: HttpRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "") for name in (*KEPT, "day", "row")}
    if "year" not in request.GET:
        asked["year"] = str(clock.today().year)
    return asked


def _kept(asked: dict[str, str], **more: str) -> str:
    return urlencode({name: asked[name] for name in KEPT if asked[name] or name == "year"} | more)


@in_post
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """List a register of the reader's body, as far as he may see it."""
    actor, register, asked = actor_of(request), _register(code), _asked(request)
    found = list(register.after(register.listed(actor, asked), asked)[: PAGE + 1])
    more = len(found) > PAGE
    this_year = clock.today().year
    lines = register.lines(found[:PAGE])
    context = {
        "register": register,
        "registers": registers.ALL.values(),
        "lines": [_line(register, line) for line in lines],
        "printable": any(line["_paper"] for line in lines),
        "asked": asked,
        "filtered": any(asked[name] for name in KEPT if name != "year"),
        "years": [str(year) for year in range(this_year, this_year - YEARS_BACK, -1)],
        "choices": [
            ("secrecy", _("Secrecy"), Secrecy.choices),
            ("urgency", _("Urgency"), Urgency.choices),
            ("way", _("Carrier"), Way.choices),
        ]
        if code != "seals"
        else [],
        "query": _kept(asked),
        "next": _kept(asked, **register.place(found[PAGE - 1])) if more else "",
        "first": not asked["row"],
    }
    return render(request, "web/papers/registers.html", context)


def _line(register: Register, line: dict[str, Any]) -> dict[str, Any]:
    """Return a row as the page shows it: its cells are made here, for a page has some six hundred."""
    paper, matter = line["_paper"], matter_url(line["_matter"])
    return line | {
        "paper": str(paper or ""),
        "url": reverse("paper", args=[paper]) if paper else matter,
        "cells": [(_class(column), _said(line[column.key])) for column in register.columns],
        "matter": matter,
        "of": Truncator(line["_of"]).chars(MOST_OF),
    }


def _class(column: registers.Column) -> str:
    if column.key in CLASSES:
        return CLASSES[column.key]
    return {"date": "gt-nowrap", "integer": "gt-num"}.get(column.kind, "gt-wrap" if column.wraps else "")


def _said(value: Any) -> str:
    return "—" if value in (None, "") else str(value)


def _whole(request: HttpRequest, code: str, most: int) -> tuple[Actor, Register, list[dict[str, Any]]]:
    actor, register = actor_of(request), _register(code)
    rows = register.listed(actor, _asked(request))[:most]
    return actor, register, register.lines(rows)


@in_post
@require_safe
def export(request: HttpRequest, code: str) -> HttpResponse:
    """Give a register out as a spreadsheet."""
    actor, register, lines = _whole(request, code, MOST_EXPORTED)
    note(actor, "export", None, f"register {code} {len(lines)}", user_id=request.user.pk)
    columns = [column.out for column in register.columns]
    book = write_workbook(columns, lines, sheet_name=str(register.label), above=watermark(actor).text)
    return spreadsheet(book, f"{register.label}.xlsx")


@in_post
@require_safe
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """Show a register as pages to print and bind, the oldest row first as a register is kept."""
    actor, register, lines = _whole(request, code, MOST_PRINTED)
    note(actor, "export", None, f"register {code} {len(lines)} pdf", user_id=request.user.pk)
    content = render_pdf(_letter(actor, register, lines, _asked(request)["year"]), watermark=watermark(actor))
    return given(content, "application/pdf", f"{register.label}.pdf", inline=True)


def _letter(actor: Actor, register: Register, lines: list[dict[str, Any]], year: str) -> Letter:
    columns = [column for column in register.columns if column.share]
    body = actor.organ.body or actor.organ
    table = Table(
        columns=tuple(Column(title=str(one.label), width=one.share) for one in columns),
        rows=tuple(
            tuple("" if line[one.key] is None else str(line[one.key]) for one in columns)
            for line in reversed(lines)
        ),
    )
    title = f"{register.label}（{year}）" if year else str(register.label)
    return Letter(format=Format.SHEET, issuers=(body.name,), title=(title,), blocks=(table,))
