"""Where each part of a measure file stands (行列定位)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ruamel.yaml.comments import CommentedMap, CommentedSeq

Loc = Sequence[str | int]
Side = Literal["key", "value"]


class Places:
    """Finds line and column, both from 1, of a path in a parsed file (定位)."""

    def __init__(self, root: object) -> None:
        self.root = root

    def find(self, loc: Loc, side: Side = "value") -> tuple[int, int]:
        """Line and column of the deepest part of `loc` that the file has; of its key or its value."""
        node: object = self.root
        place = (0, 0)
        for at, step in enumerate(loc):
            if isinstance(node, CommentedMap) and step in node:
                last = at == len(loc) - 1
                place = node.lc.key(step) if last and side == "key" else node.lc.value(step)
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                place = node.lc.item(step)
            else:
                continue
            node = node[step]
        return place[0] + 1, place[1] + 1

    def holder(self, loc: Loc) -> tuple[int, int]:
        """Line and column of what ought to hold a missing field `loc` (缺项所在的块)."""
        return self.find(loc[:-1], "key")
