"""CZ-4.1: whoever leaves hands over his desk; each matter keeps a custodian (专人保管、工作交接)."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.organs.models import Officer, Post
from guantong.mechanisms.handovers import papers, queries
from guantong.mechanisms.handovers.lifecycle import load
from guantong.mechanisms.handovers.models import Item
from support.browse import signed_in
from support.consistency import problems_now
from support.play import Player, at
from support.ways import BY_ACTS

pytestmark = pytest.mark.django_db


def custodian(play: Player, clue: UUID) -> str:
    with play.see("handler_head"):
        now = Party.objects.get(matter=clue, role="custodian", until__isnull=True)
        assert now.officer is not None
        return now.officer.name


def held(play: Player, count: int = 2) -> list[UUID]:
    """Let the handler be custodian of some clues in handling."""
    return [play.in_handling(play.assigned(play.registered(title=f"线索{n}"))) for n in range(count)]


def listed(play: Player, who: str = "handler", successor: str | None = "handler_head", **data: Any) -> UUID:
    given: dict[str, Any] = {"post": play.town.posts["handler"].pk, "supervisor": "陆知行", **data}
    if successor:
        given["successor"] = play.town.posts[successor].officer_id
    return play.act("2026-10-09", who, "handover.open", **given)


def signed_sheet() -> Any:
    upload = SimpleUploadedFile("交接清单.pdf", b"%PDF-1.4 signed by three", "application/pdf")
    return MultiValueDict({"scan": [upload]})


def rows(play: Player, handover: UUID) -> list[Item]:
    with play.see("handler_head"):
        return list(Item.objects.filter(matter=handover).select_related("about", "successor"))


def test_everything_on_the_desk_is_listed_with_state_and_date(play: Player) -> None:
    clues = held(play)
    handover = listed(play)
    with play.see("handler_head"):
        found = queries.lines(load(Matter.objects.get(pk=handover)))
    assert {line.item.about_id for line in found if line.item.what == "custody"} == set(clues)
    assert all(line.state and line.item.due_on and line.item.owed for line in found)
    assert [line.item.due_on for line in found] == sorted(
        line.item.due_on for line in found if line.item.due_on
    )


def test_taking_over_changes_every_custodian_with_an_entry_of_its_own(play: Player) -> None:
    clues = held(play)
    handover = listed(play)
    play.act("2026-10-10", "handler_head", "handover.take_over", handover)
    for clue in clues:
        assert custodian(play, clue) == "江其琛"
        with play.see("handler_head"):
            entry = Entry.objects.filter(matter=clue).latest("seq")
            assert entry.act == "matter.take_over"
            assert entry.content.body["data"]["custodian"]["name"] == "江其琛"
            parties = Party.objects.filter(matter=clue, role="custodian")
            assert [one.until is None for one in parties] == [False, True]
    with play.see("handler_head"):
        assert Matter.objects.get(pk=handover).state == "done"
    assert problems_now() == []


def test_predecessor_handles_the_clue_no_longer_and_the_successor_does(play: Player) -> None:
    (clue,) = held(play, 1)
    play.act("2026-10-10", "handler_head", "handover.take_over", listed(play))
    with pytest.raises(NotAllowed):
        play.act("2026-10-12", "handler", "clue.report_progress", clue, progress="仍由我报告")
    play.act("2026-10-12", "handler_head", "clue.report_progress", clue, progress="接手办理")


def test_signed_list_is_recorded_with_its_scan(play: Player) -> None:
    (clue,) = held(play, 1)
    handover = listed(play)
    with pytest.raises(Refused):
        play.act("2026-10-10", "handler_head", "handover.record", handover, signer="江其琛")
    with pytest.raises(Refused, match="移交人不得代录"):
        play.done("2026-10-10", "handler", "handover.record", handover, signer="韩牧之", files=signed_sheet())
    assert custodian(play, clue) == "韩牧之"
    play.done(
        "2026-10-10", "handler_head", "handover.record", handover, signer="江其琛", files=signed_sheet()
    )
    assert custodian(play, clue) == "江其琛"


def _recorded(play: Player, who: str, handover: UUID) -> None:
    play.done("2026-10-10", who, "handover.record", handover, signer="江其琛", files=signed_sheet())


def test_nothing_is_taken_over_while_a_row_has_nobody(play: Player) -> None:
    clues = held(play, 3)
    handover = listed(play, successor=None)
    with pytest.raises(Refused, match="3"):
        play.act("2026-10-10", "handler_head", "handover.take_over", handover)
    chosen = [str(row.pk) for row in rows(play, handover)]
    play.act("2026-10-10", "handler", "handover.arrange", handover, items=chosen,
             successor=play.town.posts["handler_head"].officer_id, remark="案卷三册")  # fmt: skip
    play.act("2026-10-10", "handler_head", "handover.take_over", handover)
    assert {custodian(play, clue) for clue in clues} == {"江其琛"}
    assert {row.remark for row in rows(play, handover)} == {"案卷三册"}


def test_what_comes_to_the_desk_after_listing_is_not_left_lying(play: Player) -> None:
    held(play, 1)
    handover = listed(play)
    late = play.assigned(play.registered(title="后来的"), "2026-10-09")
    with pytest.raises(Refused, match="1"):
        play.act("2026-10-10", "handler_head", "handover.take_over", handover)
    play.act("2026-10-10", "handler", "handover.arrange", handover,
             successor=play.town.posts["handler_head"].officer_id)  # fmt: skip
    play.act("2026-10-10", "handler_head", "handover.take_over", handover)
    assert custodian(play, late) == "江其琛"


def test_what_left_the_desk_before_is_named_and_not_touched(play: Player) -> None:
    gone, kept = (play.assigned(play.registered(title=title)) for title in ("改派的", "换人的"))
    handover = listed(play)
    _reassigned(play, kept, "first", "handler_head")
    _reassigned(play, gone, "second", "stranger")
    play.act("2026-10-12", "handler_head", "handover.take_over", handover)
    with play.see("stranger"):
        stranger = play.town.posts["stranger"].officer_id
        assert Party.objects.get(matter=gone, role="custodian", until__isnull=True).officer_id == stranger
        assert not Entry.objects.filter(matter=gone, act="matter.take_over").exists()
    with play.see("handler_head"):
        assert Matter.objects.get(pk=handover).state == "done"
        assert not Entry.objects.filter(matter=kept, act="matter.take_over").exists()
    assert [bool(row.stays) for row in rows(play, handover)] == [True], (
        "what is out of sight is named nowhere"
    )


def _reassigned(play: Player, clue: UUID, organ: str, who: str) -> None:
    play.act("2026-10-10", "clerk", "clue.recall", clue, reason="改派")
    play.act("2026-10-10", "clerk", "clue.propose_assignment", clue,
             handler=play.town.organs[organ].pk, reason="改派")  # fmt: skip
    play.act("2026-10-10", "deputy", "clue.approve_assignment", clue)
    play.act("2026-10-10", who, "clue.accept", clue, custodian=play.town.posts[who].officer_id)


def test_handing_over_stays_within_the_department(play: Player) -> None:
    held(play, 1)
    handover = listed(play)
    for who in ("clerk", "stranger", "deputy", "auditor"):
        with pytest.raises(NotAllowed):
            play.act("2026-10-10", who, "handover.take_over", handover)
        assert signed_in(who).get(f"/handovers/{handover}/sheet/").status_code == 404
    with pytest.raises(Refused):
        listed(play, who="stranger")
    with pytest.raises(Refused):
        listed(play, successor="stranger")


@BY_ACTS
def test_two_hundred_matters_are_handed_over_together_or_not_at_all(
    play: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    clues = held(play, 2)
    source = clues[0]
    more = [_copied(play, source, n) for n in range(200)]
    handover = listed(play)
    assert len(rows(play, handover)) == 202
    from guantong.kernel.acts.custody import TakeOverMatter

    last, done, real = max(str(one) for one in [*clues, *more]), [], TakeOverMatter.do

    def breaks(self: Any, deed: Any) -> None:
        done.append(deed.matter.pk)
        if str(deed.matter.pk) == last:
            raise RuntimeError("the power fails")
        real(self, deed)

    with monkeypatch.context() as patched:
        patched.setattr(TakeOverMatter, "do", breaks)
        with pytest.raises(RuntimeError):
            play.act("2026-10-10", "handler_head", "handover.take_over", handover)
    assert len(done) == 202
    assert {custodian(play, clue) for clue in clues} == {"韩牧之"}
    play.done("2026-10-10", "handler_head", "handover.take_over", handover, key="once")
    again = play.done("2026-10-10", "handler_head", "handover.take_over", handover, key="once")
    assert again.repeated
    with play.see("handler_head"):
        now = Party.objects.filter(role="custodian", until__isnull=True)
        assert now.filter(officer__name="江其琛").count() == 202
        assert Entry.objects.filter(act="matter.take_over").count() == 202


def _copied(play: Player, source: UUID, number: int) -> UUID:
    return play.assigned(play.registered(title=f"批量{number}"))


@BY_ACTS
def test_list_is_printed_to_be_signed_by_three(play: Player) -> None:
    held(play, 3)
    handover = listed(play)
    with clock.set_to(at("2026-10-10")):
        answer = signed_in("handler").get(f"/handovers/{handover}/sheet/")
    assert answer["Content-Type"] == "application/pdf"
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 1
    with play.see("handler"):
        said = papers.sheet(load(Matter.objects.get(pk=handover))).to_json()
    for word in ("工作交接清单", "移交人", "监交人", "陆知行", "线索0", "江其琛", "清纪交接〔2026〕1号"):
        assert word in said, word


@BY_ACTS
def test_other_posts_and_saved_views_are_named_as_staying(play: Player) -> None:
    from guantong.accounts.models import SavedView, User

    officer = Officer.objects.get(pk=play.town.posts["handler"].officer_id)
    Post.objects.create(officer=officer, organ=play.town.organs["second"], title="组员", rank="staff",
                        since="2026-01-01")  # fmt: skip
    SavedView.objects.create(user=User.objects.get(username="handler"), page="ledger", name="我的", query="")
    found = rows(play, listed(play))
    assert {row.what for row in found} == {"post", "views"}
    assert all(row.stays and row.successor is None for row in found)


@BY_ACTS
def test_statements_of_a_handover_grow_only_with_the_matters_it_moves(play: Player) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    held(play, 2)
    costs = []
    for _turn in range(2):
        actor = play.town.actor("handler_head")
        with scope(actor), CaptureQueriesContext(connection) as queries_:
            queries.lying_on(play.town.posts["handler"], Matter())
        costs.append(len(queries_))
        held(play, 3)
    assert costs[0] == costs[1] <= 6


@BY_ACTS
def test_successor_finds_it_on_his_desk_until_he_has_taken_over(play: Player) -> None:
    held(play, 1)
    handover = listed(play)
    with clock.set_to(at("2026-10-10")):
        seen = {
            who: f"/matters/{handover}/" in signed_in(who).get("/").content.decode()
            for who in ("handler_head", "handler", "clerk", "deputy")
        }
        play.act("2026-10-10", "handler_head", "handover.take_over", handover)
        after = signed_in("handler_head").get("/").context["taking_over"]
    assert seen["handler_head"] and not seen["clerk"] and not seen["deputy"]
    assert after == []


@BY_ACTS
def test_post_that_ends_with_its_desk_not_handed_over_is_told_to_the_system_administrator(
    play: Player,
) -> None:
    from guantong.accounts.models import User

    held(play, 2)
    for kind in ("system", "security"):
        User.objects.create_user(username=f"a-{kind}", password="correct horse", administers=kind)
    post = play.town.posts["handler"]
    address = "/administration/register/posts/"
    with clock.set_to(at("2026-10-10")):
        assert signed_in("a-system").get(address).context["left_desks"] == []
        Post.objects.filter(pk=post.pk).update(until="2026-10-20")
        page = signed_in("a-system").get(address)
        assert [(one.pk, number) for one, number in page.context["left_desks"]] == [(post.pk, 2)]
        assert "线索0" not in page.content.decode()
        assert signed_in("a-security").get(address).status_code == 403
        play.act("2026-10-10", "handler_head", "handover.take_over", listed(play))
        assert signed_in("a-system").get(address).context["left_desks"] == []
    with scope(play.town.actor("clerk")):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM guantong_left_desks('2030-01-01')")
            assert cursor.fetchone() == (0,), "officers are told nothing"


@BY_ACTS
def test_listing_arranging_and_one_change_of_custody_cost_few_statements(play: Player) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    held(play, 2)
    costs = {}
    for code, data in (
        ("handover.open", {"post": play.town.posts["handler"].pk, "supervisor": "陆知行"}),
        ("handover.arrange", {"successor": play.town.posts["handler_head"].officer_id}),
        ("handover.take_over", {}),
    ):
        actor, given = play.town.actor("handler_head"), dict(data)
        with scope(actor):
            known = Matter.objects.filter(kind="handover").first()
            if known and code == "handover.arrange":
                given["items"] = [str(row.pk) for row in Item.objects.all()]
            with clock.set_to(at("2026-10-10")), CaptureQueriesContext(connection) as statements:
                perform(code, actor, known.pk if known else None, given)
        costs[code] = len([one for one in statements if "SAVEPOINT" not in one["sql"]])
    assert costs["handover.open"] <= 12
    assert costs["handover.arrange"] <= 12
    assert costs["handover.take_over"] <= 12 + 2 * 12


def test_a_desk_is_listed_once_at_a_time(play: Player) -> None:
    held(play, 1)
    first = listed(play)
    with pytest.raises(Refused, match="清纪交接〔2026〕1号"):
        listed(play)
    play.act("2026-10-09", "handler", "handover.withdraw", first, reason="人员不变")
    listed(play)
