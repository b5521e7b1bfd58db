"""A small town for tests: every kind of post once (测试用小城)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from django.contrib.auth.hashers import make_password
from django.db.models import Model
from django.forms.models import model_to_dict

from guantong.accounts.models import User
from guantong.kernel.access.actors import Actor, actor_for
from guantong.kernel.measures import engine, load
from guantong.kernel.measures import publish as publishing
from guantong.kernel.measures.catalogue import FOLDER
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post, RoleBinding

SINCE = date(2020, 1, 1)
PUBLISHED = datetime(2099, 1, 1, tzinfo=UTC)
"""After the days of all tests: what comes round by the calendar begins where a test says so."""
FIRST_ID = 10_000
"""Ids of a town begin where no sequence of a test comes to."""
MEASURES = Path(os.environ.get("GUANTONG_TEST_MEASURES", FOLDER))
"""Where the town's measures come from; scripts/check_clauses.py lets a clause be missing there."""


_parsed = cache(load.load_text)


def remember_measures() -> None:
    """Let each measure file be parsed once in this process: a town needs three, and there are many towns."""
    for module in (publishing, engine):
        setattr(module, "load_text", _parsed)  # noqa: B010 - not theirs to export


@dataclass
class Town:
    """The town's organs, posts and accounts by short names."""

    place: Jurisdiction
    county: Jurisdiction
    organs: dict[str, Organ] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return the named officer acting in his post."""
        post = self.posts[name]
        actor = actor_for(post.officer_id, post.pk)
        assert actor is not None
        return actor


BODIES = [
    # code, name, prefix, kind, jurisdiction
    ("commission", "中共清川市纪律检查委员会", "清纪", "discipline", "city"),
    ("audit", "清川市审计局", "清审", "audit", "city"),
    ("inspection", "中共清川市委巡察工作领导小组办公室", "清巡", "inspection", "city"),
    ("county_commission", "中共云麓县纪律检查委员会", "云纪", "discipline", "county"),
]
DEPARTMENTS = [
    # code, name, body, role
    ("leaders", "委领导", "commission", "leadership"),
    ("supervision", "案件监督管理室", "commission", "case_supervision"),
    ("first", "第一监督检查室", "commission", "supervision_department"),
    ("second", "第二审查调查室", "commission", "investigation_department"),
    ("audit_leaders", "局领导", "audit", "leadership"),
    ("executing", "审计执行科", "audit", "audit_executing_department"),
    ("team", "企业审计科", "audit", "audit_team"),
    ("rounds", "综合科", "inspection", "inspection_office"),
    ("county_supervision", "案件监督管理室", "county_commission", "case_supervision"),
]
POSTS = [
    # code, name, organ, title, rank
    ("secretary", "秦望山", "leaders", "书记", "principal"),
    ("deputy", "陆知行", "leaders", "副书记", "leader"),
    ("clerk", "沈若川", "supervision", "工作人员", "staff"),
    ("clerk_head", "顾明远", "supervision", "主任", "head"),
    ("handler", "韩牧之", "first", "工作人员", "staff"),
    ("handler_head", "江其琛", "first", "主任", "head"),
    ("stranger", "陶景行", "second", "工作人员", "staff"),
    ("auditor", "叶怀安", "executing", "科员", "staff"),
    ("audit_head", "方靖宇", "executing", "科长", "head"),
    ("audit_leader", "何嘉禾", "audit_leaders", "局长", "principal"),
    ("team_member", "岑子墨", "team", "主审", "staff"),
    ("inspector", "白望舒", "rounds", "科员", "staff"),
    ("county_clerk", "罗听澜", "county_supervision", "工作人员", "staff"),
]


Row = TypeVar("Row", bound=Model)


class _Rows:
    """Rows under ids of their own, the same in every town, stored by one statement for each table."""

    def __init__(self) -> None:
        self.ids = count(FIRST_ID)
        self.made: dict[type[Model], list[Model]] = {}

    def add(self, model: type[Row], **fields: Any) -> Row:
        one = model(pk=next(self.ids), **fields)
        self.made.setdefault(model, []).append(one)
        return one

    def bind(self, organ: Organ, role: str) -> None:
        self.add(RoleBinding, jurisdiction=organ.jurisdiction, role=role, organ=organ, since=SINCE)

    def store(self) -> None:
        for model, rows in self.made.items():
            model._default_manager.bulk_create(rows)


def build() -> Town:
    """Make the town in the present transaction."""
    remember_measures()
    rows = _Rows()
    province = rows.add(Jurisdiction, code="990000", name="青澜省", tier="province")
    city = rows.add(Jurisdiction, code="990100", name="清川市", tier="prefecture", parent=province)
    county = rows.add(Jurisdiction, code="990121", name="云麓县", tier="county", parent=city)
    town = Town(city, county)
    places = {"city": city, "county": county}
    for code, name, prefix, kind, place in BODIES:
        town.organs[code] = rows.add(
            Organ, code=code, name=name, short_name=name, kind=kind, jurisdiction=places[place],
            number_prefix=prefix, since=SINCE,
        )  # fmt: skip
        if kind == "discipline":
            rows.bind(town.organs[code], "commission")
    for code, name, body, role in DEPARTMENTS:
        parent = town.organs[body]
        town.organs[code] = rows.add(
            Organ, code=code, name=name, short_name=name, kind=parent.kind, jurisdiction=parent.jurisdiction,
            parent=parent, body=parent, since=SINCE,
        )  # fmt: skip
        rows.bind(town.organs[code], role)
    for number, (code, name, organ, title, rank) in enumerate(POSTS, start=1):
        officer = rows.add(Officer, name=name, staff_number=f"T{number:03d}")
        town.posts[code] = rows.add(
            Post, officer=officer, organ=town.organs[organ], title=title, rank=rank, since=SINCE
        )
        rows.add(User, username=code, password=_password(), officer=officer)
    for name in ("general", "chenzhou", "chengdu"):
        version = rows.add(MeasureVersion, published_at=PUBLISHED, **_published(name))
        for place in (city, county):
            rows.add(Adoption, jurisdiction=place, measure_version=version, since=SINCE)
    rows.store()
    engine.forget()
    return town


@cache
def _password() -> str:
    return make_password("correct horse")


@cache
def _published(name: str) -> dict[str, Any]:
    """Return what publishing a measure stores of it."""
    source = (MEASURES / f"{name}.yaml").read_text(encoding="utf-8")
    return model_to_dict(publishing.draft(source, f"{name}.yaml"), exclude=["id", "published_at"])


def bind(organ: Organ, role: str) -> None:
    """Bind a role of the measures to an organ."""
    RoleBinding.objects.create(jurisdiction=organ.jurisdiction, role=role, organ=organ, since=SINCE)
