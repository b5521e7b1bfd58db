"""Fonts of papers (公文字体): where they are, which one plays which part, which letters they can print.

Order: the folders of `GUANTONG_FONT_DIR` (the city's own 方正小标宋, 仿宋_GB2312, 楷体_GB2312), then the
fonts shipped with the package, then those of the system. The system's are looked at only where the first two
hold no Chinese font, so that one paper looks the same on every machine of an office.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import typst
from django.utils.translation import gettext as _
from fontTools.ttLib import TTFont

PACKAGED = Path(__file__).resolve().parents[2] / "fonts"
ENVIRONMENT = "GUANTONG_FONT_DIR"
MISSING_SIGN = "〓"  # 缺字号

# Families as their makers name them, best first. Spelling is compared without spaces, case, _ and -.
_WANTED: dict[str, tuple[str, ...]] = {
    "fang": ("FangSong_GB2312", "仿宋_GB2312", "FZFangSong-Z02S", "方正仿宋简体", "FangSong", "仿宋",
             "STFangsong", "华文仿宋", "Zhuque Fangsong", "FandolFang R", "FandolFang"),
    "kai": ("KaiTi_GB2312", "楷体_GB2312", "FZKai-Z03S", "方正楷体简体", "KaiTi", "楷体", "STKaiti",
            "华文楷体", "LXGW WenKai", "LXGW WenKai GB", "AR PL UKai CN", "FandolKai"),
    "hei": ("SimHei", "黑体", "FZHei-B01S", "方正黑体简体", "STHeiti", "Source Han Sans SC",
            "Noto Sans SC", "Noto Sans CJK SC", "FandolHei"),
    "song": ("SimSun", "宋体", "FZShuSong-Z01S", "STSong", "Source Han Serif SC", "Noto Serif SC",
             "Noto Serif CJK SC", "FandolSong"),
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "方正小标宋_GBK",
              "FZXBSK--GBK1-0", "FZXiaoBiaoSong", "方正小标宋", "Source Han Serif SC", "Noto Serif SC",
              "Noto Serif CJK SC", "STZhongsong"),
}  # fmt: skip
_CHINESE_PROBE = "的一是函"


class FontsMissingError(Exception):
    """No Chinese font was found anywhere (没有可用的中文字体)."""


@dataclass(frozen=True)
class Face:
    """One font in one file (字体文件)."""

    family: str
    weight: int
    path: Path
    index: int

    def letters(self) -> frozenset[int]:
        """Return the code points this face has a glyph for (字符集)."""
        return _letters(str(self.path), self.index, self.path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _letters(path: str, index: int, _changed: int) -> frozenset[int]:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        names = font.getGlyphOrder()
        table: dict[int, str] = font.getBestCmap() or {}
        return frozenset(code for code, glyph in table.items() if glyph != names[0])


@dataclass(frozen=True)
class FontSet:
    """The fonts papers are drawn with (字库): `families` gives each part its chain, first choice first."""

    faces: tuple[Face, ...]
    folders: tuple[Path, ...]
    system: bool

    @cached_property
    def families(self) -> dict[str, list[str]]:
        """Return for each of fang, kai, hei, song, title the families to use, with fallbacks after it."""
        serif = self._first("song") or self._any_chinese()
        rest = self._by_coverage()
        chains: dict[str, list[str]] = {}
        for part in _WANTED:
            chain = [name for name in (self._first(part), serif) if name]
            chains[part] = list(dict.fromkeys([*chain, *rest]))
        return chains

    @property
    def kai_is_serif(self) -> bool:
        """Whether there is no Kai, so that second headings need another mark of difference."""
        return self.families["kai"][0] == self.families["song"][0]

    def face_for(self, char: str, part: str = "fang") -> Face | None:
        """Return the face that prints a character in a part, None where no font has it."""
        for family in self.families[part]:
            for face in self.faces:
                if face.family == family and ord(char) in face.letters():
                    return face
        return None

    def unprintable(self, text: str) -> list[str]:
        """Return the characters of a text no font has a glyph for (缺字), each once, in order."""
        known = self._all_letters
        return [char for char in dict.fromkeys(text) if not char.isspace() and ord(char) not in known]

    @cached_property
    def _all_letters(self) -> frozenset[int]:
        # A family is used in the weight nearest to the one wanted, so only what all its faces hold is sure.
        by_family: dict[str, frozenset[int]] = {}
        for face in self.faces:
            letters = face.letters()
            by_family[face.family] = by_family.get(face.family, letters) & letters
        return frozenset().union(*by_family.values())

    @cached_property
    def search(self) -> typst.Fonts:
        """Return the fonts as the typesetter takes them."""
        return _typst_fonts(self.folders, self.system)

    def _first(self, part: str) -> str | None:
        present = {_plain(face.family): face.family for face in self.faces}
        present |= {_plain(face.path.stem): face.family for face in self.faces}
        return next((present[_plain(name)] for name in _WANTED[part] if _plain(name) in present), None)

    def _by_coverage(self) -> list[str]:
        sizes = {face.family: len(face.letters()) for face in self.faces}
        return sorted(sizes, key=lambda family: (-sizes[family], family))

    def _any_chinese(self) -> str:
        return next(face.family for face in self.faces if _is_chinese(face))


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "").replace("_", "").replace("-", "")


def _is_chinese(face: Face) -> bool:
    return all(ord(char) in face.letters() for char in _CHINESE_PROBE)


def _typst_fonts(folders: tuple[Path, ...], system: bool) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=system,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders],
    )


def _faces(folders: tuple[Path, ...], system: bool) -> tuple[Face, ...]:
    found = [
        Face(info.family, info.weight, Path(info.path), info.index)
        for info in _typst_fonts(folders, system).fonts()
        if info.path and info.style == "normal"
    ]
    return tuple(sorted(found, key=lambda face: (face.family, face.weight, str(face.path))))


def configured_folders() -> tuple[Path, ...]:
    """Return the font folders in order (字体目录): `GUANTONG_FONT_DIR` may name several, as PATH does."""
    named = [Path(part) for part in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if part]
    return tuple(folder for folder in (*named, PACKAGED) if folder.is_dir())


@lru_cache(maxsize=8)
def load(folders: tuple[Path, ...]) -> FontSet:
    """Return the fonts found in the folders, or the system's where those hold none that is Chinese.

    Raises `FontsMissingError` where there is none at all.
    """
    for system in (False, True):
        faces = _faces(folders, system)
        if any(_is_chinese(face) for face in faces):
            return FontSet(faces, folders, system)
    raise FontsMissingError(
        _(
            "Fonts: no Chinese font was found, so no paper can be drawn. Put TTF or OTF files of a Chinese "
            "font into a folder and name it in the setting %(setting)s, or install the package's own fonts."
        )
        % {"setting": ENVIRONMENT}
    )


def fonts() -> FontSet:
    """Return the fonts of this installation (本机字库)."""
    return load(configured_folders())
