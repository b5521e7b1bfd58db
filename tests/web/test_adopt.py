"""The guide to adopting measures: step by step, back and forth, resumed, published, withdrawn (CD-1.2)."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guantong.accounts.models import AdminRecord, User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption, AdoptionDraft, MeasureVersion
from guantong.kernel.measures.publish import publish
from guantong.kernel.organs.models import Jurisdiction, Organ, RoleBinding
from support.browse import signed_in
from support.play import Player, at
from support.town import MEASURES

SAMPLE = Path(__file__).parents[1] / "measures/sample.yaml"
PERIOD = "CZ-3.4/review_interval"


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.set_to(at("2026-11-20")):
        yield


@pytest.fixture
def town(play: Player) -> Any:
    cache.clear()
    User.objects.create_user(username="system", password="correct horse", administers="system")
    return play.town


@pytest.fixture
def second(town: Any) -> Jurisdiction:
    """A second county with organs of its own, which applies nothing yet."""
    place = Jurisdiction.objects.create(code="990122", name="临岚县", tier="county", parent=town.place)
    body = Organ.objects.create(
        code="ll", name="中共临岚县纪律检查委员会", short_name="临岚县纪委", kind="discipline",
        jurisdiction=place, since=date(2020, 1, 1),
    )  # fmt: skip
    Organ.objects.create(
        code="ll_supervision", name="案件监督管理室", short_name="案管室", kind="discipline",
        jurisdiction=place, parent=body, body=body, since=date(2020, 1, 1),
    )  # fmt: skip
    return place


def version(measure: str) -> MeasureVersion:
    return MeasureVersion.objects.get(measure=measure)


def get(path: str) -> str:
    answer = signed_in("system").get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def post(path: str, data: dict[str, Any], status: int = 302) -> Any:
    answer = signed_in("system").post(path, data)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer


def begun(place: Jurisdiction, *measures: str, pattern: Jurisdiction | None = None) -> str:
    given = {"jurisdiction": place.pk, "versions": [version(one).pk for one in measures]}
    answer = post("/administration/adopt/", {**given, "pattern": pattern.pk if pattern else ""})
    return str(answer["Location"]).removesuffix("roles/")


def published(guide: str, status: int = 302, **fields: str) -> Any:
    head = {"decided_by": "县委书记专题会议", "decided_on": "2026-11-19", "since": "2026-12-01"}
    named = {f"publish-{name}": value for name, value in {**head, **fields}.items()}
    return post(f"{guide}publish/", {**named, "go": "next"}, status)


def records() -> list[AdminRecord]:
    enter((), "system")
    return list(AdminRecord.objects.order_by("id"))


def row(page: str, word: str) -> str:
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    return next(re.sub(r"<[^>]+>|\s+", " ", one) for one in rows if word in one)


def test_a_second_county_adopts_all_of_the_first_in_two_posts(town: Any, second: Jurisdiction) -> None:
    own = {PERIOD: {"months": 1}}
    decisions = {PERIOD: {"reason": "全县统一提速", "by": "书记", "on": "2026-01-01"}}
    model = Adoption.objects.get(jurisdiction=town.county, measure_version__measure="chenzhou")
    Adoption.objects.filter(pk=model.pk).update(settings=own, decisions=decisions)
    engine.forget()
    guide = begun(second, pattern=town.county)
    page = get(f"{guide}roles/")
    assert "建议" in row(page, 'id="id_case_supervision"')
    published(guide)
    made = {one.measure_version.measure: one for one in Adoption.objects.filter(jurisdiction=second)}
    assert set(made) == {"general", "chenzhou", "chengdu"}
    assert made["chenzhou"].settings == own
    assert made["chenzhou"].decisions[PERIOD]["reason"] == "同云麓县：全县统一提速"
    bound = {one.role: one.organ.code for one in RoleBinding.objects.filter(jurisdiction=second)}
    assert bound == {"commission": "ll", "case_supervision": "ll_supervision"}
    assert not AdoptionDraft.objects.exists()
    assert [one.what for one in records()] == ["adoption.begin", "measure.adopt"]
    assert records()[-1].after["bindings"] == bound


def test_what_is_missing_is_named_with_what_does_not_arise(town: Any, second: Jurisdiction) -> None:
    page = get(f"{begun(second, 'chenzhou', pattern=town.county)}roles/")
    assert "缺位" in row(page, 'id="id_leadership"')
    assert "CZ-" in row(page, 'id="id_leadership"')
    assert "缺位" not in row(page, 'id="id_case_supervision"')


def test_nothing_is_lost_back_and_forth_and_a_guide_left_is_resumed(town: Any, second: Jurisdiction) -> None:
    guide = begun(second, "chenzhou")
    typed = {f"{PERIOD}:choice": "own", f"{PERIOD}:number": "7", f"{PERIOD}:reason": "试行中先从严"}
    post(f"{guide}values/", {**typed, "go": "back"})
    post(f"{guide}values/", {**typed, "go": "next"}, 422)
    post(f"{guide}roles/", {"case_supervision": "", "go": "next"})
    assert guide in get("/administration/adopt/"), "offered to be resumed"
    page = get(f"{guide}values/")
    assert "试行中先从严" in page
    assert 'value="7"' in page
    assert not re.search(
        r'name="case_supervision"[^>]*>.*?selected', get(f"{guide}roles/").split("</select>")[0]
    )
    published(guide, 422)
    assert not Adoption.objects.filter(jurisdiction=second).exists()
    post(f"{guide}values/", {**typed, f"{PERIOD}:unit": "months", "go": "next"})
    published(guide)
    assert Adoption.objects.get(jurisdiction=second).settings == {PERIOD: {"months": 7}}


def test_what_a_clause_forbids_is_shown_as_forbidden_and_refused(town: Any, second: Jurisdiction) -> None:
    guide = begun(second, "general")
    page = get(f"{guide}values/") + get(f"{guide}readings/")
    assert "GR-169不允许本地另定其他值。" in page
    forced = {
        "GR-169/forwarding_period:choice": '{"working_days": 3}',
        "GR-169/forwarding_period:reason": "想快一点",
        "go": "next",
    }
    answers = [signed_in("system").post(f"{guide}{step}/", forced) for step in ("values", "readings")]
    assert 422 in {one.status_code for one in answers}
    assert "GR-169不允许本地调整" in "".join(one.content.decode() for one in answers)
    published(guide, 422)
    assert not Adoption.objects.filter(jurisdiction=second).exists()


def test_open_readings_are_confirmed_or_left_open(town: Any, second: Jurisdiction) -> None:
    guide = begun(second, "general")
    page = get(f"{guide}readings/")
    assert "执纪执法期限不顺延。" in page, "the other reading"
    data = {"GR-0.1/rest_day_moves:choice": "true", "GR-0.1/rest_day_moves:reason": "按民法典", "go": "next"}
    post(f"{guide}readings/", data)
    published(guide)
    [made] = Adoption.objects.filter(jurisdiction=second)
    assert made.settings == {"GR-0.1/rest_day_moves": True}
    open_ = {one.key for one in engine.applied(made).measure.open_readings()}
    assert "GR-0.1/rest_day_moves" not in open_
    assert "GR-0.1/first_day_counts" in open_


def test_the_preview_gives_the_dates_of_the_year_and_of_sample_deeds(town: Any, second: Jurisdiction) -> None:
    guide = begun(second, "chenzhou")
    before = get(f"{guide}preview/")
    assert "2026-12-31" in before, "what comes round by the end of the year"
    assert "2027-02-22" in row(before, "书面反馈"), "three months from today, moved off a Saturday"
    assert "2027-01-31" not in before
    typed = {f"{PERIOD}:choice": "own", f"{PERIOD}:number": "1", f"{PERIOD}:unit": "months"}
    post(f"{guide}values/", {**typed, f"{PERIOD}:reason": "从严", "go": "next"})
    assert "2027-01-31" in get(f"{guide}preview/"), "sorted each month"


def local() -> MeasureVersion:
    """Publish a measure of the place that asks for feedback on the same deed, by another holder."""
    return publish(SAMPLE.read_text(encoding="utf-8"), "sample.yaml")


def test_a_contradiction_is_listed_and_must_be_acknowledged(town: Any, second: Jurisdiction) -> None:
    local()
    guide = begun(second, "chenzhou", "sample")
    page = get(f"{guide}meetings/")
    assert "一次履行同时完成两项" in page
    key = re.search(r'name="acknowledged" value="([^"]+)"', page)
    assert key is not None
    published(guide, 422)
    post(f"{guide}meetings/", {"go": "next"}, 422)
    keys = re.findall(r'name="acknowledged" value="([^"]+)"', page)
    post(f"{guide}meetings/", {"acknowledged": keys, "go": "next"})
    published(guide)
    assert records()[-1].after["acknowledged"] == keys


def test_what_is_published_can_be_withdrawn_before_its_day(town: Any, second: Jurisdiction) -> None:
    published(begun(second, "chenzhou"), on_trial="on", review_on="2026-12-15")
    [made] = Adoption.objects.filter(jurisdiction=second)
    assert (made.on_trial, made.review_on) == (True, date(2026, 12, 15))
    assert "应于2026-12-15前评估" in get("/administration/")
    post("/administration/measures/", {"step": "give_up", "adoption": made.pk})
    assert not Adoption.objects.filter(jurisdiction=second).exists()
    assert not RoleBinding.objects.filter(jurisdiction=second).exists()
    assert records()[-1].what == "measure.give_up"
    inforce = Adoption.objects.filter(jurisdiction=town.place).first()
    assert inforce is not None
    post("/administration/measures/", {"step": "give_up", "adoption": inforce.pk})
    assert Adoption.objects.filter(pk=inforce.pk).exists()


def test_a_trial_without_review_is_refused_at_its_field(town: Any, second: Jurisdiction) -> None:
    answer = published(begun(second, "chenzhou"), 422, on_trial="on", review_on="")
    assert "试行须有评估" in answer.content.decode()


def test_two_settings_for_one_purpose_cannot_be_applied_together(town: Any, second: Jurisdiction) -> None:
    text = (MEASURES / "general.yaml").read_text(encoding="utf-8")
    publish(
        text.replace("id: general", "id: local").replace("GR-", "LO-").replace(": GR", ": LO"), "local.yaml"
    )
    guide = begun(second, "general", "local")
    assert "LO-0.1/rest_day_moves" in get(f"{guide}meetings/")
    published(guide, 422)
    assert not Adoption.objects.filter(jurisdiction=second).exists()


@pytest.mark.parametrize("step", ["roles", "values", "readings", "preview", "meetings", "publish"])
def test_a_step_asks_a_constant_number_of_queries(town: Any, second: Jurisdiction, step: str) -> None:
    counts = []
    for measures in (("chengdu",), ("general", "chenzhou", "chengdu")):
        guide = begun(second, *measures)
        get(f"{guide}{step}/")
        with CaptureQueriesContext(connection) as caught:
            get(f"{guide}{step}/")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_measures_are_named_in_the_readers_language(town: Any, second: Jurisdiction) -> None:
    english = signed_in("system")
    english.cookies["guantong_language"] = "en"
    adoption = Adoption.objects.filter(measure_version__measure="chenzhou").latest("pk").pk
    addresses = ("measures/", "adopt/", f"measures/{adoption}/", f"measures/{adoption}/version/")
    for address in addresses:
        answer = english.get(f"/administration/{address}")
        assert answer.status_code == 200, address
        page = answer.content.decode()
        assert "Chenzhou measure joining" in page, address
        assert "贯通协同办法" not in page, address
    assert "贯通协同办法" in get("/administration/measures/")
