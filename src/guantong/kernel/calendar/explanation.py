"""Why a date is what it is (日期的由来): kept with every due date and put into words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .periods import Unit, amount_text

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

Kind = Literal["period", "before", "span", "pause", "extension"]


@dataclass(frozen=True)
class Reading:
    """How periods are counted where the law leaves it open (期限读法); as given, like 民法典 201 and 203.

    `rest_day_moves`: a last day of rest moves to the next working day. `first_day_counts`: the day a period
    is counted from is its first. Periods of working days end on a working day in either reading.
    """

    rest_day_moves: bool = True
    first_day_counts: bool = False


CIVIL_CODE = Reading()


class Closure(BaseModel):
    """Days off that mattered (放假): holiday name in both languages, first and last day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    english: str
    first: date
    last: date


class Step(BaseModel):
    """One stretch of the computation (一步推算): from `start`, `count` of `unit`, to `due_on`.

    `closures` and `worked` are what working days skipped and counted; `nominal` is the day before it was
    moved off a rest day, `rolled_over` the holiday it lay in (None: an ordinary weekend). `rests` is true
    where the last day is known to be one of rest and stays by the reading. A pause says from when to when.
    `pending_years` are those whose notice may still change the result. A step before a planned day goes back
    from `start`; nothing is due before `arose_on`, `too_short` where that made it later.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    start: date
    count: int
    unit: Unit
    closures: tuple[Closure, ...] = ()
    worked: tuple[date, ...] = ()
    nominal: date
    rolled_over: Closure | None = None
    due_on: date
    rests: bool = False
    paused_from: date | None = None
    resumed_on: date | None = None
    pending_years: tuple[int, ...] = ()
    arose_on: date | None = None
    too_short: bool = False


class Explanation(BaseModel):
    """The whole computation (推算过程): one step for the period, one for each pause and extension after it.

    With the reading it followed, so that it can be derived anew from nothing else. JSON-able:
    `model_dump(mode="json")` and `Explanation.model_validate(data)`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    calendar_version: str
    roll_to_working_day: bool = True
    first_day_counts: bool = False
    steps: tuple[Step, ...]

    @property
    def reading(self) -> Reading:
        """The reading by which the date was counted."""
        return Reading(self.roll_to_working_day, self.first_day_counts)

    def text(self, language: str = "zh") -> str:
        """In words, Chinese when `language` begins with 'zh', else English."""
        chinese = language.startswith("zh")
        put = _chinese if chinese else _english
        text = ("；" if chinese else "; ").join(put(step, self.reading) for step in self.steps)
        years = sorted({year for step in self.steps for year in step.pending_years})
        if not years:
            return text
        listed = "、".join(map(str, years)) if chinese else ", ".join(map(str, years))
        if chinese:
            return f"{text}（暂定：{listed}年放假安排尚未收录）"
        return f"{text} (provisional: the holiday notice for {listed} is not in the calendar yet)"


def _chinese(step: Step, reading: Reading) -> str:
    amount = amount_text(step.count, step.unit, "zh")
    counted = "（起算日计入）" if reading.first_day_counts else ""
    lead = {
        "period": f"{step.start}{counted} + {amount}",
        "before": f"计划日{step.start}前{amount}",
        "span": f"{step.start}起的{amount}一期",
        "extension": f"延长：{step.start} + {amount}",
        "pause": f"{step.paused_from}至{step.resumed_on}中止：{step.start} + {amount}",
    }[step.kind]
    parts = [lead]
    parts += [f"{_range_zh(closure, step.start)}{closure.name}放假" for closure in step.closures]
    parts += [f"{_day_zh(day, step.start)}（{_weekday_zh(day)}）调休上班" for day in step.worked]
    text = "，".join(parts)
    why = step.rolled_over.name + "放假" if step.rolled_over else _weekday_zh(step.nominal)
    if step.rests:
        return f"{text} = {step.due_on}，该日为{why}，末日为休息日，不顺延"
    if step.nominal == step.due_on:
        stays = "" if reading.rest_day_moves or step.unit == "working_days" else "（末日遇休息日不顺延）"
        return f"{text} = {step.due_on}{stays}"
    if step.kind == "before":
        late = (
            f"，产生时已不足，以产生之日{step.due_on}为限"
            if step.too_short
            else f"，该日为{why}，提前至{step.due_on}"
        )
        return f"{text} = {step.nominal}{late}"
    return f"{text} = {step.nominal}，该日为{why}，顺延至{step.due_on}"


def _english(step: Step, reading: Reading) -> str:
    amount = amount_text(step.count, step.unit, "en")
    counted = " (the first day counts)" if reading.first_day_counts else ""
    lead = {
        "period": f"{step.start}{counted} + {amount}",
        "before": f"{amount} before the planned day {step.start}",
        "span": f"the period of {amount} from {step.start}",
        "extension": f"extended: {step.start} + {amount}",
        "pause": f"paused {step.paused_from} to {step.resumed_on}: {step.start} + {amount}",
    }[step.kind]
    parts = [lead]
    parts += [f"{_range_en(closure, step.start)} off ({closure.english})" for closure in step.closures]
    parts += [f"{_weekday_en(day)} {_day_en(day, step.start)} worked" for day in step.worked]
    text = ", ".join(parts)
    why = step.rolled_over.english if step.rolled_over else f"a {_weekday_en(step.nominal)}"
    if step.rests:
        return f"{text} = {step.due_on}, which is {why}; a last day of rest does not move"
    if step.nominal == step.due_on:
        moves = reading.rest_day_moves or step.unit == "working_days"
        return f"{text} = {step.due_on}{'' if moves else ' (a last day of rest does not move)'}"
    if step.kind == "before":
        if step.too_short:
            return f"{text} = {step.nominal}, over when it arose, so due on that day, {step.due_on}"
        return f"{text} = {step.nominal}, which is {why}, so brought forward to {step.due_on}"
    return f"{text} = {step.nominal}, which is {why}, so moved to {step.due_on}"


def _weekday_zh(day: date) -> str:
    return f"星期{WEEKDAYS_ZH[day.weekday()]}"


def _weekday_en(day: date) -> str:
    return WEEKDAYS_EN[day.weekday()]


def _day_zh(day: date, near: date) -> str:
    year = "" if day.year == near.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def _day_en(day: date, near: date) -> str:
    year = "" if day.year == near.year else f" {day.year}"
    return f"{day.day} {MONTHS_EN[day.month - 1]}{year}"


def _range_zh(closure: Closure, near: date) -> str:
    first, last = closure.first, closure.last
    if first == last:
        return _day_zh(first, near)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_day_zh(first, near)}至{last.day}日"
    return f"{_day_zh(first, near)}至{_day_zh(last, first)}"


def _range_en(closure: Closure, near: date) -> str:
    first, last = closure.first, closure.last
    if first == last:
        return _day_en(first, near)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}-{_day_en(last, near)}"
    return f"{_day_en(first, near)} to {_day_en(last, near)}"
