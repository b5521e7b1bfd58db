"""Reading request bodies (请求内容): JSON, or JSON with files beside it; what is wrong is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from guantong.api.schema import DAY
from guantong.kernel.acts.act import Fault, Refused

Files: TypeAlias = "MultiValueDict[str, UploadedFile[Any]]"
JSON = "application/json"
MULTIPART = "multipart/form-data"
DATA_PART = "data"
MOST_FAULTS = 50


class Unreadable(Refused):
    """The body cannot be read as what it says it is."""

    status = 400


class TooLarge(Refused):
    """The body is larger than what is accepted."""

    status = 413


class WrongMedia(Refused):
    """The body is of a media type that this address does not take."""

    status = 415


def read(
    request: HttpRequest, model: type[BaseModel], files: Mapping[str, bool]
) -> tuple[BaseModel, Files | None]:
    """Return the body as the model, and the files that came with it. Raises Refused with all faults."""
    if request.content_type == JSON:
        return _parsed(model, _body(request)), None
    if request.content_type == MULTIPART and files:
        return _multipart(request, model, files)
    takes = f"{JSON}, {MULTIPART}" if files else JSON
    raise WrongMedia(
        Fault(
            "Content-Type",
            _("This address does not take “%(given)s”.") % {"given": (request.content_type or "")[:100]},
            _("Send %(takes)s.") % {"takes": takes},
        )
    )


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig as error:
        raise _too_large() from error


def _too_large() -> TooLarge:
    return TooLarge(
        Fault("", _("The request holds more text than is accepted."), _("Put long texts into attachments."))
    )


def _multipart(
    request: HttpRequest, model: type[BaseModel], known: Mapping[str, bool]
) -> tuple[BaseModel, Files]:
    try:
        posted, files = request.POST, request.FILES
    except (RequestDataTooBig, TooManyFilesSent) as error:
        raise _too_large() from error
    except (MultiPartParserError, UnicodeError) as error:
        raise Unreadable(
            Fault("", _("The parts of the request cannot be read."), _("Let a library build the request."))
        ) from error
    stray = [name for name in posted if name != DATA_PART] + [name for name in files if name not in known]
    stray += [name for name, many in known.items() if not many and len(files.getlist(name)) > 1]
    if stray:
        raise Refused(*(unknown(name) for name in stray[:MOST_FAULTS]))
    return _parsed(model, posted.get(DATA_PART, "{}").encode()), files


def _parsed(model: type[BaseModel], text: bytes) -> BaseModel:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        if any(one["type"] == "json_invalid" for one in error.errors(include_url=False)):
            raise Unreadable(
                Fault("", _("The body is not JSON in UTF-8."), _("Send an object, as the schema says."))
            ) from error
        raise Refused(*faults_of(error)) from error


def faults_of(error: ValidationError) -> list[Fault]:
    """Return the errors of a request as faults; no text of the request is repeated but names of members."""
    found = {}
    for one in error.errors(include_url=False, include_input=False)[:MOST_FAULTS]:
        name = ".".join(str(part) for part in one["loc"])[:200]
        if one["type"] == "extra_forbidden":
            found[name] = unknown(name)
        else:
            found.setdefault(name, Fault(name, reason_for(one["type"], one.get("ctx", {})), schema_remedy()))
    return list(found.values())


def unknown(name: str) -> Fault:
    """Return the fault of a member that is not asked for."""
    return Fault(name[:200], _("There is no such member here."), _("Leave it out, or correct its name."))


def schema_remedy() -> str:
    """Return where to look up what is expected."""
    return _("See the act's schema in openapi.json.")


def reason_for(kind: str, limits: Mapping[str, Any]) -> str:
    """Return in words what is wrong, from the kind of a pydantic error and its limits."""
    most = {"most": limits.get("max_length")}
    values = {"values": str(limits.get("expected", "")).replace(" or ", ", ")}
    names = {
        "missing": _("This is needed."),
        "string_too_short": _("This is needed."),
        "too_short": _("This is needed."),
        "string_too_long": _("At most %(most)s characters are accepted.") % most,
        "too_long": _("At most %(most)s items are accepted.") % most,
        "literal_error": _("Accepted are: %(values)s.") % values,
        "string_type": _("A text is expected."),
        "list_type": _("A list is expected."),
        "bool_type": _("true or false is expected."),
        "finite_number": _("A number is expected, with at most 18 digits and 2 after the point."),
    }
    for beginning, words in (
        ("uuid", _("An id is expected.")),
        ("int", _("A whole number is expected.")),
        ("decimal", _("A number is expected, with at most 18 digits and 2 after the point.")),
        ("date", _("This is not a date. Write it as 2026-09-28.")),
        ("greater_than", _("The number is outside of what is accepted.")),
        ("less_than", _("The number is outside of what is accepted.")),
    ):
        if kind.startswith(beginning):
            return words
    if kind == "string_pattern_mismatch" and limits.get("pattern") == DAY:
        return _("This is not a date. Write it as 2026-09-28.")
    return names.get(kind, _("This is not of the form that is expected."))
