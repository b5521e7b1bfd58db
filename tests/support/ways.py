"""Ways in (入口): one step of a scenario, by the act itself, through its page, or over the API.

A refusal comes out of each as the same exception with its faults. Page and API also have to agree with the
act on what they offer: whoever is allowed finds link and form, or the offer, with a control for all he gives;
whoever is not finds none, and nothing is taken from him either. Links and offers cost a page more, and are
looked for once for each post, act and outcome in a run.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.utils.crypto import get_random_string
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode

from guantong.kernel import clock
from guantong.kernel.access.middleware import POST_KEY
from guantong.kernel.access.scope import scope, scope_of
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Conflict, Fault, KeepNothing, NotAllowed, NotVisible, Refused
from guantong.kernel.acts.perform import Done, perform
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.organs.models import Organ
from guantong.kernel.papers.act import PaperAct
from guantong.web.due import due_badge
from support import browse
from support.browse import BACKEND, act_url, text
from support.page_form import MULTIPART, PageForm, form_with, lines_in
from support.program import Program
from support.town import Town

FOLLOW_OR_ARE_READ_IN = {
    "case.open": "follows from clue.conclude and clue.approve_case; a case comes of a clue alone",
    "clue.arrive": "follows from clue.forward and clue.split; nobody types in what another organ forwards",
    "clue.import_open": "one row of a spreadsheet; pages and command that read it in: tests/importing",
    "clue.import_closed": "one row of a spreadsheet, as clue.import_open",
    "clue.import_disc": "a sealed file; the page that takes it in: tests/exchange",
    "task.part": "follows from task.divide",
    "correspondence.ask_return": "follows from correspondence.collect",
    "task.import_disc": "a sealed file; the page that takes it in: tests/exchange",
    "correspondence.import_disc": "a sealed file, as clue.import_disc",
    "report.import_published": "one report of a spreadsheet, as clue.import_open",
}
"""Acts that have no page and no operation of the API, and why. Every way does them by the act itself."""

OWN_PAGE = {
    "session.decide": "decided line by line on the sitting's own page: tests/web/test_sessions.py",
    **dict.fromkeys(
        (
            "meeting.decide",
            "meeting.amend",
            "meeting.strike",
            "meeting.attendance",
            "meeting.review",
            "meeting.hear",
        ),
        "typed live on the meeting's own page: tests/web/test_meetings.py",
    ),
}
"""Acts whose page is made by hand for many rows, and where it is tried. Pages do them by the act itself."""

BY_ACTS = pytest.mark.parametrize("play", ["acts"], indirect=True)
"""For scenarios that look into what only the act itself returns: statements, rows at fault, repetition."""

_links_tried: set[tuple[str, str, bool]] = set()
_offers_tried: set[tuple[str, str]] = set()

REFUSALS: dict[int, type[Refused]] = {403: NotAllowed, 404: NotVisible, 409: Conflict, 422: Refused}


@dataclass
class Step:
    """One act that somebody does now: what a page's form or a program's request would hold."""

    who: str
    code: str
    matter: UUID | None
    data: dict[str, Any]
    files: MultiValueDict[str, Any] = field(default_factory=MultiValueDict)
    key: str = ""
    version: int | None = None

    def __post_init__(self) -> None:
        for _name, many in self.files.lists():
            for one in many:
                one.seek(0)  # the same upload may come again


class Way(Protocol):
    """A way in which steps are done."""

    def do(self, step: Step) -> Done:
        """Do one step. Raises Refused."""

    def shows(self, who: str, duty: Duty) -> bool:
        """Return whether somebody reads of a duty what is stored of it."""


@dataclass
class Acts:
    """By the act itself (行为)."""

    town: Town

    def do(self, step: Step) -> Done:
        """Perform the act within the officer's sight."""
        actor = self.town.actor(step.who)
        with scope(actor):
            return perform(
                step.code, actor, step.matter, step.data, step.files, key=step.key, version=step.version
            )

    def shows(self, who: str, duty: Duty) -> bool:
        """Return True: the duty itself was read."""
        return True


@dataclass
class Pages:
    """Through the act's page (页面), signed in as the officer, in the post in which he acts."""

    town: Town
    clients: dict[str, Client] = field(default_factory=dict)

    def do(self, step: Step) -> Done:
        """Open the act's page, fill its form in and send it."""
        if step.code in FOLLOW_OR_ARE_READ_IN or step.code in OWN_PAGE:
            return Acts(self.town).do(step)
        with scope_of(()):  # what a request tells the database must not outlast it in the test's transaction
            client = self._client(step.who)
            form = self._open(client, step)
            if form is not None:
                step = _by_name(step, form)
            answer = self._send(client, form or self._made_up(client, step), step)
        assert answer.status_code in (302, *REFUSALS), f"{answer.status_code} {text(answer)[:2000]}"
        if answer.status_code != 302:
            refused = _refused_on(answer)
            assert form is None or not isinstance(refused, NotAllowed), f"a form was offered, but: {refused}"
            raise refused
        assert form is not None, f"{step.code} was taken from {step.who}, whom its page offers no form"
        assert not form.lacks(step.data, step.files), f"not on the page: {form.lacks(step.data, step.files)}"
        return Done(step.matter or _matter_of(answer["Location"]), None)

    def shows(self, who: str, duty: Duty) -> bool:
        """Return whether the matter's page has the duty's line, with its date and the words of its state."""
        with scope_of(()):
            page = self._client(who).get(f"/matters/{duty.matter_id}/")
        words = [duty.name, duty.clause, duty.due_on.isoformat(), _state_of(duty)]
        return any(set(words) <= set(line) for line in lines_in(text(page), "duties"))

    def _client(self, who: str) -> Client:
        if who not in self.clients:
            post = self.town.posts[who]
            client = browse.client(csrf=True)
            client.force_login(post.officer.account, backend=BACKEND)
            session = client.session
            session[POST_KEY] = post.pk
            session.save()
            client.cookies[settings.CSRF_COOKIE_NAME] = get_random_string(32)
            self.clients[who] = client
        return self.clients[who]

    @staticmethod
    def _open(client: Client, step: Step) -> PageForm | None:
        """Open the act's page by its link, which names what a hidden field holds; return the form on it."""
        act = registry.get(step.code)
        named = act.asks.base_fields
        said = {
            name: value for name, value in step.data.items() if name in named and named[name].widget.is_hidden
        }
        link = f"{_url(step)}?{urlencode(said)}".removesuffix("?")
        page = client.get(link)
        assert page.status_code in (200, 403, 404), f"{page.status_code} {text(page)[:2000]}"
        form = form_with(text(page), "key")
        assert (form is not None) == (page.status_code == 200)
        tried = (step.who, step.code, form is not None)
        on_paper_s_page = act.grave and isinstance(act, PaperAct)
        if step.matter is not None and not on_paper_s_page and tried not in _links_tried:
            _links_tried.add(tried)
            on_the_matter = f'href="{html.escape(link)}"' in text(client.get(f"/matters/{step.matter}/"))
            assert on_the_matter == (form is not None), f"the matter's page and the act's differ over {link}"
        return form

    @staticmethod
    def _made_up(client: Client, step: Step) -> PageForm:
        """Return the form as somebody would forge it whom the page offers none: it has to be refused too."""
        given = {"csrfmiddlewaretoken": client.cookies[settings.CSRF_COOKIE_NAME].value, "key": uuid4().hex}
        return PageForm(
            _url(step), MULTIPART, {name: [value] for name, value in given.items()}, {"confirmed": None}
        )

    @staticmethod
    def _send(client: Client, form: PageForm, step: Step) -> Any:
        for name, value in step.data.items():
            form.fill(name, value)
        if "confirmed" in form.offered:
            form.fill("confirmed", "1")  # as the page's question does
        if step.key:
            form.fill("key", step.key)
        if step.version is not None:
            form.fill("version", step.version)
        if form.encoding == MULTIPART:
            return client.post(form.action, {**form.sent, **dict(step.files.lists())})
        return client.post(
            form.action, urlencode(form.sent, doseq=True), content_type="application/x-www-form-urlencoded"
        )


def _state_of(duty: Duty) -> str:
    """Return the words of a duty's state on its matter's page."""
    if duty.state == DutyState.CANCELLED:
        return str(duty.get_state_display())
    badge = due_badge(
        duty.due_on,
        clock.today(),
        paused=bool(duty.paused_on),
        done_on=duty.ended_on,
        provisional=duty.provisional,
    )
    return badge.words


def _by_name(step: Step, form: PageForm) -> Step:
    """Return the step as typed where the page asks for an organ's name instead of offering a list."""
    listed = {
        name: value
        for name, value in step.data.items()
        if name not in form.offered and f"{name}_name" in form.offered
    }
    names = {f"{name}_name": Organ.objects.get(pk=pk).full_name for name, pk in listed.items() if pk}
    rest = {name: value for name, value in step.data.items() if name not in listed}
    return replace(step, data={**rest, **names})


@dataclass
class Api:
    """Over the API (接口), with a token bound to the post."""

    town: Town
    program: Program = field(init=False)

    def __post_init__(self) -> None:
        self.program = Program(self.town)

    def do(self, step: Step) -> Done:
        """Ask what can be done, and post the act."""
        if step.code in FOLLOW_OR_ARE_READ_IN:
            return Acts(self.town).do(step)
        with scope_of(()):
            known = step.matter is None or (step.who, step.code) in _offers_tried
            offered = known or self._offers(step)
            status, body = self._post(step)
            assert status in (200, 201, *REFUSALS), f"{status} {body}"
            offered_still = status in (403, 404) and step.matter is not None and self._offers(step)
        if status in REFUSALS:
            assert not offered_still, f"{step.code} is offered to {step.who}, but: {body}"
            raise _refused_by(status, body)
        assert offered, f"{step.code} was done by {step.who}, to whom it is not offered"
        _offers_tried.add((step.who, step.code))
        return Done(UUID(body["matter"]), body["entry"], body["repeated"])

    def _post(self, step: Step) -> tuple[int, dict[str, Any]]:
        path = f"/matters/{step.matter}/acts/{step.code}" if step.matter else f"/acts/{step.code}"
        seen = {} if step.version is None else {"If-Match": f'"{step.version}"'}
        answer = self.program.post(
            step.who, path, step.data, str(clock.today()), step.key or None, files=step.files, **seen
        )
        return answer.status_code, answer.json()

    def shows(self, who: str, duty: Duty) -> bool:
        """Return whether the API tells the duty's date, end and state."""
        with scope_of(()):
            answer = self.program.get(who, f"/matters/{duty.matter_id}", str(clock.today()))
        told = next(one for one in answer.json()["duties"] if one["id"] == str(duty.pk))
        stored = {"due_on": duty.due_on, "ended_on": duty.ended_on, "state": duty.state}
        return all(told[name] == (value and str(value)) for name, value in stored.items())

    def _offers(self, step: Step) -> bool:
        """Return whether the API says that the act on a matter can be done now."""
        answer = self.program.get(step.who, f"/matters/{step.matter}/acts", str(clock.today()))
        offers = answer.json() if answer.status_code == 200 else []
        given = {name: str(value) for name, value in step.data.items()}
        return any(
            one["act"] == step.code and one["possible"] and one["data"].items() <= given.items()
            for one in offers
        )


def _url(step: Step) -> str:
    return act_url(step.matter, step.code) if step.matter else f"/new/{step.code}/"


def _matter_of(address: str) -> UUID:
    found = re.fullmatch(r"/matters/([0-9a-f-]{36})/", address)
    assert found, f"led to {address}, not to the new matter"
    return UUID(found[1])


def _refused_on(page: Any) -> Refused:
    """Return what a page refuses; every fault has to be read on it, at its field."""
    if page.status_code == 404:
        return NotVisible(Fault("", "The page is not there.", ""))
    said, sheet = html.unescape(text(page)), page.context["sheet"]
    assert sheet.faults, f"refused without a reason: {said[:2000]}"
    form = page.context["form"]
    for fault in sheet.faults:
        for words in (fault.reason, fault.remedy):
            assert words in said, f"the page does not say: {words}"
        if form is not None and fault.field in form.fields and not form.fields[fault.field].widget.is_hidden:
            assert f'id="id_{fault.field}_error"' in said, f"not said at the field {fault.field}"
    refusal = KeepNothing if page.context["keeps_nothing"] else REFUSALS[page.status_code]
    return refusal(*sheet.faults)


def _refused_by(status: int, body: dict[str, Any]) -> Refused:
    """Return what the API refuses."""
    faults = [Fault(**one) for one in body["faults"]]
    assert faults, f"refused without a reason: {body}"
    refusal = KeepNothing if body["type"] == "about:blank#keep_nothing" else REFUSALS[status]
    return refusal(*faults)


WAYS: dict[str, type[Acts] | type[Pages] | type[Api]] = {"acts": Acts, "pages": Pages, "api": Api}
