"""Accounts of the demonstration (演示账号): one for each kind of user. Shown on the sign-in page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from guantong.accounts.models import Administers, User
from guantong.demo.city import City

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PASSWORD = "qingchuan-2026"  # noqa: S105 - of fictional officers, shown on the sign-in page


@dataclass(frozen=True)
class Account:
    """An account of the demonstration: who it is, and what to try with it."""

    username: str
    name: str
    post: str
    tries: _StrPromise
    code: str = ""
    administers: str = ""


ACCOUNTS = [
    Account("anguan", "沈若川", "市纪委监委案件监督管理室 工作人员",
            _("Receive and register clues, propose assignments, write feedback"), "qc.clerk"),
    Account("anguan-zhuren", "顾明远", "市纪委监委案件监督管理室 主任",
            _("Check letters, sign receipts, watch all deadlines"), "qc.head"),
    Account("lingdao", "陆知行", "市纪委监委 副书记",
            _("Approve assignments, handling and extensions; sign letters"), "qc.deputy"),
    Account("chengban", "韩牧之", "市纪委监委第一监督检查室 工作人员",
            _("Handle clues: proposal, progress, pause, result"), "qc.first.a"),
    Account("chengban-zhuren", "江其琛", "市纪委监委第一监督检查室 主任",
            _("Sign for assignments and name custodians"), "qc.first.head"),
    Account("shenji", "岑子墨", "市审计局企业审计科 主审",
            _("Record audit reports and reach concluding opinions"), "sj.enterprise.a"),
    Account("shenji-zhixing", "叶怀安", "市审计局审计执行科 科员",
            _("Transfer clues within 10 working days and follow their result"), "sj.executing.a"),
    Account("shenji-kezhang", "方靖宇", "市审计局审计执行科 科长",
            _("Check transfer letters"), "sj.executing.head"),
    Account("shenji-lingdao", "何嘉禾", "市审计局 局长",
            _("Sign transfer letters"), "sj.principal"),
    Account("xuncha", "白望舒", "市委巡察办综合科 科员",
            _("Hand over the clues of an inspection round"), "xc.office.a"),
    Account("xian-anguan", "罗听澜", "云麓县纪委监委案件监督管理室 工作人员",
            _("See the county's side: receive what the city forwards"), "yl.clerk"),
    Account("guoqi", "俞晚晴", "清川水务审计与责任追究部 主管",
            _("Transfer a clue from an enterprise"), "sw.accountability.a"),
    Account("gongwei", "梁宗岱", "国资国企纪检监察工委 副书记、派驻市国资委纪检监察组 组长",
            _("Two posts, one person: choose the capacity for each act"), "qc.stationed.head"),
    Account("lianxi", "苏慕白", "市纪委监委联系室 主任",
            _("Coordinate between the bodies: console, tasks and their parts"), "qc.liaison.head"),
    Account("xitong", "系统管理员", "系统管理员",
            _("Organs, posts, calendars and jobs; sees no matter"), "", Administers.SYSTEM),
    Account("anquan", "安全保密管理员", "安全保密管理员",
            _("Accounts and roles; sees no matter"), "", Administers.SECURITY),
    Account("anshen", "安全审计员", "安全审计员",
            _("Reads who looked at what; sees no matter"), "", Administers.AUDIT),
]  # fmt: skip


def make_accounts(city: City) -> None:
    """Make the accounts; all share one password, hashed once."""
    hashed = make_password(PASSWORD)
    for account in ACCOUNTS:
        post = city.posts[account.code] if account.code else None
        User.objects.create(
            username=account.username,
            password=hashed,
            first_name=account.name,
            officer=post.officer if post else None,
            last_post=post,
            administers=account.administers,
            demonstration=True,
        )
