"""Rows of an office's list, each entered through the form it has by hand too (按行导入)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.organs.models import Body, Dated, Organ, Post, Seat, SeatRank, Stake
from guantong.kernel.organs.seated import holds_on
from guantong.kernel.sheets import Column, Field, Header, Record, SheetError, address, to_date, to_text
from guantong.web.admin_body_forms import DatedForm, SeatForm, StakeForm

RANKS = {
    **dict.fromkeys(("主任", "组长", "召集人", "主席", "chair"), SeatRank.CHAIR),
    **dict.fromkeys(("副主任", "副组长", "副召集人", "副主席", "deputy", "deputy chair"), SeatRank.DEPUTY),
    **dict.fromkeys(("成员", "委员", "成员单位", "member"), SeatRank.MEMBER),
}


class UnreadError(Exception):
    """A cell that cannot be taken: its field, why, what to do (单元格有误)."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key
        self.reason = reason


@dataclass(frozen=True)
class CellFault:
    """What is wrong with a row: its number, cell, heading, reason with remedy (逐行错误)."""

    row: int
    cell: str
    heading: str
    reason: str


@dataclass
class Tried:
    """What came of a list (导入结果)."""

    rows: list[tuple[Dated, dict[str, Any]]] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    there: int = 0


@dataclass(frozen=True)
class Kept:
    """A list that can be taken in: its columns, form, and how a row of texts becomes the form's data."""

    label: Any
    model: type[Dated]
    form: type[DatedForm]
    fields: tuple[Field, ...]
    same: tuple[str, ...]
    read: Callable[[Mapping[str, str], Names], dict[str, Any]]
    column_of: Mapping[str, str]


@dataclass
class Names:
    """Organs and bodies by every name they go by, in two queries; posts of an organ as they are asked for."""

    organs: dict[str, list[Organ]]
    bodies: dict[str, list[Body]]
    _posts: dict[int, list[Post]] = field(default_factory=dict)

    @classmethod
    def known(cls) -> Names:
        """Read the names once for the whole list."""
        organs: dict[str, list[Organ]] = defaultdict(list)
        for organ in Organ.objects.select_related("body"):
            for name in {organ.full_name, organ.name, organ.short_name, organ.code}:
                organs[name].append(organ)
        bodies: dict[str, list[Body]] = defaultdict(list)
        for body in Body.objects.filter(until=None):
            bodies[body.name].append(body)
        return cls(organs, bodies)

    def organ(self, key: str, name: str) -> Organ:
        """Return the organ of this name. Raises UnreadError."""
        found: Organ = self._one(key, self.organs.get(name, []), name)
        return found

    def body(self, key: str, name: str) -> Body:
        """Return the body of this name. Raises UnreadError."""
        found: Body = self._one(key, self.bodies.get(name, []), name)
        return found

    @staticmethod
    def _one(key: str, found: Sequence[Any], name: str) -> Any:
        if len(found) == 1:
            return found[0]
        if found:
            reason = _("“%(name)s” is the name of several. Write the full name, or the code.")
        else:
            reason = _("“%(name)s” is not entered. Correct the name, or enter it first.")
        raise UnreadError(key, reason % {"name": name})

    def post(self, organ: Organ, name: str, title: str, on: date) -> Post:
        """Return the post somebody holds in an organ on a day. Raises UnreadError."""
        body = organ.body_id_or_own
        if body not in self._posts:
            of_body = models.Q(organ=body) | models.Q(organ__body=body)
            self._posts[body] = list(Post.objects.filter(of_body).select_related("officer", "organ"))
        found = [
            one
            for one in self._posts[body]
            if one.officer.name == name and holds_on(one, on) and title in ("", one.title)
        ]
        words = {"name": name, "organ": organ.full_name, "day": on}
        if not found:
            raise UnreadError(
                "holder",
                _("%(name)s holds no such post in %(organ)s on %(day)s. Enter the post first.") % words,
            )
        if len(found) > 1:
            raise UnreadError(
                "title", _("%(name)s holds several posts in %(organ)s. Write which one.") % words
            )
        return found[0]


def enter(kept: Kept, header: Header, columns: Mapping[str, Column]) -> Tried:
    """Enter every row in turn, so that each is checked against those before it (逐行登记)."""
    tried, names = Tried(), Names.known()
    for one in header.records:
        key = ""
        try:
            texts = {}
            for key, column in columns.items():
                texts[key] = _text(key, one.cells[column.index])
            _row(kept, kept.read(texts, names), one, columns, tried)
        except UnreadError as unread:
            tried.faults.append(_fault(one, columns.get(unread.key), unread.reason))
        except SheetError as error:
            tried.faults.append(_fault(one, columns.get(key), f"{error.reason} {error.remedy}"))
    return tried


def _text(key: str, cell: Any) -> str:
    if key in ("since", "until"):
        day = to_date(cell)
        return day.isoformat() if day else ""
    return to_text(cell)


def _row(kept: Kept, data: dict[str, Any], one: Record, columns: Mapping[str, Column], tried: Tried) -> None:
    if kept.model.objects.filter(**{name: data[name] or None for name in kept.same}).exists():
        tried.there += 1
        return
    form = kept.form(data)
    if not form.is_valid():
        for name, reasons in form.errors.items():
            column = columns.get(kept.column_of.get(name, name))
            tried.faults += [_fault(one, column, str(reason)) for reason in reasons]
        return
    with transaction.atomic():
        saved = form.save()
    tried.rows.append((saved, model_to_dict(saved)))


def _fault(one: Record, column: Column | None, reason: str) -> CellFault:
    cell = address(one.row, column.index) if column else ""
    return CellFault(one.row + 1, cell, column.path if column else "", reason)


def _day(texts: Mapping[str, str]) -> date:
    if not texts.get("since"):
        raise UnreadError("since", _("The day from which it holds is missing. Write it, as 2026-03-05."))
    return date.fromisoformat(texts["since"])


def _seat(texts: Mapping[str, str], names: Names) -> dict[str, Any]:
    since = _day(texts)
    organ = names.organ("organ", texts["organ"])
    rank = RANKS.get(texts["rank"].strip().lower())
    if rank is None:
        reason = _("“%(seat)s” is no seat. Write 主任, 副主任 or 成员 (组长, 副组长, 召集人 too).")
        raise UnreadError("rank", reason % {"seat": texts["rank"]})
    holder = texts.get("holder", "")
    post = names.post(organ, holder, texts.get("title", ""), since) if holder else None
    return {
        "body": names.body("body", texts["body"]).pk,
        "organ": organ.pk,
        "rank": rank.value,
        "post": post.pk if post else "",
        "basis": texts.get("basis", ""),
        "since": since.isoformat(),
        "until": texts.get("until", ""),
    }


def _percent(text: str) -> Decimal:
    """Return a share in per cent; what may be a fraction is not guessed. Raises UnreadError."""
    bare = text.replace("％", "%").replace(" ", "")
    try:
        number = Decimal(bare.removesuffix("%"))
    except InvalidOperation:
        reason = _("“%(text)s” is no share. Write it in per cent, as 70.5%%.") % {"text": text}
        raise UnreadError("percent", reason) from None
    if number <= 1 and not bare.endswith("%"):
        reason = _("“%(text)s” may be a fraction or per cent. Write it as text with the sign %%.") % {
            "text": text
        }
        raise UnreadError("percent", reason)
    return number


def _stake(texts: Mapping[str, str], names: Names) -> dict[str, Any]:
    return {
        "owner": names.organ("owner", texts["owner"]).pk,
        "company": names.organ("company", texts["company"]).pk,
        "percent": str(_percent(texts["percent"])),
        "basis": texts.get("basis", ""),
        "since": _day(texts).isoformat(),
        "until": texts.get("until", ""),
    }


_SINCE = Field("since", "起始日期", ("自", "起", "任职日期", "起算日期", "from", "since"), required=True)
_UNTIL = Field("until", "截止日期", ("至", "止", "终止日期", "until"))
_BASIS = Field("basis", "依据", ("文号", "依据文件", "批准文号", "according to"), required=True)

LISTS: dict[str, Kept] = {
    "seats": Kept(
        gettext_lazy("Seats"), Seat, SeatForm,
        (
            Field("body", "议事协调机构", ("机构名称", "协调机构", "body"), required=True),
            Field("organ", "成员单位", ("单位", "所在单位", "organ"), required=True),
            Field("rank", "席位", ("担任职务", "小组职务", "seat"), required=True),
            Field("holder", "姓名", ("成员姓名", "holder", "name")),
            Field("title", "本单位职务", ("行政职务", "职务", "post")),
            _SINCE, _UNTIL, _BASIS,
        ),
        ("body", "organ", "rank", "post", "since"), _seat, {"post": "holder"},
    ),
    "stakes": Kept(
        gettext_lazy("Holdings"), Stake, StakeForm,
        (
            Field("owner", "出资人", ("股东", "出资单位", "owner"), required=True),
            Field("company", "企业名称", ("企业", "被投资企业", "公司名称", "enterprise"), required=True),
            Field("percent", "出资比例", ("持股比例", "比例", "股比", "share"), required=True),
            _SINCE, _UNTIL, _BASIS,
        ),
        ("owner", "company", "since"), _stake, {},
    ),
}  # fmt: skip
