"""Addresses of matters, acts, papers and files (事项、行为、文书网址)."""

from __future__ import annotations

from django.urls import include, path

from guantong.web import acts, correction, files, matter, papers

urlpatterns = [
    path("matters/<uuid:matter_id>/", matter.page, name="matter"),
    path("matters/<uuid:matter_id>/acts/<str:code>/", acts.matter_act, name="act"),
    path("matters/<uuid:matter_id>/correct/preview/", correction.preview, name="correction_preview"),
    path("matters/<uuid:matter_id>/papers/preview/", papers.draft_preview, name="paper_preview"),
    path("new/<str:code>/", acts.new_matter, name="act_new"),
    path("intake/", acts.new_matter, {"code": "clue.register"}, name="intake"),
    path("papers/", papers.register, name="papers"),
    path("papers/<uuid:paper_id>/", papers.page, name="paper"),
    path("papers/<uuid:paper_id>/pdf/", papers.pdf, name="paper_pdf"),
    path("papers/<uuid:paper_id>/docx/", papers.docx, name="paper_docx"),
    path("files/<uuid:attachment_id>/", files.attachment, name="file"),
    path("clues/", include("guantong.mechanisms.clues.pages")),
]
