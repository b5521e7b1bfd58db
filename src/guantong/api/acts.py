"""Acts over HTTP (行为接口): one operation for each act, made from its declaration."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Header, Router
from pydantic import BaseModel

from guantong.api import body
from guantong.api.callers import actor_of, depth_of
from guantong.api.schema import file_fields, form_schema, members, raw_data
from guantong.api.states import state_code, state_label
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import Act, refuse
from guantong.kernel.acts.perform import Done, perform
from guantong.kernel.matters import kinds
from guantong.kernel.matters.models import Matter

KEY: Any = Header(  # type: ignore[type-arg]
    ...,
    alias="Idempotency-Key",
    pattern=r"^[!-~]{1,80}$",
    description="The same key with the same content is carried out once (幂等键).",
)
VERSION: Any = Header(  # type: ignore[type-arg]
    None,
    alias="If-Match",
    max_length=20,
    description="Version of the matter the caller has seen, as in ETag; another one is refused (409).",
)


class DoneOut(BaseModel):
    """What an act has led to; `entry` is null for a repetition."""

    matter: uuid.UUID
    entry: int | None
    repeated: bool
    number: str
    state: str
    state_label: str
    version: int | None


def offered() -> list[Act]:
    """Return the acts that programs may do: all but those that only follow from others."""
    return [act for act in registry.all_acts() if not act.hidden]


def schema_of(act: Act) -> type[BaseModel]:
    """Return the model of an act's request body."""
    more = act.further_fields()
    name = "".join(part.capitalize() for part in act.code.replace(".", "_").split("_"))
    return form_schema(act.asks, name, more=members(more, optional=frozenset(more)))


def make_router() -> Router:
    """Return the router of all acts, worded in the present language."""
    router = Router()
    for act in offered():
        _add(router, act)
    return router


def _add(router: Router, act: Act) -> None:
    model, files = schema_of(act), file_fields(act.asks)
    path = f"/acts/{act.code}" if act.creates else f"/matters/{{uuid:matter_id}}/acts/{act.code}"
    view = (_creating if act.creates else _moving)(act, model, files)
    router.post(
        path,
        response={201: DoneOut, 200: DoneOut} if act.creates else {200: DoneOut},
        operation_id=act.code.replace(".", "_"),
        summary=str(act.label),
        description=_description(act),
        tags=[str(kinds.get(act.kind).label) if act.kind != "*" else str(_("All matters"))],
        openapi_extra={"requestBody": _request_body(model, files)},
        url_name=f"act-{act.code}",
    )(view)


def _description(act: Act) -> str:
    said = (type(act).__doc__ or "").strip()
    if not act.creates and act.kind != "*":
        states = kinds.get(act.kind).states
        wanted = _(", ").join(str(label) for state, label in states.items() if state in act.leads_from)
        said += "\n\n" + _("Possible in: %(states)s.") % {"states": wanted}
    return said


def _request_body(model: type[BaseModel], files: dict[str, bool]) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{model.__name__}"}
    content: dict[str, Any] = {body.JSON: {"schema": reference}}
    if files:
        one = {"type": "string", "format": "binary"}
        parts = {name: {"type": "array", "items": one} if many else one for name, many in files.items()}
        content[body.MULTIPART] = {
            "schema": {
                "type": "object",
                "properties": {body.DATA_PART: reference, **parts},
                "required": [body.DATA_PART],
                "additionalProperties": False,
            },
            "encoding": {body.DATA_PART: {"contentType": body.JSON}},
        }
    return {"required": True, "content": content}


def _creating(act: Act, model: type[BaseModel], files: dict[str, bool]) -> Callable[..., Any]:
    def view(request: HttpRequest, key: str = KEY) -> HttpResponse:
        return carry_out(request, act, None, key, None, model, files)

    return view


def _moving(act: Act, model: type[BaseModel], files: dict[str, bool]) -> Callable[..., Any]:
    def view(
        request: HttpRequest, matter_id: uuid.UUID, key: str = KEY, version: str | None = VERSION
    ) -> HttpResponse:
        return carry_out(request, act, matter_id, key, version, model, files)

    return view


def carry_out(
    request: HttpRequest,
    act: Act,
    matter_id: uuid.UUID | None,
    key: str,
    version: str | None,
    model: type[BaseModel],
    files: dict[str, bool],
) -> HttpResponse:
    """Read the request, do the act and say what it has led to. Raises Refused."""
    actor = actor_of(request)
    seen = _version(version)
    read, came = body.read(request, model, files)
    done = perform(act.code, actor, matter_id, raw_data(read), came, key=key, version=seen)
    out = _out(request, done)
    created = act.creates and not done.repeated
    response = JsonResponse(
        out.model_dump(mode="json"),
        status=201 if created else 200,
        json_dumps_params={"ensure_ascii": False},
    )
    response["Location"] = f"/api/v1/matters/{done.matter_id}"
    if out.version is not None:
        response["ETag"] = f'"{out.version}"'
    return response


def _version(given: str | None) -> int | None:
    text = (given or "").strip().removeprefix("W/").strip('"')
    if text in ("", "*"):
        return None
    if not (text.isascii() and text.isdigit()):
        raise refuse("If-Match", _("This is not a version."), _("Send the ETag as it came with the matter."))
    return int(text)


def _out(request: HttpRequest, done: Done) -> DoneOut:
    matter, depth = done.matter, done.depth
    if matter is None:
        depth = depth_of(actor_of(request), done.matter_id)
        matter = Matter.objects.filter(pk=done.matter_id).first()
    if matter is None:
        return DoneOut(
            matter=done.matter_id,
            entry=None,
            repeated=True,
            number="",
            state="",
            state_label="",
            version=None,
        )
    return DoneOut(
        matter=matter.pk,
        entry=done.entry_id,
        repeated=done.repeated,
        number=matter.number,
        state=state_code(matter.kind, depth, matter.state),
        state_label=state_label(matter.kind, depth, matter.state),
        version=matter.version_told(depth),
    )
