"""Published findings become reports of their source organs, each row accounted for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import guantong.data
from guantong.kernel import clock
from guantong.kernel.acts.act import NotAllowed, Refused
from guantong.kernel.duties.models import Duty
from guantong.kernel.matters.models import Matter, Party
from guantong.kernel.people.models import Subject
from guantong.kernel.sheets import SheetError, read_workbook
from guantong.mechanisms.reports.importing import Imported, Status, import_findings
from guantong.mechanisms.reports.models import Finding, Report
from support.play import Player, at

pytestmark = pytest.mark.django_db
FILE = Path(guantong.data.__path__[0]) / "findings.csv"
HEAD = "source_org,announcement,year_published,audited_entity,audited_period,finding_category,amount_yuan,summary,rectification_published,transferred\n"  # noqa: E501
GOOD = "审计署,审计署2016年6月29日公告:某某结果,2016,某集团,2014年度,违规决策,1000,问题一,,unknown\n"


def take(play: Player, content: bytes, who: str = "clerk") -> Imported:
    with clock.set_to(at("2026-10-12")), play.see(who):
        return import_findings(play.town.actor(who), read_workbook(content), "findings.csv")


def test_all_203_rows_are_in_once(play: Player) -> None:
    first = take(play, FILE.read_bytes())
    assert first.counts == {Status.ACCEPTED: 203, Status.THERE: 0, Status.REJECTED: 0}
    assert [one.row for one in first.rows] == list(range(2, 205))
    assert first.reports == 94
    again = take(play, FILE.read_bytes())
    assert again.counts == {Status.ACCEPTED: 0, Status.THERE: 203, Status.REJECTED: 0}
    with play.see("clerk"):
        assert Finding.objects.count() == 203
        assert Report.objects.count() == 94
        assert set(Matter.objects.values_list("kind", "state")) == {("report", "published")}
        assert Finding.objects.filter(amount__isnull=True).count() == 69
        assert Finding.objects.filter(transferred_note="公布已移送").count() == 3
        assert not Subject.objects.exists()
        assert not Duty.objects.exists()
        assert {one.organ_id for one in Party.objects.all()} == {play.town.organs["supervision"].pk}
        dated = Report.objects.filter(source__startswith="审计署2016年6月29日公告").first()
        assert dated is not None
        assert str(dated.issued_on) == "2016-06-29"
        assert dated.matter.number.startswith("公布〔2016〕")
        assert str(dated.matter.happened_on) == "2016-06-29"


def test_the_whole_body_sees_them_and_no_other(play: Player) -> None:
    take(play, (HEAD + GOOD).encode(), "auditor")
    seen = Counter()
    for who in ("auditor", "audit_leader", "clerk", "inspector"):
        with play.see(who):
            seen[who] = Report.objects.count()
    assert seen == {"auditor": 1, "audit_leader": 1, "clerk": 0, "inspector": 0}


def test_each_bad_row_is_rejected_with_its_cell(play: Player) -> None:
    rows = [
        GOOD,
        GOOD,
        GOOD.replace(",2016,", ",二零一六,").replace("问题一", "问题二"),
        GOOD.replace(",1000,", ",一千,").replace("问题一", "问题三"),
        GOOD.replace(",2016,", ",2031,").replace("问题一", "问题四"),
        GOOD.replace("问题一", ""),
        GOOD.replace("某集团", ""),
        GOOD.replace("问题一", "问题五").replace(",1000,", ",-5,"),
    ]
    imported = take(play, (HEAD + "".join(rows)).encode())
    assert [one.status for one in imported.rows] == [Status.ACCEPTED] + [Status.REJECTED] * 7
    assert [one.column.split()[0] if one.column else "" for one in imported.rejected] == [
        "", "C4", "G5", "C6", "H7", "D8", "G9",
    ]  # fmt: skip
    assert all(one.reason and one.remedy for one in imported.rejected)


def test_further_findings_join_the_report_that_is_here(play: Player) -> None:
    take(play, (HEAD + GOOD).encode())
    more = take(play, (HEAD + GOOD + GOOD.replace("问题一", "问题二")).encode())
    assert more.counts == {Status.ACCEPTED: 1, Status.THERE: 1, Status.REJECTED: 0}
    assert more.reports == 0
    with play.see("clerk"):
        report = Report.objects.get()
        assert [one.position for one in report.findings.all()] == [1, 2]


def test_only_those_entitled_import(play: Player) -> None:
    with pytest.raises(NotAllowed):
        take(play, (HEAD + GOOD).encode(), "handler")
    with play.see("clerk"):
        assert not Report.objects.exists()


def test_a_file_without_the_columns_is_refused(play: Player) -> None:
    with pytest.raises(SheetError) as caught:
        take(play, "公告,摘要\n甲,乙\n".encode())
    assert "来源机构" in caught.value.reason


def test_no_other_act_makes_a_clue_of_a_published_report(play: Player) -> None:
    take(play, (HEAD + GOOD).encode(), "auditor")
    with play.see("auditor"):
        report = Report.objects.get().pk
        finding = Finding.objects.get().pk
    with pytest.raises(Refused):
        play.act("2026-10-12", "auditor", "report.conclude", report, findings=[str(finding)], opinion="移送",
                 concluded_on="2026-10-12")  # fmt: skip
    subject = {"name": "张三", "unit": "某集团"}
    with pytest.raises(Refused) as refused:
        play.act("2026-10-12", "auditor", "clue.draft", category="discipline", allegation="某事",
                 unit="某集团", subjects=[subject], origin=str(report))  # fmt: skip
    assert refused.value.faults[0].field == "origin"
