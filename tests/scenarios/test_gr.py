"""The general rules GR-0.1 to GR-172, each test named by its clause (通用规则)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils.datastructures import MultiValueDict

from guantong.kernel.acts import registry
from guantong.kernel.acts.act import KeepNothing, NotAllowed, Refused
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Link, Matter, Party, PartyRole
from guantong.kernel.people.models import Subject
from support.play import Player, scan, uploads

pytestmark = pytest.mark.django_db
COUNTY = [{"name": "路遥之", "unit": "云麓县城市管理局", "post": "副局长", "authority": "county"}]
CITY = [{"name": "苏见微", "unit": "清川公交集团有限公司", "post": "总经理", "authority": "city"}]


def clauses(play: Player, who: str, matter: Any, act: str) -> list[str]:
    with play.see(who):
        return list(Entry.objects.filter(matter=matter, act=act).latest("id").clauses)


def open_rules(play: Player, who: str, matter: Any) -> set[str]:
    with play.see(who):
        found = Duty.objects.filter(matter=matter, state="open")
        return {f"{duty.clause}/{duty.rule}" for duty in found}


def propose(play: Player, clue: Any, day: str) -> None:
    handler = play.town.organs["first"].pk
    play.act(day, "clerk", "clue.propose_assignment", clue, handler=handler, reason="按分工")


def test_gr_0_1_the_first_day_is_not_counted_and_a_rest_day_moves(play: Player) -> None:
    clue = play.registered("2026-08-28", letter_date="2026-08-27")
    play.assigned(clue, "2026-08-31")
    # a month from 31 August: September has no 31st, so its last day, a Wednesday
    assert play.dates("handler", clue, "GR-21/proposal")[1] == "2026-09-30"
    # three months from 28 August: Saturday 28 November moves to Monday the 30th
    assert play.dates("clerk", clue, "CZ-3.3/feedback")[1] == "2026-11-30"
    assert "GR-0.1" in clauses(play, "clerk", clue, "clue.accept")


def test_gr_0_1_a_year_not_announced_stays_provisional(play: Player) -> None:
    clue = play.registered("2026-10-12")
    duty = play.duty("clerk", clue, "CZ-3.3/feedback")
    assert (duty.due_on.isoformat(), duty.provisional) == ("2027-01-12", True)
    assert "GR-0.1" in clauses(play, "clerk", clue, "clue.register")


def test_gr_0_2_an_extension_is_decided_within_three_working_days(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")), "2026-09-29")
    asked = {"until": "2027-02-01", "reason": "案情复杂"}
    play.act("2026-09-29", "handler", "clue.request_extension", clue, **asked)
    duty = play.duty("deputy", clue, "GR-0.2/decide_extension")
    # 30 September, 8 and 9 October
    assert (duty.due_on.isoformat(), duty.holder_id) == ("2026-10-09", play.town.organs["leaders"].pk)
    play.act("2026-10-09", "deputy", "clue.approve_extension", clue)
    assert play.dates("deputy", clue, "GR-0.2/decide_extension")[::2] == ("discharged", "2026-10-09")
    assert "GR-0.2" in clauses(play, "clerk", clue, "clue.approve_extension")


def test_gr_0_2_what_pauses_goes_on_afterwards(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")), "2026-09-29")
    play.act("2026-10-08", "handler", "clue.pause", clue, awaited_from="银行", reason="调取")
    with pytest.raises(NotAllowed):
        play.act("2026-10-08", "handler", "clue.conclude", clue, result="closed", text="不实")
    play.act("2026-10-12", "handler", "clue.resume", clue, progress="已答复")
    assert "GR-0.2" in clauses(play, "clerk", clue, "clue.resume")


def test_gr_0_3_other_organs_letters_are_answered_with_a_receipt_too(play: Player) -> None:
    clue = play.registered("2026-09-28", source="enforcement")
    # 29, 30 September and 8 October
    assert play.dates("clerk", clue, "GR-0.3/receipt") == ("open", "2026-10-08", "")
    hands = ["clerk", "clerk_head", "clerk_head", "clerk"]
    play.letter(["2026-09-29"] * 4, clue, "receipt", hands)
    assert play.dates("clerk", clue, "GR-0.3/receipt")[0] == "discharged"


def test_gr_0_3_gives_way_to_the_citys_own_rule(play: Player) -> None:
    rules = open_rules(play, "clerk", play.registered("2026-09-28"))
    assert "CZ-3.2/receipt" in rules and "GR-0.3/receipt" not in rules


def test_gr_0_3_what_is_forwarded_is_signed_for_there(play: Player) -> None:
    clue = play.registered("2026-09-28", source="enforcement", subjects=COUNTY)
    to = play.town.organs["county_commission"].pk
    play.act("2026-09-29", "clerk", "clue.forward", clue, to=to, reason="县管干部")
    with play.see("county_clerk"):
        arrived = Matter.objects.get(kind="clue").pk
    duty = play.duty("county_clerk", arrived, "GR-0.3/receive_forwarded")
    # 29 September + 3 working days: 30 September, 8 and 9 October
    sides = [play.town.organs[name].pk for name in ("county_supervision", "supervision")]
    assert (duty.due_on.isoformat(), [duty.holder_id, duty.claimant_id]) == ("2026-10-09", sides)
    assert play.duty("clerk", arrived, "GR-0.3/receive_forwarded").pk == duty.pk


def files_kept() -> list[Path]:
    return [path for path in (Path(settings.GUANTONG_DATA) / "files").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "person",
    [
        {"name": "秦望山", "unit": "中共清川市纪律检查委员会", "post": "书记", "authority": "provincial"},
        {"name": "秦望山", "unit": "中共清川市纪律检查委员会", "post": "书记", "authority": "unknown"},
        {"name": "某省管", "unit": "清川市人民政府", "post": "副市长", "authority": "provincial"},
    ],
)
def test_gr_15_nothing_of_what_belongs_above_is_kept(play: Player, person: dict[str, str]) -> None:
    files_before = files_kept()
    secret = "此件不得录入本级"
    with pytest.raises(KeepNothing) as refused:
        play.done(
            "2026-09-28", "clerk", "clue.register", key="gr15", sender_name="某单位", source="other",
            letter_number="1号", letter_date="2026-09-28", category="discipline", allegation=secret,
            subjects=[person], files=uploads(scan=scan(content=f"%PDF-1.4 {secret}".encode())),
        )  # fmt: skip
    assert refused.value.faults[0].remedy
    assert files_kept() == files_before
    for name in ("matters_matter", "clues_clue", "people_subject", "journal_entry", "acts_performed"):
        with connections["default"].cursor() as cursor, play.see("clerk"):
            cursor.execute(f"SELECT count(*) FROM {name}")
            assert cursor.fetchone()[0] == 0, name
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM matters_counter")
        assert cursor.fetchone()[0] == 0, "no ledger number was spent"


def test_gr_15_by_wire_it_does_not_reach_the_ledger_either(play: Player) -> None:
    head = {"name": "秦望山", "unit": "清川市纪律检查委员会", "post": "书记", "authority": "provincial"}
    clue = play.drafted("2026-09-28", subjects=[head])
    hands = ["auditor", "audit_head", "audit_leader", "auditor"]
    with pytest.raises(Refused):
        play.letter(["2026-09-28"] * 4, clue, "transfer_letter", hands)
    assert play.matter("auditor", clue).state == "drafted"
    with play.see("clerk"):
        assert not Matter.objects.exists()


def test_gr_15_one_of_the_same_name_elsewhere_is_entered(play: Player) -> None:
    other = {"name": "秦望山", "unit": "清川公交集团有限公司", "post": "司机", "authority": "enterprise"}
    assert play.matter("clerk", play.registered(subjects=[other])).state == "received"


def test_gr_21_a_proposal_within_a_month_of_taking_the_assignment(play: Player) -> None:
    clue = play.assigned(play.registered("2026-08-31", letter_date="2026-08-28"), "2026-09-01")
    # 1 October is off until the 7th
    assert play.dates("handler", clue, "GR-21/proposal") == ("open", "2026-10-08", "")
    play.act("2026-09-29", "handler", "clue.propose_handling", clue, way="talk", plan="谈话函询方案")
    assert play.dates("handler", clue, "GR-21/proposal")[0] == "discharged"
    decision = play.duty("deputy", clue, "GR-21/decision")
    # 30 September, 8 and 9 October
    assert (decision.due_on.isoformat(), decision.holder_id) == (
        "2026-10-09", play.town.organs["leaders"].pk,
    )  # fmt: skip


def test_gr_21_declined_it_is_proposed_anew_within_five_working_days(play: Player) -> None:
    clue = play.assigned(play.registered("2026-08-31", letter_date="2026-08-28"), "2026-09-01")
    play.act("2026-09-28", "handler", "clue.propose_handling", clue, way="close", plan="予以了结")
    play.act("2026-09-29", "deputy", "clue.decline_handling", clue, reason="理由不足")
    # 30 September, 8, 9, 10 (a worked Saturday) and 12 October
    assert play.dates("handler", clue, "GR-21/revision") == ("open", "2026-10-12", "")
    play.act("2026-10-10", "handler", "clue.propose_handling", clue, way="verify", plan="初核")
    assert play.dates("handler", clue, "GR-21/revision")[::2] == ("discharged", "2026-10-10")


def test_gr_21_there_are_four_ways_and_no_fifth(play: Player) -> None:
    clue = play.assigned(play.registered("2026-09-28"))
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "handler", "clue.propose_handling", clue, way="detain", plan="方案")
    assert refused.value.faults[0].field == "way"
    play.act("2026-09-29", "handler", "clue.propose_handling", clue, way="shelve", plan="暂存")
    assert "GR-21" in clauses(play, "clerk", clue, "clue.propose_handling")


def test_gr_23_own_discoveries_are_assigned_by_the_general_clocks(play: Player) -> None:
    clue = play.registered("2026-09-28", source="supervision")
    # 29, 30 September, 8, 9, 10 October
    assert play.dates("clerk", clue, "GR-23/assignment") == ("open", "2026-10-10", "")
    propose(play, clue, "2026-09-29")
    # 30 September, 8, 9 October
    assert play.dates("deputy", clue, "GR-23/approval") == ("open", "2026-10-09", "")
    play.act("2026-09-30", "deputy", "clue.approve_assignment", clue)
    # 8, 9, 10 October
    assert play.dates("handler", clue, "GR-23/acceptance") == ("open", "2026-10-10", "")


def test_gr_23_the_department_names_a_custodian_of_its_own(play: Player) -> None:
    clue = play.registered("2026-09-28")
    propose(play, clue, "2026-09-29")
    play.act("2026-09-29", "deputy", "clue.approve_assignment", clue)
    outsider = play.town.posts["stranger"].officer_id
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "handler_head", "clue.accept", clue, custodian=outsider)
    assert refused.value.faults[0].field == "custodian"
    own = play.town.posts["handler"].officer_id
    play.act("2026-09-29", "handler_head", "clue.accept", clue, custodian=own)
    with play.see("clerk"):
        assert Party.objects.get(matter=clue, role=PartyRole.CUSTODIAN).officer_id == own
    assert "GR-23" in clauses(play, "clerk", clue, "clue.accept")


def test_gr_23_a_leader_who_signed_paper_is_recorded_with_the_scan(play: Player) -> None:
    clue = play.registered("2026-09-28")
    propose(play, clue, "2026-09-29")
    attempts: list[tuple[str, dict[str, Any], Any]] = [
        ("scan", {"signer": "陆知行"}, None),
        ("signer", {}, uploads(scan=scan())),
    ]
    for missing, data, files in attempts:
        with pytest.raises(Refused) as refused:
            play.done("2026-09-30", "clerk", "clue.approve_assignment", clue, files=files, **data)
        assert [fault.field for fault in refused.value.faults] == [missing]
    play.done(
        "2026-09-30", "clerk", "clue.approve_assignment", clue, signer="陆知行", instruction="抓紧",
        files=uploads(scan=scan()),
    )  # fmt: skip
    with play.see("clerk"):
        body = Entry.objects.get(matter=clue, act="clue.approve_assignment").content.body
    assert (body["recorded_for"], body["data"]["scan"]["name"]) == ("陆知行", "scan.pdf")
    assert "GR-23" in clauses(play, "clerk", clue, "clue.approve_assignment")


@pytest.mark.parametrize("result", ["case", "closed", "admonished", "shelved", "referred"])
def test_gr_35_the_five_outcomes(play: Player, result: str) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    basis = {"case_basis": "涉嫌违纪", "approved_by": "秦望山"} if result == "case" else {}
    play.act("2026-10-09", "handler", "clue.conclude", clue, result=result, text="情况", **basis)
    assert "GR-35" in clauses(play, "handler", clue, "clue.conclude")
    with play.see("handler"):
        cases = Matter.objects.filter(kind="case")
        assert cases.count() == (1 if result == "case" else 0)
        assert all("GR-35" in entry.clauses for entry in Entry.objects.filter(matter__in=cases))


def test_gr_35_a_case_needs_its_basis_and_who_approved(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    with pytest.raises(Refused) as refused:
        play.act("2026-10-09", "handler", "clue.conclude", clue, result="case", text="情况")
    assert {fault.field for fault in refused.value.faults} == {"case_basis", "approved_by"}
    play.act("2026-10-09", "handler", "clue.conclude", clue, result="closed", text="情况")
    assert "GR-35" in clauses(play, "handler", clue, "clue.conclude")


def test_gr_169_forwarded_within_five_working_days_into_the_countys_ledger(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=COUNTY)
    # 29, 30 September, 8, 9, 10 October
    assert play.dates("clerk", clue, "GR-169/forward") == ("open", "2026-10-10", "")
    to = play.town.organs["county_commission"].pk
    play.act("2026-10-10", "clerk", "clue.forward", clue, to=to, reason="县管干部")
    assert play.dates("clerk", clue, "GR-169/forward") == ("discharged", "2026-10-10", "2026-10-10")
    assert play.matter("clerk", clue).state == "forwarded"
    with play.see("county_clerk"):
        arrived = Matter.objects.get(kind="clue")
        assert (arrived.state, arrived.organ_id) == ("sent", to)
        assert not Matter.objects.filter(pk=clue).exists()
    play.act("2026-10-12", "county_clerk", "clue.receive", arrived.pk)
    assert play.matter("county_clerk", arrived.pk).number == "云纪线索〔2026〕1号"
    with play.see("clerk"):
        link = Link.objects.get(source=arrived.pk)
        assert (link.target_id, link.kind) == (clue, "forwarded")


def test_gr_169_what_is_ones_own_is_not_to_be_forwarded(play: Player) -> None:
    own = play.registered("2026-09-28", subjects=CITY)
    other = play.registered("2026-09-28", subjects=COUNTY, letter_number="4号")
    assert "GR-169/forward" not in open_rules(play, "clerk", own)
    assert "GR-169/forward" in open_rules(play, "clerk", other)


def split(play: Player, clue: Any, going: list[str], **data: Any) -> None:
    """Let the clerk send the persons of these names to the county."""
    with play.see("clerk"):
        found = Subject.objects.filter(matter=clue, name__in=going)
        persons = [str(pk) for pk in found.values_list("pk", flat=True)]
    to = play.town.organs["county_commission"].pk
    given = {"to": to, "reason": "县管部分", "part": "路遥之部分", "persons": persons, **data}
    play.act("2026-10-09", "clerk", "clue.split", clue, **given)


def test_gr_171_split_where_another_organ_has_part_of_it(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=[*CITY, *COUNTY])
    assert play.dates("clerk", clue, "GR-171/split") == ("open", "2026-10-10", "")
    split(play, clue, ["路遥之"])
    assert play.dates("clerk", clue, "GR-171/split")[0] == "discharged"
    assert play.matter("clerk", clue).state == "received"
    with play.see("county_clerk"):
        arrived = Matter.objects.select_related("clue").get(kind="clue")
        assert arrived.clue.allegation == "路遥之部分"
        assert [one.name for one in arrived.subjects.all()] == ["路遥之"]
        assert "苏见微" not in arrived.title
    assert "GR-171" in clauses(play, "clerk", clue, "clue.split")


def test_gr_171_the_table_proposes_who_goes_and_the_clerk_decides(play: Player) -> None:
    unknown = [{"name": "许之远", "unit": "清川市农业农村局", "post": "科员", "authority": "unknown"}]
    clue = play.registered("2026-09-28", subjects=[*CITY, *COUNTY, *unknown])
    act, actor = registry.get("clue.split"), play.town.actor("clerk")
    with play.see("clerk"):
        matter = Matter.objects.get(pk=clue)
        proposed = act.initial(actor, matter, act.load(matter, {}))["persons"]
        assert [Subject.objects.get(pk=pk).name for pk in proposed] == ["路遥之"], "the unknown is no guess"
    split(play, clue, ["许之远"])
    with play.see("county_clerk"):
        assert [one.name for one in Matter.objects.get(kind="clue").subjects.all()] == ["许之远"]
    with play.see("clerk"):
        said = Entry.objects.get(matter=clue, act="clue.split").content.body["data"]
    assert [one["name"] for one in said["persons"]] == ["许之远"]
    assert said["reason"] == "县管部分"


@pytest.mark.parametrize(
    ("subjects", "going"),
    [([*CITY, *COUNTY], []), ([*CITY, *COUNTY], ["苏见微", "路遥之"]), (COUNTY, ["路遥之"])],
)
def test_gr_171_somebody_goes_and_somebody_stays(
    play: Player, subjects: list[dict[str, str]], going: list[str]
) -> None:
    clue = play.registered("2026-09-28", subjects=subjects)
    with pytest.raises(Refused) as refused:
        split(play, clue, going)
    assert [fault.field for fault in refused.value.faults] == ["persons"]
    with play.see("county_clerk"):
        assert not Matter.objects.exists()


def test_gr_171_a_clue_that_names_only_a_unit_can_be_split_by_its_text(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=[], unit="清川水务集团有限公司")
    split(play, clue, [])
    with play.see("county_clerk"):
        assert Matter.objects.get(kind="clue").clue.unit == "清川水务集团有限公司"
    assert "GR-171" in clauses(play, "clerk", clue, "clue.split")


def test_gr_171_evidence_and_files_go_only_where_they_are_ticked(play: Player) -> None:
    evidence = [{"title": "采购合同"}, {"title": "苏见微谈话记录"}]
    files = MultiValueDict({"attachments": [scan("合同.pdf"), scan("谈话.pdf", b"%PDF-1.4 talk")]})
    clue = play.registered("2026-09-28", subjects=[*CITY, *COUNTY], evidence=evidence, files=files)
    with play.see("clerk"):
        chosen = str(Attachment.objects.get(matter=clue, name="合同.pdf").pk)
    split(play, clue, ["路遥之"], evidence=["0"], attachments=[chosen])
    with play.see("county_clerk"):
        arrived = Matter.objects.select_related("clue").get(kind="clue")
        assert [row["title"] for row in arrived.clue.evidence] == ["采购合同"]
        assert [one.name for one in arrived.attachments.all()] == ["合同.pdf"]
        assert not Attachment.objects.exclude(matter=arrived).exists()


def test_gr_172_case_supervision_takes_in_what_organs_transfer(play: Player) -> None:
    data: dict[str, Any] = {
        "sender_name": "某单位", "source": "enforcement", "letter_number": "1号", "letter_date": "2026-09-28",
        "category": "discipline", "allegation": "问题", "unit": "清川水务",
    }  # fmt: skip
    for who in ("handler", "deputy", "auditor", "inspector", "stranger"):
        with pytest.raises(NotAllowed):
            play.act("2026-09-28", who, "clue.register", **data)
    clue = play.act("2026-09-28", "clerk", "clue.register", **data)
    assert "GR-172" in clauses(play, "clerk", clue, "clue.register")
