"""Addresses of desk, search and lists (工作台、检索、列表网址)."""

from __future__ import annotations

from django.urls import path

from guantong.insight import (
    balance_pages,
    console_letters,
    console_pages,
    counties_pages,
    returns_pages,
    returns_template_pages,
)
from guantong.insight import figures_pages as figures
from guantong.mechanisms.cases import pages as cases
from guantong.mechanisms.clues import import_pages, leaders, ledger, ledger_assign, ledger_receive
from guantong.mechanisms.correspondence import pages as correspondence
from guantong.mechanisms.handovers import pages as handovers
from guantong.mechanisms.meetings import pages as meetings
from guantong.mechanisms.reminders import pages as reminders
from guantong.mechanisms.reports import import_pages as reports_import
from guantong.mechanisms.reports import pages as reports
from guantong.mechanisms.rounds import pages as rounds
from guantong.mechanisms.sessions import pages as sessions
from guantong.mechanisms.tasks import pages as tasks
from guantong.notices import pages as notices
from guantong.web import deadlines, desk, search, stack, stack_record, views_saved

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("calendar/", deadlines.deadlines, name="deadlines"),
    *notices.urlpatterns,
    path("stack/", stack.stack, name="stack"),
    path("stack/print/", stack.stack_pdf, name="stack_pdf"),
    path("stack/record/", stack_record.record, name="stack_record"),
    path("search/", search.search, name="search"),
    path("clues/", ledger.ledger, name="ledger"),
    path("clues/columns/", ledger.choose_columns, name="ledger_columns"),
    path("clues/export/", ledger.export, name="ledger_export"),
    path("clues/assign/", ledger_assign.prepare, name="ledger_assign"),
    path("clues/assign/step/", ledger_assign.step, name="ledger_assign_step"),
    path("clues/receive/", ledger_receive.receive, name="ledger_receive"),
    *import_pages.urlpatterns,
    *leaders.urlpatterns,
    path("reports/import/", reports_import.upload, name="reports_import"),
    path("reports/", reports.reports, name="reports"),
    path("cases/", cases.cases, name="cases"),
    *rounds.urlpatterns,
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/do/", reminders.do, name="reminders_do"),
    *sessions.urlpatterns,
    *tasks.urlpatterns,
    *meetings.urlpatterns,
    *handovers.urlpatterns,
    *correspondence.urlpatterns,
    *figures.urlpatterns,
    *console_pages.urlpatterns,
    *counties_pages.urlpatterns,
    *console_letters.urlpatterns,
    *returns_pages.urlpatterns,
    *returns_template_pages.urlpatterns,
    *balance_pages.urlpatterns,
    path("views/<slug:page>/", views_saved.save, name="view_save"),
    path("views/<int:view_id>/change/", views_saved.change, name="view_change"),
]
