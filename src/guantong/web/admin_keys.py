"""Exchange keys (交换密钥): the security administrator makes, imports, confirms and revokes them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guantong.accounts.admin import record
from guantong.accounts.models import User
from guantong.kernel.acts.act import Refused
from guantong.kernel.exchange import keyring, refusals
from guantong.kernel.exchange.errors import ExchangeError
from guantong.kernel.exchange.keys import KEY_FILE_LIMIT
from guantong.kernel.exchange.models import ExchangeKey, KeyState
from guantong.kernel.organs.models import Organ

PAGE = 200


class KeyFileForm(forms.Form):
    """A key that came from a body elsewhere (导入公钥)."""

    organ = forms.ModelChoiceField(
        Organ.objects.filter(elsewhere=True, parent__isnull=True).order_by("name"),
        label=gettext_lazy("Whose key"),
        help_text=gettext_lazy("Bodies that work elsewhere; the system administrator enters them."),
    )
    file = forms.FileField(label=gettext_lazy("Key file (.gtk)"))


class ConfirmForm(forms.Form):
    """The fingerprint as it was read out (电话核对指纹)."""

    heard = forms.CharField(
        label=gettext_lazy("Fingerprint as it was read out to you"),
        max_length=80,
        help_text=gettext_lazy("Call a number you knew before, let them read it out, type what you hear."),
    )
    spoken_to = forms.CharField(label=gettext_lazy("Spoken to"), max_length=60)


class RevokeForm(forms.Form):
    """Why a key is revoked (吊销原因)."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """Show all keys; make a body's own, or replace it."""
    used = ExchangeKey.objects.filter(organ=OuterRef("pk"), own=True, state=KeyState.ACTIVE)
    bodies = Organ.objects.filter(elsewhere=False, parent__isnull=True).annotate(has_key=Exists(used))
    if request.method == "POST":
        number = request.POST.get("organ", "")
        body = get_object_or_404(bodies, pk=int(number) if number.isdecimal() and len(number) < 10 else 0)
        with transaction.atomic():
            made = keyring.make(body)
            record(_user(request), "key.make", body.name, after={"fingerprint": made.fingerprint})
        messages.success(
            request, _("The key is made. Give its file to the others, and read out the fingerprint.")
        )
        return redirect("admin_key", made.pk)
    context = {
        "rows": ExchangeKey.objects.select_related("organ").order_by("-own", "organ__name", "-id")[:PAGE],
        "bodies": bodies.order_by("name"),
        "refusals": refusals.listed(),
        "of_all": True,
    }
    return render(request, "web/house/admin_keys.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Import the key of a body elsewhere: the first of two steps."""
    form = KeyFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        body = form.cleaned_data["organ"]
        try:
            with transaction.atomic():
                made, said = keyring.take(body, form.cleaned_data["file"].read(KEY_FILE_LIMIT + 1))
                about = {"key": made.key_id, "name in the file": said.body}
                record(_user(request), "key.import", body.name, after=about)
        except (ExchangeError, Refused) as error:
            fault = error.fault if isinstance(error, ExchangeError) else error.faults[0]
            form.add_error("file", f"{fault.reason} {fault.remedy}")
        else:
            if said.body != body.name:
                words = {"said": said.body, "name": body.name}
                messages.warning(request, _("The file names %(said)s; you chose %(name)s.") % words)
            return redirect("admin_key", made.pk)
    return render(
        request, "web/house/admin_key_import.html", {"form": form}, status=422 if form.errors else 200
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Show one key with its fingerprint; confirm or revoke it."""
    shown = get_object_or_404(ExchangeKey.objects.select_related("organ"), pk=key_id)
    step = request.POST.get("step", "")
    confirming = ConfirmForm(request.POST if step == "confirm" else None)
    revoking = RevokeForm(request.POST if step == "revoke" else None)
    if step == "confirm" and confirming.is_valid() and _confirmed(request, shown, confirming):
        return redirect("admin_key", key_id)
    if step == "revoke" and revoking.is_valid() and _revoked(request, shown, revoking):
        return redirect("admin_key", key_id)
    context: dict[str, Any] = {"key": shown, "confirming": confirming, "revoking": revoking}
    wrong = confirming.errors or revoking.errors
    return render(request, "web/house/admin_key.html", context, status=422 if wrong else 200)


def _confirmed(request: HttpRequest, shown: ExchangeKey, form: ConfirmForm) -> bool:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            keyring.confirm(shown, data["heard"], data["spoken_to"])
            about = {"fingerprint": shown.fingerprint, "spoken to": data["spoken_to"]}
            record(_user(request), "key.confirm", shown.organ.name, after=about)
    except Refused as refused:
        return _said(form, refused)
    messages.success(request, _("The key is confirmed and in use."))
    return True


def _revoked(request: HttpRequest, shown: ExchangeKey, form: RevokeForm) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            keyring.revoke(shown, reason)
            about = {"fingerprint": shown.fingerprint, "reason": reason}
            record(_user(request), "key.revoke", shown.organ.name, after=about)
    except Refused as refused:
        return _said(form, refused)
    messages.success(request, _("The key is revoked. Tell the other side by telephone."))
    return True


def _said(form: forms.Form, refused: Refused) -> bool:
    for fault in refused.faults:
        form.add_error(fault.field or None, f"{fault.reason} {fault.remedy}")
    return False


@require_safe
def public_file(request: HttpRequest, key_id: int) -> HttpResponse:
    """Give out the public part of a body's own key, for the others."""
    shown = get_object_or_404(
        ExchangeKey.objects.select_related("organ"), pk=key_id, own=True, state=KeyState.ACTIVE
    )
    try:
        content = keyring.public_file(shown)
    except ExchangeError as error:
        messages.error(request, f"{error.fault.reason} {error.fault.remedy}")
        return redirect("admin_key", key_id)
    record(_user(request), "key.export", shown.organ.name, after={"fingerprint": shown.fingerprint})
    response = HttpResponse(content, content_type="application/json")
    name = f"{shown.organ.short_name}.gtk"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
