"""Leave and deputies: who acts for whom, what he sees, and that it ends by itself (请假、A/B角、代班)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from guantong.accounts.models import User
from guantong.kernel import clock
from guantong.kernel.access.actors import Actor, actor_for, officer_principal
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import NotAllowed, NotVisible, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs import leave
from guantong.kernel.organs.models import Leave, Officer, Post
from support.browse import signed_in, text
from support.play import Player, at
from support.town import Town, build

pytestmark = pytest.mark.django_db
SINCE, UNTIL, AFTER = "2026-10-12", "2026-10-16", "2026-10-17"


@pytest.fixture
def town() -> Town:
    made = build()
    officer = Officer.objects.create(name="言采薇", staff_number="D001")
    made.posts["colleague"] = Post.objects.create(
        officer=officer, organ=made.organs["first"], title="工作人员", rank="staff", since=date(2020, 1, 1)
    )
    User.objects.create_user(username="colleague", password="correct horse", officer=officer)
    return made


@pytest.fixture
def play(town: Town) -> Player:
    return Player(town)


def away(
    town: Town, who: str, deputy: str | None, by: str = "", since: str = SINCE, until: str = UNTIL,
    today: str = "2026-10-12",
) -> Leave:  # fmt: skip
    with clock.set_to(at(today)):
        return leave.record_leave(
            town.actor(by or who), town.posts[who], date.fromisoformat(since), date.fromisoformat(until),
            town.posts[deputy] if deputy else None,
        )  # fmt: skip


def as_deputy(town: Town, deputy: str, post: str, day: str) -> Actor | None:
    """Return the deputy having chosen the post on a day; None where it is not offered to him."""
    with clock.set_to(at(day)):
        actor = actor_for(town.posts[deputy].officer_id, town.posts[post].pk)
    return actor if actor and actor.post == town.posts[post] else None


def test_deputy_acts_in_the_post_and_the_entry_says_for_whom(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    away(play.town, "handler", "colleague")
    actor = as_deputy(play.town, "colleague", "handler", SINCE)
    assert actor is not None and actor.deputises
    with clock.set_to(at(SINCE)), scope(actor):
        perform("clue.report_progress", actor, clue, {"progress": "代为报告"})
        entry = Entry.objects.filter(matter=clue).latest("seq")
    assert entry.officer_name == "言采薇"
    assert "代韩牧之" in entry.capacity and "2026-10-12至2026-10-16请假" in entry.capacity
    assert entry.post_id == play.town.posts["handler"].pk


def test_colleague_without_leave_lacks_the_custodians_capacity(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    actor = play.town.actor("colleague")
    with scope(actor), pytest.raises(NotAllowed):
        perform("clue.report_progress", actor, clue, {"progress": "未代班"})


@pytest.mark.parametrize(
    ("day", "offered"), [("2026-10-11", False), (SINCE, True), (UNTIL, True), (AFTER, False)]
)
def test_it_begins_and_ends_by_itself(town: Town, day: str, offered: bool) -> None:
    away(town, "handler", "colleague", today="2026-10-10")
    assert (as_deputy(town, "colleague", "handler", day) is not None) is offered


def test_post_is_chosen_knowingly_and_never_by_default_or_token(town: Town) -> None:
    away(town, "handler", "colleague")
    officer, post = town.posts["colleague"].officer_id, town.posts["handler"].pk
    with clock.set_to(at(SINCE)):
        plain, by_token = actor_for(officer), actor_for(officer, post, exactly=True)
    assert plain is not None and not plain.deputises
    assert plain.post == town.posts["colleague"]
    assert by_token is None


def test_deputy_sees_what_was_granted_to_the_absent_in_person_until_the_leave_ends(play: Player) -> None:
    """The canary: a matter that only the absent officer sees, day by day."""
    clue = play.registered(title="金丝雀只此一人")
    leader, deputy = play.town.posts["deputy"], "secretary"
    given_ = [{"principal": officer_principal(leader.officer_id), "depth": 3, "basis": "t", "until": None}]
    with scope(play.town.actor("clerk")), connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_grant(%s, 'clue', 'received', '2026-09-28', %s::jsonb, '[]', NULL, now())",
            [clue, json.dumps(given_)],
        )
    away(play.town, "deputy", deputy, today="2026-10-10")
    seen = {}
    for day in ("2026-10-11", SINCE, UNTIL, AFTER):
        client = signed_in(deputy)
        with clock.set_to(at(day)):
            chosen = client.post("/capacity/", {"post": leader.pk})
            assert chosen.status_code == 302
            page = client.get(f"/matters/{clue}/")
            seen[day] = page.status_code
            assert ("金丝雀只此一人" in text(page)) is (page.status_code == 200)
    assert seen == {"2026-10-11": 404, SINCE: 200, UNTIL: 200, AFTER: 404}


def test_session_in_the_absent_officers_post_ends_with_the_leave(play: Player) -> None:
    away(play.town, "handler", "colleague", today="2026-10-10")
    client = signed_in("colleague")
    with clock.set_to(at(SINCE)):
        page = client.post("/capacity/", {"post": play.town.posts["handler"].pk}, follow=True)
        assert "代韩牧之" in text(page)
        assert User.objects.get(username="colleague").last_post_id is None, (
            "not the first post of the next visit"
        )
    with clock.set_to(at(AFTER)):
        assert "代韩牧之" not in text(client.get("/"))


def test_ended_early_ends_at_once(play: Player) -> None:
    made = away(play.town, "handler", "colleague")
    assert as_deputy(play.town, "colleague", "handler", SINCE)
    with clock.set_to(at(SINCE)):
        assert signed_in("stranger").post(f"/leave/{made.pk}/end/").status_code == 404
        assert as_deputy(play.town, "colleague", "handler", SINCE)
        assert signed_in("handler").post(f"/leave/{made.pk}/end/").status_code == 302
    assert as_deputy(play.town, "colleague", "handler", SINCE) is None


def test_nobody_stands_in_for_a_deputy(town: Town) -> None:
    away(town, "handler", "colleague")
    away(town, "colleague", "handler_head")
    assert as_deputy(town, "handler_head", "colleague", SINCE)
    assert as_deputy(town, "handler_head", "handler", SINCE) is None
    with pytest.raises(Refused, match="不能再由他人代班"):
        away(town, "handler_head", "handler")


def test_a_deputy_records_nothing_in_the_absent_officers_name(town: Town) -> None:
    away(town, "handler", "colleague")
    actor = as_deputy(town, "colleague", "handler", SINCE)
    assert actor is not None
    with clock.set_to(at(SINCE)), pytest.raises(Refused):
        leave.record_leave(
            actor, town.posts["handler"], date(2026, 10, 20), date(2026, 10, 21), town.posts["stranger"]
        )


# Hand-written: who may record a leave of whom with which deputy.
RECORDS = [
    ("handler", "handler", "colleague", True),
    ("handler_head", "handler", "colleague", True),
    ("colleague", "handler", None, True),
    ("colleague", "handler", "colleague", False),  # a colleague names nobody, least of all himself
    ("colleague", "handler_head", "colleague", False),
    ("handler", "handler", "stranger", False),  # another department
    ("handler_head", "handler", "stranger", False),
    ("deputy", "handler_head", "clerk_head", True),  # a leader lets another department stand in
    ("deputy", "secretary", "deputy", False),  # nobody makes himself deputy of who ranks above
    ("secretary", "deputy", "secretary", True),
    ("stranger", "handler", None, False),
    ("clerk_head", "handler", None, False),
    ("auditor", "handler", None, False),
    ("audit_leader", "handler", None, False),
    ("handler", "handler", "auditor", False),  # another organ
    ("handler", "handler", "handler", False),
]


@pytest.mark.parametrize(("by", "post", "deputy", "allowed"), RECORDS)
def test_who_may_record_whose_leave(
    town: Town, by: str, post: str, deputy: str | None, allowed: bool
) -> None:
    if allowed:
        assert away(town, post, deputy, by=by).pk
    else:
        with pytest.raises(Refused):
            away(town, post, deputy, by=by)
        assert not Leave.objects.exists()


def test_standing_deputy_is_taken_where_none_is_named(town: Town) -> None:
    with clock.set_to(at("2026-10-10")):
        leave.pair(town.actor("handler_head"), town.posts["handler"], town.posts["colleague"])
        with pytest.raises(Refused):
            leave.pair(town.actor("colleague"), town.posts["handler_head"], town.posts["colleague"])
        client = signed_in("colleague")
        form = {"step": "leave", "post": town.posts["handler"].pk, "since": SINCE, "until": UNTIL}
        assert client.post("/leave/", form).status_code == 302
    assert Leave.objects.get().deputy == town.posts["colleague"]


def test_gaps_are_named_on_the_departments_page_and_nowhere_else(town: Town) -> None:
    away(town, "handler", "colleague")
    away(town, "colleague", None, since="2026-10-14", until="2026-10-20")
    with clock.set_to(at(SINCE)):
        found = leave.gaps(leave.leaves_of(town.organs["first"]))
        assert [(gap.leave.post.officer.name, str(gap.since), str(gap.until)) for gap in found] == [
            ("韩牧之", "2026-10-14", "2026-10-16"),
            ("言采薇", "2026-10-14", "2026-10-20"),
        ]
        assert "2026-10-14" in text(signed_in("handler_head").get("/leave/"))
        for who in ("clerk", "auditor", "stranger"):
            assert "韩牧之" not in text(signed_in(who).get("/leave/")).split("<form", 2)[0]


def test_claimant_is_told_the_organ_and_no_person(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered()))
    away(play.town, "handler", "colleague")
    with clock.set_to(at(SINCE)):
        for path in ("/", f"/matters/{clue}/"):
            page = text(signed_in("auditor").get(path))
            for said in ("韩牧之", "言采薇", "至2026-10-16", "2026-10-16请假"):
                assert said not in page


def test_who_is_asked_costs_one_statement_with_deputies_too(town: Town) -> None:
    for name in ("handler", "handler_head"):
        away(town, name, "colleague", by=name)
    with clock.set_to(at(SINCE)), CaptureQueriesContext(connection) as queries:
        actor_for(town.posts["colleague"].officer_id)
    assert len(queries) == 1


def test_deputy_whose_own_post_ended_acts_for_nobody(town: Town) -> None:
    away(town, "handler", "colleague")
    Post.objects.filter(pk=town.posts["colleague"].pk).update(until="2026-10-12")
    assert as_deputy(town, "colleague", "handler", "2026-10-12")
    assert as_deputy(town, "colleague", "handler", "2026-10-13") is None


def test_unseen_stays_unseen(play: Player) -> None:
    """A deputy's own sight does not go with him into the post he stands in for, nor the other way round."""
    clue = play.assigned(play.registered())
    away(play.town, "stranger", "handler", by="deputy")
    actor = as_deputy(play.town, "handler", "stranger", SINCE)
    assert actor is not None
    with clock.set_to(at(SINCE)), scope(actor):
        assert not Matter.objects.filter(pk=clue).exists()
        with pytest.raises(NotVisible):
            perform("clue.propose_handling", actor, clue, {"way": "verify", "plan": "x"})


DAYS = st.integers(0, 40)
WHO = st.sampled_from(["handler", "handler_head"])


class Overlaps(TestCase):
    """However leaves are recorded: no two of one post overlap, no deputy is away when he is named."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from(["handler", "handler_head"]), DAYS, st.integers(0, 10)), max_size=8
        )
    )
    def test_leaves_never_overlap_and_deputies_are_there_when_named(
        self, wishes: list[tuple[str, int, int]]
    ) -> None:
        town: Any = build()
        start = date(2026, 10, 12)
        other = {"handler": "handler_head", "handler_head": "handler"}
        kept: list[tuple[str, date, date]] = []
        for who, begins, days in wishes:
            since = start + timedelta(days=begins)
            until = since + timedelta(days=days)
            free = not any(a <= until and since <= b for name, a, b in kept if name in (who, other[who]))
            try:
                away(town, who, other[who], by="deputy", since=str(since), until=str(until))
            except Refused:
                assert not free, "refused although both are there"
            else:
                assert free, "recorded although one of them is away"
                kept.append((who, since, until))
        assert Leave.objects.count() == len(kept)


def test_leaves_of_one_clue_are_no_part_of_it(play: Player) -> None:
    clue: UUID = play.registered()
    before = play.town.actor("clerk")
    away(play.town, "clerk", "clerk_head", by="clerk_head")
    with scope(before):
        assert Entry.objects.filter(matter=clue).count() == 1
