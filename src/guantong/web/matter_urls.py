"""Addresses of matters, acts, papers and files (事项、行为、文书网址)."""

from __future__ import annotations

from django.urls import include, path

from guantong.web import acts, archive, batch, correction, files, matter, papers, register_pages

urlpatterns = [
    path("matters/<uuid:matter_id>/", matter.page, name="matter"),
    path("matters/<uuid:matter_id>/acts/<str:code>/", acts.matter_act, name="act"),
    path("matters/<uuid:matter_id>/correct/preview/", correction.preview, name="correction_preview"),
    path("matters/<uuid:matter_id>/papers/preview/", papers.draft_preview, name="paper_preview"),
    path("matters/<uuid:matter_id>/volume/", archive.volume, name="volume"),
    path("matters/<uuid:matter_id>/volume/pdf/", archive.volume_pdf, name="volume_pdf"),
    path("matters/<uuid:matter_id>/volume/zip/", archive.volume_zip, name="volume_zip"),
    path("archive/", archive.archive, name="archive"),
    path("archive/export/", archive.volumes_export, name="archive_export"),
    path("archive/file/", archive.file_many, name="archive_file"),
    path("archive/expired/", archive.expired, name="archive_expired"),
    path("new/<str:code>/", acts.new_matter, name="act_new"),
    path("intake/", acts.new_matter, {"code": "clue.register"}, name="intake"),
    path("papers/", papers.register, name="papers"),
    path("papers/batch/", batch.batch, name="paper_batch"),
    path("papers/registers/<slug:code>/", register_pages.page, name="paper_register"),
    path("papers/registers/<slug:code>/export/", register_pages.export, name="paper_register_export"),
    path("papers/registers/<slug:code>/print/", register_pages.printed, name="paper_register_print"),
    path("papers/<uuid:paper_id>/", papers.page, name="paper"),
    path("papers/<uuid:paper_id>/pdf/", papers.pdf, name="paper_pdf"),
    path("papers/<uuid:paper_id>/docx/", papers.docx, name="paper_docx"),
    path("files/<uuid:attachment_id>/", files.attachment, name="file"),
    path("clues/", include("guantong.mechanisms.clues.pages")),
]
