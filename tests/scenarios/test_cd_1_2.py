"""CD-1.2 区县一盘棋: adopted on a guide, adapted; both duties stand, and open ones are never rewritten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from guantong.accounts.models import AdminRecord, User
from guantong.kernel import clock
from guantong.kernel.access.scope import enter
from guantong.kernel.duties.models import Duty
from guantong.kernel.measures import engine
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.publish import publish
from support.browse import signed_in
from support.play import Player, at
from support.town import MEASURES


@pytest.fixture(autouse=True)
def today(play: Player) -> Any:
    with clock.set_to(at("2026-09-28")):
        cache.clear()
        User.objects.create_user(username="system", password="correct horse", administers="system")
        yield


def admin(path: str, data: dict[str, Any]) -> Any:
    """Post as the system administrator."""
    return signed_in("system").post(path, data)


def open_duties(play: Player, rule: str) -> list[Duty]:
    with play.see("clerk"):
        return list(Duty.objects.filter(rule=rule, ended_on__isnull=True).order_by("clause", "id"))


def chengdus(text: str) -> str:
    """A city measure beside Chenzhou's that asks for the same feedback, sooner."""
    start, end = text.index("  - id: CZ-3.3"), text.index("  - id: CZ-3.4")
    head = text[: text.index("clauses:\n") + len("clauses:\n")]
    own = head + text[start:end]
    own = own.replace("id: chenzhou", "id: local").replace("prefix: CZ", "prefix: LO").replace("CZ-", "LO-")
    return own.replace("value: {months: 3}", "value: {months: 2}")


def test_two_measures_duties_stand_on_one_deed_until_one_act_ends_both(play: Player) -> None:
    text = chengdus((MEASURES / "chenzhou.yaml").read_text(encoding="utf-8"))
    version = publish(text, "local.yaml")
    place = play.town.place
    given = {"jurisdiction": place.pk, "versions": [version.pk], "pattern": ""}
    guide = admin("/administration/adopt/", given)["Location"].removesuffix("roles/")
    page = signed_in("system").get(f"{guide}meetings/").content.decode()
    assert '<span class="gt-clause">CD-1.2</span>' in page
    key = page.split('name="acknowledged" value="')[1].split('"')[0]
    admin(f"{guide}meetings/", {"acknowledged": [key], "go": "next"})
    head = {"publish-decided_by": "书记", "publish-decided_on": "2026-09-28", "publish-since": "2026-09-28"}
    assert admin(f"{guide}publish/", {**head, "go": "next"}).status_code == 302
    enter((), "system")
    assert AdminRecord.objects.order_by("-id").first().after["clauses"] == ["CD-1.2"]  # type: ignore[union-attr]
    clue = play.registered("2026-09-28")
    both = open_duties(play, "feedback")
    assert [(one.clause, one.due_on) for one in both] == [
        ("CZ-3.3", date(2026, 12, 28)), ("LO-3.3", date(2026, 11, 30)),
    ]  # fmt: skip
    play.answered(clue, "2026-10-12")
    assert open_duties(play, "feedback") == []


def test_a_new_version_rewrites_no_open_duty(play: Player) -> None:
    play.registered("2026-09-28")
    [before] = open_duties(play, "feedback")
    text = (MEASURES / "chenzhou.yaml").read_text(encoding="utf-8")
    text = text.replace("version: '1.0'", "version: '2.0'", 1)
    start = text.index("feedback_period:\n")
    text = text[:start] + text[start:].replace("{months: 3}", "{months: 1}", 1)
    version: MeasureVersion = publish(text, "chenzhou.yaml")
    old = Adoption.objects.get(jurisdiction=play.town.place, measure_version__measure="chenzhou")
    address = f"/administration/measures/{old.pk}/version/"
    given = {"version": version.pk, "since": "2026-10-08"}
    page = admin(address, {**given, "step": "look"}).content.decode()
    assert "CZ-3.3" in page
    assert "1个月" in page
    assert admin(address, {**given, "step": "change"}).status_code == 302
    with clock.set_to(at("2026-10-09")):
        engine.forget()
        play.registered("2026-10-09", letter_number="二")
        due = [(one.due_on, one.measure_version_id) for one in open_duties(play, "feedback")]
    assert due == [(before.due_on, old.measure_version_id), (date(2026, 11, 9), version.pk)]


def test_a_version_not_yet_in_force_is_withdrawn_and_the_old_one_goes_on(play: Player) -> None:
    text = (MEASURES / "chenzhou.yaml").read_text(encoding="utf-8")
    version = publish(text.replace("version: '1.0'", "version: '2.0'", 1), "chenzhou.yaml")
    of = Adoption.objects.filter(jurisdiction=play.town.place, measure_version__measure="chenzhou")
    old = of.get()
    given = {"version": version.pk, "since": "2026-10-08", "step": "change"}
    assert admin(f"/administration/measures/{old.pk}/version/", given).status_code == 302
    new = of.get(until=None)
    assert new.measure_version == version
    admin("/administration/measures/", {"step": "give_up", "adoption": new.pk})
    assert of.filter(pk=new.pk).exists(), "it follows another: the measure would end with it"
    admin(f"/administration/measures/{new.pk}/", {"step": "withdraw"})
    assert of.get() == old
    assert of.get().until is None
