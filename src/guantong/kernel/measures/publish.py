"""Publishing measures and adopting them (办法的发布与采用; CD-1.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guantong.kernel import clock
from guantong.kernel.journal.hashing import sm3
from guantong.kernel.measures import engine
from guantong.kernel.measures.governing import governing
from guantong.kernel.measures.load import load_text
from guantong.kernel.measures.models import Adoption, MeasureVersion
from guantong.kernel.measures.problems import MeasureError, Message, Problem
from guantong.kernel.organs.models import Jurisdiction


def publish(source: str, name: str, vocabulary: Any = None) -> MeasureVersion:
    """Publish a measure file; the same text published again changes nothing.

    Raises MeasureError with every problem of the file, ValueError where another text already bears this
    version.
    """
    version = draft(source, name, vocabulary)
    found = MeasureVersion.objects.filter(measure=version.measure, version=version.version).first()
    if found is not None:
        if found.digest != version.digest:
            raise ValueError(f"{name}: version {found.version} is already published with another text")
        return found
    version.published_at = clock.now()
    version.save()
    return version


def draft(source: str, name: str, vocabulary: Any = None) -> MeasureVersion:
    """Return a measure file as a version not yet published (办法草稿). Raises MeasureError."""
    measure = load_text(source, name, vocabulary)
    return MeasureVersion(
        measure=measure.id,
        version=measure.file.version,
        title=measure.title.zh,
        effective_on=measure.effective_on,
        digest=sm3(source.encode()),
        source=source,
    )


def adopt(
    jurisdiction: Jurisdiction, version: MeasureVersion, since: date, settings: dict[str, Any] | None = None
) -> Adoption:
    """Let a jurisdiction apply a version from a day, with its own settings ('clause/setting' to value).

    Raises MeasureError naming each setting that is refused, and each that another measure applied there
    decides too.
    """
    measure = engine.measure_of(version.pk).with_settings(settings or {})
    others = Adoption.objects.filter(Q(until__isnull=True) | Q(until__gte=since), jurisdiction=jurisdiction)
    for other in others.exclude(measure_version__measure=version.measure):
        both = governing([measure, engine.measure_of(other.measure_version_id)])
        for purpose, found in both.items():
            if len(found) > 1:
                raise MeasureError([_contradiction(measure.id, purpose, found[0].key, found[1].key)])
    adoption = Adoption.objects.create(
        jurisdiction=jurisdiction, measure_version=version, since=since, settings=settings or {}
    )
    engine.forget()
    return adoption


def _contradiction(measure: str, purpose: str, new: str, present: str) -> Problem:
    reason = Message(
        _("'{new}' decides '{purpose}', which '{present}' of a measure applied here already decides."),
        new=new, purpose=purpose, present=present,
    )  # fmt: skip
    remedy = Message(_("Apply a version without it, or end the other measure first."))
    return Problem(measure, 1, 1, "contradiction", reason, remedy)
