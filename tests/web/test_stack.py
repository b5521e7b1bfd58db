"""The stack: what awaits a leader's decision, one sheet at a time, printed whole, recorded from paper."""

from __future__ import annotations

import io
import re
from typing import Any
from uuid import UUID

import pdfplumber
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guantong.kernel import clock
from guantong.kernel.access.scope import scope
from guantong.kernel.acts.act import Refused
from guantong.kernel.acts.awaited import awaited_from, deciding_acts
from guantong.kernel.acts.perform import perform
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Matter
from guantong.kernel.papers.approval import batch
from guantong.kernel.papers.models import Paper
from guantong.mechanisms.cases.models import Case
from guantong.web.stack_record import Line
from support.browse import signed_in, text
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


def proposed(play: Player, title: str, day: str = "2026-10-09") -> UUID:
    clue = play.registered(title=title)
    play.act(
        day, "clerk", "clue.propose_assignment", clue, handler=play.town.organs["first"].pk, reason="按分工"
    )
    return clue


def hidden_of(page: Any, which: str = "approve") -> dict[str, str]:
    """Return the hidden fields of the form that approves or of the one that sends back."""
    form = next(
        part for part in text(page).split("<form")[1:] if f'name="decision" value="{which}"' in part
    ).split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def decide(client: Client, page: Any, which: str = "approve", **more: str) -> Any:
    confirmed = {"confirmed": "1"} if which == "approve" else {}
    return client.post("/stack/", {**hidden_of(page, which), **confirmed, **more})


def state(play: Player, clue: UUID) -> str:
    with play.see("clerk"):
        return Matter.objects.get(pk=clue).state


def mixed(play: Player) -> dict[str, UUID]:
    """Lay one of each before the leaders: an assignment, a handling, an extension, a letter."""
    found = {"assignment": proposed(play, "待批分办")}
    found["handling"] = play.assigned(play.registered(title="待批处置"))
    play.act("2026-10-09", "handler", "clue.propose_handling", found["handling"], way="verify", plan="方案")
    found["extension"] = play.in_handling(play.assigned(play.registered(title="待批延期")))
    play.act(
        "2026-10-09", "handler", "clue.request_extension", found["extension"], until="2026-11-20",
        reason="等待鉴定",
    )  # fmt: skip
    found["letter"] = play.registered(title="待签发")
    play.act(
        "2026-10-09", "clerk", "paper.draft", found["letter"], kind="feedback_letter", title="反馈函",
        addressee="清川市审计局", body="正在办理。", progress="正在办理。",
    )  # fmt: skip
    paper = play.paper("clerk", found["letter"], "feedback_letter")
    play.act("2026-10-09", "clerk_head", "paper.check", found["letter"], paper=paper)
    return found


def test_every_decision_in_the_stack_can_also_be_sent_back() -> None:
    from guantong.kernel.acts import registry

    clues = {f"clue.approve_{what}" for what in ("assignment", "handling", "extension", "case")}
    others = {"paper.sign", "close.approve", "task.close", "task.approve_extension"}
    assert {act.code for act in deciding_acts()} == clues | others
    for act in deciding_acts():
        back, laid = registry.get(act.send_back), registry.get(act.laid_by)
        assert not back.send_back and laid.code != act.code
        assert back.kind == act.kind


def test_all_that_awaits_a_decision_lies_in_the_stack_and_nothing_else(play: Player) -> None:
    laid = mixed(play)
    play.in_handling(play.assigned(play.registered(title="不待批")))
    with play.see("deputy"):
        found = awaited_from(play.town.actor("deputy"))
    assert {one.waiting.matter.pk for one in found} == set(laid.values())
    assert len(found) == 4
    assert all(one.laid is not None and one.laid.officer_name for one in found)
    days = [one.due_on for one in found if one.due_on]
    assert days == sorted(days) and days
    for who in ("clerk", "handler", "stranger", "audit_leader", "county_clerk"):
        with play.see(who):
            assert awaited_from(play.town.actor(who)) == [], who
    with play.see("clerk"):
        recorded = awaited_from(play.town.actor("clerk"), recorded=True)
    assert {one.waiting.matter.pk for one in recorded} == set(laid.values())
    with play.see("handler"):
        assert awaited_from(play.town.actor("handler"), recorded=True) == []


def test_stack_costs_the_same_however_much_lies_in_it(play: Player) -> None:
    mixed(play)
    counts = []
    for _turn in range(2):
        actor = play.town.actor("deputy")
        with scope(actor), CaptureQueriesContext(connection) as queries:
            awaited_from(actor)
        counts.append(len(queries))
        mixed(play)
    assert counts[0] == counts[1] <= len(deciding_acts()) + 3, "one for each kind of decision, and three"


def test_a_whole_stack_is_decided_one_after_the_other(play: Player) -> None:
    laid = mixed(play)
    client = signed_in("deputy")
    page = client.get("/stack/")
    assert "1 / 4" in text(page)
    for number in range(4):
        assert f"{number + 1} / 4" in text(page)
        answer = decide(client, page)
        assert answer.status_code == 302, text(answer)[:800]
        page = client.get(answer["Location"])
    assert page.context["place"].done == 4 and not page.context["place"].sheets
    assert state(play, laid["assignment"]) == "assigned"
    assert state(play, laid["handling"]) == "handling"
    with play.see("clerk"):
        assert Paper.objects.get(matter=laid["letter"]).state == "signed"


def test_sheet_says_what_is_proposed_by_whom_and_under_which_clause(play: Player) -> None:
    clue = proposed(play, "请示分办的线索")
    body = text(signed_in("deputy").get("/stack/"))
    for said in (
        "请示分办的线索",
        "第一监督检查室",
        "按分工",
        "违规发放补贴。",
        "沈若川",
        "CZ-3.2",
        "2026-10-09",
    ):
        assert said in body, said
    assert str(clue) in body


def test_nothing_is_recorded_without_confirmation(play: Player) -> None:
    clue = proposed(play, "待确认")
    client = signed_in("deputy")
    page = client.get("/stack/")
    answer = client.post("/stack/", {**hidden_of(page), "confirmed": "", "instruction": "写好的批示"})
    assert answer.status_code == 422
    assert "写好的批示" in text(answer), "nothing typed is lost"
    assert state(play, clue) == "assignment_proposed"


def test_sent_back_with_a_reason_and_not_without(play: Player) -> None:
    clue = proposed(play, "退回的")
    client = signed_in("deputy")
    page = client.get("/stack/")
    refused = decide(client, page, "back", reason="")
    assert refused.status_code == 422
    assert state(play, clue) == "assignment_proposed"
    assert decide(client, page, "back", reason="请补充依据").status_code == 302
    assert state(play, clue) == "received"
    with play.see("clerk"):
        last = Entry.objects.filter(matter=clue).latest("id")
        assert last.act == "clue.decline_assignment"
        assert last.content.body["data"]["reason"] == "请补充依据"


def test_letter_sent_back_is_a_draft_again_and_keeps_its_number_free(play: Player) -> None:
    letter = mixed(play)["letter"]
    client = signed_in("deputy")
    key = next(
        one.key for one in client.get("/stack/").context["place"].sheets if one.waiting.matter.pk == letter
    )
    page = client.get(f"/stack/?at={key}")
    assert decide(client, page, "back", reason="措辞请斟酌").status_code == 302
    with play.see("clerk"):
        paper = Paper.objects.get(matter=letter)
        assert (paper.state, paper.number, paper.checked_by) == ("draft", "", None)


def asked_for(play: Player, title: str = "呈请立案") -> UUID:
    clue = play.in_handling(play.assigned(play.registered(title=title)))
    found = {"text": "经初核属实", "case_basis": "涉嫌违纪，需追究责任"}
    play.act("2026-10-09", "handler", "clue.request_case", clue, **found)
    return clue


def test_a_case_is_opened_from_the_stack_and_lies_with_who_handles_the_clue(play: Player) -> None:
    clue = asked_for(play)
    client = signed_in("deputy")
    page = client.get("/stack/")
    for said in ("批准立案", "经初核属实", "涉嫌违纪，需追究责任", "韩牧之", f"/matters/{clue}/"):
        assert said in text(page), said
    answer = decide(client, page)
    assert answer.status_code == 302, text(answer)[:800]
    assert state(play, clue) == "concluded"
    for who in ("handler", "deputy", "clerk"):
        with play.see(who):
            case = Case.objects.get()
            parties = {one.role: one for one in case.matter.parties.all()}
            assert (case.approved_by, case.basis) == ("陆知行", "涉嫌违纪，需追究责任")
            assert parties["handler"].officer_id == play.town.posts["handler"].officer_id
    play.act("2026-10-12", "handler", "case.note", case.pk, note="调取证据")
    with play.see("clerk"):
        entry = Entry.objects.get(matter=clue, act="clue.approve_case")
        assert "GR-35" in entry.clauses


def test_a_case_that_is_not_opened_goes_on_being_handled(play: Player) -> None:
    clue = asked_for(play)
    client = signed_in("deputy")
    assert decide(client, client.get("/stack/"), "back", reason="证据不足").status_code == 302
    assert state(play, clue) == "handling"
    assert not client.get("/stack/").context["place"].sheets
    with play.see("deputy"), pytest.raises(Refused, match="立案"):
        perform("clue.approve_case", play.town.actor("deputy"), clue, {})
    with play.see("handler"):
        assert not Case.objects.exists()


def test_a_case_approved_on_paper_bears_the_name_of_who_signed(play: Player) -> None:
    clue = asked_for(play)
    client = signed_in("clerk")
    page = client.get("/stack/record/")
    form = {**record_form(page), f"decision-{page.context['lines'][0].name}": "approve", "scan": pdf_file()}
    assert client.post("/stack/record/", form).status_code == 200
    assert state(play, clue) == "concluded"
    with play.see("handler"):
        assert Case.objects.get().approved_by == "陆知行"


def test_a_monthly_close_is_approved_in_the_stack(play: Player) -> None:
    close = play.act("2026-10-09", "clerk", "close.draft", month="2026-09")
    play.act("2026-10-09", "clerk", "close.submit", close, note="口径说明")
    client = signed_in("deputy")
    page = client.get("/stack/")
    assert "2026-09" in text(page) and "口径说明" in text(page)
    assert decide(client, page).status_code == 302
    assert state(play, close) == "closed"


def test_leaving_for_later_goes_round_and_decides_nothing(play: Player) -> None:
    clues = [proposed(play, f"第{n}件") for n in range(3)]
    client = signed_in("deputy")
    page = client.get("/stack/")
    seen = []
    for _turn in range(3):
        seen.append(page.context["sheet"].waiting.matter.pk)
        page = client.get(page.context["later"])
    assert set(seen) == set(clues)
    assert page.context["sheet"].waiting.matter.pk == seen[0]
    assert {state(play, clue) for clue in clues} == {"assignment_proposed"}


def test_what_somebody_else_decided_meanwhile_is_not_decided_again(play: Player) -> None:
    clue = proposed(play, "两位领导")
    deputy, secretary = signed_in("deputy"), signed_in("secretary")
    one, other = deputy.get("/stack/"), secretary.get("/stack/")
    assert decide(deputy, one).status_code == 302
    assert decide(secretary, other, "back", reason="不同意").status_code == 302
    assert state(play, clue) == "assigned"
    with play.see("clerk"):
        assert Entry.objects.filter(matter=clue, act__startswith="clue.decline").count() == 0


def test_a_changed_matter_is_looked_at_again_before_it_is_decided(play: Player) -> None:
    clue = proposed(play, "改过的")
    client = signed_in("deputy")
    page = client.get("/stack/")
    play.act(
        "2026-10-12", "clerk", "matter.correct", clue, fact="allegation", value="另一反映", reason="更正"
    )
    refused = decide(client, page)
    assert refused.status_code == 409
    assert state(play, clue) == "assignment_proposed"
    assert decide(client, refused).status_code == 302


def test_whole_stack_prints_as_one_paper_a_page_for_each_sheet(play: Player) -> None:
    mixed(play)
    for who in ("deputy", "clerk"):
        answer = signed_in(who).get("/stack/print/")
        assert answer["Content-Type"] == "application/pdf"
        with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
            assert len(pdf.pages) == 5
    actor = play.town.actor("deputy")
    with scope(actor):
        letter = batch(actor, awaited_from(actor))
    said = [part.model_dump_json() for part in letter.attachments]
    assert [sum(title in one for one in said) for title in ("待批分办", "待批延期", "反馈函")] == [1, 1, 1]
    assert all("领导批示" in one and "依据条款" in one for one in said)
    assert signed_in("stranger").get("/stack/print/").status_code == 302


def pdf_file(name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 signed sheets", "application/pdf")


def record_form(page: Any) -> dict[str, Any]:
    lines = page.context["lines"]
    form: dict[str, Any] = {
        "batch": page.context["batch"],
        "signer": "陆知行",
        "day": TODAY,
        "sheet": [line.key for line in lines],
    }
    for line in lines:
        form[f"version-{line.name}"] = line.version
        form[f"title-{line.name}"] = line.title
    return form


def test_signed_sheets_are_recorded_in_one_page_with_one_scan(play: Player) -> None:
    laid = mixed(play)
    client = signed_in("clerk")
    page = client.get("/stack/record/")
    form = record_form(page)
    for line in page.context["lines"]:
        form[f"decision-{line.name}"] = "back" if line.matter == laid["handling"] else "approve"
        form[f"text-{line.name}"] = "原件批示"
    answer = client.post("/stack/record/", {**form, "scan": pdf_file()})
    assert answer.status_code == 200, text(answer)
    assert len(answer.context["recorded"]) == 4
    assert answer.context["lines"] == []
    assert state(play, laid["assignment"]) == "assigned"
    assert state(play, laid["handling"]) == "accepted"
    with play.see("clerk"):
        entry = Entry.objects.filter(matter=laid["assignment"]).latest("id")
        assert entry.content.body["recorded_for"] == "陆知行"
        assert entry.content.body["data"]["scan"]["name"] == "scan.pdf"
        assert entry.content.body["data"]["instruction"] == "原件批示"


def test_one_sheet_that_cannot_be_recorded_does_not_hold_up_the_others(play: Player) -> None:
    first, second = proposed(play, "甲件"), proposed(play, "乙件")
    client = signed_in("clerk")
    page = client.get("/stack/record/")
    form = record_form(page)
    bad = next(line for line in page.context["lines"] if line.matter == second)
    for line in page.context["lines"]:
        form[f"decision-{line.name}"] = "approve"
    form[f"day-{bad.name}"] = "2026-01-01"
    answer = client.post("/stack/record/", {**form, "scan": pdf_file()})
    assert answer.status_code == 422
    assert [line.matter for line in answer.context["failed"]] == [second]
    assert (state(play, first), state(play, second)) == ("assigned", "assignment_proposed")
    kept = re.findall(r'name="(kept-[^"]+)" value="([^"]+)"', text(answer))
    assert kept, "the scan need not be chosen again"
    again = record_form(answer)
    line = answer.context["lines"][0]
    again |= {f"decision-{line.name}": "approve", **dict(kept)}
    done = client.post("/stack/record/", again)
    assert done.status_code == 200, text(done)
    assert state(play, second) == "assigned"


def test_recording_needs_signer_and_scan_and_repetition_does_nothing_twice(play: Player) -> None:
    clue = proposed(play, "代录")
    client = signed_in("clerk")
    page = client.get("/stack/record/")
    form = {**record_form(page), f"decision-{page.context['lines'][0].name}": "approve"}
    assert client.post("/stack/record/", form).status_code == 422
    assert client.post("/stack/record/", {**form, "signer": "", "scan": pdf_file()}).status_code == 422
    assert state(play, clue) == "assignment_proposed"
    assert client.post("/stack/record/", {**form, "scan": pdf_file()}).status_code == 200
    twice = client.post("/stack/record/", {**form, "scan": pdf_file()})
    assert twice.status_code == 422, "it says that the sheet waits no more"
    with play.see("clerk"):
        assert Entry.objects.filter(matter=clue, act="clue.approve_assignment").count() == 1


def test_nobody_records_or_decides_what_is_not_his(play: Player) -> None:
    clue = proposed(play, "别人的")
    with play.see("deputy"):
        key = awaited_from(play.town.actor("deputy"))[0].key
    for who in ("clerk", "handler", "stranger", "auditor", "audit_leader"):
        client = signed_in(who)
        client.post("/stack/", {"at": key, "decision": "approve", "confirmed": "1", "key": "k" * 20})
        assert "别人的" not in text(client.get("/stack/"))
    for who in ("handler", "stranger", "auditor", "deputy"):
        form = {"batch": "0" * 32, "signer": "陆知行", "day": TODAY, "sheet": [key]}
        form[f"decision-{Line(key, '', '', None).name}"] = "approve"
        signed_in(who).post("/stack/record/", {**form, "scan": pdf_file()})
    assert state(play, clue) == "assignment_proposed"
