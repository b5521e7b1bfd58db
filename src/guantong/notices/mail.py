"""The day's mail (每日邮件提醒): that something waits, to whoever wants it; where mail is set up."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from guantong.kernel import clock
from guantong.notices.making import HOUR, KEY, hour_has_come
from guantong.notices.models import Notice
from guantong.web.models import Preference

log = logging.getLogger(__name__)


class MailError(Exception):
    """Some mail was not sent; the job is tried again and is seen by the system administrator."""


def configured() -> bool:
    """Whether the system administrator has named a mail server."""
    return bool(settings.EMAIL_HOST)


def send() -> int:
    """Send today's mail to those whose hour has come; return how many. Raises MailError when some failed."""
    if not configured():
        return 0
    wishes = dict(Preference.objects.filter(key=KEY).values_list("user_id", "value"))
    wanted = {user: value for user, value in wishes.items() if value.get("mail")}
    held = Q(post__until__isnull=True) | Q(post__until__gte=clock.today())
    unread = Notice.objects.filter(held, read_at__isnull=True, user__in=list(wanted), user__is_active=True)
    unread = unread.exclude(new=0, due_today=0, late=0)
    by_user: dict[int, list[Notice]] = {}
    for notice in unread:
        by_user.setdefault(notice.user_id, []).append(notice)
    sent, failed = 0, 0
    for user, notices in by_user.items():
        if not _hour_has_come(notices, int(wanted[user].get("hour", HOUR))):
            continue
        try:
            _send(wanted[user]["mail"], notices)
        except (SMTPException, OSError) as error:
            log.warning("a notice was not mailed: %s", type(error).__name__)
            failed += 1
        else:
            Notice.objects.filter(pk__in=[one.pk for one in notices]).update(mailed_at=clock.now())
            sent += 1
    if failed:
        raise MailError(f"{failed} of {failed + sent} mails were not sent")
    return sent


def _hour_has_come(notices: list[Notice], hour: int) -> bool:
    mailed = [one.mailed_at for one in notices if one.mailed_at]
    return hour_has_come(hour) and all(timezone.localtime(at).date() < clock.today() for at in mailed)


def _send(address: str, notices: list[Notice]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Guantong: something waits for you")
        body = "\n".join([in_words(notices), "", _("Sign in to the platform to see it.")])
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [address])


def in_words(notices: list[Notice]) -> str:
    """Return in one sentence how much waits: numbers only."""
    numbers = {
        "new": sum(one.new for one in notices),
        "today": sum(one.due_today for one in notices),
        "late": sum(one.late for one in notices),
    }
    return _("New: %(new)s; due today: %(today)s; overdue: %(late)s.") % numbers
