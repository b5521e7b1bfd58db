"""What is wrong with a measure file, and where (办法文件的问题)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class Message:
    """A text with its values, put into the reader's language only when shown (待译文本)."""

    __slots__ = ("template", "values")

    def __init__(self, template: object, **values: object) -> None:
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return str(self.template).format(**self.values)


@dataclass(frozen=True)
class Problem:
    """One fault of a measure file (一处问题): place, reason, remedy. Line and column count from 1."""

    file: str
    line: int
    column: int
    code: str
    reason: Message
    remedy: Message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.reason} {self.remedy}"


class MeasureError(ValueError):
    """A measure that may not be used (办法不可用). `problems` holds every fault found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(f"{len(self.problems)} problem(s)")

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)
