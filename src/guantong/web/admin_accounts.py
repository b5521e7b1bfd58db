"""Pages of the security administrator (安全管理): accounts, tokens, grants in numbers only."""

from __future__ import annotations

import secrets
import string
from typing import Any, cast

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib import messages
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guantong.accounts import tokens as keys
from guantong.accounts.admin import record
from guantong.accounts.models import Token, User
from guantong.kernel import clock
from guantong.kernel.matters.models import Depth
from guantong.kernel.organs.models import Organ
from guantong.web.admin_forms import AccountForm

PAGE = 50
PASSWORD_LETTERS = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))
STEPS = ("deactivate", "activate", "password", "reset_mfa", "unlock", "revoke")


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def first_password() -> str:
    """Return a random password that is read aloud without doubt (初始密码), about 90 bits."""
    return "-".join("".join(secrets.choice(PASSWORD_LETTERS) for _n in range(4)) for _m in range(4))


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """List accounts: whose, whether open, with a second factor, locked out."""
    query = request.GET.get("q", "").strip()[:60]
    rows = User.objects.select_related("officer").annotate(
        enrolled=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)),
        failing=Exists(AccessAttempt.objects.filter(username=OuterRef("username"))),
    )
    if query:
        rows = rows.filter(
            Q(username__icontains=query) | Q(officer__name__icontains=query) | Q(officer__staff_number=query)
        )
    number = request.GET.get("page", "1")
    page = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    found = list(rows.order_by("username")[(page - 1) * PAGE : page * PAGE + 1])
    context = {"rows": found[:PAGE], "query": query, "page": page, "more": len(found) > PAGE}
    return render(request, "web/house/admin_accounts.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Make an account for an officer; the first password is shown this once."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = first_password()
        with transaction.atomic():
            made = User.objects.create_user(
                username=form.cleaned_data["username"],
                password=password,
                officer=form.officer,
                must_change_password=True,
            )
            record(_user(request), "account.create", made.username, after={"officer": str(form.officer)})
        context = {"account": made, "password": password}
        return render(request, "web/house/admin_password.html", context)
    return render(
        request, "web/house/admin_account_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show one account: its officer's posts, second factor, tokens, failed attempts."""
    shown = get_object_or_404(User.objects.select_related("officer"), pk=user_id)
    context = {
        "account": shown,
        "posts": shown.officer.posts.select_related("organ", "organ__body").order_by("-since")
        if shown.officer
        else [],
        "factors": Authenticator.objects.filter(user=shown).order_by("type"),
        "attempts": AccessAttempt.objects.filter(username=shown.username),
        "tokens": [
            {"token": token, "trouble": keys.trouble(token)}
            for token in Token.objects.filter(user=shown).select_related("user", "post", "post__organ")
        ],
        "own": shown.pk == request.user.pk,
    }
    return render(request, "web/house/admin_account.html", context)


@never_cache
@require_POST
def account_step(request: HttpRequest, user_id: int, step: str) -> HttpResponse:
    """Do one step on an account; each leaves a record. Raises Http404 for an unknown one."""
    if step not in STEPS:
        raise Http404
    shown = get_object_or_404(User, pk=user_id)
    if shown.pk == request.user.pk:
        messages.error(request, _("Nobody changes his own account here. Ask your deputy."))
        return redirect("admin_account", shown.pk)
    if step == "password":
        return _new_password(request, shown)
    about, before, after, said = _do(request, shown, step)
    record(_user(request), f"account.{step}", about, before, after)
    messages.success(request, said)
    return redirect("admin_account", shown.pk)


def _do(request: HttpRequest, shown: User, step: str) -> tuple[str, dict[str, Any], dict[str, Any], str]:
    name = {"account": shown.username}
    if step in ("deactivate", "activate"):
        was, shown.is_active = shown.is_active, step == "activate"
        shown.save(update_fields=["is_active"])
        opened = _("The account %(account)s is open again.") % name
        closed = _("The account %(account)s is closed; whoever is signed in with it is out at once.") % name
        return (
            shown.username,
            {"active": was},
            {"active": shown.is_active},
            opened if shown.is_active else closed,
        )
    if step == "reset_mfa":
        gone, _each = Authenticator.objects.filter(user=shown).delete()
        said = _("The second factor of %(account)s is removed; it is set up anew at the next sign-in.") % name
        return shown.username, {"factors": gone}, {"factors": 0}, said
    if step == "unlock":
        removed = reset(username=shown.username)
        said = _("Failed attempts of %(account)s are forgotten; signing in is possible again.") % name
        return shown.username, {"attempts": removed}, {"attempts": 0}, said
    number = request.POST.get("token", "")
    token = get_object_or_404(Token, pk=int(number) if number.isdecimal() else 0, user=shown)
    keys.revoke(token)
    said = _("The token “%(name)s” opens nothing any more.") % {"name": token.name}
    return f"{shown.username}: {token.name}", {}, {"revoked_at": clock.now()}, said


def _new_password(request: HttpRequest, shown: User) -> HttpResponse:
    password = first_password()
    shown.set_password(password)
    shown.must_change_password = True
    shown.save(update_fields=["password", "must_change_password"])
    record(_user(request), "account.password", shown.username)
    return render(request, "web/house/admin_password.html", {"account": shown, "password": password})


@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """Show how many grants each organ holds, by depth; which matters they are about stays closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT organ, depth, matters FROM guantong_grant_counts()")
        counted = cursor.fetchall()
    names = {organ.pk: organ.full_name for organ in Organ.objects.select_related("body")}
    table: dict[str, dict[int, int]] = {}
    for organ, depth, count in counted:
        label = names.get(organ, _("single officers"))
        table.setdefault(label, {})[depth] = count
    rows = [
        {"label": label, "counts": [depths.get(depth, 0) for depth in Depth.values]}
        for label, depths in sorted(table.items(), key=lambda pair: -sum(pair[1].values()))
    ]
    return render(request, "web/house/admin_grants.html", {"rows": rows, "depths": Depth.labels})
