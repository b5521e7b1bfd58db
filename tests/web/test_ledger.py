"""The ledger: what is listed, in which order, with how many queries; what a sender cannot learn from it."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlparse

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.models import Visibility
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.clues.lifecycle import STATES, TOLD_STATES, state_for
from support.browse import signed_in
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db
TODAY = "2026-10-12"


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


@pytest.fixture(autouse=True)
def on_a_day() -> Any:
    with clock.set_to(at(TODAY)):
        yield


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def titles(page: str) -> list[str]:
    return re.findall(r'class="gt-title"[^>]*><span[^>]*>([^<]*)</span>', page)


def several(play: Player, number: int, **data: Any) -> list[Any]:
    return [
        play.registered(
            "2026-09-28", title=f"第{place:02d}件", letter_number=f"清审移〔2026〕{place}号", **data
        )
        for place in range(number)
    ]


def test_lists_what_the_reader_sees(play: Player) -> None:
    play.registered(title="关于公交集团的线索", amount="1234567.80")
    page = text(signed_in("clerk").get("/clues/"))
    assert titles(page) == ["关于公交集团的线索"]
    assert "苏见微" in page
    assert "123.46" in page
    assert titles(text(signed_in("stranger").get("/clues/"))) == []


def test_queries_do_not_grow_with_the_rows(play: Player) -> None:
    play.assigned(play.registered(title="唯一"))
    client = signed_in("clerk")
    client.get("/clues/?tab=open")
    with CaptureQueriesContext(
        connection,
    ) as one:
        text(client.get("/clues/?tab=open"))
    for clue in several(play, 6):
        play.assigned(clue)
    with CaptureQueriesContext(connection) as seven:
        page = text(client.get("/clues/?tab=open"))
    assert len(titles(page)) == 7
    assert len(seven) == len(one)
    assert len(one) <= 20, [query["sql"][:90] for query in one.captured_queries]


def test_pages_follow_each_other_without_gap_or_repetition(play: Player, monkeypatch: Any) -> None:
    monkeypatch.setattr("guantong.mechanisms.clues.filters.SIZES", (3, 100))
    several(play, 7)
    client = signed_in("clerk")
    for sort in ("first", "due", "listed"):
        forward, query = [], f"sort={sort}"
        while query is not None:
            page = text(client.get(f"/clues/?{query}"))
            forward.append(titles(page))
            found = re.search(r'rel="next" href="\?([^"]+)"', page)
            last, query = query, found and found.group(1).replace("&amp;", "&")
        assert [len(run) for run in forward] == [3, 3, 1]
        assert len({title for run in forward for title in run}) == 7
        backward = []
        query = last
        while query is not None:
            page = text(client.get(f"/clues/?{query}"))
            backward.append(titles(page))
            found = re.search(r'rel="prev" href="\?([^"]+)"', page)
            query = found and found.group(1).replace("&amp;", "&")
        assert backward[::-1] == forward


def test_keyset_holds_when_a_row_is_added_meanwhile(play: Player, monkeypatch: Any) -> None:
    monkeypatch.setattr("guantong.mechanisms.clues.filters.SIZES", (3, 100))
    several(play, 5)
    client = signed_in("clerk")
    first = client.get("/clues/?sort=listed")
    seen = titles(text(first))
    play.registered("2026-10-09", title="新来的")
    rest = titles(text(client.get(f"/clues/?{first.context['next']}")))
    assert len({*seen, *rest}) == 5
    assert "新来的" not in rest


def test_filters(play: Player) -> None:
    play.assigned(play.registered("2026-06-01", title="早的", amount="50000"))
    play.registered("2026-10-09", title="晚的", source="inspection", amount="9990000", category="duty_crime")
    client = signed_in("clerk")
    first = play.town.organs["first"].pk
    keeper = play.town.posts["handler"].officer_id
    for query, expected in {
        "tab=open": {"早的", "晚的"},
        "tab=assign": {"晚的"},
        "tab=closed": set(),
        "tab=all&source=inspection": {"晚的"},
        "category=duty_crime": {"晚的"},
        f"handler={first}": {"早的"},
        f"custodian={keeper}": {"早的"},
        "due=late": {"早的"},
        "due=none": set(),
        "received_from=2026-10-09": {"晚的"},
        "received_to=2026-10-08": {"早的"},
        "amount_from=5&amount_to=5": {"早的"},
        "amount_from=5.01": {"晚的"},
        "q=苏见微": {"早的", "晚的"},
        "q=早的": {"早的"},
        "q=晚的&source=audit": set(),
    }.items():
        assert set(titles(text(client.get(f"/clues/?{query}")))) == expected, query


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("received_from=昨天", "不是日期"),
        ("amount_from=很多", "不是金额"),
        ("amount_from=NaN", "不是金额"),
        ("amount_from=9&amount_to=1", "下限大于上限"),
        ("received_from=2026-10-02&received_to=2026-10-01", "请对调"),
    ],
)
def test_conditions_that_cannot_be_are_told(play: Player, query: str, said: str) -> None:
    play.registered()
    page = text(signed_in("clerk").get("/clues/", dict(part.split("=") for part in query.split("&"))))
    assert said in page


@pytest.mark.parametrize(
    "query",
    ["tab=nonsense", "after=x", "after=2026-10-01.x", "before=%00", "handler=abc", "size=9999999",
     "sort=title", "q=%27%22%3Cscript%3E", "custodian=99999999999999999999", "view=x", "due=1"],
)  # fmt: skip
def test_odd_addresses_are_answered(play: Player, query: str) -> None:
    assert signed_in("clerk").get(f"/clues/?{query}").status_code == 200


def test_state_told_to_a_sender() -> None:
    assert {state_for(3, state) for state in STATES} == set(STATES)
    for depth in (0, 1, 2):
        assert {state_for(depth, state) for state in STATES} == set(TOLD_STATES)


SECRETS = (
    "第一监督检查室",
    "韩牧之",
    "江其琛",
    "分办",
    "待签收",
    "处置意见",
    "待批准",
    "初核方案",
    "保管人",
    "承办部门",
)


def test_sender_learns_nothing_of_the_handling(play: Player) -> None:
    """The page of the sender stays the same, byte for byte but tokens, while the clue moves on inside."""
    clue = play.registered(title="移送的线索")
    client = signed_in("auditor")
    first = play.town.organs["first"].pk
    keeper = play.town.posts["handler"].officer_id
    queries = [
        "tab=open", "tab=all", "tab=receive", "tab=assign", "tab=approve", "tab=accept", "tab=handle",
        "tab=feed_back", "tab=told_received", "sort=listed", f"handler={first}", f"custodian={keeper}",
        "due=late", "due=soon", "q=韩牧之", "q=第一监督检查室", "closed_from=2026-01-01",
    ]  # fmt: skip

    def pages() -> dict[str, str]:
        return {query: shape(text(client.get(f"/clues/?{query}"))) for query in queries}

    before = pages()
    for query in ("tab=receive", "tab=assign", "tab=approve", "tab=handle"):
        assert titles(before[query]) == titles(before["tab=open"]), query
    for query in (f"handler={first}", f"custodian={keeper}", "q=韩牧之"):
        assert titles(before[query]) == [], query
    steps = [
        ("clerk", "clue.propose_assignment", {"handler": first, "reason": "按分工"}),
        ("deputy", "clue.approve_assignment", {}),
    ]
    for who, code, data in steps:
        play.act("2026-09-29", who, code, clue, **data)
        assert pages() == before, code
    for query, page in before.items():
        if query.startswith("q="):
            continue  # the page repeats what its reader has typed
        main = page.partition('<main class="gt-page"')[2]
        assert not [main[main.find(word) - 60 :][:120] for word in SECRETS if word in main]
    play.act("2026-09-29", "handler_head", "clue.accept", clue, custodian=keeper)
    handled = pages()
    play.in_handling(clue)
    play.act("2026-10-09", "handler", "clue.pause", clue, awaited_from="不动产登记中心", reason="查询")
    assert pages() == handled
    assert "正在办理" in handled["tab=open"]


def shape(page: str) -> str:
    """A page without what changes at every look."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken": "[^"]+"', "", page)
    return re.sub(r'name="batch" value="[^"]+"', "", page)


def test_saved_views(play: Player) -> None:
    play.registered()
    client = signed_in("clerk")
    client.post("/views/ledger/", {"name": "巡察 来的", "query": "tab=all&source=inspection"})
    page = text(client.get("/clues/?tab=all&source=inspection"))
    assert "巡察 来的" in page
    (view,) = User.objects.get(username="clerk").views.all()
    address = f"/views/{view.pk}/change/"
    assert client.get("/clues/").status_code == 200
    client.post(address, {"what": "first"})
    answer = client.get("/clues/")
    assert parse_qs(urlparse(answer["Location"]).query)["source"] == ["inspection"]
    assert client.get("/clues/?tab=open").status_code == 200
    client.post(address, {"what": "rename", "name": "改了名"})
    view.refresh_from_db()
    assert view.name == "改了名"
    client.post(address, {"what": "rename", "name": ""})
    client.post("/views/ledger/", {"name": "另一个", "query": "tab=all"})
    client.post(address, {"what": "rename", "name": "另一个"})
    view.refresh_from_db()
    assert view.name == "改了名"
    assert signed_in("deputy").post(address, {"what": "delete"}).status_code == 404
    client.post(address, {"what": "delete"})
    assert not User.objects.get(username="clerk").views.filter(pk=view.pk)
    assert client.get("/clues/").status_code == 200
    assert client.post("/views/nonsense/", {"name": "x"}).status_code == 404


def test_columns_are_kept(play: Player) -> None:
    play.registered(letter_number="清审移〔2026〕88号", title="一件线索")
    client = signed_in("clerk")
    assert "88号" not in text(client.get("/clues/?tab=open"))
    client.post("/clues/columns/", {"columns": ["letter_number", "handler", "nonsense"], "query": "tab=open"})
    page = text(client.get("/clues/?tab=open"))
    assert "88号" in page
    assert "苏见微" not in page
    client.post("/clues/columns/", {"standard": "1", "query": "tab=open"})
    assert "88号" not in text(client.get("/clues/?tab=open"))
    sender = signed_in("auditor")
    sender.post("/clues/columns/", {"columns": ["handler", "custodian"], "query": ""})
    assert [column.key for column in sender.get("/clues/?tab=open").context["columns"]] == ["title", "state"]


def assign(client: Client, ids: list[Any], **more: Any) -> Any:
    given = {"ids": [str(one) for one in ids], "reason": "按分工", "batch": "0" * 32, "total": len(ids)}
    return client.post("/clues/assign/step/", {**given, **more})


def test_bulk_assignment_tells_of_each(play: Player) -> None:
    first = play.town.organs["first"].pk
    one, two = several(play, 2)
    gone = play.assigned(play.registered(title="已分办的"))
    client = signed_in("clerk")
    page = client.post("/clues/assign/", {"ids": [str(one), str(two)], "handler": first})
    assert len(page.context["outcomes"]) == 2
    answer = assign(client, [one, two, gone], handler=first)
    outcomes = {outcome.row.matter: outcome for outcome in answer.context["outcomes"]}
    assert outcomes[one].done
    assert outcomes[two].done
    assert not outcomes[gone].done
    assert "已提出分办意见" in text(answer)
    assert outcomes[gone].faults
    assert outcomes[gone].faults[0].reason in text(answer)
    with play.see("clerk"):
        assert Matter.objects.get(pk=one).state == "assignment_proposed"
        entries = Matter.objects.get(pk=one).chain_seq
    again = assign(client, [one, two, gone], handler=first)
    assert [outcome.done for outcome in again.context["outcomes"]].count(True) == 2
    with play.see("clerk"):
        assert Matter.objects.get(pk=one).chain_seq == entries


def test_bulk_assignment_goes_on_in_steps(play: Player) -> None:
    first = play.town.organs["first"].pk
    ids = several(play, 12)
    client = signed_in("clerk")
    answer = client.post(
        "/clues/assign/step/",
        {
            "ids": [str(one) for one in ids],
            "handler": first,
            "reason": "按分工",
            "batch": "1" * 32,
            "total": 12,
        },
        headers={"HX-Request": "true"},
    )
    assert [outcome.done for outcome in answer.context["outcomes"]] == [True] * 10
    assert len(answer.context["rest"]) == 2
    assert (answer.context["tried"], answer.context["total"]) == (10, 12)


def test_bulk_assignment_asks_for_what_is_missing(play: Player) -> None:
    (one,) = several(play, 1)
    client = signed_in("clerk")
    for more in ({"handler": "", "run": "1"}, {"handler": "999", "run": "1"}, {"reason": "", "run": "1"}):
        given = {"ids": [str(one)], "handler": play.town.organs["first"].pk, "reason": "按分工", **more}
        assert client.post("/clues/assign/", given).status_code == 422
    assert client.post("/clues/assign/", {"ids": ["x"]}).status_code == 422
    assert signed_in("stranger").post("/clues/assign/", {"ids": [str(one)]}).status_code == 422
    refused = assign(signed_in("deputy"), [one], handler=play.town.organs["first"].pk)
    assert not any(outcome.done for outcome in refused.context["outcomes"])
    with play.see("clerk"):
        assert Matter.objects.get(pk=one).state == "received"


def sheet(answer: Any) -> list[tuple[Any, ...]]:
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))


def test_export(play: Player) -> None:
    number = "11010519491231002X"
    people = [
        {"name": "苏见微", "unit": "甲公司", "post": "经理", "authority": "city", "id_number": number},
        {"name": "王喆", "unit": "乙公司", "post": "", "authority": "", "id_number": ""},
    ]
    play.assigned(play.registered(title="=危险", amount="1234.50", subjects=people))
    play.registered("2026-10-09", title="另一件")
    client = signed_in("clerk")
    mark, head, *rows = sheet(client.get("/clues/export/?tab=handle"))
    assert "沈若川" in mark[0]
    assert TODAY in mark[0]
    assert len(rows) == 1
    row = dict(zip(head, rows[0], strict=True))
    assert row["反映事项"] == "=危险"
    assert row["被反映人"] == "苏见微\n王喆"
    assert row["身份证号"] == f"{number}\n"
    assert row["承办部门"] == "第一监督检查室"
    assert row["接收日期"].date() == date(2026, 9, 28)
    assert row["涉及金额（元）"] == 1234.5
    _mark, head, *rows = sheet(signed_in("auditor").get("/clues/export/?tab=all"))
    assert "承办部门" not in head
    assert len(rows) == 2
    assert not [cell for row in rows for cell in row if cell and any(word in str(cell) for word in SECRETS)]


def test_export_is_read_again(play: Player) -> None:
    from guantong.kernel.sheets import find_header, propose_mapping, read_workbook
    from guantong.mechanisms.clues.columns import FIELDS

    play.registered(title="一件")
    body = signed_in("clerk").get("/clues/export/").content
    (found,) = [read for read in read_workbook(body) if read.rows]
    mapping = propose_mapping(find_header(found, FIELDS), FIELDS)
    assert {match.key for match in mapping.matches} == {field.key for field in FIELDS}
    assert {match.confidence for match in mapping.matches} == {1.0}


def test_export_of_chosen_rows_and_its_note(play: Player) -> None:
    from guantong.kernel.access.scope import enter

    one, _two = several(play, 2)
    rows = sheet(signed_in("clerk").post("/clues/export/", {"ids": [str(one)], "query": "tab=open"}))
    assert len(rows) == 3
    enter((), "audit")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal_reading WHERE what = 'export'")
        assert cursor.fetchone()[0] == 1


def test_too_large_an_export_is_refused_with_the_way_out(play: Player, monkeypatch: Any) -> None:
    monkeypatch.setattr("guantong.mechanisms.clues.ledger.MOST_ROWS", 1)
    several(play, 2)
    answer = signed_in("clerk").get("/clues/export/?tab=open")
    assert answer.status_code == 422
    assert "缩小筛选条件" in answer.content.decode()


def test_reports_and_cases(play: Player) -> None:
    findings = [
        {"category": "违规采购", "summary": "拆分", "amount": "20000"},
        {"category": "财务", "summary": "账"},
    ]
    play.act(
        "2026-10-09", "team_member", "report.register", title="审计报告甲", unit="水务集团", findings=findings
    )
    client = signed_in("team_member")
    page = text(client.get("/reports/"))
    assert titles(page) == ["审计报告甲"]
    assert "2.00" in page
    for query, number in {"kind=audit": 1, "kind=inspection": 0, "unit=水务": 1, "unit=公交": 0,
                          "year=2026": 1, "year=2025": 0, "category=采购": 1,
                          "category=招投标": 0, "transfer=concluded": 0,
                          "transfer=untransferred": 0, "after=x": 1, "year=x": 1}.items():  # fmt: skip
        assert len(titles(text(client.get(f"/reports/?{query}")))) == number, query
    assert titles(text(signed_in("clerk").get("/reports/"))) == []
    clue = play.in_handling(play.assigned(play.registered(title="立案的线索")))
    play.act("2026-10-09", "handler", "clue.conclude", clue, result="case", text="属实",
             case_basis="涉嫌违纪", approved_by="秦望山")  # fmt: skip
    assert titles(text(signed_in("handler").get("/cases/"))) == ["立案的线索"]
    assert titles(text(signed_in("handler").get("/cases/?q=立案"))) == ["立案的线索"]
    assert titles(text(signed_in("auditor").get("/cases/"))) == []
    for query in ("page=0", "page=999999999", "page=x", "q=%00"):
        assert signed_in("handler").get(f"/cases/?{query}").status_code == 200


def test_what_is_under_key_supervision_comes_first_page_by_page(play: Player, monkeypatch: Any) -> None:
    """CZ-4.1: handled first, then by due date; the same again by due date alone, and by hand of a leader."""
    monkeypatch.setattr("guantong.mechanisms.clues.filters.SIZES", (2, 100))
    made = {
        title: play.assigned(
            play.registered(
                day, title=title, source=source, letter_number=f"清审移〔2026〕{number}号", letter_date=day
            ),
            day,
        )
        for number, (title, day, source) in enumerate(
            [
                ("其他早", "2026-07-01", "other"),
                ("审计晚", "2026-09-28", "audit"),
                ("其他晚", "2026-09-02", "other"),
                ("巡察早", "2026-08-03", "inspection"),
                ("审计中", "2026-09-01", "audit"),
            ]
        )
    }

    def run(query: str) -> list[str]:
        found: list[str] = []
        asked: str | None = query
        while asked is not None:
            page = text(signed_in("clerk").get(f"/clues/?{asked}"))
            found += titles(page)
            following = re.search(r'rel="next" href="\?([^"]+)"', page)
            asked = following and following.group(1).replace("&amp;", "&")
        return found

    assert run("tab=open") == ["巡察早", "审计中", "审计晚", "其他早", "其他晚"]
    assert run("sort=due") == ["其他早", "巡察早", "审计中", "其他晚", "审计晚"]
    play.act("2026-10-12", "deputy", "clue.supervise", made["其他晚"], instruction="抓紧办理。")
    play.act("2026-10-12", "deputy", "clue.lift_supervision", made["巡察早"], reason="已无必要。")
    assert run("tab=open") == ["审计中", "其他晚", "审计晚", "其他早", "巡察早"]


def test_the_order_does_not_tell_a_sender_what_is_under_key_supervision(play: Player) -> None:
    """Who is told in part sees his clues by due date, whatever leaders marked."""
    made = several(play, 3)
    play.assigned(made[0], "2026-09-29")
    play.act("2026-10-12", "deputy", "clue.lift_supervision", made[0], reason="已无必要。")
    with play.see("auditor"):
        turns = set(Visibility.objects.filter(matter__in=made, depth__lt=3).values_list("turn", flat=True))
        assert turns == {1}
    page = text(signed_in("auditor").get("/clues/"))
    assert titles(page) == ["第00件", "第01件", "第02件"]
    assert "重点督办在前" not in page
