"""The demonstration city: made through acts alone, the same each time, standing in a believable present."""

from __future__ import annotations

import contextlib
import io
from collections import Counter
from datetime import date

import pdfplumber
import pytest
from django.db import connection, transaction

from guantong.accounts.models import Administers, User
from guantong.demo import database, make
from guantong.demo.accounts import ACCOUNTS, PASSWORD
from guantong.demo.scans import pdf
from guantong.kernel import clock
from guantong.kernel.access.models import Visibility
from guantong.kernel.access.posts import current_posts
from guantong.kernel.access.scope import scope_of
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter
from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post
from guantong.kernel.papers.models import Paper

SOME = [stand for stand in make.PRESENT if stand[0] in {"sent", "received", "accepted", "handling", "paused"}]


class UndoneError(Exception):
    """Rolls a making back."""


def principals() -> list[int]:
    return list(Organ.objects.values_list("pk", flat=True))


def told() -> list[tuple[object, ...]]:
    """Everything a reader would notice, without the ids."""
    with scope_of(principals()):
        matters = Matter.objects.order_by("id").values_list(
            "kind", "number", "title", "state", "happened_on", "recorded_at", "version"
        )
        papers = Paper.objects.order_by("id").values_list("kind", "number", "state", "signed_on")
        return [*matters, *papers]


@pytest.mark.django_db
def test_it_is_made_through_acts_and_the_same_each_time() -> None:
    seen = []
    for _time in range(2):
        with contextlib.suppress(UndoneError), transaction.atomic():
            made = make.make(finished=3, present=SOME[:3])
            assert made.entries == sum(made.acts.values()) == make.count_entries()
            with connection.cursor() as cursor:
                cursor.execute("SELECT sum(seq) FROM guantong_journal_heads()")
                assert cursor.fetchone()[0] == made.entries, "each chain is as long as its entries"
            seen.append((made.acts, told()))
            raise UndoneError
    assert seen[0] == seen[1]
    assert seen[0][0]["clue.receive"] > 1


@pytest.mark.django_db
def test_the_present_is_believable() -> None:
    make.make(finished=0, present=SOME)
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


@pytest.mark.django_db
def test_an_account_for_each_kind_of_user() -> None:
    make.make(finished=0, present=[])
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


def organs_and_officers_carry_rare_glyphs_and_long_names() -> None:
    names = "".join(Officer.objects.values_list("name", flat=True))
    assert all(glyph in names for glyph in "喆珺玥垚赟䶮·")
    assert max(len(organ.full_name) for organ in Organ.objects.select_related("body")) > 30
    assert {place.tier for place in Jurisdiction.objects.all()} == {"province", "prefecture", "county"}
    held = set(Post.objects.values_list("organ__code", flat=True))
    departments = set(Organ.objects.filter(body__isnull=False).values_list("code", flat=True))
    assert held == departments, "no department without anybody"


@pytest.mark.django_db
def test_real_data_is_never_taken_for_the_demonstration() -> None:
    assert database.contents() is database.Contents.NOTHING
    make.make(finished=0, present=[])
    assert database.contents() is database.Contents.DEMONSTRATION
    own = User.objects.create_user(username="real", password="correct horse")
    assert database.contents() is database.Contents.REAL
    with pytest.raises(RuntimeError, match="nothing was changed"):
        database.throw_away()
    own.delete()
    Jurisdiction.objects.create(code="430000", name="省", tier="province")
    assert database.contents() is database.Contents.REAL


def test_it_is_thrown_away_and_made_anew(committed) -> None:
    make.make(finished=1, present=[])
    database.throw_away()
    assert database.contents() is database.Contents.NOTHING
    assert make.count_entries() == 0
    again = make.make(finished=1, present=[])
    assert again.entries > 0


def test_a_scan_is_a_pdf_with_its_text() -> None:
    lines = ["问题线索呈批件", "领导批示:同意。", "秦望山"]
    with pdfplumber.open(io.BytesIO(pdf(lines))) as document:
        assert len(document.pages) == 1
        assert document.pages[0].width == 595
    assert b"%%EOF" in pdf(lines)
