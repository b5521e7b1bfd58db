"""A jurisdiction decides settings of an applied measure on its page (本地参数; CD-1.2)."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import AdminRecord, User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.duties.models import Duty
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.publish import publish
from support.play import Player, at
from support.town import MEASURES

from .test_measures import client_of

REST, FIRST, LONGEST = "GR-0.1/rest_day_moves", "GR-0.1/first_day_counts", "GR-0.2/longest_extension"


@pytest.fixture
def today() -> Any:
    with clock.set_to(at("2026-11-20")):
        yield date(2026, 11, 20)


@pytest.fixture
def town(play: Player) -> Any:
    cache.clear()
    User.objects.create_user(username="system", password="correct horse", administers="system")
    return play.town


def adoption(town: Any, measure: str = "general") -> Adoption:
    return Adoption.objects.get(jurisdiction=town.place, measure_version__measure=measure, until__isnull=True)


def address(one: Adoption) -> str:
    return f"/administration/measures/{one.pk}/"


def given(step: str, **fields: Any) -> dict[str, Any]:
    head = {"decided_by": "秦望山", "decided_on": "2026-11-19", "since": "2026-12-01"}
    return {"step": step, **head, **fields}


def choose(key: str, value: Any, reason: str = "省里要求") -> dict[str, Any]:
    code = value if value == "own" else json.dumps(value, sort_keys=True)
    return {f"{key}:choice": code, f"{key}:reason": reason}


def post(town: Any, data: dict[str, Any], measure: str = "general") -> Any:
    return client_of("system").post(address(adoption(town, measure)), data)


def said(answer: Any) -> str:
    return answer.content.decode()


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="id_{re.escape(field)}_error">(.*?)</div>\s*</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else ""


def test_the_page_offers_each_reading_and_what_is_closed_says_which_clause(town: Any, today: date) -> None:
    page = said(client_of("system").get(address(adoption(town))))
    assert "执纪执法期限不顺延。" in page
    assert "确认现行值：是" in page
    assert "本地另定，在下方填写" in page
    assert "GR-169不允许本地另定其他值。" in page
    assert f'name="{LONGEST}:number"' in page
    assert 'name="GR-169/forwarding_period:number"' not in page


def test_a_preview_shows_old_and_new_value_and_the_open_duties_that_keep_theirs(
    play: Player, town: Any, today: date
) -> None:
    clue = play.assigned(play.registered("2026-09-28"))
    play.in_handling(clue)
    own = {f"{LONGEST}:number": "6", f"{LONGEST}:unit": "months"}
    data = given(
        "preview",
        **choose(REST, False), **choose(FIRST, False, "确认"), **choose(LONGEST, "own"), **own,
        **choose("GR-0.3/receipt_period", {"working_days": 5}),
    )  # fmt: skip
    play.registered("2026-09-28", source="enforcement", letter_number="二")
    answer = post(town, data)
    assert answer.status_code == 200
    rows = [re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r"<tr>.*?</tr>", said(answer), re.DOTALL)]
    found = {key: next(row for row in rows if label in row) for key, label in (
        ("rest", "末日遇休息日顺延"), ("first", "起算当日计入"), ("longest", "一次延长的上限"),
        ("receipt", "出具回执时限"),
    )}  # fmt: skip
    assert " 是 " in found["rest"] and " 否 " in found["rest"]
    assert "已确认" in found["first"]
    assert "3个月" in found["longest"] and "6个月" in found["longest"] and "—" in found["longest"]
    assert re.search(r"3个工作日.*5个工作日.* 1 +$", found["receipt"])
    with play.see("clerk"):
        everything = Duty.objects.filter(ended_on__isnull=True).count()
    assert re.search(rf" {everything} +$", found["rest"]), "each date is counted by it, of whatever measure"
    assert Adoption.objects.get(pk=adoption(town).pk).settings == {}, "nothing is published yet"


def test_publishing_applies_from_its_day_and_is_recorded_with_reason_name_and_date(
    town: Any, today: date
) -> None:
    before = adoption(town)
    assert post(town, given("publish", **choose(REST, False), **choose(FIRST, False))).status_code == 302
    old, new = Adoption.objects.get(pk=before.pk), adoption(town)
    assert (old.until, new.since) == (date(2026, 11, 30), date(2026, 12, 1))
    assert new.settings == {REST: False, FIRST: False}
    assert new.decisions[REST] == {"reason": "省里要求", "by": "秦望山", "on": "2026-11-19"}
    for day, moves, pending in ((date(2026, 11, 30), True, 2), (date(2026, 12, 1), False, 0)):
        [general] = [one for one in engine.applied_on(town.place.pk, day) if one.measure.id == "general"]
        assert general.measure.setting("GR-0.1", "rest_day_moves") is moves
        open_ = {one.key for one in general.measure.open_readings()}
        assert len({REST, FIRST} & open_) == pending
    enter((), "system")
    row = AdminRecord.objects.get()
    assert row.what == "measure.decide"
    assert row.before[REST] is True
    assert row.after[REST] == {"value": False, "reason": "省里要求", "by": "秦望山", "on": "2026-11-19"}
    assert row.after["since"] == "2026-12-01"


def test_what_was_decided_is_shown_to_officers_with_reason_and_name(town: Any, today: date) -> None:
    post(town, given("publish", **choose(REST, False), since="2026-11-20"))
    page = said(client_of("clerk").get("/measures/general/"))
    assert "秦望山，2026-11-19：省里要求" in page
    assert "本地已定" in page


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({f"{REST}:choice": "false"}, f"{REST}:reason", "请写明理由"),
    ({**choose(LONGEST, "own")}, f"{LONGEST}:number", "缺少数字"),
    ({**choose(LONGEST, "own"), f"{LONGEST}:number": "2"}, f"{LONGEST}:unit", "缺少单位"),
    (
        {**choose(LONGEST, "own"), f"{LONGEST}:number": "0", f"{LONGEST}:unit": "days"},
        f"{LONGEST}:number",
        "1",
    ),
    (
        {**choose(LONGEST, "own"), f"{LONGEST}:number": "900", f"{LONGEST}:unit": "working_days"},
        f"{LONGEST}:number",
        "期限过长",
    ),
    (
        {**choose(LONGEST, "own"), f"{LONGEST}:number": "3", f"{LONGEST}:unit": "months"},
        f"{LONGEST}:choice",
        "与现行值相同",
    ),
    ({**choose(LONGEST, {"moons": 3})}, f"{LONGEST}:choice", "请从所列取值中选择"),
    ({**choose(REST, False), "since": "2026-11-19"}, "since", "2026-11-20"),
    ({**choose(REST, False), "since": ""}, "since", ""),
    ({**choose(REST, False), "decided_by": ""}, "decided_by", ""),
    ({**choose(REST, False), "decided_on": "2026-11-21"}, "decided_on", "2026-11-21"),
]


@pytest.mark.parametrize(("fields", "field", "words"), WRONG)
@pytest.mark.parametrize("step", ["preview", "publish"])
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    town: Any, today: date, fields: dict[str, Any], field: str, words: str, step: str
) -> None:
    answer = post(town, given(step, **{**fields, f"{FIRST}:reason": "另一条的理由"}))
    assert answer.status_code == 422
    page = said(answer)
    error = error_of(page, field)
    assert error, "the field says what is wrong"
    assert words in error
    assert 'value="另一条的理由"' in page, "nothing typed is lost"
    assert adoption(town).settings == {}


def test_nothing_chosen_is_nothing_decided(town: Any, today: date) -> None:
    answer = post(town, given("preview"))
    assert answer.status_code == 422
    assert "尚未作出任何决定" in said(answer)


@pytest.mark.parametrize("value", [{"working_days": 3}, "own"])
def test_what_a_clause_forbids_is_refused_with_the_clause_named(town: Any, today: date, value: Any) -> None:
    answer = post(town, given("publish", **choose("GR-169/forwarding_period", value)))
    assert answer.status_code == 422
    assert "GR-169不允许本地调整“移送时限”" in said(answer)
    assert adoption(town).settings == {}


def test_what_is_to_be_confirmed_in_a_closed_clause_can_be_confirmed_and_nothing_else(
    town: Any, today: date
) -> None:
    text = (MEASURES / "general.yaml").read_text(encoding="utf-8").replace("version: '1.0'", "version: '1.1'")
    closed = text.replace("override: allowed", "override: forbidden", 1)
    Adoption.objects.filter(pk=adoption(town).pk).update(measure_version=publish(closed, "general.yaml"))
    engine.forget()
    page = said(client_of("system").get(address(adoption(town))))
    assert f'name="{REST}:choice" value="true"' in page
    assert f'name="{REST}:choice" value="false"' not in page
    refused = post(town, given("publish", **choose(REST, False)))
    assert refused.status_code == 422
    assert "GR-0.1不允许本地调整“末日遇休息日顺延”" in error_of(said(refused), f"{REST}:choice")
    assert post(town, given("publish", **choose(REST, True))).status_code == 302
    assert adoption(town).settings == {REST: True}


def test_the_previewed_form_can_be_changed_again_with_everything_in_it(town: Any, today: date) -> None:
    page = said(post(town, given("edit", **choose(REST, False, "再改"))))
    assert 'value="再改"' in page
    assert re.search(r'value="false"[^>]* checked', page)
    assert 'value="秦望山"' in page


def test_values_not_yet_in_force_can_be_withdrawn_and_those_in_force_cannot(town: Any, today: date) -> None:
    before = adoption(town)
    post(town, given("publish", **choose(REST, False)))
    upcoming = adoption(town)
    page = said(client_of("system").get(address(upcoming)))
    assert "自2026-12-01起施行" in page
    assert "省里要求" in page
    led = client_of("system").get(address(before))
    assert (led.status_code, led["Location"]) == (302, address(upcoming))
    assert client_of("system").post(address(upcoming), {"step": "withdraw"}).status_code == 302
    assert adoption(town).pk == before.pk
    assert not Adoption.objects.filter(pk=upcoming.pk).exists()
    client = client_of("system")
    client.post(address(before), {"step": "withdraw"})
    assert "这些参数值已经施行" in said(client.get(address(before)))
    enter((), "system")
    assert list(AdminRecord.objects.order_by("id").values_list("what", flat=True)) == [
        "measure.decide", "measure.withdraw",
    ]  # fmt: skip


def test_values_not_yet_in_force_are_changed_from_their_very_day(town: Any, today: date) -> None:
    post(town, given("publish", **choose(REST, False)))
    upcoming = adoption(town)
    assert (
        post(town, given("publish", **choose(FIRST, True, "一并调整"), since="2026-11-30")).status_code == 422
    )
    assert post(town, given("publish", **choose(FIRST, True, "一并调整"))).status_code == 302
    assert adoption(town).pk == upcoming.pk
    assert adoption(town).settings == {REST: False, FIRST: True}
    assert (
        Adoption.objects.filter(jurisdiction=town.place, measure_version=upcoming.measure_version).count()
        == 2
    )


def test_two_who_publish_at_once_do_not_overwrite_each_other(town: Any, today: date) -> None:
    stale = adoption(town)
    post(town, given("publish", **choose(REST, False)))
    answer = client_of("system").post(address(stale), given("publish", **choose(FIRST, True)))
    assert answer.status_code == 302, "led to the values that are published"
    assert adoption(town).settings == {REST: False}


def test_the_list_names_how_much_is_decided_and_how_much_still_open(town: Any, today: date) -> None:
    post(town, given("publish", **choose(REST, False), **choose(FIRST, False)))
    page = said(client_of("system").get("/administration/measures/"))
    assert re.search(rf'2项 · <a href="{address(adoption(town))}">调整参数</a>', page)
    assert "尚未施行" in page


@pytest.mark.parametrize("who", ["clerk", "security"])
def test_nobody_else_decides(town: Any, today: date, who: str) -> None:
    if who == "security":
        User.objects.create_user(username="security", password="correct horse", administers="security")
    answer = client_of(who).post(address(adoption(town)), given("publish", **choose(REST, False)))
    assert answer.status_code == 403
    assert adoption(town).settings == {}


@pytest.mark.parametrize("count", [1, 4])
def test_the_number_of_queries_grows_neither_with_settings_nor_with_matters(
    play: Player, town: Any, today: date, count: int
) -> None:
    for number in range(count):
        play.registered("2026-09-28", letter_number=f"第{number}号")
    chosen = [REST, FIRST][:1] if count == 1 else [REST, FIRST]
    data = given("preview", **{name: value for key in chosen for name, value in choose(key, True).items()})
    data = {**data, f"{REST}:choice": "false"}
    client: Client = client_of("system")
    client.get(address(adoption(town)))
    with CaptureQueriesContext(connection) as caught:
        assert client.post(address(adoption(town)), data).status_code == 200
    assert len(caught) <= 14, [query["sql"][:80] for query in caught]
