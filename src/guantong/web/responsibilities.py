"""Who may do what in which capacity (责任矩阵; CD-1.3), generated from what the acts and papers declare."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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
from guantong.web.guard import actor_of, in_post

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Row:
    """One act, or one step of one kind of paper, with who may do it."""

    group: str
    code: str
    label: str
    by: tuple[Capacity, ...]
    clauses: list[str] = field(default_factory=list)


def rows() -> list[Row]:
    """Return every act there is with its capacities: acts of each kind of matter, papers, corrections."""
    return [*_act_rows(), *_correction_rows(), *_paper_rows()]


def _act_rows() -> list[Row]:
    serving = _serving()
    groups = {kind.code: str(kind.label) for kind in matter_kinds.all_kinds()}
    found = [
        Row(
            groups.get(act.kind, _("Every matter")),
            act.code,
            str(act.label),
            act.by,
            sorted({*act.clauses, *serving.get(act.code, ())}),
        )
        for act in registry.all_acts()
        if act.by
    ]
    return sorted(found, key=lambda row: row.group)


def _correction_rows() -> list[Row]:
    correct: Act = registry.get("matter.correct")
    return [
        Row(
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
        return Row(group, f"{act}:{kind.code}", label, by, sorted(serving.get(f"{act}:{kind.code}", ())))

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
    if capacity.custodian:
        return "custodian", ""
    if capacity.party:
        return "party", capacity.party
    if capacity.body_of:
        return "body", capacity.body_of
    return "role", capacity.role


def column_label(column: tuple[str, str]) -> str:
    """Return a column in words."""
    how, name = column
    if how == "custodian":
        return str(PartyRole.CUSTODIAN.label)
    if how == "party":
        return str(PartyRole(name).label)
    if how == "body":
        return _("organ of the %(party)s") % {"party": PartyRole(name).label}
    return role_name(name) if name else _("any post")


def condition(capacity: Capacity) -> str:
    """Return in words what a capacity asks for beyond its column; '' where nothing."""
    parts = []
    column = column_of(capacity)
    if capacity.role and column[0] != "role":
        parts.append(role_name(capacity.role))
    if capacity.body_of and column[0] != "body":
        parts.append(_("organ of the %(party)s") % {"party": PartyRole(capacity.body_of).label})
    if capacity.ranks:
        parts.append("/".join(str(Rank(rank).label) for rank in Rank.values if rank in capacity.ranks))
    if capacity.elsewhere:
        away = PartyRole(capacity.elsewhere).label
        parts.append(_("where the %(party)s works elsewhere, outside this platform") % {"party": away})
    if capacity.recorded:
        parts.append(_("recorded for"))
    return _(", ").join(parts)


def cell(by: Iterable[Capacity], column: tuple[str, str]) -> str:
    """Return what stands in one cell; '' where the capacity does not entitle."""
    words = [condition(one) or "●" for one in by if column_of(one) == column]
    return _("; ").join(dict.fromkeys(words))


def matrix() -> tuple[list[tuple[str, str]], list[Row]]:
    """Return columns (parties first) and rows."""
    all_rows = rows()
    order = {"role": 0, "party": 1, "custodian": 2, "body": 3}
    columns = {column_of(one) for row in all_rows for one in row.by}
    return sorted(columns, key=lambda column: (order[column[0]], column[1])), all_rows


@login_required
def responsibilities(request: HttpRequest) -> HttpResponse:
    """Show the matrix of all acts: rows acts, columns capacities, with the clauses."""
    columns, all_rows = matrix()
    shown: list[dict[str, Any]] = []
    for row in all_rows:
        if not shown or shown[-1]["group"] != row.group:
            shown.append({"group": row.group, "rows": []})
        shown[-1]["rows"].append({"row": row, "cells": [cell(row.by, column) for column in columns]})
    heads = [column_label(column) for column in columns]
    context = {"heads": heads, "groups": shown, "width": len(heads) + 2}
    return render(request, "web/house/responsibilities.html", context)


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """Return the matrix as a workbook."""
    columns, all_rows = matrix()
    labels = [f"{column_label(column)}" for column in columns]
    heads = [OutColumn("group", _("Kind of matter"), width=16), OutColumn("act", _("Act"), width=28)]
    heads += [
        OutColumn(f"c{number}", label if labels.count(label) == 1 else f"{label} {number}", width=16)
        for number, label in enumerate(labels)
    ]
    heads.append(OutColumn("clauses", _("Clauses"), width=20))
    data = write_workbook(
        heads,
        (
            {
                "group": row.group,
                "act": row.label,
                "clauses": " ".join(row.clauses),
                **{f"c{number}": cell(row.by, column) for number, column in enumerate(columns)},
            }
            for row in all_rows
        ),
        _("Responsibilities"),
    )
    answer = HttpResponse(data, content_type=WORKBOOK)
    answer["Content-Disposition"] = 'attachment; filename="responsibilities.xlsx"'
    return answer


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
