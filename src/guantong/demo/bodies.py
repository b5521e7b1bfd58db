"""Bodies, holdings, stationed groups, postings of the fictional city (议事协调机构、出资、派驻、交流).

One seat is vacant, one concurrent post not held; two subsidiaries hold each other, one company has no owner.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from guantong.kernel import clock
from guantong.kernel.organs.models import (
    Body,
    Officer,
    Organ,
    Post,
    Posting,
    RoleBinding,
    Seat,
    Stake,
    Stationing,
)

if TYPE_CHECKING:
    from guantong.demo.city import City

SINCE = date(2020, 1, 1)
YEAR = timedelta(days=364)

ORGANS = [
    # code, name, short name, prefix, kind, place, works elsewhere
    ("qcsw", "中共清川市委员会", "清川市委", "清委", "other", "990100", True),
    ("ylxw", "中共云麓县委员会", "云麓县委", "云委", "other", "990121", True),
    ("llxw", "中共临岚县委员会", "临岚县委", "临委", "other", "990122", True),
    ("ylxc", "中共云麓县委巡察工作领导小组办公室", "云麓县委巡察办", "云巡", "inspection", "990121", False),
    ("llxc", "中共临岚县委巡察工作领导小组办公室", "临岚县委巡察办", "临巡", "inspection", "990122", False),
    ("swgw", "清川水务管网工程有限公司", "清川管网", "清管网", "enterprise", "990100", False),
    ("swzh", "清川智慧水务科技有限公司", "清川智水", "清智水", "enterprise", "990100", False),
    ("ctzy", "清川城投置业有限公司", "城投置业", "清置业", "enterprise", "990100", False),
    ("hz", "清川会展服务有限公司", "清川会展", "清会展", "enterprise", "990100", False),
]
DEPARTMENTS = [
    # code, name, body, role
    ("qcsw.leaders", "委领导", "qcsw", ""),
    ("ylxw.leaders", "委领导", "ylxw", ""),
    ("llxw.leaders", "委领导", "llxw", ""),
    ("ylxc.leaders", "办领导", "ylxc", "leadership"),
    ("llxc.leaders", "办领导", "llxc", "leadership"),
    ("ylxc.office", "综合股", "ylxc", "inspection_office"),
    ("llxc.office", "综合股", "llxc", "inspection_office"),
]
POSTS = [
    # code, name, organ, title, rank
    ("qcsw.secretary", "程怀远", "qcsw.leaders", "书记", "principal"),
    ("ylxw.secretary", "沈秉文", "ylxw.leaders", "书记", "principal"),
    ("llxw.secretary", "乔松年", "llxw.leaders", "书记", "principal"),
    ("xc.committee", "段怀瑾", "qc.leaders", "常委", "leader"),
    ("ylxc.director", "梅若华", "ylxc.leaders", "主任", "principal"),
    ("ylxc.committee", "梅若华", "yl.leaders", "常委", "leader"),
    ("llxc.director", "何秋白", "llxc.leaders", "主任", "principal"),
    ("ylxc.office.a", "闵行舟", "ylxc.office", "科员", "staff"),
    ("llxc.office.a", "蓝若水", "llxc.office", "科员", "staff"),
]
KINDS = {
    "audit": "audit_commission",
    "tour": "inspection_leading_group",
    "anti": "anti_corruption_coordination_group",
    "joint": "economic_audit_joint_meeting",
}
BODIES = [
    # code (place and kind), name, office, according to
    ("qc.audit", "中共清川市委审计委员会", "sj", "清委〔2019〕8号"),
    ("qc.tour", "中共清川市委巡察工作领导小组", "xc", "清委〔2016〕21号"),
    ("qc.anti", "清川市反腐败协调小组", "qc", "清委办〔2018〕5号"),
    ("qc.joint", "清川市经济责任审计工作联席会议", "sj", "清委办〔2019〕30号"),
    ("yl.audit", "中共云麓县委审计委员会", "ylsj", "云委〔2019〕6号"),
    ("yl.tour", "中共云麓县委巡察工作领导小组", "ylxc", "云委〔2016〕14号"),
    ("yl.anti", "云麓县反腐败协调小组", "yl", "云委办〔2018〕9号"),
    ("yl.joint", "云麓县经济责任审计工作联席会议", "ylsj", "云委办〔2019〕22号"),
    ("ll.audit", "中共临岚县委审计委员会", "llsj", "临委〔2019〕11号"),
    ("ll.tour", "中共临岚县委巡察工作领导小组", "llxc", "临委〔2016〕17号"),
    ("ll.anti", "临岚县反腐败协调小组", "ll", "临委办〔2018〕4号"),
    ("ll.joint", "临岚县经济责任审计工作联席会议", "llsj", "临委办〔2019〕19号"),
]
SEATS = [
    # body, seat, post
    ("qc.audit", "chair", "qcsw.secretary"), ("qc.audit", "deputy", "qc.secretary"),
    ("qc.audit", "member", "xc.director"), ("qc.audit", "member", "sj.principal"),
    ("qc.audit", "member", "gz.principal"),
    ("qc.tour", "chair", "qc.secretary"), ("qc.tour", "member", "xc.director"),
    ("qc.anti", "chair", "qc.secretary"), ("qc.anti", "deputy", "qc.deputy"),
    ("qc.anti", "member", "sj.principal"), ("qc.anti", "member", "xc.director"),
    ("qc.joint", "member", "qc.deputy"), ("qc.joint", "member", "gz.leader"),
    ("yl.audit", "chair", "ylxw.secretary"), ("yl.audit", "deputy", "yl.secretary"),
    ("yl.audit", "member", "ylsj.principal"),
    ("yl.tour", "chair", "yl.secretary"), ("yl.tour", "member", "ylxc.director"),
    ("yl.anti", "chair", "yl.secretary"), ("yl.anti", "member", "ylsj.principal"),
    ("yl.joint", "chair", "ylsj.principal"), ("yl.joint", "member", "yl.deputy"),
    ("ll.audit", "chair", "llxw.secretary"), ("ll.audit", "deputy", "ll.secretary"),
    ("ll.audit", "member", "llxc.director"), ("ll.audit", "member", "llsj.principal"),
    ("ll.tour", "chair", "ll.secretary"), ("ll.tour", "member", "llxc.director"),
    ("ll.anti", "chair", "ll.secretary"), ("ll.anti", "member", "llsj.principal"),
    ("ll.joint", "chair", "llsj.principal"), ("ll.joint", "member", "ll.deputy"),
]  # fmt: skip
STAKES = [
    # owner, company, per cent
    ("gz", "sw", "100"), ("gz", "ct", "100"), ("gz", "jt", "100"), ("gz", "ny", "100"), ("gz", "wl", "100"),
    ("gz", "ls", "100"), ("gz", "jj", "80"), ("ct", "jj", "20"), ("gz", "gj", "60"), ("jt", "gj", "40"),
    ("gz", "db", "100"), ("gz", "sz", "100"), ("sw", "swgw", "70.5"), ("sw", "swzh", "51"),
    ("swgw", "swzh", "20"), ("swzh", "swgw", "10"), ("ct", "ctzy", "100"),
]  # fmt: skip
STATIONED = [("qc.stationed", "gz", "清纪〔2019〕16号"), ("qc.stationed", "jj", "清纪〔2021〕7号")]
POSTINGS = [
    # post, from, to, work there, begins and ends so many days from today, speciality
    (
        "sj.enterprise.a",
        "sj.enterprise",
        "qc.first",
        "协助办理审计移送线索",
        -330,
        35,
        "国企财务审计、数据分析",
    ),
    ("qc.second.a", "qc.second", "sj.executing", "参与经济责任审计", -300, 240, "审查调查、笔录制作"),
    (
        "xc.office.a",
        "xc.office",
        "sj.responsibility",
        "经济责任审计项目主审助理",
        -400,
        -12,
        "巡察材料、公文写作",
    ),
]


def seat(city: City) -> None:
    """Make organs, bodies, seats, holdings, stationed groups and postings; the city is a year younger."""
    today = clock.today() + YEAR
    _organs(city)
    bodies = {
        code: Body.objects.create(
            jurisdiction=city.organs[code[:2]].jurisdiction, kind=KINDS[code[3:]], name=name,
            office=city.organs[office], basis=basis, since=SINCE,
        )
        for code, name, office, basis in BODIES
    }  # fmt: skip
    for code, rank, post in SEATS:
        _seat(bodies[code], rank, city.posts[post], SINCE, None)
    _seat(bodies["qc.joint"], "chair", city.posts["sj.leader"], SINCE, today - timedelta(days=500))
    _seat(bodies["qc.joint"], "chair", city.posts["sj.principal"], today - timedelta(days=499), None)
    left = today - timedelta(days=60)
    _seat(bodies["yl.audit"], "member", city.posts["ylxc.director"], SINCE, left)
    Seat.objects.create(
        body=bodies["yl.audit"], organ=city.organs["ylxc"], rank="member", since=left + timedelta(days=1),
        basis="云委审委〔2026〕3号",
    )  # fmt: skip
    for owner, company, percent in STAKES:
        Stake.objects.create(
            owner=city.organs[owner], company=city.organs[company], percent=Decimal(percent), since=SINCE,
            basis="企业国有资产产权登记表",
        )  # fmt: skip
    for group, host, basis in STATIONED:
        Stationing.objects.create(group=city.organs[group], host=city.organs[host], since=SINCE, basis=basis)
    for post, home, host, work, begins, ends, speciality in POSTINGS:
        Posting.objects.create(
            officer=city.posts[post].officer, home=city.organs[home], host=city.organs[host], work=work,
            since=today + timedelta(days=begins), term_ends=today + timedelta(days=ends),
            speciality=speciality, basis="清组干〔2025〕41号",
        )  # fmt: skip


def _seat(body: Body, rank: str, post: Post, since: date, until: date | None) -> None:
    organ = post.organ.body or post.organ
    Seat.objects.create(
        body=body, organ=organ, post=post, rank=rank, basis=body.basis, since=since, until=until
    )


def _organs(city: City) -> None:
    for code, name, short, prefix, kind, place, elsewhere in ORGANS:
        city.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=short, number_prefix=prefix, kind=kind,
            jurisdiction=city.places[place], since=SINCE, elsewhere=elsewhere,
        )  # fmt: skip
        if elsewhere:
            RoleBinding.objects.create(
                jurisdiction=city.places[place], role="party_committee", organ=city.organs[code], since=SINCE
            )
    for code, name, body, role in DEPARTMENTS:
        parent = city.organs[body]
        city.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=name, kind=parent.kind, jurisdiction=parent.jurisdiction,
            parent=parent, body=parent, since=SINCE,
        )  # fmt: skip
        if role:
            RoleBinding.objects.create(
                jurisdiction=parent.jurisdiction, role=role, organ=city.organs[code], since=SINCE
            )
    for number, (code, name, organ, title, rank) in enumerate(POSTS, start=1):
        officer = Officer.objects.filter(name=name).first() or Officer.objects.create(
            name=name, staff_number=f"YT{number:04d}"
        )
        city.posts[code] = Post.objects.create(
            officer=officer, organ=city.organs[organ], title=title, rank=rank, since=SINCE
        )
