"""The life of a paper (文书办理): draft, check, sign and number, dispatch, sign for, void."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts import registry
from guantong.kernel.acts.act import WAITING_AT_MOST, Capacity, Deed, Waiting, refuse
from guantong.kernel.acts.beside import Beside, beside_rows
from guantong.kernel.acts.registry import register
from guantong.kernel.duties.governing import governed
from guantong.kernel.exchange import outgoing
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import Depth, Matter
from guantong.kernel.matters.numbers import next_number
from guantong.kernel.measures import engine
from guantong.kernel.measures.governing import purpose
from guantong.kernel.papers import attributes, incoming, kinds
from guantong.kernel.papers.act import (
    WORDING,
    CheckForm,
    DispatchForm,
    DraftForm,
    PaperAct,
    ReturnForm,
    ReviseForm,
    SealForm,
    SignedForForm,
    SignForm,
    Subject,
    VoidForm,
    all_extra,
    with_extra,
)
from guantong.kernel.papers.kinds import PaperKind
from guantong.kernel.papers.models import Paper, PaperState, Way

SEAL_APART = purpose("paper.seal_apart", "bool")
"""Whether the seal is recorded as a step of its own before dispatch (用印单独登记)."""


@register
class DraftPaper(PaperAct):
    """Draft a paper (拟稿)."""

    code = "paper.draft"
    label = gettext_lazy("Draft a paper")
    asks = DraftForm
    template = "web/papers/draft.html"

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Subject:
        """Find the kind of paper. Raises Refused where matters like this have no such paper."""
        found = {kind.code: kind for kind in kinds.kinds_of(matter.kind)}
        kind = found.get(str(data.get("kind", "")))
        if kind is None:
            raise refuse("kind", _("This matter has no such paper."), _("Choose one of those offered."))
        return Subject(kind, None)

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who draft this kind."""
        return kind.drafters

    def further_fields(self) -> dict[str, forms.Field]:
        """What each kind asks for besides."""
        return all_extra()

    def form_class(self, detail: Subject) -> type[forms.Form]:
        """The form with what this kind asks for besides."""
        return with_extra(DraftForm, detail.kind)

    def form_arguments(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Refuse where it is not the time for this paper; only who may draft it learns of that."""
        kind = detail.kind
        if matter is not None and matter.state not in kind.states:
            states = matter_kinds.get(matter.kind).states
            wanted = _(", ").join(str(states[state]) for state in states if state in kind.states)
            raise refuse(
                "kind",
                _("A %(paper)s is drafted in the states: %(states)s.")
                % {"paper": kind.label, "states": wanted},
                _("See on the matter's page what comes first."),
            )
        return {}

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Propose title, addressee and text."""
        assert matter is not None  # noqa: S101 - a paper belongs to a matter
        proposal = detail.kind.proposal(matter, actor)
        return {
            "kind": detail.kind.code,
            "title": proposal.title,
            "addressee": proposal.addressee,
            "body": proposal.body,
            **attributes.of_matter(matter),
        }

    def do(self, deed: Deed) -> None:
        """Keep the draft."""
        kind: PaperKind = deed.detail.kind
        proposal = kind.proposal(deed.matter, deed.actor)
        data = deed.data
        paper = Paper(
            matter=deed.matter,
            kind=kind.code,
            title=data["title"],
            organ_id=deed.actor.body_id,
            department=deed.actor.organ,
            addressee_id=proposal.addressee_id,
            depth=kind.depth,
            letter={"title": data["title"], "addressee": data["addressee"], "body": data["body"]},
            facts=dict.fromkeys(proposal.facts, True),
            drafted_by=deed.actor.post,
            recorded_at=deed.now,
            **attributes.read(data, deed.matter),
        )
        deed.add(paper)
        deed.content["paper"] = str(paper.pk)
        deed.events.append(f"{self.code}:{kind.code}")
        kind.drafted(deed, paper)


@register
class RevisePaper(PaperAct):
    """Change a draft's wording (改稿)."""

    code = "paper.revise"
    label = gettext_lazy("Revise the draft")
    asks = ReviseForm
    template = "web/papers/draft.html"
    from_states = frozenset({PaperState.DRAFT, PaperState.CHECKED})

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who draft and those who check."""
        return kind.drafters + kind.checkers

    def further_fields(self) -> dict[str, forms.Field]:
        """What each kind asks for besides."""
        return all_extra()

    def form_class(self, detail: Subject) -> type[forms.Form]:
        """The form with what this kind asks for besides."""
        return with_extra(ReviseForm, detail.kind)

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Show the wording as it is."""
        paper = detail.paper
        assert paper is not None  # noqa: S101 - `load` has found it
        wording = {name: paper.letter.get(name, "") for name in WORDING}
        return {"paper": paper.pk, **wording, **attributes.kept(paper), **detail.kind.kept(paper)}

    def do(self, deed: Deed) -> None:
        """Keep the new wording; it is to be checked again."""
        data = deed.data
        wording = {name: data[name] for name in WORDING}
        paper: Paper = deed.detail.paper
        if paper.flagged:
            addressee = deed.detail.kind.proposal(deed.matter, deed.actor).addressee_id
            deed.change(paper, addressee_id=addressee, flagged="")
        deed.change(
            paper,
            letter=wording,
            title=data["title"],
            state=PaperState.DRAFT,
            checked_by=None,
            **attributes.changed(data, paper, deed.matter),
        )
        deed.detail.kind.revised(deed, paper)


@register
class CheckPaper(PaperAct):
    """Check a draft (核稿)."""

    code = "paper.check"
    label = gettext_lazy("Check the draft")
    asks = CheckForm
    from_states = frozenset({PaperState.DRAFT})

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Show the attributes as they are."""
        assert detail.paper is not None  # noqa: S101 - `load` has found it
        return {"paper": detail.paper.pk, **attributes.kept(detail.paper)}

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who check this kind."""
        return kind.checkers

    def do(self, deed: Deed) -> None:
        """Mark it checked, with its attributes settled."""
        paper = deed.detail.paper
        settled = attributes.changed(deed.data, paper, deed.matter)
        deed.change(paper, state=PaperState.CHECKED, checked_by=deed.actor.post, **settled)
        deed.events.append(f"{self.code}:{deed.detail.kind.code}")
        deed.detail.kind.checked(deed, paper)


@register
class SignPaper(PaperAct):
    """Sign a paper, which takes its number (签发、编号)."""

    code = "paper.sign"
    label = gettext_lazy("Sign and number")
    asks = SignForm
    from_states = frozenset({PaperState.CHECKED})
    grave = True
    send_back = "paper.return"
    laid_by = "paper.check"

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who sign this kind."""
        return kind.signers

    def waiting(self, actor: Any) -> list[Waiting]:
        """The checked papers of the actor's body, the oldest first."""
        bodies = {actor.organ.pk, actor.body_id}
        found = Paper.objects.filter(organ__in=bodies, state=PaperState.CHECKED)
        related = found.select_related("matter", "matter__organ", "matter__organ__body").defer("facts")
        return [
            Waiting(
                paper.matter, {"paper": str(paper.pk)}, paper.title, Subject(kinds.get(paper.kind), paper)
            )
            for paper in related.order_by("id")[:WAITING_AT_MOST]
        ]

    def deciding(self, matter: Matter, detail: Subject) -> list[tuple[Any, Any]]:
        """What the paper says, to whom."""
        paper = detail.paper
        assert paper is not None  # noqa: S101 - `load` has found it
        return [
            (_("Kind of paper"), detail.kind.label),
            (_("Addressee"), paper.letter.get("addressee", "")),
            (_("Text"), paper.letter.get("body", "")),
            *detail.kind.further(paper),
        ]

    def do(self, deed: Deed) -> None:
        """Take the number and freeze the letter."""
        paper, kind = deed.detail.paper, deed.detail.kind
        if paper.flagged:
            raise refuse(
                "paper", paper.flagged, _("Have the draft revised and checked again, or have it voided.")
            )
        attributes.require_secrecy(paper.secrecy, deed.matter)
        year = deed.happened_on.year
        paper.organ = deed.actor.organ.body or deed.actor.organ
        series = kind.series_of(deed.about) if kind.series_of else kind.series
        serial = next_number(paper.organ_id, series, year)
        paper.number = f"{paper.organ.number_prefix}{series}〔{year}〕{serial}号"
        paper.signed_on = deed.happened_on
        paper.signed_by = deed.data.get("signer") or deed.actor.officer.name
        letter = kind.letter(paper, deed.matter)
        deed.change(
            paper,
            state=PaperState.SIGNED,
            series=series,
            year=year,
            serial=serial,
            number=paper.number,
            letter={**paper.letter, "final": letter.model_dump(mode="json")},
            signed_by=paper.signed_by,
            signed_on=deed.happened_on,
        )
        deed.content["number"] = paper.number
        deed.events.append(f"{self.code}:{kind.code}")
        kind.signed(deed, paper)


def sealed(deed: Deed, paper: Paper) -> dict[str, Any]:
    """Return what a dispatch records of the seal (用印登记): nothing where it was recorded before.

    Raises Refused where the measures want the seal recorded as a step of its own.
    """
    if paper.sealed_on:
        return {}
    force = engine.rules_on(deed.matter.jurisdiction_id, deed.happened_on)
    apart = governed(force, SEAL_APART)
    if apart is not None and apart.value is True:
        raise refuse(
            "paper",
            _("The seal on this paper has not been recorded; clause %(clause)s asks for it before dispatch.")
            % {"clause": apart.clause},
            _("Record the seal first."),
        )
    return {"sealed_on": deed.happened_on, "sealed_by": deed.actor.post, "sealed_copies": paper.copies}


@register
class SealPaper(PaperAct):
    """Apply the seal to a signed paper (用印)."""

    code = "paper.seal"
    label = gettext_lazy("Record the seal")
    asks = SealForm
    from_states = frozenset({PaperState.SIGNED})

    def open_to(self, paper: Paper) -> bool:
        """Return whether the paper is signed and bears no seal yet."""
        return super().open_to(paper) and paper.sealed_on is None

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Subject:
        """Find the paper; one that bears its seal is not sealed again."""
        subject = super().load(matter, data)
        if subject.paper is not None and subject.paper.sealed_on:
            raise refuse(
                "paper",
                _("The seal was recorded on %(day)s.") % {"day": subject.paper.sealed_on},
                _("Go on with the dispatch."),
            )
        return subject

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who send this kind."""
        return kind.drafters

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Propose all copies."""
        assert detail.paper is not None  # noqa: S101 - `load` has found it
        return {"paper": detail.paper.pk, "sealed_copies": detail.paper.copies}

    def do(self, deed: Deed) -> None:
        """Keep day, hand and number of copies."""
        paper, copies = deed.detail.paper, deed.data["sealed_copies"]
        if deed.happened_on < paper.signed_on:
            raise refuse(
                "happened_on",
                _("It was signed on %(signed)s and cannot have been sealed before.")
                % {"signed": paper.signed_on},
                _("Give the day on which the seal was applied."),
            )
        if copies > paper.copies:
            raise refuse(
                "sealed_copies",
                _("The paper has %(copies)s copies; no more can be sealed.") % {"copies": paper.copies},
                _("Copies beyond those need a paper of their own."),
            )
        deed.change(paper, sealed_on=deed.happened_on, sealed_by=deed.actor.post, sealed_copies=copies)
        deed.content["number"] = paper.number


@register
class ReturnPaper(PaperAct):
    """Send a checked paper back to be redrafted, here or on paper (退回修改)."""

    code = "paper.return"
    label = gettext_lazy("Send back to be redrafted")
    asks = ReturnForm
    from_states = frozenset({PaperState.CHECKED})

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who would sign it."""
        return kind.signers

    def do(self, deed: Deed) -> None:
        """It is a draft again; the reason stands in the timeline."""
        deed.change(deed.detail.paper, state=PaperState.DRAFT, checked_by=None)
        deed.events.append(f"{self.code}:{deed.detail.kind.code}")


@register
class DispatchPaper(PaperAct):
    """Send a signed paper (发出)."""

    code = "paper.dispatch"
    label = gettext_lazy("Dispatch")
    asks = DispatchForm
    from_states = frozenset({PaperState.SIGNED})

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who draft this kind."""
        return kind.drafters

    def papers(self) -> QuerySet[Paper]:
        """With what a message on a disc would answer."""
        return outgoing.with_answered(super().papers())

    def shown(self, deed: Deed) -> Depth:
        """A dispatch is read by those whom the paper reaches."""
        return Depth(deed.detail.kind.sent_depth or deed.detail.paper.depth)

    def do(self, deed: Deed) -> None:
        """Send it, and let the mechanism do what follows."""
        paper, kind = deed.detail.paper, deed.detail.kind
        if deed.happened_on < paper.signed_on:
            raise refuse(
                "happened_on",
                _("It was signed on %(signed)s and cannot have been sent before.")
                % {"signed": paper.signed_on},
                _("Give the day on which it left the house."),
            )
        deed.change(
            paper,
            state=PaperState.DISPATCHED,
            depth=self.shown(deed),
            dispatched_on=deed.happened_on,
            way=deed.data["way"],
            **sealed(deed, paper),
        )
        deed.content["number"] = paper.number
        deed.facts.update(sent_on=deed.happened_on, signed_on=paper.signed_on)
        deed.events.append(f"{self.code}:{kind.code}")
        kind.dispatched(deed, paper)
        if deed.data["way"] == Way.DISC:
            outgoing.by_disc(deed, paper)


@register
class SignForPaper(PaperAct):
    """The recipient has signed for a paper (签收)."""

    code = "paper.sign_for"
    label = gettext_lazy("Sign for it")
    asks = SignedForForm
    from_states = frozenset({PaperState.DISPATCHED})

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """The recipient, or the sender recording the slip that came back."""
        return kind.recipients + kind.drafters

    def shown(self, deed: Deed) -> Depth:
        """Read by those whom the paper reaches."""
        return Depth(deed.detail.paper.depth)

    def initial(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Propose the actor as who signed."""
        assert detail.paper is not None  # noqa: S101 - `load` has found it
        return {"paper": detail.paper.pk, "signed_by": actor.officer.name}

    def do(self, deed: Deed) -> None:
        """Keep day and name."""
        paper = deed.detail.paper
        if deed.happened_on < paper.dispatched_on:
            raise refuse(
                "happened_on",
                _("It was sent on %(sent)s and cannot have been signed for before.")
                % {"sent": paper.dispatched_on},
                _("Give the day on the slip."),
            )
        deed.change(
            paper,
            state=PaperState.SIGNED_FOR,
            signed_for_on=deed.happened_on,
            signed_for_by=deed.data["signed_by"],
        )
        if self.by_recipient(deed):
            incoming.take_in_paper(deed, paper)
        deed.events.append(f"{self.code}:{deed.detail.kind.code}")

    @staticmethod
    def by_recipient(deed: Deed) -> bool:
        """Whether the recipient himself signs, and not the sender from the slip that came back."""
        return bool(deed.actor.body_id != deed.detail.paper.organ_id)


@register
class VoidPaper(PaperAct):
    """Void a paper; its number stays used and listed (作废)."""

    code = "paper.void"
    label = gettext_lazy("Void")
    asks = VoidForm
    from_states = frozenset({PaperState.DRAFT, PaperState.CHECKED, PaperState.SIGNED})
    grave = True

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Those who draft and those who check."""
        return kind.drafters + kind.checkers

    def do(self, deed: Deed) -> None:
        """Keep the reason."""
        deed.change(deed.detail.paper, state=PaperState.VOIDED, void_reason=deed.data["reason"])
        deed.events.append(f"{self.code}:{deed.detail.kind.code}")
        deed.detail.kind.voided(deed, deed.detail.paper)


@beside_rows
def _drafts(matter: Matter, detail: Any) -> Iterator[Beside]:
    states = matter_kinds.get(matter.kind).states
    for kind in kinds.kinds_of(matter.kind):
        awaited = ""
        if matter.state not in kind.states:
            wanted = _(", ").join(str(label) for state, label in states.items() if state in kind.states)
            awaited = _("It is drafted in the states: %(wanted)s.") % {"wanted": wanted}
        draft = registry.get(DraftPaper.code)
        yield Beside(draft, {"kind": kind.code}, str(kind.label), Subject(kind, None), awaited)


@beside_rows
def _steps(matter: Matter, detail: Any) -> Iterator[Beside]:
    steps = [act for act in registry.all_acts() if isinstance(act, PaperAct)]
    for paper in Paper.objects.filter(matter=matter):
        subject = Subject(kinds.get(paper.kind), paper)
        for act in steps:
            if act.open_to(paper):
                yield Beside(act, {"paper": str(paper.pk)}, paper.title, subject)
