"""Unmistakable words in every field of a clue, and every byte that somebody can get (金丝雀).

`plant` brings a clue through its life with a canary in each field. `Crawler` fetches, with somebody's
account, all addresses there are, with the ids of that matter, and follows every link.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit
from uuid import UUID

import pypdfium2
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from guantong.accounts import tokens
from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.acts import registry
from guantong.kernel.duties.calendar_acts import note_lapses
from guantong.kernel.duties.escalation import escalate
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Matter
from guantong.kernel.measures.models import Adoption
from guantong.kernel.organs import leave
from guantong.kernel.organs.models import Officer, Organ
from guantong.kernel.papers.models import Paper
from guantong.kernel.people.models import Subject
from guantong.mechanisms.clues.models import Instruction
from guantong.mechanisms.handovers.models import Item
from guantong.mechanisms.reminders.models import Reminder
from guantong.notices import feeds
from guantong.notices.making import make as make_notices
from support.browse import BACKEND, client
from support.consistency import sight_of_everybody
from support.play import Player, at, scan, uploads

# fmt: off
INTERNAL = {
    "assignment reason": "暮云收尽", "assignment rule": "溢清寒一", "leader's instruction": "银汉无声",
    "reason of a refusal": "转玉盘二", "plan": "此生此夜", "progress": "不长好三", "awaited from": "明月明年",
    "reason of a pause": "何处看四", "reason of an extension": "纤云弄巧", "answer on resuming": "飞星传恨",
    "result in words": "银汉迢迢", "basis of the case": "暗度五六", "who approved the case": "金风玉七",
    "title of the approval sheet": "露一相逢", "text of the approval sheet": "便胜却八",
    "voided feedback": "人间无数", "progress of the voided feedback": "柔情似水",
    "reason of voiding": "佳期如梦",
    "scan's name": "忍顾鹊桥", "scan's content": "CANARYBYTESOFTHESCAN", "link's note": "归路两情",
    "step of the case": "若是久长", "instruction of a leader": "明月几时", "reason of lifting": "把酒问青",
    "text of a reminder": "不知天上", "answer to a reminder": "今夕何年",
    "reason of a withdrawn reminder": "乘风归去",
    "facts laid before a leader": "又恐琼楼", "basis laid before a leader": "高处不胜",
    "remarks of a handover": "起舞弄影", "remark on a row": "何似人间",
}  # fmt: skip
OF_SUPERVISION = {"explanation of a close": "转朱阁低", "reason of reopening": "绮户照无"}
"""What case supervision and the leaders alone may know."""
OF_THE_SENDER = {
    "title": "朝朝暮暮", "allegation": "大江东去", "person": "浪淘尽九", "unit": "千古风流",
    "post": "人物故垒",
    "evidence": "西边人道", "letter's text": "是三国周", "name of the attachment": "郎赤壁乱",
    "content of the attachment": "CANARYBYTESOFTHEEVIDENCE", "text of the feedback": "石穿空惊",
    "feedback in short": "涛拍岸卷", "correction's reason": "起千堆雪", "identity number": "110101199003077",
}  # fmt: skip
# fmt: on
CUSTODIAN = "江山如画"
WEEK = timedelta(days=7)
SKIPPED = ("/accounts/logout", "/language/", "/static/", "/capacity/", "/media/")
DIRECTORIES = (
    "/organs",
    "/officers",
    "/responsibilities",
    "/capacities",
    "/administration",
    "/api/v1/organs",
)
OF_THE_TOWN: dict[str, type[Model]] = {
    "officer_id": Officer, "row_id": Officer, "user_id": User, "organ_id": Organ, "adoption_id": Adoption,
}  # fmt: skip
"""Whose ids, two of each, stand in addresses of what is no matter."""
MOST_PAGES = 1800
MOST_QUERIES = 5
"""So many addresses of a page that differ in the query alone: a calendar leads to the next month for ever."""


@dataclass
class Planted:
    """The clue full of canaries, and the ids of everything in it."""

    clue: UUID
    ids: dict[str, list[str]] = field(default_factory=dict)


def plant(play: Player) -> Planted:
    """Bring a clue from its draft to its closing and a case, with a canary in each field."""
    s, i = OF_THE_SENDER, INTERNAL
    handler = play.town.posts["handler"].officer
    handler.name = CUSTODIAN
    handler.save()
    person = {
        "name": s["person"], "unit": s["unit"], "post": s["post"], "authority": "city",
        "id_number": "110101199003077758",
    }  # fmt: skip
    day = "2026-09-28"
    clue = play.done(
        day, "auditor", "clue.draft", title=s["title"], category="discipline", allegation=s["allegation"],
        subjects=[person], evidence=[{"title": s["evidence"], "pages": "3"}], unit=s["unit"],
        files=uploads(
            attachments=scan(s["name of the attachment"] + ".pdf", _bytes(s["content of the attachment"]))
        ),
    ).matter_id  # fmt: skip
    hands = ["auditor", "audit_head", "audit_leader", "auditor"]
    play.letter([day] * 4, clue, "transfer_letter", hands, body=s["letter's text"])
    play.act(day, "clerk", "clue.receive", clue)
    other = play.registered(day)
    number = play.matter("clerk", other).number
    play.act(day, "clerk", "clue.link_duplicate", clue, other=number, reason=i["link's note"])
    _assign(play, clue, day)
    _handle(play, clue, "2026-09-30")
    texts = {"title": "反馈函", "addressee": "清川市审计局"}
    play.act(
        "2026-10-12", "clerk", "paper.draft", clue, kind="feedback_letter", **texts,
        body=i["voided feedback"],
        progress=i["progress of the voided feedback"],
    )  # fmt: skip
    voided = play.paper("clerk", clue, "feedback_letter")
    play.act("2026-10-12", "clerk", "paper.void", clue, paper=voided, reason=i["reason of voiding"])
    play.act(
        "2026-10-12",
        "clerk",
        "matter.correct",
        clue,
        fact="amount",
        value="9",
        reason=s["correction's reason"],
    )
    play.answered(clue, "2026-10-12", body=s["text of the feedback"], progress=s["feedback in short"])
    return Planted(clue, {**ids_of(clue), "secret": _around(play)})


def _around(play: Player) -> list[str]:
    """Lay around it what the daily work brings: a sheet in the stack, a desk's list, a leave, a close.

    Returns the secrets of two calendar feeds: they are open to whoever has the address.
    """
    i, day, posts = INTERNAL, "2026-10-12", play.town.posts
    asked = play.in_handling(play.assigned(play.registered("2026-09-28", letter_number="77号")))
    found = {"text": i["facts laid before a leader"], "case_basis": i["basis laid before a leader"]}
    play.act(day, "handler", "clue.request_case", asked, **found)
    desk = {"post": posts["handler"].pk, "supervisor": "陆知行", "remarks": i["remarks of a handover"]}
    handover = play.act(day, "handler", "handover.open", **desk)
    with play.see("handler"):
        rows = [str(pk) for pk in Item.objects.filter(matter=handover).values_list("pk", flat=True)]
    given = {"successor": posts["handler_head"].officer_id, "remark": i["remark on a row"]}
    play.act(day, "handler", "handover.arrange", handover, items=rows, **given)
    close = play.act(day, "clerk", "close.draft", month="2026-08")
    play.act(day, "clerk", "close.submit", close, note=OF_SUPERVISION["explanation of a close"])
    play.act(day, "deputy", "close.approve", close)
    play.act(day, "deputy", "close.reopen", close, reason=OF_SUPERVISION["reason of reopening"])
    with clock.set_to(at(day)):
        today = clock.today()
        leave.record_leave(play.town.actor("handler"), posts["handler"], today, today + WEEK, None)
        make_notices()
        whose = ("clerk", "handler_head")
        return [feeds.create(User.objects.get(username=who), posts[who]) for who in whose]


def _bytes(canary: str) -> bytes:
    return f"%PDF-1.4 {canary}".encode()


def _assign(play: Player, clue: UUID, day: str) -> None:
    i, organ = INTERNAL, play.town.organs["first"].pk
    propose = {"handler": organ, "reason": i["assignment reason"], "rule": i["assignment rule"]}
    play.act(day, "clerk", "clue.propose_assignment", clue, **propose)
    sheet = {"kind": "approval_sheet", "title": i["title of the approval sheet"], "addressee": "委领导"}
    play.act(day, "clerk", "paper.draft", clue, **sheet, body=i["text of the approval sheet"])
    play.done(
        day, "clerk", "clue.approve_assignment", clue, signer="陆知行", instruction=i["leader's instruction"],
        files=uploads(scan=scan(i["scan's name"] + ".pdf", _bytes(i["scan's content"]))),
    )  # fmt: skip
    play.act(day, "handler_head", "clue.refuse_assignment", clue, reason=i["reason of a refusal"])
    play.act(day, "clerk", "clue.propose_assignment", clue, **propose)
    play.act(day, "deputy", "clue.approve_assignment", clue, instruction=i["leader's instruction"])
    custodian = play.town.posts["handler"].officer_id
    play.act(day, "handler_head", "clue.accept", clue, custodian=custodian)


def _handle(play: Player, clue: UUID, day: str) -> None:
    i = INTERNAL
    play.act(day, "handler", "clue.propose_handling", clue, way="verify", plan=i["plan"])
    play.act(day, "deputy", "clue.approve_handling", clue, instruction=i["leader's instruction"])
    play.act(day, "deputy", "clue.supervise", clue, instruction=i["instruction of a leader"])
    with play.see("handler"):
        given = [str(pk) for pk in Instruction.objects.filter(matter=clue).values_list("pk", flat=True)]
    play.act(day, "handler", "clue.report_progress", clue, progress=i["progress"], instructions=given)
    play.act(day, "deputy", "clue.lift_supervision", clue, reason=i["reason of lifting"])
    _remind(play, clue, day)
    pause = {"awaited_from": i["awaited from"], "reason": i["reason of a pause"]}
    play.act("2026-10-08", "handler", "clue.pause", clue, **pause)
    play.act("2026-10-09", "handler", "clue.resume", clue, progress=i["answer on resuming"])
    extension = {"until": "2027-01-29", "reason": i["reason of an extension"]}
    play.act("2026-10-09", "handler", "clue.request_extension", clue, **extension)
    play.act("2026-10-09", "deputy", "clue.approve_extension", clue)
    play.act(
        "2026-10-10", "handler", "clue.conclude", clue, result="case", text=i["result in words"],
        case_basis=i["basis of the case"], approved_by=i["who approved the case"],
    )  # fmt: skip
    with play.see("handler"):
        case = Matter.objects.get(kind="case").pk
    play.act("2026-10-10", "handler", "case.note", case, note=i["step of the case"])


def _remind(play: Player, clue: UUID, day: str) -> None:
    """Let the handling be late for a moment: one reminder is answered, another withdrawn."""
    i = INTERNAL
    with play.see("handler"):
        due = Duty.objects.get(matter=clue, rule="handle", state="open").due_on
    answered = _late(play, clue, day, "2026-09-28")
    letter = {"paper": str(answered.paper_id), "title": "工作提示函", "addressee": "第一监督检查室"}
    play.act(day, "clerk", "paper.revise", clue, **letter, body=i["text of a reminder"])
    steps = (("clerk_head", "paper.check"), ("clerk_head", "paper.sign"), ("clerk", "paper.dispatch"))
    for who, code in steps:
        play.act(day, who, code, clue, paper=str(answered.paper_id), way="system")
    answer = {"reminder": str(answered.pk), "answer": i["answer to a reminder"]}
    play.act(day, "handler", "reminder.answer", clue, **answer)
    withdrawn = _late(play, clue, day, "2026-09-27")
    reason = i["reason of a withdrawn reminder"]
    play.act(day, "clerk", "reminder.withdraw", clue, reminder=str(withdrawn.pk), reason=reason)
    _move(play, clue, due)


def _move(play: Player, clue: UUID, due: date) -> None:
    with play.see("handler"):
        duties = Duty.objects.filter(matter=clue, rule="handle", state="open")
        duties.update(due_on=due, overdue_noted=False, escalated=0, escalates_on=None)


def _late(play: Player, clue: UUID, day: str, lapsed: str) -> Reminder:
    _move(play, clue, date.fromisoformat(lapsed))
    with clock.set_to(at(day)):
        note_lapses(clock.today())
        escalate(clock.today())
    with play.see("clerk"):
        return Reminder.objects.get(matter=clue, lapsed_on=lapsed)


def ids_of(clue: UUID) -> dict[str, list[str]]:
    """Return the ids of a matter, of every other one, and of all that is in them."""
    with sight_of_everybody():
        matters = [str(pk) for pk in Matter.objects.values_list("pk", flat=True)]
        return {
            "matter_id": [str(clue), *[one for one in matters if one != str(clue)]],
            "paper_id": [str(pk) for pk in Paper.objects.values_list("pk", flat=True)],
            "attachment_id": [str(pk) for pk in Attachment.objects.values_list("pk", flat=True)],
            "subject_id": [str(pk) for pk in Subject.objects.values_list("pk", flat=True)],
            "entry_id": [str(pk) for pk in Entry.objects.filter(matter=clue).values_list("pk", flat=True)][
                :6
            ],
            "code": [act.code for act in registry.acts_of("clue")] + ["round.receive", "session.decide"],
        }


class Crawler:
    """Fetches everything one account can get."""

    def __init__(self, user: User | None, planted: Planted, token: str = "") -> None:
        self.client = client(raises=False)
        if user is not None:
            self.client.force_login(user, backend=BACKEND)
        self.planted = planted
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.bodies: dict[str, str] = {}
        self.statuses: dict[str, int] = {}

    def crawl(self) -> None:
        """Fetch all addresses of the urlconf and whatever they link to; post to every act."""
        wanted = dict.fromkeys([*addresses(self.planted), *_searches()])
        waiting, of_page = list(wanted), Counter[str]()
        while waiting:
            address = waiting.pop(0)
            page = urlsplit(address).path
            enough = address not in wanted and of_page[page] >= MOST_QUERIES
            if address in self.bodies or address.startswith(SKIPPED) or enough:
                continue
            assert len(self.bodies) < MOST_PAGES, f"no end of pages: {_kinds(self.bodies)}"
            of_page[page] += 1
            self.fetch(address)
            waiting += self._links(address)
        for code in self.planted.ids["code"]:
            for address in (
                f"/matters/{self.planted.clue}/acts/{code}/",
                f"/api/v1/matters/{self.planted.clue}/acts/{code}",
            ):
                self.fetch(
                    address, post={"reason": "x", "happened_on": "2026-10-13", "kind": "approval_sheet"}
                )

    def fetch(self, address: str, post: dict[str, str] | None = None) -> str:
        """Fetch one address and keep its text; returns the text."""
        enter(())  # nothing of the request before may linger in the test's own transaction
        headers = {**self.headers, "Idempotency-Key": "k"} if post else self.headers
        if post is None:
            answer = self.client.get(address, headers=headers)
        elif address.startswith("/api/"):
            answer = self.client.post(address, post, content_type="application/json", headers=headers)
        else:
            answer = self.client.post(address, post, headers=headers)
        response: Any = answer
        raw = b"".join(response.streaming_content) if response.streaming else response.content
        said = "\n".join([*(f"{name}: {value}" for name, value in answer.items()), *texts(raw)])
        name = f"{'POST' if post else 'GET'} {address}" if post else address
        self.bodies[name], self.statuses[name] = unquote(html.unescape(said)), answer.status_code
        return self.bodies[name]

    def _links(self, address: str) -> Iterator[str]:
        if "<html" not in self.bodies[address] and "<a " not in self.bodies[address]:
            return
        for found in re.findall(r'(?:href|src|hx-get|action)="([^"#]+)', self.bodies[address]):
            parts = urlsplit(urljoin(address, found))
            if not parts.netloc and parts.path.startswith("/"):
                yield parts.path + (f"?{parts.query}" if parts.query else "")

    def where(self, canaries: dict[str, str], but: tuple[str, ...] = ()) -> list[str]:
        """Return where canaries were found: address and field. A query echoed on its own page is no find."""
        found = []
        for address, body in self.bodies.items():
            if address.startswith(but) and but:
                continue
            asked = unquote(urlsplit(address).query)
            found += [
                f"{what} at {address}"
                for what, word in canaries.items()
                if word in body and word not in asked
            ]
        return found


def crawled(play: Player, planted: Planted, who: str, *, api: bool = True) -> Crawler:
    """Let somebody fetch everything, in the browser and as a program."""
    user = User.objects.get(username=who)
    token = ""
    with clock.set_to(at("2026-10-13")):
        if api and user.officer_id:
            until = clock.today() + dt.timedelta(days=30)
            token = tokens.create(user, play.town.posts[who], "canaries", until)
        crawler = Crawler(user, planted, token)
        crawler.crawl()
    assert not [one for one, status in crawler.statuses.items() if status >= 500], "an address breaks"
    return crawler


def texts(raw: bytes) -> Iterator[str]:
    """Return everything readable in a body: text, the text of a PDF, the parts of an archive."""
    yield raw.decode("utf-8", "replace")
    if raw.startswith(b"%PDF"):
        try:
            with pypdfium2.PdfDocument(raw) as pdf:
                for page in pdf:
                    yield re.sub(r"\s", "", page.get_textpage().get_text_range())
        except pypdfium2.PdfiumError:  # no whole PDF stood in for the scan; its bytes were searched above
            return
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                yield archive.read(name).decode("utf-8", "replace")


POSTED = re.compile(r"api/v1/matters/<\w+:matter_id>/acts/")
"""One address an act, which answers POST alone: the crawler posts to it."""


def addresses(planted: Planted) -> list[str]:
    """Return every address of the urlconf that is read, filled with the ids of the matter."""
    made = []
    for route in _routes(get_resolver(), ""):
        if POSTED.match(route):
            continue
        of_acts = "<str:code>" in route or "/acts/" in route
        found = [route.replace("<uuid:matter_id>", str(planted.clue)) if of_acts else route]
        for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
            values = _values(planted, kind, name)
            slot = f"<{kind}:{name}>" if kind else f"<{name}>"
            found = [one.replace(slot, value) for one in found for value in values]
        made += [f"/{one}" for one in found if "<" not in one and "(" not in one and "\\" not in one]
    return made


def _values(planted: Planted, kind: str, name: str) -> list[str]:
    if name in planted.ids:
        return planted.ids[name]
    if kind == "uuid":
        return [str(planted.clue)]
    if name in OF_THE_TOWN:
        return [str(one.pk) for one in OF_THE_TOWN[name]._default_manager.order_by("pk")[:2]]
    return {"int": ["1", "2"], "slug": ["chenzhou", "officers"]}.get(kind, ["clue.pause", "CZ-3.3"])


def _routes(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern).lstrip("^").rstrip("$")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _searches() -> Iterator[str]:
    for word in [*INTERNAL.values(), *OF_THE_SENDER.values(), CUSTODIAN]:
        yield f"/search/?q={quote(word[:2])}"  # finds all that the whole word finds, and does not echo it
    for word in (INTERNAL["plan"], OF_THE_SENDER["person"], OF_THE_SENDER["allegation"]):
        for address in (
            "/clues/?q=",
            "/people/?q=",
            "/cases/?q=",
            "/papers/?q=",
            "/reports/?q=",
            "/api/v1/clues?q=",
        ):
            yield f"{address}{quote(word)}"
    yield "/clues/export/"


def _kinds(addresses: Iterable[str]) -> list[tuple[str, int]]:
    """Return what kinds of addresses there are most of: ids and numbers taken out."""
    plain = (re.sub(r"[0-9a-f-]{36}|\d+", "…", urlsplit(one).path) for one in addresses)
    return Counter(plain).most_common(12)
