"""A person at keyboard and mouse whose time is reckoned, stroke by stroke (按键级模型).

The keystroke-level model of Card, Moran and Newell, with pinyin for Chinese text. Every key and click goes to
the browser as it would from a person, and is counted as it goes: a form that grows takes longer.
"""

from __future__ import annotations

from typing import Any

KEY = 0.28
PINYIN = 1.2
"""A Chinese character: its letters, and choosing it."""
POINT = 1.1
HOME = 0.4
"""The hand goes from the keyboard to the mouse, or back."""
MIND = 1.35
"""To find the place, to look at the paper for what comes next, or to read a list of names."""


class Hand:
    """Hands on a page: what they did, how many fields they filled, and how long that takes a person."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.seconds = 0.0
        self.keys = self.clicks = 0
        self.filled: list[str] = []
        self._on_mouse = False

    def _home(self, *, mouse: bool) -> None:
        if mouse is not self._on_mouse:
            self.seconds += HOME
            self._on_mouse = mouse

    def think(self) -> None:
        """Find out what comes next."""
        self.seconds += MIND

    def click(self, target: Any) -> None:
        """Find something, point at it and click."""
        self.think()
        self._home(mouse=True)
        self.seconds += POINT + KEY
        self.clicks += 1
        target.click()

    def press(self, *names: str) -> None:
        """Press keys, one after the other; keys held together count each."""
        self._home(mouse=False)
        for name in names:
            self._count(len(name.split("+")))
            self.page.keyboard.press(name)

    def _count(self, keys: int) -> None:
        self.keys += keys
        self.seconds += KEY * keys

    def type(self, text: str) -> None:
        """Type a text where the cursor stands."""
        self._home(mouse=False)
        for letter in text:
            if "一" <= letter <= "鿿":
                self.keys += 1
                self.seconds += PINYIN
            else:
                self._count(1)
            self.page.keyboard.insert_text(letter)

    def tab(self) -> None:
        """Go on to the next field; a date has parts, each a stop of its own."""
        mark = "() => { document.activeElement.dataset.here = '1'; }"
        still = "() => 'here' in document.activeElement.dataset"
        self.page.evaluate(mark)
        for _stop in range(6):
            self.press("Tab")
            if not self.page.evaluate(still):
                return
        raise AssertionError("The Tab key does not leave the field.")

    def at(self) -> str:
        """Return the label of the field in which the cursor stands, as a person reads it."""
        said = self.page.evaluate(
            "() => [...(document.activeElement.labels || [])].map(one => one.innerText).join(' ')"
        )
        return str(said).removesuffix("（选填）").strip()

    def _begin(self, label: str) -> None:
        assert self.at() == label, f"the cursor is in {self.at()!r}, not in {label!r}"
        self.think()
        self.filled.append(label)

    def write(self, label: str, text: str) -> None:
        """Type into the field in which the cursor stands, which must be the one so labelled."""
        self._begin(label)
        self.type(text)

    def choose(self, label: str, part: str, whole: str) -> None:
        """Type a part of a name and take the whole from the suggestions."""
        self._begin(label)
        self.type(part)
        self.think()
        options = self.page.locator("#gt-suggestions [role=option]").all_inner_texts()
        self.press(*["ArrowDown"] * (options.index(whole) + 1), "Enter")

    def pick(self, label: str, option: str) -> None:
        """Choose from a short list by the arrow key."""
        self._begin(label)
        options = "() => [...document.activeElement.options].map(one => one.text)"
        now = "() => document.activeElement.selectedIndex"
        place = self.page.evaluate(options).index(option)
        steps = place - self.page.evaluate(now)
        self.press(*["ArrowDown" if steps > 0 else "ArrowUp"] * abs(steps))
        assert self.page.evaluate(now) == place

    def date(self, label: str, day: str) -> None:
        """Type a date: year, month and day, in whatever order the browser wants them."""
        self._begin(label)
        self._home(mouse=False)
        self._count(len(day.replace("-", "")))
        self.page.locator(":focus").fill(day)

    def file(self, label: str, upload: dict[str, Any]) -> None:
        """Open the dialog, find the file in it and double-click it."""
        field = self.page.get_by_label(label)
        self.filled.append(label)
        with self.page.expect_file_chooser() as chooser:
            self.click(field)
        self.think()
        self.seconds += POINT + 2 * KEY
        self.clicks += 1
        chooser.value.set_files(upload)
