"""Addresses of the pages about the house itself (制度、机构、日志、管理网址)."""

from __future__ import annotations

from django.urls import path

from guantong.web import (
    admin,
    admin_accounts,
    admin_keys,
    exchange,
    journal,
    measures,
    organs,
    own_values,
    responsibilities,
)

urlpatterns = [
    path("measures/", measures.measures, name="measures"),
    path("measures/<slug:measure_id>/", measures.measure_page, name="measure"),
    path("organs/", organs.organs, name="organs"),
    path("officers/<int:officer_id>/", organs.officer_page, name="officer"),
    path("people/", organs.people, name="people"),
    path("people/<uuid:subject_id>/", organs.person_page, name="person"),
    path("capacities/", responsibilities.capacities, name="capacities"),
    path("responsibilities/", responsibilities.responsibilities, name="responsibilities"),
    path("responsibilities/export/", responsibilities.export, name="responsibilities_export"),
    path("matters/<uuid:matter_id>/chain/", journal.chain, name="chain"),
    path("journal/", journal.journal, name="journal"),
    path("journal/verify/", journal.verify, name="journal_verify"),
    path("journal/roots/", journal.roots, name="journal_roots"),
    path("journal/headers/", journal.headers, name="journal_headers"),
    path("journal/readings/", journal.readings, name="journal_readings"),
    path("journal/sign-ins/", journal.sign_ins, name="journal_sign_ins"),
    path("journal/expungings/", journal.expungings, name="journal_expungings"),
    path("administration/", admin.administration, name="administration"),
    path("administration/duties/", admin.duties, name="admin_duties"),
    path("administration/calendar/", admin.calendar, name="admin_calendar"),
    path("administration/jobs/", admin.jobs, name="admin_jobs"),
    path("administration/measures/", admin.adoptions, name="admin_adoptions"),
    path("administration/measures/<int:adoption_id>/", own_values.values, name="admin_values"),
    path("administration/register/<slug:name>/", admin.register, name="admin_register"),
    path("administration/register/<slug:name>/new/", admin.register_row, name="admin_register_new"),
    path("administration/register/<slug:name>/<int:row_id>/", admin.register_row, name="admin_register_row"),
    path("administration/accounts/", admin_accounts.accounts, name="admin_accounts"),
    path("administration/accounts/new/", admin_accounts.account_new, name="admin_account_new"),
    path("administration/accounts/<int:user_id>/", admin_accounts.account, name="admin_account"),
    path(
        "administration/accounts/<int:user_id>/<slug:step>/",
        admin_accounts.account_step,
        name="admin_account_step",
    ),
    path("administration/grants/", admin_accounts.grants, name="admin_grants"),
    path("administration/keys/", admin_keys.keys, name="admin_keys"),
    path("administration/keys/import/", admin_keys.take, name="admin_key_import"),
    path("administration/keys/<int:key_id>/", admin_keys.key, name="admin_key"),
    path("administration/keys/<int:key_id>/file/", admin_keys.public_file, name="admin_key_file"),
    path("exchange/", exchange.page, name="exchange"),
    path("exchange/take/", exchange.take, name="exchange_take"),
    path("exchange/<uuid:message_id>/seal/", exchange.seal, name="exchange_seal"),
    path("exchange/<uuid:message_id>/form/", exchange.answer_form, name="exchange_form"),
    path("exchange/disc/<int:organ_id>/", exchange.disc, name="exchange_disc"),
]
