"""Room for calls (调用栈空间): why a page does not become slow by how deep its calls happen to lie.

CPython keeps the frames of calls in chunks of 16 KB that it takes from the system, and gives back, one by
one. A loop that calls from the very end of a chunk takes and gives back a chunk with every call: 8,000 times
for a page of many form controls, which then took 160 ms instead of 65. Under a frame that asks for more than
a chunk has, a chunk many times as large is taken once, and everything called from there finds room in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")
CELLS = 70_000
"""What the frame asks for, in cells of 8 bytes: it gets a chunk of 1 MB, of which half is left."""


def with_room(call: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made:
    """Call something so that all its own calls lie in one chunk (留足调用栈)."""
    return call(*args, **kwargs)


with_room.__code__ = with_room.__code__.replace(co_stacksize=CELLS)
