"""The API (接口): built from the acts, worded in the caller's language."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import BaseModel

from guantong.api import acts, figures, files, imports, lists, matters, table
from guantong.api.body import reason_for, schema_remedy, unknown
from guantong.api.problems import MEDIA_TYPE, not_found, problem, refused
from guantong.api.shapes import Problem
from guantong.kernel.acts.act import Fault, KeepNothing, NotVisible, Refused

PREFIX = "/api/v1/"
PROBLEMS = {
    400: "The body cannot be read",
    401: "No token, or one that opens nothing",
    403: "Capacity, state or grant is missing",
    404: "Not there, or not visible",
    405: "Wrong method",
    409: "In conflict with what is recorded",
    410: "File missing",
    411: "Length not announced",
    413: "Too large",
    415: "Wrong media type",
    422: "Refused, with field, reason and remedy",
    429: "Too many unknown tokens",
    503: "The database is away",
}


class BearerToken(HttpBearer):
    """A token bound to a post; the middleware has looked it up before anything else."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the post the token is bound to, or None."""
        return getattr(request, "token_post_id", None)


def build(namespace: str) -> NinjaAPI:
    """Return the API with all its operations, worded in the present language."""
    made = NinjaAPI(
        title=_("Guantong"),
        version="1",
        description=_("Acts and lists of the platform. Every act takes an Idempotency-Key."),
        openapi_url=None,
        docs_url=None,
        urls_namespace=namespace,
        auth=BearerToken(),
    )
    for part in (acts, matters, lists, table, figures, imports, files):
        made.add_router("", part.make_router())
    made.add_exception_handler(Refused, _refused)
    made.add_exception_handler(KeepNothing, _kept_nothing)
    made.add_exception_handler(NotVisible, _not_there)
    made.add_exception_handler(Http404, _not_there)
    made.add_exception_handler(ValidationError, _invalid)
    made.add_exception_handler(HttpError, _http_error)
    made.add_exception_handler(AuthenticationError, _http_error)
    return made


def _refused(request: HttpRequest, error: Any) -> HttpResponse:
    return refused(error.status, error.faults)


def _kept_nothing(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status, "keep_nothing", _("Not entered, nothing kept"), error.faults)


def _not_there(request: HttpRequest, error: Any) -> HttpResponse:
    return not_found()


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    faults = []
    for one in error.errors:
        name = ".".join(str(part) for part in one["loc"][1:])
        if one["type"] == "extra_forbidden":
            faults.append(unknown(name))
        else:
            faults.append(Fault(name[:200], reason_for(one["type"], one.get("ctx", {})), schema_remedy()))
    return refused(422, faults)


def _http_error(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error.status_code, "request", _("Refused"), detail=_("The request cannot be read."))


@cache
def document(language: str) -> dict[str, Any]:
    """Return the OpenAPI document in one language; called while that language is active."""
    made: dict[str, Any] = dict(build(f"described-{language}").get_openapi_schema(path_prefix=PREFIX))
    schemas = made["components"]["schemas"]
    for act in acts.offered():
        _add_model(schemas, acts.schema_of(act))
    _add_model(schemas, Problem)
    for methods in made["paths"].values():
        for operation in methods.values():
            for status, words in PROBLEMS.items():
                shown = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                operation["responses"].setdefault(status, {"description": words, "content": shown})
    return made


def _add_model(schemas: dict[str, Any], model: type[BaseModel]) -> None:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[model.__name__] = schema


def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the OpenAPI document; it tells what there is, not what is in it, and takes no token."""
    return JsonResponse(document(get_language() or ""), json_dumps_params={"ensure_ascii": False})


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer every other address under /api/."""
    return not_found()
