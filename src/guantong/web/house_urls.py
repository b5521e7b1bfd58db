"""Addresses of the pages about the house itself (制度、机构、日志、管理网址)."""

from __future__ import annotations

from django.urls import path

from guantong.web import measures, organs, responsibilities

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
]
