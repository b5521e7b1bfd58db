"""The form of an act's page, filled in as a browser does (页面表单): what is on it, and what is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml import html

EMPTY_ROW = "__row__"
MULTIPART = "multipart/form-data"
WRITTEN = ("textarea", "file")


@dataclass
class PageForm:
    """A form: where it goes and how, its controls, and what it would send as it stands.

    `offered` holds for each control the values one can choose, None where anything can be typed or attached.
    `new_rows` holds what the rows that the page's script adds would send, under names with EMPTY_ROW.
    """

    action: str
    encoding: str
    sent: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, set[str] | None] = field(default_factory=dict)
    new_rows: dict[str, str] = field(default_factory=dict)

    def fill(self, name: str, value: Any) -> None:
        """Type or choose a value. Rows take the place of those that stand there."""
        if not _is_rows(value):
            self.sent[name] = _typed(value)
            return
        for one in [one for one in self.sent if one.startswith(f"{name}-")]:
            del self.sent[one]
        begins = f"{name}-{EMPTY_ROW}-"
        proposed = {key: given for key, given in self.new_rows.items() if key.startswith(begins)}
        for number, row in enumerate(value):
            for key, given in {**proposed, **{begins + column: item for column, item in row.items()}}.items():
                self.sent[key.replace(EMPTY_ROW, str(number))] = _typed(given)

    def lacks(self, data: dict[str, Any], files: Iterable[str]) -> list[str]:
        """Return the names of what nobody could have typed, chosen or attached here."""
        wanted = [(name, value) for name, value in data.items() if not _is_rows(value)]
        wanted += [
            (f"{name}-0-{column}", given)
            for name, value in data.items()
            if _is_rows(value)
            for row in value
            for column, given in row.items()
        ]
        attached = [name for name in files if name not in self.offered or self.encoding != MULTIPART]
        return attached + [name for name, value in wanted if not self._takes(name, value)]

    def _takes(self, name: str, value: Any) -> bool:
        choices = self.offered.get(name, set())
        return choices is None or set(_typed(value)) <= choices


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _typed(value: Any) -> list[str]:
    """Return a value as a browser sends it, its line ends as HTML has them."""
    if isinstance(value, bool):
        return ["on"] if value else []
    many = value if isinstance(value, list) else [value]
    return ["" if one is None else str(one).replace("\r\n", "\n").replace("\n", "\r\n") for one in many]


def form_with(page: str, control: str) -> PageForm | None:
    """Return the page's form that holds a control of this name, None where there is none."""
    document = html.document_fromstring(page)
    for silent in list(document.iter("noscript")):  # not there for a browser that runs the page's scripts
        silent.drop_tree()
    found = next((one for one in document.forms if control in one.inputs.keys()), None)  # noqa: SIM118
    if found is None:
        return None
    form = PageForm(found.get("action", ""), found.get("enctype", ""))
    for element in found.inputs:
        if getattr(element, "type", "") in ("checkbox", "radio"):
            choices = form.offered.setdefault(element.name, set())
            assert choices is not None
            choices.add(element.get("value", "on"))
        else:
            form.offered[element.name] = set(element.value_options) if element.tag == "select" else None
    written = {element.name for element in found.inputs if element.tag == "textarea"}
    for name, value in found.form_values():
        text = value.removeprefix("\n") if name in written else value
        if EMPTY_ROW in name:
            form.new_rows[name] = text
        else:
            form.sent.setdefault(name, []).extend(_typed(text))
    return form


def lines_in(page: str, part: str) -> list[list[str]]:
    """Return the lines of the table in a part of the page, each as the texts in it."""
    found = html.document_fromstring(page).get_element_by_id(part)
    return [[words.strip() for words in row.itertext() if words.strip()] for row in found.iter("tr")]
