"""Organs and officers of the fictional city (清川市的机构和人员). No real institution is meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from guantong.demo import bodies
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor, actor_for
from guantong.kernel.measures import engine
from guantong.kernel.measures.catalogue import FOLDER
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.publish import adopt, publish
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post, RoleBinding

SINCE = date(2020, 1, 1)
MEASURES = ("general", "chenzhou", "chengdu")
OWN = {("990121", "chenzhou"): {"CZ-2.1/minutes_period": {"working_days": 10}}}
"""What a county has decided for itself (本地参数), by place and measure."""
DECIDED = {"reason": "县级人手少，会后十个工作日内印发纪要。", "by": "冯时雨", "on": "2023-12-20"}

PLACES = [
    # code, name, tier, parent
    ("990000", "青澜省", "province", None),
    ("990100", "清川市", "prefecture", "990000"),
    ("990121", "云麓县", "county", "990100"),
    ("990122", "临岚县", "county", "990100"),
]

BODIES = [
    # code, name, short name, prefix, kind, place
    ("qc", "中共清川市纪律检查委员会", "清川市纪委监委", "清纪", "discipline", "990100"),
    ("sj", "清川市审计局", "市审计局", "清审", "audit", "990100"),
    ("xc", "中共清川市委巡察工作领导小组办公室", "市委巡察办", "清巡", "inspection", "990100"),
    ("gz", "清川市人民政府国有资产监督管理委员会", "市国资委", "清国资", "regulator", "990100"),
    ("yl", "中共云麓县纪律检查委员会", "云麓县纪委监委", "云纪", "discipline", "990121"),
    ("ylsj", "云麓县审计局", "云麓县审计局", "云审", "audit", "990121"),
    ("ll", "中共临岚县纪律检查委员会", "临岚县纪委监委", "临纪", "discipline", "990122"),
    ("llsj", "临岚县审计局", "临岚县审计局", "临审", "audit", "990122"),
]

ENTERPRISES = [
    # code, name, short name, prefix, name of the accountability department
    ("sw", "清川水务集团有限公司", "清川水务", "清水", "审计与责任追究部"),
    ("ct", "清川城市建设投资集团有限公司", "清川城投", "清城投", "责任追究部"),
    ("jt", "清川交通发展集团有限公司", "清川交发", "清交发", "法务与责任追究部"),
    ("ny", "清川能源集团有限公司", "清川能源", "清能", "审计与责任追究部"),
    ("wl", "清川文化旅游发展集团有限公司", "清川文旅", "清文旅", "责任追究部"),
    ("ls", "清川粮食产业集团有限公司", "清川粮食", "清粮", "审计风控部"),
    ("jj", "清川产业引导基金管理有限公司", "清川基金", "清基金", "合规与责任追究部"),
    ("gj", "清川公共交通有限责任公司", "清川公交", "清公交", "纪检与责任追究部"),
    ("db", "清川农村产业融资担保有限公司", "清川担保", "清担保", "风险与责任追究部"),
    ("sz", "清川数字产业发展集团有限公司", "清川数产", "清数", "责任追究部"),
]

DEPARTMENTS = [
    # code, name, body, roles
    ("qc.leaders", "委领导", "qc", "leadership"),
    ("qc.supervision", "案件监督管理室", "qc", "case_supervision"),
    ("qc.first", "第一监督检查室", "qc", "supervision_department"),
    ("qc.second", "第二监督检查室", "qc", "supervision_department"),
    ("qc.third", "第三监督检查室", "qc", "supervision_department"),
    ("qc.fourth", "第四审查调查室", "qc", "investigation_department"),
    ("qc.fifth", "第五审查调查室", "qc", "investigation_department"),
    ("qc.trial", "案件审理室", "qc", "trial_department"),
    ("qc.petitions", "信访室", "qc", "petitions_department"),
    ("qc.liaison", "联系室", "qc", "liaison_office"),
    ("qc.committee", "国资国企纪检监察工作委员会", "qc", "soe_work_committee"),
    (
        "qc.stationed",
        "派驻清川市人民政府国有资产监督管理委员会纪检监察组",
        "qc",
        "stationed_group regulator_stationed_group",
    ),
    ("sj.leaders", "局领导", "sj", "leadership"),
    ("sj.executing", "审计执行科", "sj", "audit_executing_department"),
    ("sj.enterprise", "企业审计科", "sj", "audit_team"),
    ("sj.investment", "固定资产投资审计科", "sj", "audit_team"),
    ("sj.responsibility", "经济责任审计科", "sj", "audit_team"),
    ("xc.leaders", "办领导", "xc", "leadership"),
    ("xc.office", "综合科", "xc", "inspection_office"),
    ("gz.leaders", "委领导", "gz", "leadership"),
    (
        "gz.accountability",
        "监督与责任追究科",
        "gz",
        "accountability_department soe_accountability_department",
    ),
    ("yl.leaders", "委领导", "yl", "leadership"),
    ("yl.supervision", "案件监督管理室", "yl", "case_supervision"),
    ("yl.first", "第一纪检监察室", "yl", "supervision_department"),
    ("yl.second", "第二纪检监察室", "yl", "investigation_department"),
    ("ylsj.leaders", "局领导", "ylsj", "leadership"),
    ("ylsj.executing", "审计执行股", "ylsj", "audit_executing_department"),
    ("ll.leaders", "委领导", "ll", "leadership"),
    ("ll.supervision", "案件监督管理室", "ll", "case_supervision"),
    ("ll.first", "第一纪检监察室", "ll", "supervision_department"),
    ("ll.second", "第二纪检监察室", "ll", "investigation_department"),
    ("llsj.leaders", "局领导", "llsj", "leadership"),
    ("llsj.executing", "审计执行股", "llsj", "audit_executing_department"),
]
BODY_ROLES = {"discipline": "commission", "audit": "audit_bureau", "regulator": "state_asset_regulator"}

POSTS = [
    # code, name, organ, title, rank
    ("qc.secretary", "秦望山", "qc.leaders", "书记", "principal"),
    ("qc.deputy", "陆知行", "qc.leaders", "副书记", "leader"),
    ("qc.member", "崔砚秋", "qc.leaders", "常委", "leader"),
    ("qc.clerk", "沈若川", "qc.supervision", "工作人员", "staff"),
    ("qc.clerk2", "陈珺", "qc.supervision", "工作人员", "staff"),
    ("qc.head", "顾明远", "qc.supervision", "主任", "head"),
    ("qc.first.head", "江其琛", "qc.first", "主任", "head"),
    ("qc.first.a", "韩牧之", "qc.first", "工作人员", "staff"),
    ("qc.first.b", "温玥", "qc.first", "工作人员", "staff"),
    ("qc.second.head", "贺兰亭", "qc.second", "主任", "head"),
    ("qc.second.a", "王喆", "qc.second", "工作人员", "staff"),
    ("qc.third.head", "欧阳敬之", "qc.third", "主任", "head"),
    ("qc.third.a", "祝余", "qc.third", "工作人员", "staff"),
    ("qc.fourth.head", "雷垚", "qc.fourth", "主任", "head"),
    ("qc.fourth.a", "陶景行", "qc.fourth", "工作人员", "staff"),
    ("qc.fifth.head", "戴赟", "qc.fifth", "主任", "head"),
    ("qc.fifth.a", "龚䶮", "qc.fifth", "工作人员", "staff"),
    ("qc.trial.head", "穆清和", "qc.trial", "主任", "head"),
    ("qc.petitions.head", "尹采薇", "qc.petitions", "主任", "head"),
    ("qc.liaison.head", "苏慕白", "qc.liaison", "主任", "head"),
    ("qc.committee.head", "梁宗岱", "qc.committee", "副书记", "head"),
    ("qc.stationed.head", "梁宗岱", "qc.stationed", "组长", "head"),
    ("qc.stationed.a", "谢令仪", "qc.stationed", "工作人员", "staff"),
    ("qc.committee.a", "谢令仪", "qc.committee", "综合处工作人员", "staff"),
    ("sj.principal", "何嘉禾", "sj.leaders", "局长", "principal"),
    ("sj.leader", "常思衡", "sj.leaders", "副局长", "leader"),
    ("sj.executing.head", "方靖宇", "sj.executing", "科长", "head"),
    ("sj.executing.a", "叶怀安", "sj.executing", "科员", "staff"),
    ("sj.enterprise.head", "阿依古丽·帕尔哈提", "sj.enterprise", "科长", "head"),
    ("sj.enterprise.a", "岑子墨", "sj.enterprise", "主审", "staff"),
    ("sj.investment.a", "邵云舟", "sj.investment", "主审", "staff"),
    ("sj.responsibility.a", "钟离婉", "sj.responsibility", "主审", "staff"),
    ("xc.director", "段怀瑾", "xc.leaders", "主任", "principal"),
    ("xc.office.head", "齐修远", "xc.office", "科长", "head"),
    ("xc.office.a", "白望舒", "xc.office", "科员", "staff"),
    ("gz.principal", "傅伯庸", "gz.leaders", "主任", "principal"),
    ("gz.leader", "施南乔", "gz.leaders", "副主任", "leader"),
    ("gz.accountability.head", "孟昭华", "gz.accountability", "科长", "head"),
    ("gz.accountability.a", "宋一诺", "gz.accountability", "科员", "staff"),
    ("yl.secretary", "赵慎行", "yl.leaders", "书记", "principal"),
    ("yl.deputy", "冯时雨", "yl.leaders", "副书记", "leader"),
    ("yl.head", "潘砚", "yl.supervision", "主任", "head"),
    ("yl.clerk", "罗听澜", "yl.supervision", "工作人员", "staff"),
    ("yl.first.head", "汤临川", "yl.first", "主任", "head"),
    ("yl.second.head", "邹平", "yl.second", "主任", "head"),
    ("ylsj.principal", "蒋知远", "ylsj.leaders", "局长", "principal"),
    ("ylsj.executing.head", "余鹤鸣", "ylsj.executing", "股长", "head"),
    ("ylsj.executing.a", "曹沐阳", "ylsj.executing", "科员", "staff"),
    ("ll.secretary", "石敬棠", "ll.leaders", "书记", "principal"),
    ("ll.deputy", "范清如", "ll.leaders", "副书记", "leader"),
    ("ll.head", "骆一鸣", "ll.supervision", "主任", "head"),
    ("ll.clerk", "贾星野", "ll.supervision", "工作人员", "staff"),
    ("ll.first.head", "霍长林", "ll.first", "主任", "head"),
    ("ll.second.head", "郁青", "ll.second", "主任", "head"),
    ("llsj.principal", "丁维则", "llsj.leaders", "局长", "principal"),
    ("llsj.executing.head", "黎望", "llsj.executing", "股长", "head"),
    ("llsj.executing.a", "章若谷", "llsj.executing", "科员", "staff"),
]

ENTERPRISE_PEOPLE = [
    # leader, head and officer of the accountability department, in the order of ENTERPRISES
    ("万鹏举", "卢思齐", "俞晚晴"),
    ("程季青", "邓云起", "樊素"),
    ("鲁仲平", "彭越", "柯以宁"),
    ("魏长庚", "吕明哲", "蓝田"),
    ("简书瑶", "葛天民", "裴乐之"),
    ("洪亮吉", "姜尚文", "毕小满"),
    ("凌霄", "隋远", "闻人语"),
    ("田守一", "车向东", "尤佳"),
    ("安之若", "乔木森", "舒展"),
    ("路遥知", "康乃馨", "关山月"),
]


@dataclass
class City:
    """The city's organs, posts and actors by their short codes."""

    places: dict[str, Jurisdiction] = field(default_factory=dict)
    organs: dict[str, Organ] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, code: str) -> Actor:
        """Return the officer acting in the post of this code; posts do not change while the city is made."""
        if code not in self._actors:
            post = self.posts[code]
            actor = actor_for(post.officer_id, post.pk)
            if actor is None:
                raise LookupError(f"post {code} is not held today")
            self._actors[code] = actor
        return self._actors[code]


def build() -> City:
    """Make places, organs, posts, roles, and adopt the measures; nothing of it exists yet."""
    city = City()
    for code, name, tier, parent in PLACES:
        city.places[code] = Jurisdiction.objects.create(
            code=code, name=name, tier=tier, parent=city.places.get(parent or "")
        )
    _organs(city)
    _posts(city)
    bodies.seat(city)
    for name in MEASURES:
        version = publish((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
        for place in city.places.values():
            if place.tier != "province":
                made = adopt(place, version, max(SINCE, version.effective_on), OWN.get((place.code, name)))
                _decided(made)
    engine.forget()
    return city


def _decided(adoption: Adoption) -> None:
    """Say why a county decided values of its own, and that it tries them out, until after the year played."""
    if adoption.settings:
        adoption.decisions = dict.fromkeys(adoption.settings, DECIDED)
        adoption.on_trial, adoption.review_on = True, clock.today() + timedelta(days=385)
        adoption.save(update_fields=["decisions", "on_trial", "review_on"])


def _organs(city: City) -> None:
    companies = [(*row[:4], "enterprise", "990100") for row in ENTERPRISES]
    for code, name, short, prefix, kind, place in [*BODIES, *companies]:
        city.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=short, kind=kind, jurisdiction=city.places[place],
            number_prefix=prefix, since=SINCE,
        )  # fmt: skip
        role = BODY_ROLES.get(kind, kind if kind == "enterprise" else "")
        _bind(city.organs[code], role)
    for place in ("990121", "990122"):
        RoleBinding.objects.create(
            jurisdiction=city.places[place], role="superior_commission", organ=city.organs["qc"], since=SINCE
        )
    inside = [
        row
        for code, _name, _short, _prefix, department in ENTERPRISES
        for row in (
            (f"{code}.leaders", "公司领导", code, "leadership"),
            (f"{code}.accountability", department, code,
             "accountability_department soe_accountability_department"),
        )
    ]  # fmt: skip
    for code, name, body, roles in [*DEPARTMENTS, *inside]:
        parent = city.organs[body]
        city.organs[code] = Organ.objects.create(
            code=code, name=name, short_name=name[:40], kind=parent.kind, jurisdiction=parent.jurisdiction,
            parent=parent, body=parent, since=SINCE,
        )  # fmt: skip
        _bind(city.organs[code], roles)


def _bind(organ: Organ, roles: str) -> None:
    RoleBinding.objects.bulk_create(
        RoleBinding(jurisdiction=organ.jurisdiction, role=role, organ=organ, since=SINCE)
        for role in roles.split()
    )


def all_posts() -> list[tuple[str, str, str, str, str]]:
    """Return all posts: code, officer's name, organ's code, title, rank."""
    inside = [
        (f"{code}{suffix}", name, f"{code}{organ}", title, rank)
        for (code, *_rest), people in zip(ENTERPRISES, ENTERPRISE_PEOPLE, strict=True)
        for name, (suffix, organ, title, rank) in zip(
            people,
            [
                (".leader", ".leaders", "总经理", "leader"),
                (".accountability.head", ".accountability", "部长", "head"),
                (".accountability.a", ".accountability", "主管", "staff"),
            ],
            strict=True,
        )
    ]
    return [*POSTS, *inside]


def _posts(city: City) -> None:
    officers: dict[str, Officer] = {}
    for code, name, organ, title, rank in all_posts():
        if name not in officers:
            number = f"YS{len(officers) + 1:04d}"
            phone = f"0990-{8600000 + len(officers)}"
            officers[name] = Officer.objects.create(name=name, staff_number=number, phone=phone)
        city.posts[code] = Post.objects.create(
            officer=officers[name], organ=city.organs[organ], title=title, rank=rank, since=SINCE
        )
