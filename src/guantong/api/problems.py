"""Problem details (错误说明; RFC 9457): every refusal names field, reason and remedy."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import JsonResponse
from django.utils.translation import gettext as _

from guantong.kernel.acts.act import Fault

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int, code: str, title: str, faults: Iterable[Fault] = (), *, detail: str = ""
) -> JsonResponse:
    """Return the answer to a request that was not carried out. `code` names the kind of problem."""
    listed = list(faults)
    words = detail or " ".join(part for fault in listed for part in (fault.reason, fault.remedy) if part)
    body = {
        "type": f"about:blank#{code}",
        "title": title,
        "status": status,
        "detail": words,
        "faults": [
            {"field": fault.field, "reason": fault.reason, "remedy": fault.remedy} for fault in listed
        ],
    }
    return JsonResponse(
        body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def not_found() -> JsonResponse:
    """Return the one answer for what is not there and for what the caller may not see."""
    fault = Fault("", _("There is nothing here, or you may not see it."), _("Check the address and the id."))
    return problem(404, "not_found", _("Not found"), [fault])


def refused(status: int, faults: Iterable[Fault]) -> JsonResponse:
    """Return the answer to an act that was refused; nothing of it has happened."""
    code, title = {
        403: ("not_allowed", _("Not allowed")),
        409: ("conflict", _("In conflict with what is recorded")),
    }.get(status, ("refused", _("Refused")))
    return problem(status, code, title, faults)
