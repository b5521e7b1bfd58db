"""The shareholder's side of the small town, for tests of what it and others do together (出资人一侧)."""

from __future__ import annotations

from decimal import Decimal

from guantong.accounts.models import User
from guantong.kernel.organs.models import Officer, Organ, Post, Stake, Stationing
from support.town import SINCE, Town, bind

BODIES = [
    # code, name, prefix, kind, role
    ("regulator", "清川市人民政府国有资产监督管理委员会", "清国资", "regulator", "state_asset_regulator"),
    ("water", "清川水务集团有限公司", "清水", "enterprise", "enterprise"),
    ("pipes", "清川水务管网工程有限公司", "清管网", "enterprise", ""),
]
DEPARTMENTS = [
    # code, name, body, roles
    ("liaison", "联系室", "commission", "liaison_office"),
    ("committee", "国资国企纪检监察工作委员会", "commission", "soe_work_committee"),
    (
        "stationed",
        "派驻清川市人民政府国有资产监督管理委员会纪检监察组",
        "commission",
        "stationed_group regulator_stationed_group",
    ),
    ("regulator_leaders", "委领导", "regulator", "leadership"),
    (
        "accountability",
        "监督与责任追究科",
        "regulator",
        "accountability_department soe_accountability_department",
    ),
    ("water_leaders", "公司领导", "water", "leadership"),
    (
        "water_accountability",
        "审计与责任追究部",
        "water",
        "accountability_department soe_accountability_department",
    ),
]
POSTS = [
    # code, name, organ, title, rank
    ("liaison_head", "苏慕白", "liaison", "主任", "head"),
    ("liaison_clerk", "夏知秋", "liaison", "工作人员", "staff"),
    ("committee_head", "梁宗岱", "committee", "副书记", "head"),
    ("committee_clerk", "谢令仪", "committee", "综合处工作人员", "staff"),
    ("stationed_head", "梁宗岱", "stationed", "组长", "head"),
    ("stationed_clerk", "谢令仪", "stationed", "工作人员", "staff"),
    ("regulator_head", "傅伯庸", "regulator_leaders", "主任", "principal"),
    ("regulator_clerk", "宋一诺", "accountability", "科员", "staff"),
    ("regulator_chief", "孟昭华", "accountability", "科长", "head"),
    ("water_leader", "万鹏举", "water_leaders", "总经理", "leader"),
    ("water_clerk", "俞晚晴", "water_accountability", "主管", "staff"),
    ("water_chief", "卢思齐", "water_accountability", "部长", "head"),
]


def join(town: Town) -> Town:
    """Let the regulator, an enterprise with its subsidiary and those who work with them join the town."""
    for code, name, prefix, kind, role in BODIES:
        town.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=name[:40], kind=kind, jurisdiction=town.place,
            number_prefix=prefix, since=SINCE,
        )  # fmt: skip
        if role:
            bind(town.organs[code], role)
    for code, name, body, roles in DEPARTMENTS:
        parent = town.organs[body]
        town.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=name[:40], kind=parent.kind, jurisdiction=town.place,
            parent=parent, body=parent, since=SINCE,
        )  # fmt: skip
        for role in roles.split():
            bind(town.organs[code], role)
    _posts(town)
    regulator, water, pipes = (town.organs[code] for code in ("regulator", "water", "pipes"))
    Stake.objects.create(owner=regulator, company=water, percent=Decimal(100), since=SINCE)
    Stake.objects.create(owner=water, company=pipes, percent=Decimal("70.5"), since=SINCE)
    Stationing.objects.create(group=town.organs["stationed"], host=regulator, since=SINCE)
    return town


def _posts(town: Town) -> None:
    """Make the posts; who holds two is one officer with one account, named after his first post."""
    officers: dict[str, Officer] = {}
    for number, (code, name, organ, title, rank) in enumerate(POSTS, start=1):
        if name not in officers:
            officers[name] = Officer.objects.create(name=name, staff_number=f"S{number:03d}")
            User.objects.create_user(username=code, password="correct horse", officer=officers[name])
        town.posts[code] = Post.objects.create(
            officer=officers[name], organ=town.organs[organ], title=title, rank=rank, since=SINCE
        )
