"""Titles broken by sense (标题回行).

GB/T 9704-2012, 7.3.1: a title of several lines keeps words whole and is arranged as a trapezium or a rhombus.
Without a dictionary of the language the break is chosen by cost: ragged lines cost, breaks inside the field's
common words, names in 《》 and numbers cost more, breaks before a particle or the kind of paper (的函) most.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise

# Words of the field that a line should not part.
_WORD_LIST = """
问题线索 问题 线索 移送 办理 情况 反馈 工作 提示 提示函 审计 监察 纪检 监委 纪委 巡察
巡视 违纪 违法 犯罪 职务 涉嫌 严重 国有 国资 企业 有限公司 有限 公司 集团 责任
有限责任 股份 项目 工程 建设 管理 经济 任期 离任 领导 干部 人员 单位 部门 资产 资金
专项 使用 违规 经营 投资 采购 招标 投标 招投标 资料 材料 协助 调取 商请 征求 意见
答复 复函 通知 通报 会议 纪要 联席 报告 请示 批复 呈批 审批 立案 审查 调查 处置
初步核实 核实 谈话 函询 整改 落实 督办 交办 重点 有关 关于 进一步 加强 进行 开展 做好
实施 推进 以及 中共 委员会 检查 监督 纪律 人民 政府 办公室 办公厅 管理局 审计局
交通运输局 交通运输 住房和城乡建设局 自然资源和规划局 发展和改革委员会 市场监督管理局
农业农村局 财政局 建设局 水务局 教育局 投资集团 住房 城乡 城市 交通 运输 教育 卫生 健康
农业 农村 水利 自然资源 发展 改革 主任 局长 书记 董事长 总经理 副局长 副主任 同志 处理
决定 建议 建议书 移送处理书 回执 接收 受理 退回 补充 延长 期限 年度 半年 季度 年第
"""
_WORDS = tuple(_WORD_LIST.split())

_KINDS = (
    "函|通知|通报|报告|请示|批复|意见|决定|纪要|公告|通告|议案|回执|建议书|建议|方案|办法|规定|呈批件|呈批表"
)
_TAIL = re.compile(rf"的(?:复|提示)?(?:{_KINDS})$")
_GOOD_AFTER = re.compile(
    r"(?:[、，；：]|关于|问题线索|情况|工作|公司|委员会|集团|审计局|办公室|同志|以及|人员|》|）)$"
)
_CLOSING = "、，。；：！？）》〉】〕”’％%"
_OPENING = "（《〈【〔“‘"
_BAD_BEFORE = "的地得了着过们等者性化和与及之中上下内外"


def width(text: str) -> float:
    """Return the width in full-width characters: half-width ones count a half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def _inside_spans(title: str) -> dict[int, float]:
    """Return what a break at a position costs because it parts something that belongs together."""
    costs: dict[int, float] = {}

    def forbid(start: int, end: int, cost: float) -> None:
        for position in range(start + 1, end):
            costs[position] = max(costs.get(position, 0.0), cost)

    for match in re.finditer(r"[0-9A-Za-z.%〔〕\-]+[年月日号期次万亿元家名人个]?", title):
        forbid(match.start(), match.end(), 400)
    for match in re.finditer(r"《[^》]*》|“[^”]*”|（[^）]*）", title):
        forbid(match.start(), match.end(), 40)
    for word in _WORDS:
        for match in re.finditer(re.escape(word), title):
            forbid(match.start(), match.end(), 60)
    tail = _TAIL.search(title)
    if tail:
        costs[tail.start()] = max(costs.get(tail.start(), 0.0), 60.0)
        forbid(tail.start(), tail.end(), 400)
    return costs


def _break_cost(title: str, position: int, spans: dict[int, float]) -> float:
    before, after = title[:position], title[position]
    cost = spans.get(position, 0.0)
    if after in _CLOSING or before[-1] in _OPENING:
        cost += 2000
    if after in _BAD_BEFORE:
        cost += 50
    if before[-1] in "第之以为被将与和及对由":
        cost += 40
    return cost + (0.0 if _GOOD_AFTER.search(before) else 12.0)


def break_title(title: str, limit: int) -> tuple[str, ...]:
    """Return the title in lines of at most `limit` full-width characters, broken by sense.

    A title that fits stays whole. The number of lines is the least possible, or one more where sense asks for
    it; words joined give the title back, but for spaces at a break.
    """
    if width(title) <= limit:
        return (title,)
    least = int(-(-width(title) // limit))
    if least > 8:
        return _by_width(title, limit)
    spans = _inside_spans(title)
    best: tuple[float, tuple[int, ...]] = (float("inf"), ())
    for count in range(least, least + 2):
        cost, cuts = _cheapest(title, limit, count, spans)
        # One line more must be worth it: it pushes the text down.
        cost += 45.0 * (count - least)
        best = min(best, (cost, cuts))
    if not best[1]:
        return _by_width(title, limit)
    edges = (0, *best[1], len(title))
    return tuple(title[a:b].strip() for a, b in pairwise(edges))


def _cheapest(title: str, limit: int, count: int, spans: dict[int, float]) -> tuple[float, tuple[int, ...]]:
    """Return cost and positions of the best way to make `count` lines; infinite where there is none."""
    ideal = width(title) / count
    size = len(title)

    @cache
    def from_position(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        rest = width(title[start:])
        if left == 1:
            ragged = (rest - ideal) ** 2 * 0.8 + (120 if rest < min(4, ideal / 2) else 0)
            return (ragged, ()) if rest <= limit else (float("inf"), ())
        best: tuple[float, tuple[int, ...]] = (float("inf"), ())
        for end in range(start + 1, size):
            span = width(title[start:end])
            if span > limit:
                break
            tail_cost, cuts = from_position(end, left - 1)
            cost = (span - ideal) ** 2 * 0.8 + _break_cost(title, end, spans) + tail_cost
            best = min(best, (cost, (end, *cuts)))
        return best

    return from_position(0, count)


def _by_width(title: str, limit: int) -> tuple[str, ...]:
    lines, line = [], ""
    for char in title:
        if width(line + char) > limit:
            lines.append(line)
            line = ""
        line += char
    return tuple(part.strip() for part in (*lines, line) if part.strip())
