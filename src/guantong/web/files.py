"""Attachments (附件下载): given out as they were put in, each noted."""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guantong.kernel.acts.files import open_stored
from guantong.kernel.journal.reading import note
from guantong.kernel.matters.models import Attachment
from guantong.web.guard import actor_of, in_post


@in_post
@require_safe
def attachment(request: HttpRequest, attachment_id: uuid.UUID) -> HttpResponseBase:
    """Give out one file of a matter the reader may see, as a download."""
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise Http404(_("There is no such file, or you may not see it."))
    try:
        handle = open_stored(found.digest)
    except FileNotFoundError:
        context = {"name": found.name}
        return render(request, "web/file_missing.html", context, status=410)
    actor = actor_of(request)
    note(actor, "file", found.matter_id, str(found.pk), user_id=request.user.pk)
    response = FileResponse(handle, as_attachment=True, filename=found.name, content_type=found.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
