"""The general rules GR-0.1 to GR-172, each test named by its clause (通用规则)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.utils.datastructures import MultiValueDict

from guantong.kernel import clock
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import KeepNothing, NotAllowed, Refused
from guantong.kernel.archive.models import Volume
from guantong.kernel.calendar import Explanation
from guantong.kernel.duties.models import Duty
from guantong.kernel.journal.models import Entry
from guantong.kernel.matters.models import Attachment, Link, Matter, Party, PartyRole
from guantong.kernel.measures import engine
from guantong.kernel.measures.local import Decided, revise
from guantong.kernel.measures.models import Adoption
from guantong.kernel.measures.problems import MeasureError
from guantong.kernel.measures.publish import adopt, publish
from guantong.kernel.organs.models import Officer, Post, RoleBinding
from guantong.kernel.papers.models import Paper
from guantong.kernel.people.models import Subject
from support.play import Player, at, scan, uploads
from support.town import MEASURES

pytestmark = pytest.mark.django_db
GENERAL = (MEASURES / "general.yaml").read_text(encoding="utf-8")
OUTSIDE = [{"name": "胡自在", "unit": "清川某私营商行", "post": "个体经营者", "authority": "outside"}]
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


def decide(play: Player, day: str, measure: str = "general", **values: Any) -> Adoption:
    """Let the city decide settings from a day, on that day; `GR_0_1__x` stands for GR-0.1/x."""
    keys = {"GR_0_1": "GR-0.1", "GR_0_2": "GR-0.2", "GR_15": "GR-15", "CZ_4_1": "CZ-4.1"}
    named = {f"{keys[key.partition('__')[0]]}/{key.partition('__')[2]}": val for key, val in values.items()}
    with clock.set_to(at(day)):
        present = Adoption.objects.get(
            jurisdiction=play.town.place, measure_version__measure=measure, until__isnull=True
        )
        decided = {key: Decided(value, "按省里要求", "秦望山", clock.today()) for key, value in named.items()}
        return revise(present, clock.today(), decided)


def test_gr_0_1_a_city_may_decide_that_rest_days_do_not_move(play: Player) -> None:
    decide(play, "2026-08-20", GR_0_1__rest_day_moves=False)
    clue = play.registered("2026-08-28", letter_date="2026-08-27")
    duty = play.duty("clerk", clue, "CZ-3.3/feedback")
    # three months from 28 August is a Saturday, and stays one
    assert duty.due_on.isoformat() == "2026-11-28"
    said = "2026-08-28 + 3个月 = 2026-11-28，该日为星期六，末日为休息日，不顺延"
    assert Explanation.model_validate(duty.explanation).text("zh") == said
    # 31 August, 1 and 2 September: working days are the statutory ones in either reading
    assert play.dates("clerk", clue, "CZ-3.2/receipt")[1] == "2026-09-02"


def test_gr_0_1_a_city_may_decide_that_the_first_day_counts(play: Player) -> None:
    decide(play, "2026-08-20", GR_0_1__first_day_counts=True)
    clue = play.registered("2026-08-28", letter_date="2026-08-27")
    duty = play.duty("clerk", clue, "CZ-3.3/feedback")
    assert duty.due_on.isoformat() == "2026-11-27"
    assert Explanation.model_validate(duty.explanation).text("zh") == (
        "2026-08-28（起算日计入） + 3个月 = 2026-11-27"
    )
    # 28 August is the first of the three
    assert play.dates("clerk", clue, "CZ-3.2/receipt")[1] == "2026-09-01"


def test_gr_0_1_a_date_keeps_its_reading_through_extension_correction_and_a_new_decision(
    play: Player,
) -> None:
    decide(play, "2026-08-20", GR_0_1__rest_day_moves=False)
    clue = play.in_handling(play.assigned(play.registered("2026-08-28", letter_date="2026-08-27")))
    decide(play, "2026-10-12", GR_0_1__rest_day_moves=True)
    # until Saturday 9 January: the duty was born when days of rest stayed
    play.act("2026-10-12", "handler", "clue.request_extension", clue, until="2027-01-09", reason="案情复杂")
    play.act("2026-10-12", "deputy", "clue.approve_extension", clue)
    assert play.dates("clerk", clue, "CZ-4.1/close")[1] == "2027-01-09"
    correction = {"fact": "received_on", "value": "2026-08-29", "reason": "登记有误"}
    play.act("2026-10-13", "clerk", "matter.correct", clue, **correction)
    # three months from 29 August: a Sunday, and stays one
    assert play.duty("clerk", clue, "CZ-3.3/feedback").due_on.isoformat() == "2026-11-29"
    later = play.registered("2026-10-13", letter_date="2026-10-12", letter_number="后来的")
    explained = Explanation.model_validate(play.duty("clerk", later, "CZ-3.3/feedback").explanation)
    assert explained.roll_to_working_day


def test_gr_0_1_two_measures_that_both_decide_it_contradict_each_other_by_name(play: Player) -> None:
    text = (
        GENERAL.replace("id: general", "id: local").replace("GR-", "LO-").replace("prefix: GR", "prefix: LO")
    )
    version = publish(text, "local.yaml")
    with pytest.raises(MeasureError) as refused:
        adopt(play.town.place, version, date(2026, 9, 1))
    problem = refused.value.problems[0]
    assert problem.code == "contradiction"
    assert {"LO-0.1/rest_day_moves", "GR-0.1/rest_day_moves"} <= set(problem.reason.values.values())
    # let in past that check, neither is taken: the act is refused, and says which two
    Adoption.objects.create(jurisdiction=play.town.place, measure_version=version, since=date(2026, 9, 1))
    engine.forget()
    with pytest.raises(Refused) as stopped:
        play.registered("2026-09-28")
    assert "GR-0.1/rest_day_moves" in stopped.value.faults[0].reason
    assert "LO-0.1/rest_day_moves" in stopped.value.faults[0].reason
    assert stopped.value.faults[0].remedy


def test_gr_0_1_without_any_measure_that_says_so_the_civil_code_s_way_is_taken(play: Player) -> None:
    Adoption.objects.filter(jurisdiction=play.town.place, measure_version__measure="general").delete()
    engine.forget()
    clue = play.registered("2026-08-28", letter_date="2026-08-27")
    assert play.dates("clerk", clue, "CZ-3.3/feedback")[1] == "2026-11-30"


def test_a_new_decision_never_rewrites_what_an_open_duty_was_born_with(play: Player) -> None:
    """CD-1.2: whether a pause stops the clock is asked of the values of the day the duty arose."""
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")), "2026-09-29")
    decide(play, "2026-10-08", "chenzhou", CZ_4_1__pause_stops_clock=False)
    play.act("2026-10-09", "handler", "clue.pause", clue, awaited_from="银行", reason="调取")
    assert play.duty("handler", clue, "CZ-4.1/handle").state == "paused"
    later = play.in_handling(
        play.assigned(play.registered("2026-10-09", letter_number="二"), "2026-10-09"), "2026-10-10"
    )
    play.act("2026-10-12", "handler", "clue.pause", later, awaited_from="银行", reason="调取")
    assert play.duty("handler", later, "CZ-4.1/handle").state == "open"


def test_gr_0_2_no_extension_goes_further_than_the_measure_allows_at_a_time(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")), "2026-09-29")
    assert play.dates("handler", clue, "CZ-4.1/close")[1] == "2026-12-28"
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "handler", "clue.request_extension", clue, until="2027-03-30", reason="复杂")
    fault = refused.value.faults[0]
    assert fault.field == "until"
    assert "GR-0.2" in fault.reason and "2026-12-28" in fault.reason and "3个月" in fault.reason
    # three months on it is Sunday 28 March, which moves
    assert "2027-03-29" in fault.remedy
    play.act("2026-09-29", "handler", "clue.request_extension", clue, until="2027-03-29", reason="复杂")
    play.act("2026-09-30", "deputy", "clue.approve_extension", clue)
    assert play.dates("handler", clue, "CZ-4.1/close")[1] == "2027-03-29"
    # what is still needed is asked for again, from the new date
    play.act("2026-10-09", "handler", "clue.request_extension", clue, until="2027-05-28", reason="复杂")


def test_gr_0_2_every_open_duty_that_would_move_is_looked_at(play: Player) -> None:
    clue = play.assigned(play.registered("2026-09-28"), "2026-09-29")
    assert play.dates("handler", clue, "GR-21/proposal")[1] == "2026-10-29"
    with pytest.raises(Refused) as refused:
        play.act("2026-09-30", "handler", "clue.request_extension", clue, until="2027-02-01", reason="复杂")
    assert "提出处置意见" in refused.value.faults[0].reason


def test_gr_0_2_what_was_asked_for_is_measured_again_when_it_is_approved(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")), "2026-09-29")
    play.act("2026-09-29", "handler", "clue.request_extension", clue, until="2027-02-01", reason="复杂")
    decide(play, "2026-09-30", GR_0_2__longest_extension={"months": 1})
    with pytest.raises(Refused) as refused:
        play.act("2026-09-30", "deputy", "clue.approve_extension", clue)
    fault = refused.value.faults[0]
    assert "GR-0.2" in fault.reason and "1个月" in fault.reason
    assert "2027-01-28" in fault.remedy
    assert play.dates("handler", clue, "CZ-4.1/close")[1] == "2026-12-28"
    play.act("2026-09-30", "deputy", "clue.decline_extension", clue, reason="过长")


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


def test_gr_15_who_is_refused_is_told_by_when_to_hand_it_up(play: Player) -> None:
    cadre = {"name": "某省管", "unit": "清川市人民政府", "post": "副市长", "authority": "provincial"}
    with pytest.raises(KeepNothing) as refused:
        play.registered("2026-09-28", subjects=[cadre])
    # 29, 30 September, 8, 9, 10 October
    assert "GR-15" in refused.value.faults[0].remedy
    assert "2026-10-10" in refused.value.faults[0].remedy
    head = {"name": "秦望山", "unit": "中共清川市纪律检查委员会", "post": "书记", "authority": "provincial"}
    with pytest.raises(KeepNothing) as refused:
        play.registered("2026-09-28", subjects=[head])
    assert "2026" not in refused.value.faults[0].remedy, "about the own head it goes at once"


def test_gr_15_by_wire_it_does_not_reach_the_ledger_either(play: Player) -> None:
    head = {"name": "秦望山", "unit": "清川市纪律检查委员会", "post": "书记", "authority": "provincial"}
    clue = play.drafted("2026-09-28", subjects=[head])
    hands = ["auditor", "audit_head", "audit_leader", "auditor"]
    with pytest.raises(Refused):
        play.letter(["2026-09-28"] * 4, clue, "transfer_letter", hands)
    assert play.matter("auditor", clue).state == "drafted"
    with play.see("clerk"):
        assert not Matter.objects.exists()


REQUEST = ["clerk", "clerk_head", "clerk_head", "clerk"]


def test_gr_0_4_who_is_asked_for_material_owes_the_answer(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-28"))
    play.act("2026-09-29", "clerk", "clue.receive", clue)
    play.letter(["2026-10-09"] * 4, clue, "request_letter", REQUEST)
    duty = play.duty("auditor", clue, "GR-0.4/answer")
    # ten working days from 9 October; the 10th, a Saturday, is worked
    assert (duty.state, duty.due_on.isoformat()) == ("open", "2026-10-22")
    organs = play.town.organs
    assert (duty.holder_id, duty.claimant_id) == (organs["executing"].pk, organs["supervision"].pk)
    play.letter(
        ["2026-10-12"] * 4, clue, "answer_letter", ["auditor", "audit_head", "audit_leader", "auditor"]
    )
    assert play.dates("clerk", clue, "GR-0.4/answer") == ("discharged", "2026-10-22", "2026-10-12")


def test_gr_0_4_nothing_more_is_owed_once_the_result_is_reached(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-28"))
    play.act("2026-09-29", "clerk", "clue.receive", clue)
    play.letter(["2026-10-09"] * 4, clue, "request_letter", REQUEST)
    play.act("2026-10-10", "clerk", "clue.return", clue, reason="不全")
    assert play.dates("clerk", clue, "GR-0.4/answer")[0] == "cancelled"


@pytest.fixture
def county_head(play: Player) -> dict[str, str]:
    """The principal head of the county's commission."""
    officer = Officer.objects.create(name="段知秋", staff_number="T900")
    Post.objects.create(
        officer=officer, organ=play.town.organs["county_supervision"], title="书记", rank="principal",
        since=date(2020, 1, 1),
    )  # fmt: skip
    return {"name": "段知秋", "unit": "中共云麓县纪律检查委员会", "post": "书记", "authority": "city"}


def test_gr_15_what_is_about_its_principal_head_is_not_forwarded_to_an_organ(
    play: Player, county_head: dict[str, str]
) -> None:
    clue = play.registered("2026-09-28", subjects=[county_head])
    to = play.town.organs["county_commission"].pk
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "clerk", "clue.forward", clue, to=to, reason="县里的事")
    (fault,) = refused.value.faults
    assert (fault.field, "段知秋" in fault.reason) == ("to", True)
    assert "本机关" in fault.remedy
    assert play.matter("clerk", clue).state == "received"
    with play.see("county_clerk"):
        assert not Matter.objects.exists()


def test_gr_15_the_right_addressee_is_named_where_it_is_another(
    play: Player, county_head: dict[str, str]
) -> None:
    RoleBinding.objects.create(
        jurisdiction=play.town.county, role="superior_commission", organ=play.town.organs["audit"],
        since=date(2020, 1, 1),
    )  # fmt: skip
    engine.forget()
    clue = play.registered("2026-09-28", subjects=[county_head])
    to = play.town.organs["county_commission"].pk
    with pytest.raises(Refused) as refused:
        play.act("2026-09-29", "clerk", "clue.forward", clue, to=to, reason="县里的事")
    assert "清川市审计局" in refused.value.faults[0].remedy


def test_gr_15_a_split_without_its_head_goes_and_with_him_does_not(
    play: Player, county_head: dict[str, str]
) -> None:
    other = {"name": "路遥之", "unit": "云麓县城市管理局", "post": "副局长", "authority": "county"}
    clue = play.registered("2026-09-28", subjects=[county_head, other])
    with play.see("clerk"):
        ids = dict(Subject.objects.filter(matter=clue).values_list("name", "id"))
    to = play.town.organs["county_commission"].pk
    given = {"to": to, "part": "违规摊派。", "reason": "县管"}
    with pytest.raises(Refused):
        play.act("2026-09-29", "clerk", "clue.split", clue, persons=[str(ids["段知秋"])], **given)
    play.act("2026-09-29", "clerk", "clue.split", clue, persons=[str(ids["路遥之"])], **given)
    with play.see("county_clerk"):
        assert list(Subject.objects.values_list("name", flat=True)) == ["路遥之"]


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


def test_gr_35_a_case_is_asked_for_and_opened_by_the_leaders_approval(play: Player) -> None:
    clue = play.in_handling(play.assigned(play.registered("2026-09-28")))
    asked = {"text": "经初核属实", "case_basis": "涉嫌违纪"}
    play.act("2026-10-09", "handler", "clue.request_case", clue, **asked)
    with pytest.raises(Refused):
        play.act("2026-10-09", "handler", "clue.approve_case", clue)
    play.act("2026-10-10", "deputy", "clue.decline_case", clue, reason="证据不足")
    with play.see("handler"):
        assert not Matter.objects.filter(kind="case").exists()
    play.act("2026-10-12", "handler", "clue.request_case", clue, **asked)
    play.act("2026-10-13", "deputy", "clue.approve_case", clue)
    assert play.matter("handler", clue).state == "concluded"
    assert "GR-35" in clauses(play, "handler", clue, "clue.approve_case")
    with play.see("handler"):
        case = Matter.objects.get(kind="case")
        assert (case.case.approved_by, case.case.basis) == ("陆知行", "涉嫌违纪")
        assert "GR-35" in Entry.objects.get(matter=case).clauses


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


def test_gr_171_what_no_supervisory_organ_may_handle_goes_back_in_time(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=OUTSIDE)
    # 29, 30 September, 8, 9, 10 October
    assert play.dates("clerk", clue, "GR-171/return") == ("open", "2026-10-10", "")
    play.act("2026-10-09", "clerk", "clue.return", clue, reason="非党员、非监察对象")
    assert play.dates("clerk", clue, "GR-171/return") == ("discharged", "2026-10-10", "2026-10-09")
    assert play.matter("clerk", clue).state == "returned"
    assert open_rules(play, "clerk", clue) == set(), "nothing else is owed of what went back"
    assert "GR-171" in clauses(play, "clerk", clue, "clue.return")


def test_gr_171_what_is_sent_by_wire_goes_back_too(play: Player) -> None:
    clue = play.sent(play.drafted("2026-09-28", subjects=OUTSIDE), "2026-09-29", "2026-09-29")
    play.act("2026-09-30", "clerk", "clue.receive", clue)
    # 8, 9, 10, 12, 13 October
    assert play.dates("clerk", clue, "GR-171/return") == ("open", "2026-10-13", "")
    play.act("2026-10-08", "clerk", "clue.return", clue, reason="非监察对象")
    assert play.dates("auditor", clue, "GR-171/return")[0] == "discharged"


def test_gr_171_one_person_under_supervision_keeps_the_clue_here(play: Player) -> None:
    clue = play.registered("2026-09-28", subjects=[*CITY, *OUTSIDE])
    assert not {"GR-171/return", "GR-171/split", "GR-169/forward"} & open_rules(play, "clerk", clue)


def test_gr_171_that_a_person_is_outside_is_never_presumed(play: Player) -> None:
    for number, authority in enumerate(("none", "unknown")):
        person = [{**OUTSIDE[0], "authority": authority}]
        clue = play.registered("2026-09-28", subjects=person, letter_number=f"{number}号")
        assert "GR-171/return" not in open_rules(play, "clerk", clue), authority


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


def settled(play: Player, **own: Any) -> None:
    """Let the town decide some settings of the general rules for itself."""
    for adoption in Adoption.objects.filter(measure_version__measure="general"):
        adoption.settings = {**adoption.settings, **own}
        adoption.save(update_fields=["settings"])
    engine.forget()


def ready_to_send(play: Player) -> tuple[Any, str]:
    clue = play.registered()
    texts = {"kind": "receipt", "title": "回执", "addressee": "清川市审计局", "body": "收悉。"}
    play.act("2026-10-09", "clerk", "paper.draft", clue, **texts)
    paper = play.paper("clerk", clue, "receipt")
    play.act("2026-10-09", "clerk_head", "paper.check", clue, paper=paper)
    play.act("2026-10-09", "clerk_head", "paper.sign", clue, paper=paper)
    return clue, paper


def test_gr_0_5_the_seal_is_recorded_with_the_dispatch(play: Player) -> None:
    clue, paper = ready_to_send(play)
    play.act("2026-10-10", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    with play.see("clerk"):
        row = Paper.objects.get(pk=paper)
    assert (str(row.sealed_on), row.sealed_copies) == ("2026-10-10", 1)


def test_gr_0_5_where_the_place_asks_so_it_is_recorded_before(play: Player) -> None:
    settled(play, **{"GR-0.5/seal_apart": True})
    clue, paper = ready_to_send(play)
    with pytest.raises(Refused, match=r"GR-0\.5"):
        play.act("2026-10-10", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    play.act("2026-10-10", "clerk", "paper.seal", clue, paper=paper, sealed_copies=1)
    assert "GR-0.5" in clauses(play, "clerk", clue, "paper.seal")
    play.act("2026-10-11", "clerk", "paper.dispatch", clue, paper=paper, way="paper")
    with play.see("clerk"):
        assert str(Paper.objects.get(pk=paper).sealed_on) == "2026-10-10"


def shelved(play: Player) -> Any:
    clue = play.in_handling(play.assigned(play.registered()))
    play.act("2026-10-14", "handler", "clue.conclude", clue, result="closed", text="不实")
    play.answered(clue, "2026-10-15")
    return clue


def test_gr_0_6_a_closed_matter_is_filed_for_as_long_as_the_place_says(play: Player) -> None:
    clue = shelved(play)
    play.act("2026-11-02", "clerk", "matter.archive", clue, keeper="段知秋")
    assert "GR-0.6" in clauses(play, "clerk", clue, "matter.archive")
    with play.see("clerk"):
        assert Volume.objects.get(matter=clue).retention == "years30"


def test_gr_0_6_another_term_is_the_places_to_decide(play: Player) -> None:
    settled(play, **{"GR-0.6/retention": "permanent"})
    clue = shelved(play)
    play.act("2026-11-02", "clerk", "matter.archive", clue, keeper="段知秋")
    with play.see("clerk"):
        volume = Volume.objects.get(matter=clue)
    assert (volume.retention, volume.kept_until) == ("permanent", None)
