"""What an act on a paper is, and what it asks for (文书的行为): the kind of paper says who may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guantong.kernel.acts.act import Act, Capacity, Deed, refuse
from guantong.kernel.acts.entitlement import ANY_STATE
from guantong.kernel.acts.forms import ActForm, LongTextField, RecordedForm
from guantong.kernel.matters import kinds as matter_kinds
from guantong.kernel.matters.models import Depth, Matter, PartyRole
from guantong.kernel.papers import attributes, kinds
from guantong.kernel.papers.attributes import AttributesForm
from guantong.kernel.papers.kinds import PaperKind
from guantong.kernel.papers.models import Paper, Way

WORDING = ("title", "addressee", "body")


@dataclass(frozen=True)
class Subject:
    """A paper act's subject: the kind of paper, and the paper once there is one."""

    kind: PaperKind
    paper: Paper | None


class DraftForm(ActForm, AttributesForm):
    """Wording of a draft (拟稿)."""

    kind = forms.CharField(widget=forms.HiddenInput, max_length=32)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    addressee = forms.CharField(label=gettext_lazy("Addressee"), max_length=120)
    body = LongTextField(
        label=gettext_lazy("Text"),
        rows=14,
        help_text=gettext_lazy("One paragraph a line. Lines that begin with 一、 or (一) become headings."),
    )


class PaperForm(ActForm):
    """An act on a paper that exists."""

    paper = forms.UUIDField(widget=forms.HiddenInput)


class CheckForm(PaperForm, AttributesForm):
    """Checking (核稿), which settles the attributes."""


class ReviseForm(PaperForm, AttributesForm):
    """New wording of a draft (改稿)."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    addressee = forms.CharField(label=gettext_lazy("Addressee"), max_length=120)
    body = LongTextField(label=gettext_lazy("Text"), rows=14)


class SignForm(RecordedForm):
    """Sign-off (签发), here or on paper."""

    paper = forms.UUIDField(widget=forms.HiddenInput)


class ReturnForm(SignForm):
    """Sending back instead of signing (退回修改)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


class DispatchForm(PaperForm):
    """Dispatch (发出)."""

    way = forms.ChoiceField(
        label=gettext_lazy("Sent by"),
        choices=Way.choices,
        initial=Way.SYSTEM,
    )


class SealForm(PaperForm):
    """Applying the seal (用印)."""

    sealed_copies = forms.IntegerField(
        label=gettext_lazy("Copies sealed"), min_value=1, max_value=attributes.MOST_COPIES
    )


class SignedForForm(PaperForm):
    """Signed for by the recipient (签收)."""

    signed_by = forms.CharField(label=gettext_lazy("Signed for by"), max_length=60)


class VoidForm(PaperForm):
    """Voiding (作废)."""

    reason = LongTextField(label=gettext_lazy("Reason"), rows=3, max_length=500)


def with_extra(base: type[forms.Form], kind: PaperKind) -> type[forms.Form]:
    """Return a form of wording with what this kind of paper asks for besides."""
    extra = {name: make() for name, make in kind.extra.items()}
    return type(f"Kind{base.__name__}", (base,), extra) if extra else base


def all_extra() -> dict[str, forms.Field]:
    """Return what any kind of paper asks for besides."""
    return {name: make() for kind in kinds.all_kinds() for name, make in kind.extra.items()}


def of_paper(capacities: tuple[Capacity, ...], paper: Paper | None) -> tuple[Capacity, ...]:
    """Return the capacities with a paper's issuer and addressee put in (发文、收文单位)."""
    if paper is None:
        return capacities
    organs = {PartyRole.ISSUER: paper.department_id, PartyRole.ADDRESSEE: paper.addressee_id}
    return tuple(
        replace(
            one,
            organ=organs.get(PartyRole(one.party), 0) or 0 if one.party else 0,
            body=paper.organ_id if one.body_of == PartyRole.ISSUER else 0,
        )
        for one in capacities
    )


class PaperAct(Act):
    """An act on a paper of any matter; the kind of paper says who may."""

    kind = "*"
    leads_from = ANY_STATE
    on_item = True
    by = ()
    sight = Depth.FEEDBACK
    asks: ClassVar[type[forms.Form]] = PaperForm
    from_states: ClassVar[frozenset[str]] = frozenset()

    def open_to(self, paper: Paper) -> bool:
        """Return whether the paper's state allows the step (文书状态)."""
        return paper.state in self.from_states

    def load(self, matter: Matter, data: Mapping[str, Any]) -> Subject:
        """Find the paper named in the data. Raises Refused where there is none."""
        paper = None
        try:
            field = forms.UUIDField()
            paper = self.papers().filter(matter=matter, pk=field.clean(data.get("paper"))).first()
        except forms.ValidationError:
            pass
        if paper is None:
            raise refuse("paper", _("There is no such paper in this matter."), _("Open it from the list."))
        if paper.state not in self.from_states:
            raise refuse(
                "paper",
                _("The paper is “%(state)s”; this step is no longer, or not yet, possible.")
                % {"state": paper.get_state_display()},
                _("See the list of papers for its present state."),
            )
        return Subject(kinds.get(paper.kind), paper)

    def papers(self) -> QuerySet[Paper]:
        """Return the papers among which to look, with all the act needs of one."""
        return Paper.objects.select_related("organ", "department__body", "addressee")

    def about(self, matter: Matter, detail: Subject) -> Any:
        """The rules ask about the matter, not the paper."""
        return matter_kinds.get(matter.kind).load(matter)

    def shown(self, deed: Deed) -> Depth:
        """A paper's acts are read by those who may read the paper."""
        kind, paper = deed.detail.kind, deed.detail.paper
        return Depth(paper.depth if paper else kind.depth)

    def entitled(self, matter: Matter, detail: Subject) -> tuple[Capacity, ...]:
        """Those whom the kind names, with the paper's own issuer and addressee put in."""
        return of_paper(self.named_by(detail.kind), detail.paper)

    def named_by(self, kind: PaperKind) -> tuple[Capacity, ...]:
        """Return whom the kind of paper names for this step."""
        raise NotImplementedError

    def initial(self, actor: Any, matter: Matter | None, detail: Any) -> dict[str, Any]:
        """Fill in what the paper says now."""
        paper = detail.paper
        return {"paper": paper.pk} if paper else {}

    def page_context(self, actor: Any, matter: Matter | None, detail: Subject) -> dict[str, Any]:
        """Show beside the paper what else it says."""
        apart = (*WORDING, *attributes.NAMES, "happened_on")
        return {"set_apart": apart, "further": detail.kind.further(detail.paper) if detail.paper else []}
