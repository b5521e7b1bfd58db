"""Why a date is what it is (日期的由来): kept with every due date and put into words."""

from __future__ import annotations

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

Kind = Literal["period", "span", "pause", "extension"]


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
    moved off a rest day, `rolled_over` the holiday it lay in (None: an ordinary weekend). A pause says
    from when to when. `pending_years` are those whose notice may still change the result.
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
    paused_from: date | None = None
    resumed_on: date | None = None
    pending_years: tuple[int, ...] = ()


class Explanation(BaseModel):
    """The whole computation (推算过程): one step for the period, one for each pause and extension after it.

    JSON-able: `model_dump(mode="json")` and `Explanation.model_validate(data)`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    calendar_version: str
    roll_to_working_day: bool = True
    steps: tuple[Step, ...]

    def text(self, language: str = "zh") -> str:
        """In words, Chinese when `language` begins with 'zh', else English."""
        chinese = language.startswith("zh")
        put = _chinese if chinese else _english
        text = (";" if chinese else "; ").join(put(step) for step in self.steps)
        years = sorted({year for step in self.steps for year in step.pending_years})
        if not years:
            return text
        listed = "、".join(map(str, years)) if chinese else ", ".join(map(str, years))
        if chinese:
            return f"{text}(暂定:{listed}年放假安排尚未收录)"
        return f"{text} (provisional: the holiday notice for {listed} is not in the calendar yet)"


def _chinese(step: Step) -> str:
    amount = amount_text(step.count, step.unit, "zh")
    lead = {
        "period": f"{step.start} + {amount}",
        "span": f"{step.start}起的{amount}一期",
        "extension": f"延长:{step.start} + {amount}",
        "pause": f"{step.paused_from}至{step.resumed_on}中止:{step.start} + {amount}",
    }[step.kind]
    parts = [lead]
    parts += [f"{_range_zh(closure, step.start)}{closure.name}放假" for closure in step.closures]
    parts += [f"{_day_zh(day, step.start)}({_weekday_zh(day)})调休上班" for day in step.worked]
    text = ",".join(parts)
    if step.nominal == step.due_on:
        return f"{text} = {step.due_on}"
    why = step.rolled_over.name + "放假" if step.rolled_over else _weekday_zh(step.nominal)
    return f"{text} = {step.nominal},该日为{why},顺延至{step.due_on}"


def _english(step: Step) -> str:
    amount = amount_text(step.count, step.unit, "en")
    lead = {
        "period": f"{step.start} + {amount}",
        "span": f"the period of {amount} from {step.start}",
        "extension": f"extended: {step.start} + {amount}",
        "pause": f"paused {step.paused_from} to {step.resumed_on}: {step.start} + {amount}",
    }[step.kind]
    parts = [lead]
    parts += [f"{_range_en(closure, step.start)} off ({closure.english})" for closure in step.closures]
    parts += [f"{_weekday_en(day)} {_day_en(day, step.start)} worked" for day in step.worked]
    text = ", ".join(parts)
    if step.nominal == step.due_on:
        return f"{text} = {step.due_on}"
    why = step.rolled_over.english if step.rolled_over else f"a {_weekday_en(step.nominal)}"
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
