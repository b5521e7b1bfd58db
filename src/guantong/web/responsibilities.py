"""Who may do what in which capacity (责任矩阵; CD-1.3), generated from what the acts and papers declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, Capacity
from guantong.kernel.acts.entitlement import role_name
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import PartyRole
from guantong.kernel.measures.catalogue import shipped_measures
from guantong.kernel.organs.models import Post, Rank
from guantong.kernel.papers import kinds as paper_kinds
from guantong.kernel.papers.kinds import PaperKind
from guantong.kernel.sheets import OutColumn, write_workbook
from guantong.web.exports import spreadsheet
from guantong.web.guard import actor_of, in_post

EVERY = "*"
SIDES = ("role", "party", "custodian", "body")


@dataclass
class Row:
    """One act, or one step of one kind of paper, with who may do it."""

    kind: str
    group: str
    code: str
    label: str
    by: tuple[Capacity, ...]
    clauses: list[str] = field(default_factory=list)


def rows() -> list[Row]:
    """Return every act there is with its capacities: acts of each kind of matter, papers, corrections."""
    order = [kind.code for kind in matter_kinds.all_kinds()]
    found = [*_act_rows(), *_correction_rows(), *_paper_rows()]
    return sorted(found, key=lambda row: order.index(row.kind) if row.kind in order else len(order))


def _act_rows() -> list[Row]:
    serving = _serving()
    groups = {kind.code: str(kind.label) for kind in matter_kinds.all_kinds()}
    return [
        Row(
            act.kind if act.kind in groups else EVERY,
            groups.get(act.kind, _("Every matter")),
            act.code,
            str(act.label),
            act.by,
            sorted({*act.clauses, *serving.get(act.code, ())}),
        )
        for act in registry.all_acts()
        if act.by
    ]


def _correction_rows() -> list[Row]:
    correct: Act = registry.get("matter.correct")
    return [
        Row(
            kind.code,
            _("Corrections: %(kind)s") % {"kind": kind.label},
            f"{correct.code}:{kind.code}.{name}",
            _("%(act)s: %(fact)s") % {"act": correct.label, "fact": one.label},
            one.by,
        )
        for kind in matter_kinds.all_kinds()
        for name, one in kind.correctables.items()
    ]


def _paper_rows() -> list[Row]:
    serving = _serving()

    def row(kind: PaperKind, act: str, by: tuple[Capacity, ...]) -> Row:
        label = _("%(act)s: %(paper)s") % {"act": registry.get(act).label, "paper": kind.label}
        matter = _("Every matter") if kind.matter == "*" else matter_kinds.get(kind.matter).label
        group = _("Papers: %(kind)s") % {"kind": matter}
        return Row(
            kind.matter, group, f"{act}:{kind.code}", label, by, sorted(serving.get(f"{act}:{kind.code}", ()))
        )

    return [
        row(kind, act, by)
        for kind in paper_kinds.all_kinds()
        for act, by in (
            ("paper.draft", kind.drafters),
            ("paper.check", kind.checkers),
            ("paper.sign", kind.signers),
            ("paper.dispatch", kind.drafters),
            ("paper.sign_for", kind.recipients),
        )
        if by
    ]


@cache
def _serving() -> dict[str, set[str]]:
    """Return by act or paper event the clauses of the shipped measures it serves."""
    found: dict[str, set[str]] = {}
    for measure in shipped_measures():
        for clause in measure.file.clauses:
            if clause.status == "carried":
                for act in clause.acts:
                    found.setdefault(act, set()).add(clause.id)
        for rule in measure.rules:
            for event in rule.on | rule.discharged_by:
                found.setdefault(event, set()).add(rule.clause)
    return found


def column_of(capacity: Capacity) -> tuple[str, str]:
    """Return the column a capacity belongs to: kind ('party', 'role', 'body', 'custodian') and name."""
    if capacity.custodian or capacity.party == PartyRole.CUSTODIAN:
        return "custodian", ""
    if capacity.party:
        return "party", capacity.party
    if capacity.body_of:
        return "body", capacity.body_of
    return "role", capacity.role


def column_label(column: tuple[str, str], kinds: Iterable[str] = (EVERY,)) -> str:
    """Return a column in words; a party as it is called in matters of these kinds."""
    how, name = column
    if how == "custodian":
        return str(PartyRole.CUSTODIAN.label)
    if how == "role":
        return role_name(name) if name else _("any post")
    called = " / ".join(dict.fromkeys(_called(name, kind) for kind in kinds))
    return _("organ of the %(party)s") % {"party": called} if how == "body" else called


def _called(party: str, kind: str) -> str:
    return str(PartyRole(party).label) if kind == EVERY else matter_kinds.get(kind).party_label(party)


def condition(capacity: Capacity, kind: str = EVERY) -> str:
    """Return in words what a capacity asks for beyond its column; '' where nothing."""
    parts = []
    column = column_of(capacity)
    if capacity.role and column[0] != "role":
        parts.append(role_name(capacity.role))
    if capacity.body_of and column[0] != "body":
        parts.append(_("organ of the %(party)s") % {"party": _called(capacity.body_of, kind)})
    if capacity.ranks:
        parts.append("/".join(str(Rank(rank).label) for rank in Rank.values if rank in capacity.ranks))
    if capacity.elsewhere:
        away = _called(capacity.elsewhere, kind)
        parts.append(_("where the %(party)s works elsewhere, outside this platform") % {"party": away})
    if capacity.recorded:
        parts.append(_("recorded for"))
    return _(", ").join(parts)


def conditions(row: Row, column: tuple[str, str]) -> list[str]:
    """Return what a row asks for in one column ('': nothing besides); empty where it does not entitle."""
    return list(dict.fromkeys(condition(one, row.kind) for one in row.by if column_of(one) == column))


def cell(row: Row, column: tuple[str, str]) -> str:
    """Return what stands in one cell of the spreadsheet; '' where the capacity does not entitle."""
    return _("; ").join(words or "●" for words in conditions(row, column))


def matrix(kind: str = "") -> tuple[list[tuple[str, str]], list[Row]]:
    """Return columns (roles first, then parties) and rows; of one kind of matter where it is named."""
    all_rows = [row for row in rows() if kind in ("", row.kind)]
    columns = {column_of(one) for row in all_rows for one in row.by}
    return sorted(columns, key=lambda column: (SIDES.index(column[0]), column[1])), all_rows


def _heads(columns: list[tuple[str, str]], all_rows: list[Row]) -> list[str]:
    """Return the columns in words; a party as the kinds of matters that use it call it."""
    kinds = {
        column: dict.fromkeys(row.kind for row in all_rows for one in row.by if column_of(one) == column)
        for column in columns
    }
    return [column_label(column, kinds[column]) for column in columns]


@login_required
def responsibilities(request: HttpRequest) -> HttpResponse:
    """Show the matrix of the acts: rows acts, columns capacities, conditions as notes by number."""
    choices = [
        (EVERY, _("Every matter")),
        *((kind.code, str(kind.label)) for kind in matter_kinds.all_kinds()),
    ]
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(choices) else ""
    context = {"choices": choices, "kind": kind, "table": _table(get_language() or "", kind)}
    return render(request, "web/house/responsibilities.html", context)


@cache
def _table(language: str, kind: str) -> SafeString:
    """Return the matrix as a table in a language, made once: it changes with the program alone."""
    columns, all_rows = matrix(kind)
    notes: dict[str, str] = {}
    groups: list[dict[str, Any]] = []
    for row in all_rows:
        if not groups or groups[-1]["group"] != row.group:
            groups.append({"group": row.group, "rows": []})
        cells = [[_mark(words, notes) for words in conditions(row, column)] for column in columns]
        groups[-1]["rows"].append({"row": row, "cells": cells})
    roles = sum(1 for column in columns if column[0] == "role")
    context = {
        "heads": _heads(columns, all_rows), "groups": groups, "notes": notes.items(), "roles": roles,
        "parties": len(columns) - roles, "width": len(columns) + 2,
    }  # fmt: skip
    return render_to_string("web/house/responsibilities_table.html", context)


def _mark(words: str, notes: dict[str, str]) -> tuple[str, str]:
    """Return the mark of a condition and its words; a new condition takes the next number."""
    return (notes.setdefault(words, str(len(notes) + 1)), words) if words else ("●", "")


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Return the matrix as a workbook."""
    columns, all_rows = matrix()
    labels = [
        label if column[0] == "role" else _("in the matter: %(party)s") % {"party": label}
        for column, label in zip(columns, _heads(columns, all_rows), strict=True)
    ]
    heads = [OutColumn("group", _("Kind of matter"), width=16), OutColumn("act", _("Act"), width=28)]
    heads += [OutColumn(f"c{number}", label, width=16) for number, label in enumerate(labels)]
    heads.append(OutColumn("clauses", _("Clauses"), width=20))
    data = write_workbook(
        heads,
        (
            {
                "group": row.group,
                "act": row.label,
                "clauses": " ".join(row.clauses),
                **{f"c{number}": cell(row, column) for number, column in enumerate(columns)},
            }
            for row in all_rows
        ),
        _("Responsibilities"),
    )
    return spreadsheet(data, "responsibilities.xlsx")


# --- My capacities


@in_post
def capacities(request: HttpRequest) -> HttpResponse:
    """Show my posts, the roles bound to each, and what each may do (CD-1.3)."""
    actor = actor_of(request)
    bound = {actor.post.pk: actor.roles, **{post.pk: roles for post, roles in actor.roles_elsewhere}}
    all_rows = rows()
    cards = [
        {
            "post": post,
            "chosen": post.pk == actor.post.pk,
            "roles": sorted(role_name(role) for role in bound.get(post.pk, ())),
            "acts": _acts_of_post(all_rows, post, bound.get(post.pk, frozenset())),
        }
        for post in actor.posts
    ]
    return render(request, "web/house/capacities.html", {"cards": cards})


def _acts_of_post(all_rows: list[Row], post: Post, roles: frozenset[str]) -> list[dict[str, Any]]:
    """Return the acts the post may do: at once by its role, or where its organ is a party."""
    found = []
    for row in all_rows:
        able = [
            one
            for one in row.by
            if (not one.role or one.role in roles) and (not one.ranks or post.rank in one.ranks)
        ]
        if not able:
            continue
        wheres = [_where(one) for one in able]
        found.append({"row": row, "where": "" if "" in wheres else _("; or ").join(dict.fromkeys(wheres))})
    return found


def _where(capacity: Capacity) -> str:
    column = column_of(capacity)
    if column[0] == "role":
        return ""
    if column[0] == "custodian":
        return _("where you are the custodian")
    return _("where your organ is: %(party)s") % {"party": column_label(column)}
