"""How Chinese text is written: punctuation of Chinese wherever Chinese stands (GB/T 15834)."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import polib
import pytest

from guantong.kernel.calendar import explanation
from guantong.measures import vocabulary

PACKAGE = Path(vocabulary.__file__).parent.parent
CHINESE = "\u4e00-\u9fff”’》）】〕"
HALF = re.compile(rf"[{CHINESE}][(),:;!?]|[(),:;!?][{CHINESE}]|[}}%][(),:;][{CHINESE}]")
PARTS = sorted((PACKAGE / "locale" / "parts").glob("*.po"))
SOURCES = [*sorted((PACKAGE / "demo").glob("*.py")), Path(explanation.__file__)]


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.stem)
def test_translations_use_chinese_punctuation(path: Path) -> None:
    wrong = [entry.msgstr for entry in polib.pofile(str(path)) if HALF.search(entry.msgstr)]
    listed = {"是,否,未查明", "请写成 [甲, 乙] 的样子。"}  # for the filter `yesno`; as YAML wants it
    assert set(wrong) <= listed


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_chinese_in_the_source_uses_chinese_punctuation(path: Path) -> None:
    reader = io.StringIO(path.read_text(encoding="utf-8")).readline
    strings = [
        token.string
        for token in tokenize.generate_tokens(reader)
        if token.type == tokenize.STRING and '"""' not in token.string
    ]
    assert [text for text in strings if HALF.search(text)] == []
