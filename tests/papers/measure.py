"""Measuring in a PDF (版面测量): where ink and letters are, in millimetres from the top left."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pdfplumber
from PIL import Image

MM = 72 / 25.4
RESOLUTION = 254  # ten pixels a millimetre


@dataclass(frozen=True)
class Box:
    """Edges of something on a page, in millimetres."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def opened(pdf: bytes) -> Any:
    return pdfplumber.open(io.BytesIO(pdf))


def raster(page: Any) -> Image.Image:
    image: Image.Image = page.to_image(resolution=RESOLUTION, antialias=False).original.convert("RGB")
    return image


def is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 150 and pixel[1] < 110 and pixel[2] < 110


def is_ink(pixel: tuple[int, int, int]) -> bool:
    return min(pixel) < 128


def ink_box(image: Image.Image, area: tuple[float, float, float, float], wanted: Any = is_ink) -> Box:
    """Return the box of the ink inside an area (left, top, right, bottom in mm)."""
    x0, y0, x1, y1 = (round(edge * 10) for edge in area)
    pixels = image.load()
    found = [(x, y) for y in range(y0, y1) for x in range(x0, x1) if wanted(pixels[x, y])]
    assert found, f"no ink in {area}"
    xs, ys = [x for x, _ in found], [y for _, y in found]
    return Box(min(xs) / 10, min(ys) / 10, (max(xs) + 1) / 10, (max(ys) + 1) / 10)


def bands(image: Image.Image, x: float, wanted: Any = is_ink) -> list[tuple[float, float]]:
    """Return the stretches of ink met going down the page at `x` mm, as (top, bottom) in mm."""
    pixels, column = image.load(), round(x * 10)
    found: list[list[int]] = []
    for y in range(image.height):
        if wanted(pixels[column, y]):
            if found and found[-1][1] == y:
                found[-1][1] = y + 1
            else:
                found.append([y, y + 1])
    return [(top / 10, bottom / 10) for top, bottom in found]


def lines_of(page: Any, low: float = 0.0, high: float = 297.0) -> list[list[dict[str, Any]]]:
    """Return the letters of a page line by line, between two heights in mm."""
    lines: dict[int, list[dict[str, Any]]] = {}
    for char in page.chars:
        middle = (char["top"] + char["bottom"]) / 2 / MM
        if low <= middle <= high and char["text"].strip():
            key = next((k for k in lines if abs(k - middle * 10) < 20), round(middle * 10))
            lines.setdefault(key, []).append(char)
    return [sorted(lines[key], key=lambda char: char["x0"]) for key in sorted(lines)]


def text_of(line: list[dict[str, Any]]) -> str:
    return "".join(char["text"] for char in line)


def squashed(text: str) -> str:
    """Return text without anything that is not printed."""
    return re.sub(r"[\s\u200b\u3000]", "", text)


def pdf_text(pdf: bytes, below: float = 265.0) -> str:
    """Return all words of a PDF in drawing order, without page numbers and without spaces."""
    with opened(pdf) as document:
        chars = [c for page in document.pages for c in page.chars if c["top"] / MM < below]
    return squashed("".join(char["text"] for char in chars))


def counted(text: str) -> Counter[str]:
    return Counter(squashed(text))
