"""The demonstration city as it stands on the day it is made: present, accounts, what it is taken for."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from guantong.accounts.models import Administers, User
from guantong.demo import database, make
from guantong.demo.accounts import ACCOUNTS, PASSWORD
from guantong.kernel import clock
from guantong.kernel.access.models import Visibility
from guantong.kernel.access.posts import current_posts
from guantong.kernel.access.scope import scope_of
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post
from support.demonstration import SOME, principals


@pytest.fixture(scope="module")
def city(play_once: Any) -> None:
    """The demonstration with a present, made once."""
    play_once(lambda: make.make(finished=0, present=SOME))


@pytest.mark.django_db
def test_the_present_is_believable(city: None) -> None:
    today = clock.today()
    with scope_of(principals()):
        states = Counter(Matter.objects.filter(kind="clue").values_list("state", flat=True))
        late = Duty.objects.filter(state="open", due_on__lt=today).count()
        soon = Duty.objects.filter(state="open", due_on__gte=today).count()
        last = Matter.objects.order_by("-recorded_at").first()
    assert {"sent", "received", "accepted", "handling", "paused"} <= set(states)
    assert late > 3
    assert soon > 10
    assert last is not None
    assert last.recorded_at <= clock.now()
    assert last.recorded_at.date() > date(today.year - 1, 12, 31)
    supervision = Organ.objects.get(code="qc.supervision").pk
    with scope_of([supervision]):
        assert Visibility.objects.filter(principal=supervision, due_on__lt=today).exists()


def organs_and_officers_carry_rare_glyphs_and_long_names() -> None:
    names = "".join(Officer.objects.values_list("name", flat=True))
    assert all(glyph in names for glyph in "喆珺玥垚赟䶮·")
    assert max(len(organ.full_name) for organ in Organ.objects.select_related("body")) > 30
    assert {place.tier for place in Jurisdiction.objects.all()} == {"province", "prefecture", "county"}
    held = set(Post.objects.values_list("organ__code", flat=True))
    departments = set(Organ.objects.filter(body__isnull=False).values_list("code", flat=True))
    assert departments <= held, "no department without anybody"


@pytest.mark.django_db
def test_an_account_for_each_kind_of_user(city: None) -> None:
    users = {user.username: user for user in User.objects.all()}
    assert set(users) == {account.username for account in ACCOUNTS}
    assert all(user.demonstration and user.check_password(PASSWORD) for user in users.values())
    assert {user.administers for user in users.values()} == {"", *Administers.values}
    for account in ACCOUNTS:
        user = users[account.username]
        assert (user.officer is None) == bool(user.administers)
        assert account.tries
        if user.officer:
            assert account.name == user.officer.name
    two = Officer.objects.get(account=users["gongwei"])
    kinds = {post.organ.code for post in current_posts(two.pk, clock.today())}
    assert kinds == {"qc.committee", "qc.stationed"}
    organs_and_officers_carry_rare_glyphs_and_long_names()


@pytest.mark.django_db
def test_real_data_is_never_taken_for_the_demonstration(city: None) -> None:
    assert database.contents() is database.Contents.DEMONSTRATION
    own = User.objects.create_user(username="real", password="correct horse")
    assert database.contents() is database.Contents.REAL
    with pytest.raises(RuntimeError, match="nothing was changed"):
        database.throw_away()
    own.delete()
    Jurisdiction.objects.create(code="430000", name="省", tier="province")
    assert database.contents() is database.Contents.REAL
