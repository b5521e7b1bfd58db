"""Performing acts (行为的实施): the only way anything changes, in one transaction."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.kernel.access.actors import Actor
from guantong.kernel.access.models import Visibility
from guantong.kernel.acts import registry
from guantong.kernel.acts.act import (
    Act,
    Capacity,
    Conflict,
    Deed,
    Fault,
    NotAllowed,
    NotVisible,
    Refused,
    refuse,
)
from guantong.kernel.acts.entitlement import Missing, entitling, missing
from guantong.kernel.acts.files import StoredFile, store
from guantong.kernel.acts.models import Performed
from guantong.kernel.acts.rows import write_changes, write_rows
from guantong.kernel.duties.engine import Consequences, Follower
from guantong.kernel.duties.models import Duty, DutyState
from guantong.kernel.duties.past import for_later, past_of
from guantong.kernel.duties.rows import write_duties
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.journal.models import Entry
from guantong.kernel.journal.write import append
from guantong.kernel.matters import kinds
from guantong.kernel.matters.ids import new_id
from guantong.kernel.matters.models import FOLLOWED, Attachment, Depth, Link, Matter, Party
from guantong.kernel.measures import engine
from guantong.kernel.papers.models import Paper, PaperState
from guantong.kernel.prepared import Given, Prepared

Files: TypeAlias = "MultiValueDict[str, UploadedFile[Any]]"


@dataclass(frozen=True)
class Done:
    """An act done: its matter, its journal entry (None for a repetition).

    `matter` as the act left it, and the `depth` at which the actor saw it; not known for a repetition.
    """

    matter_id: uuid.UUID
    entry_id: int | None
    repeated: bool = False
    matter: Matter | None = field(default=None, compare=False, repr=False)
    depth: int = field(default=0, compare=False)


def perform(
    code: str,
    actor: Actor,
    matter_id: uuid.UUID | None = None,
    data: Mapping[str, Any] | None = None,
    files: Files | None = None,
    *,
    key: str = "",
    version: int | None = None,
) -> Done:
    """Do an act, with all that follows from it, or nothing at all.

    `data` and `files` are what the form `act.asks` takes, raw. `key`: idempotency key; a repetition with
    the same key returns the first result. `version`: the matter's version the actor saw; another one is
    refused. The caller is inside the actor's scope. Raises Refused (NotAllowed, Conflict) with the faults.
    """
    act = registry.get(code)
    if act.only_follows:
        raise NotAllowed(
            Fault("", _("This follows from another act and is not done by itself."), _("Do that act."))
        )
    wanted = None if act.creates else matter_id
    return _perform(act, actor, wanted, data if data is not None else {}, files, key, version)


def _perform(
    act: Act,
    actor: Actor,
    matter_id: uuid.UUID | None,
    raw: Mapping[str, Any],
    files: Files | None = None,
    key: str = "",
    version: int | None = None,
) -> Done:
    with transaction.atomic():
        wanted = matter_id or (new_id() if act.creates else uuid.UUID(int=0))
        request = _request_digest(act, matter_id, raw, files) if key else ""
        if key and not _is_first(act, actor, wanted, key, request):
            return _repeated(actor, key, request)
        matter, depth, parties = _matter(act, actor, wanted)
        if depth >= Depth.FULL:
            _require_version(act, matter, version)
        if depth < min(act.sight, Depth.FEEDBACK):
            raise NotAllowed(*_as_faults(missing(act, actor, matter, parties, depth, act.by)))
        detail = act.load(matter, raw)
        by = act.entitled(matter, detail)
        lacking = missing(act, actor, None if act.creates else matter, parties, depth, by)
        if lacking:
            raise NotAllowed(*_as_faults(lacking))
        _require_version(act, matter, version)
        capacity = entitling(by, actor, parties)
        assert capacity is not None  # noqa: S101 - `missing` has said so
        cleaned = _clean(act, actor, matter, detail, raw, files, capacity)
        deed = _deed(act, actor, matter, detail, cleaned, capacity, parties)
        act.do(deed)
        entry_id = _write(deed)
        for follow_code, follow_matter, follow_data in deed.follow:
            _perform(registry.get(follow_code), actor, follow_matter, follow_data)
        return Done(matter.pk, entry_id, matter=matter, depth=depth)


def _as_faults(lacking: list[Missing]) -> list[Fault]:
    return [Fault("", lack.reason, lack.remedy) for lack in lacking]


def _request_digest(
    act: Act, matter_id: uuid.UUID | None, raw: Mapping[str, Any], files: Files | None
) -> str:
    plain = {name: value for name, value in raw.items() if name != "csrfmiddlewaretoken"}
    given = None if act.creates else str(matter_id)
    uploads = dict(files.lists()) if files else {}
    sent = [[name, one.name, one.size] for name in sorted(uploads) for one in uploads[name]]
    return sm3(json.dumps([act.code, given, plain, sent], sort_keys=True, default=str).encode())


def _is_first(act: Act, actor: Actor, matter_id: uuid.UUID, key: str, request: str) -> bool:
    """Remember the key; False where it was used before. Waits for whoever is using it at this moment.

    What is remembered goes with the act: where that is refused, the key is free again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO acts_performed (post_id, key, act, request, matter, at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (post_id, key) DO NOTHING RETURNING id",
            [actor.post.pk, key, act.code, request, matter_id, clock.now()],
        )
        return cursor.fetchone() is not None


def _repeated(actor: Actor, key: str, request: str) -> Done:
    first = Performed.objects.get(post=actor.post, key=key)
    if first.request != request:
        raise Conflict(
            Fault(
                "",
                _("This form was already submitted with other content."),
                _("Open the matter to see what was recorded, and start again from there."),
            )
        )
    return Done(first.matter, None, repeated=True)


def _require_version(act: Act, matter: Matter, version: int | None) -> None:
    """Refuse an act on a version the actor did not see.

    Whoever sees only part of a matter is asked last: that it has changed could tell of what he may not see.
    """
    if act.creates or version is None or version == matter.version:
        return
    raise Conflict(
        Fault(
            "",
            _("Somebody else has changed this matter since you opened it."),
            _("Look at what is new in the timeline; what you typed is kept below."),
        )
    )


def _locked() -> QuerySet[Any, Any]:
    sight = Visibility.objects.filter(matter=OuterRef("pk"), principal__among=Given("principals"))
    links = Link.objects.filter(source=OuterRef("pk"), kind__in=FOLLOWED)
    found = Matter.objects.select_for_update().filter(pk=Given("matter"))
    return found.annotate(
        seen=Coalesce(Subquery(sight.order_by("-depth").values("depth")[:1]), 0),
        origins=ArraySubquery(links.values("target")),
    )


MATTER: Prepared[Any] = Prepared(_locked)
PARTIES = Prepared(
    lambda: Party.objects.filter(matter=Given("matter"), until__isnull=True).select_related(
        "organ", "officer"
    )
)
ALIVE = Prepared(
    lambda: Duty.objects.filter(matter__among=Given("matters"), state__in=(DutyState.OPEN, DutyState.PAUSED))
)


def _matter(act: Act, actor: Actor, matter_id: uuid.UUID) -> tuple[Matter, int, dict[str, Party]]:
    if act.creates:
        matter = Matter(
            id=matter_id,
            kind=act.kind,
            jurisdiction_id=actor.organ.jurisdiction_id,
            organ=actor.organ,
            state=act.leads_to,
            recorded_at=clock.now(),
        )
        return matter, 3, {}
    matter_or_none = MATTER.first(matter=matter_id, principals=list(actor.principals))
    if matter_or_none is None or act.kind not in ("*", matter_or_none.kind):
        raise NotVisible(
            Fault("", _("There is no such matter, or you may not see it."), _("Check the number."))
        )
    parties = PARTIES(matter=matter_or_none.pk)
    return matter_or_none, matter_or_none.seen, {party.role: party for party in parties}


def _clean(
    act: Act,
    actor: Actor,
    matter: Matter,
    detail: Any,
    raw: Mapping[str, Any],
    files: Files | None,
    capacity: Capacity,
) -> dict[str, Any]:
    known = None if act.creates else matter
    given: Any = raw.copy() if isinstance(raw, QueryDict) else dict(raw)
    form_class = act.form_class(detail)
    if "happened_on" in form_class.base_fields and not given.get("happened_on"):
        given["happened_on"] = clock.today().isoformat()
    form = form_class(given, files, **act.form_arguments(actor, known, detail))
    faults = []
    if not form.is_valid():
        faults = form_faults(form)
    elif capacity.recorded:
        faults = _paper_faults(form.cleaned_data)
    if faults:
        raise Refused(*faults)
    cleaned = dict(form.cleaned_data)
    act.before_keeping(actor, cleaned)
    for name, value in cleaned.items():
        if isinstance(value, UploadedFile):
            cleaned[name] = store(name, value, only_scans=name.startswith("scan"))
        elif isinstance(value, list) and value and isinstance(value[0], UploadedFile):
            cleaned[name] = [store(name, upload) for upload in value]
    return cleaned


def form_faults(form: forms.BaseForm) -> list[Fault]:
    """Return a form's errors as faults."""
    return [
        Fault("" if name == "__all__" else name, str(message), "")
        for name, messages in form.errors.items()
        for message in messages
    ]


def _paper_faults(cleaned: dict[str, Any]) -> list[Fault]:
    faults = []
    if not cleaned.get("signer"):
        reason = _("You record what a leader decided on paper, and his name is missing.")
        faults.append(Fault("signer", reason, _("Write the name as signed on the sheet.")))
    if not cleaned.get("scan"):
        reason = _("The scan of the signed sheet is missing.")
        faults.append(Fault("scan", reason, _("Attach it as PDF, JPEG or PNG.")))
    return faults


def _deed(
    act: Act,
    actor: Actor,
    matter: Matter,
    detail: Any,
    cleaned: dict[str, Any],
    capacity: Capacity,
    parties: dict[str, Party],
) -> Deed:
    kind = kinds.get(matter.kind)
    happened_on = cleaned.get("happened_on") or clock.today()
    if not act.creates and happened_on < matter.happened_on:
        raise refuse(
            "happened_on",
            _("%(day)s is before this matter began (%(began)s).")
            % {"day": happened_on, "began": matter.happened_on},
            _("Check the date; if the matter's first date is wrong, correct that first."),
        )
    if act.creates:
        matter.happened_on = happened_on
    about = None if act.creates else act.about(matter, detail)
    return Deed(
        act=act,
        actor=actor,
        matter=matter,
        data=cleaned,
        happened_on=happened_on,
        now=clock.now(),
        capacity=capacity,
        parties=parties,
        detail=detail,
        state=act.leads_to or matter.state,
        about=about,
        origins=getattr(matter, "origins", []),
        began=matter.happened_on,
        facts={} if act.creates else {**_facts(kind, about), "happened_on": happened_on},
        events=[act.code],
    )


def _facts(kind: kinds.MatterKind, about: Any) -> dict[str, Any]:
    return {} if about is None else kind.facts(about)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return {"id": str(value.pk), "name": str(value)}
    if isinstance(value, StoredFile):
        return {"name": value.name, "digest": value.digest, "size": value.size}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, models.QuerySet)):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int)) else str(value)


def _write(deed: Deed) -> int:
    act, matter = deed.act, deed.matter
    state_from = "" if act.creates else matter.state
    matter.state = deed.state
    matter.is_open = matter.state not in kinds.get(matter.kind).final
    matter.version += 0 if act.creates else 1
    if act.creates:
        _first_grants(deed)
    duties = _duties(deed)
    past = past_of(matter.pk) if deed.restated else []
    follower = Follower(deed, engine.rules_on(matter.jurisdiction_id, deed.happened_on), duties, past)
    content = _content(deed)
    write_entry = append(deed, state_from, follower.clauses(), content, secrets.token_bytes(32))
    if act.creates:
        matter.save(force_insert=True)
    entry_id = write_entry()
    _rows(deed)
    found = follower.follow(entry_id)
    _require_closed(deed, duties, found)
    write_duties(found.opened, found.changed.values(), found.changes)
    _flag_papers(deed)
    if _unsettles(deed, state_from, found):
        _settle(deed, entry_id, found.origins)
    return entry_id


def _content(deed: Deed) -> dict[str, Any]:
    content = {
        "data": {name: _plain(value) for name, value in deed.data.items() if value not in (None, "", [])},
        **{name: _plain(value) for name, value in deed.content.items()},
    }
    if deed.capacity.recorded:
        content["recorded_for"] = str(deed.data.get("signer", ""))
    return content | for_later(deed)


def _duties(deed: Deed) -> list[Duty]:
    """Return the duties that the act may move: the matter's own, and its origins' open ones."""
    if deed.act.creates:
        deed.origins = [link.target_id for link in deed.rows_of(Link) if link.kind in FOLLOWED]
        if not deed.origins:
            return []
    ids = [deed.matter.pk, *deed.origins]
    if not (deed.corrected or deed.restated or deed.mistaken):
        return ALIVE(matters=ids)
    alive = Q(state__in=[DutyState.OPEN, DutyState.PAUSED])
    found = Duty.objects.filter(alive | Q(matter=deed.matter), matter__in=ids)
    if deed.mistaken:
        letters = Entry.objects.filter(pk=OuterRef("ended_by"), act="paper.dispatch")
        found = found.annotate(by_letter=Exists(letters))
    return list(found)


def _require_closed(deed: Deed, duties: list[Duty], found: Consequences) -> None:
    if deed.matter.state not in kinds.get(deed.matter.kind).answered:
        return
    owed = [duty for duty in duties if duty.closing and duty.matter_id == deed.matter.pk]
    left = [duty for duty in owed if duty.state in (DutyState.OPEN, DutyState.PAUSED)]
    if left:
        raise refuse(
            "",
            _("The matter cannot be closed while this is still owed: %(duties)s.")
            % {"duties": _(", ").join(str(duty) for duty in left)},
            _("Do what is owed first."),
        )


def _rows(deed: Deed) -> None:
    if deed.replaced:
        former = Party.objects.filter(matter=deed.matter, role__in=deed.replaced, until__isnull=True)
        former.update(until=deed.now)
    write_rows([*deed.new_parties, *deed.rows, *_attachments(deed)])
    write_changes(deed.changes)


def _attachments(deed: Deed) -> list[Attachment]:
    made = []
    for name, value in deed.data.items():
        for stored in value if isinstance(value, list) else [value]:
            if isinstance(stored, StoredFile):
                made.append(
                    Attachment(
                        matter=deed.matter,
                        name=stored.name,
                        digest=stored.digest,
                        size=stored.size,
                        media_type=stored.media_type,
                        purpose=name,
                        depth=deed.act.shown(deed),
                        recorded_at=deed.now,
                        recorded_by=deed.actor.post,
                    )
                )
    return made


def _flag_papers(deed: Deed) -> None:
    """Flag letters that say what is now corrected; one that went to a wrong organ is not the right one's."""
    if not deed.flags:
        return
    said = Q()
    for fact in deed.flags:
        said |= Q(facts__has_key=fact)
    known = kinds.get(deed.matter.kind).correctables
    names = ", ".join(str(known[fact].label) if fact in known else fact for fact in sorted(deed.flags))
    flags: dict[str, Any] = {"flagged": (_("Corrected since: %(facts)s") % {"facts": names})[:200]}
    states = [PaperState.SIGNED, PaperState.DISPATCHED, PaperState.SIGNED_FOR]
    if deed.mistaken:
        flags["depth"] = Depth.FULL
        states += [PaperState.DRAFT, PaperState.CHECKED]
    Paper.objects.filter(said, matter=deed.matter, state__in=states).update(**flags)


def _given(deed: Deed) -> str:
    return json.dumps(
        [
            {
                "principal": grant.principal,
                "depth": int(grant.depth),
                "basis": grant.basis[:200],
                "until": grant.until.isoformat() if grant.until else None,
            }
            for grant in deed.grants
        ]
    )


def _first_grants(deed: Deed) -> None:
    """Give the grants of a new matter before its rows: nobody could write them otherwise."""
    matter = deed.matter
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_grant(%s, %s, %s, %s, %s::jsonb, '[]'::jsonb, NULL, %s)",
            [matter.pk, matter.kind, matter.state, matter.happened_on, _given(deed), deed.now],
        )
    deed.grants = []


def _unsettles(deed: Deed, state_from: str, found: Consequences) -> bool:
    """Whether anything that readers list or find has changed; most steps within a state change none of it."""
    asked = deed.grants or deed.withdrawn or deed.words or deed.reordered
    moved = (deed.matter.state, deed.matter.happened_on) != (state_from, deed.began)
    return bool(asked or moved or found.opened or found.changed or found.origins)


def _settle(deed: Deed, entry_id: int, origins: set[uuid.UUID]) -> None:
    """Bring grants, visibility and index in line with what has been written."""
    words = json.dumps(deed.words) if deed.words else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guantong_settle(%s, %s::jsonb, %s::jsonb, %s::jsonb, %s, %s) UNION ALL"
            " SELECT guantong_settle(o, NULL, '[]'::jsonb, '[]'::jsonb, %s, %s) FROM unnest(%s::uuid[]) o",
            [
                deed.matter.pk, words, _given(deed), json.dumps(deed.withdrawn), entry_id, deed.now,
                entry_id, deed.now, list(origins),
            ],
        )  # fmt: skip
