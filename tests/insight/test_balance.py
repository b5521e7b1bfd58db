"""The nightly balance: even after acts, and what was changed without an act is named (夜间平衡)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection

from guantong.accounts.models import User
from guantong.cli.balance import balance as command
from guantong.insight import balance
from guantong.insight.balance_pages import Sums
from guantong.insight.models import Balance
from guantong.kernel import clock
from guantong.kernel.access.scope import enter, scope_of
from guantong.kernel.matters.models import Matter
from guantong.mechanisms.clues.models import BookRecord, Clue
from support.browse import signed_in
from support.play import Player, at

pytestmark = pytest.mark.django_db
NIGHT = "2026-11-03"


def fetch(who: str, **asked: str) -> Any:
    with clock.set_to(at(NIGHT)):
        return signed_in(who).get("/statistics/balance/", asked)


def taken() -> int:
    with clock.set_to(at(NIGHT)):
        odd = balance.run()
    assert odd is not None
    return odd


def sums(play: Player, who: str, month: str = "") -> Sums:
    total = Sums()
    with play.see(who):
        for row in balance.newest_rows():
            if f"{row.month:%Y-%m}".startswith(month):
                total.add(row)
    return total


def a_mixed_ledger(play: Player) -> None:
    """Clues that came and went in every way there is."""
    play.registered("2026-09-28")
    play.act("2026-09-29", "clerk", "clue.return", play.registered("2026-09-28", letter_number="2号"),
             reason="不属管辖")  # fmt: skip
    into = play.matter("clerk", play.registered("2026-09-28", letter_number="3号")).number
    merged = play.registered("2026-10-08", letter_number="4号")
    play.act("2026-10-09", "clerk", "clue.merge", merged, other=into, reason="同一问题")
    county = play.town.organs["county_commission"].pk
    forwarded = play.registered("2026-10-08", letter_number="5号")
    play.act("2026-10-09", "clerk", "clue.forward", forwarded, to=county, reason="管辖")
    sent = play.sent(play.drafted("2026-09-28"), "2026-09-28", "2026-09-28")
    play.act("2026-09-30", "clerk", "clue.receive", sent)


def imported(play: Player, code: str, **more: str) -> Any:
    given = {
        "sender": play.town.organs["executing"].pk, "source": "inspection", "category": "discipline",
        "allegation": "旧案。", "unit": "清川公交集团有限公司", "import_key": f"{code}-1",
        "book_number": "旧1",
    }  # fmt: skip
    return play.act("2026-08-03", "clerk", code, **{**given, **more})


def test_every_way_in_and_out_balances(play: Player) -> None:
    a_mixed_ledger(play)
    imported(play, "clue.import_open")
    imported(play, "clue.import_closed", closed_on="2026-08-03", book_number="旧2")
    assert taken() == 0
    september = sums(play, "clerk", "2026-09")
    assert (september.received, september.open, september.returned) == (4, 3, 1)
    october = sums(play, "clerk", "2026-10")
    assert (october.received, october.merged, october.transferred) == (2, 1, 1)
    august = sums(play, "clerk", "2026-08")
    assert (august.received, august.open, august.closed) == (2, 1, 1)
    assert sums(play, "clerk").is_even
    county = sums(play, "county_clerk")
    assert county.received == 0, "what was only sent to it is not in its ledger"


def test_a_corrected_day_of_receipt_balances_in_the_right_month(play: Player) -> None:
    clue = play.registered("2026-09-28")
    play.act(
        "2026-10-09", "clerk", "matter.correct", clue, fact="received_on", value="2026-10-08", reason="看错",
    )  # fmt: skip
    assert taken() == 0
    assert (sums(play, "clerk", "2026-09").received, sums(play, "clerk", "2026-10").received) == (0, 1)


def test_a_clue_returned_sent_again_and_received_counts_in_the_later_month(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-28"), "2026-09-28", "2026-09-28")
    play.act("2026-09-29", "clerk", "clue.receive", clue)
    play.act("2026-09-30", "clerk", "clue.return", clue, reason="材料不全")
    assert taken() == 0
    assert sums(play, "clerk", "2026-09").returned == 1
    given = {
        "category": "discipline", "allegation": "补正。", "evidence": [{"title": "合同", "pages": 1}],
        "subjects": [{"name": "王喆", "unit": "清川水务", "post": "副总经理", "authority": "city"}],
    }  # fmt: skip
    play.act("2026-10-08", "auditor", "clue.amend", clue, **given)
    assert taken() == 0
    play.sent(clue, "2026-10-09", "2026-10-09")
    play.act("2026-10-10", "clerk", "clue.receive", clue)
    assert taken() == 0
    assert (sums(play, "clerk", "2026-09").received, sums(play, "clerk", "2026-10").open) == (0, 1)


TAMPERED = {
    "state": lambda clue: Matter.objects.filter(pk=clue).update(state="closed", is_open=False),
    "open": lambda clue: Matter.objects.filter(pk=clue).update(is_open=False),
    "no_number": lambda clue: Matter.objects.filter(pk=clue).update(number=""),
    "day": lambda clue: Clue.objects.filter(pk=clue).update(received_on=date(2026, 10, 8)),
    "import": lambda clue: BookRecord.objects.filter(pk=clue).delete(),
}


@pytest.mark.parametrize("reason", TAMPERED)
def test_what_was_changed_without_an_act_is_named(play: Player, reason: str) -> None:
    play.registered("2026-09-28")
    clue = imported(play, "clue.import_open")
    number = play.matter("clerk", clue).number
    assert taken() == 0
    with play.see("clerk"):
        TAMPERED[reason](clue)
    assert taken() == 1
    with play.see("clerk"):
        found = balance.odd_ones([play.town.organs["supervision"].pk], 10)
    assert [(one.matter, one.reason) for one in found] == [(clue, reason)]
    page = fetch("clerk").content.decode()
    assert "不平" in page and str(balance.REASONS[reason]) in page
    assert (number in page) == (reason != "no_number")
    if reason == "day":
        assert (sums(play, "clerk", "2026-08").difference, sums(play, "clerk", "2026-10").difference) == (
            1,
            -1,
        )
    with play.see("county_clerk"):
        assert balance.odd_ones([play.town.organs["supervision"].pk], 10) == []
    outside = fetch("county_clerk").content.decode()
    assert number not in outside and str(balance.REASONS[reason]) not in outside


def test_taken_twice_it_is_kept_once_and_while_another_takes_it_not_at_all(play: Player) -> None:
    play.registered("2026-09-28")
    taken()
    with play.see("clerk"):
        first = list(Balance.objects.values_list("month", "source", "received"))
    taken()
    with play.see("clerk"):
        assert list(Balance.objects.values_list("month", "source", "received")) == first
    with clock.set_to(at(NIGHT)):
        assert balance.run_if_due() is None, "today has its balance"
    with clock.set_to(at("2026-11-04")):
        assert balance.run_if_due() == 0
    with play.see("clerk"):
        days = set(Balance.objects.values_list("run_on", flat=True))
    assert {day.isoformat() for day in days} == {NIGHT, "2026-11-04"}


@pytest.mark.django_db(databases=["default", "owner"])
def test_one_takes_it_at_a_time(play: Player) -> None:
    from django.db import connections

    other = connections["owner"]
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [balance.LEASE])
    try:
        assert balance.run() is None
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [balance.LEASE])
    assert balance.run() == 0


def test_an_organ_sees_its_own_and_the_administrator_all_of_them_as_counts(play: Player) -> None:
    play.registered("2026-09-28")
    letter = {"letter_number": "县1号", "subjects": [], "unit": "云麓县水利局"}
    sender = {"sender": "", "sender_name": "云麓县审计局"}
    given = {"source": "audit", "letter_date": "2026-09-28", "category": "discipline", "allegation": "县。"}
    play.act("2026-09-28", "county_clerk", "clue.register", **letter, **sender, **given)
    taken()
    for who in ("clerk", "county_clerk"):
        assert sums(play, who).received == 1, who
    for who in ("handler", "stranger", "auditor", "deputy"):
        assert sums(play, who).received == 0, who
        assert fetch(who).status_code == 403, who
    with scope_of(()):
        assert not Balance.objects.exists()
        enter((), "security")
        assert not Balance.objects.exists()
        enter((), "system")
        assert sum(row.received for row in balance.newest_rows()) == 2
    for who in ("system", "security"):
        User.objects.create_user(username=who, password="correct horse", administers=who)
    page = fetch("system")
    said = page.content.decode()
    assert page.status_code == 200 and "云麓县" in said and "清纪" not in said
    assert fetch("security").status_code == 403
    for group, shown in (
        ("source", "审计"),
        ("sender", "审计执行科"),
        ("came", "纸质来件"),
        ("x", "2026-09"),
    ):
        assert shown in fetch("clerk", by=group).content.decode(), group


def test_the_platform_cannot_write_a_balance_itself(play: Player) -> None:
    from django.db import DatabaseError, transaction

    play.registered("2026-09-28")
    taken()
    with play.see("clerk"), pytest.raises(DatabaseError), transaction.atomic():
        Balance.objects.update(organ=play.town.organs["county_supervision"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM insight_balance")
        assert cursor.fetchone() == (0,), "nothing without a scope"


def test_the_command_says_whether_it_is_even(play: Player) -> None:
    clue = play.registered("2026-09-28")
    even = CliRunner().invoke(command)
    assert even.exit_code == 0 and "收 1 = 在办 1" in even.output and "平 / even" in even.output
    with play.see("clerk"):
        TAMPERED["state"](clue)
    uneven = CliRunner().invoke(command)
    assert uneven.exit_code == 1 and "不平 / not even" in uneven.output
    assert play.matter("clerk", clue).number not in uneven.output
