"""Accounts that sign in (账号), and tokens bound to a post."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Administers(models.TextChoices):
    """Three administrators, three different people, none of whom reads a matter (三员分立)."""

    SYSTEM = "system", _("System administrator")
    SECURITY = "security", _("Security administrator")
    AUDIT = "audit", _("Audit administrator")


class User(AbstractUser):
    """An account: of an officer, or of one administrator, never of both (账号)."""

    officer = models.OneToOneField(
        "organs.Officer", models.PROTECT, null=True, blank=True, related_name="account"
    )
    administers = models.CharField(max_length=16, choices=Administers.choices, blank=True)
    last_post = models.ForeignKey("organs.Post", models.SET_NULL, null=True, blank=True, related_name="+")
    demonstration = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(officer__isnull=True) | models.Q(administers=""),
                name="no_officer_administers",
            )
        ]


class Token(models.Model):
    """A key for programs, bound to one post (接口令牌). Only its digest is stored."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    post = models.ForeignKey("organs.Post", models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_on = models.DateField(_("expires on"))
    revoked_at = models.DateTimeField(null=True)


class Attempts(models.Model):
    """Unknown tokens that came from an address within a minute, to any process (未知令牌次数)."""

    address = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()


class SavedView(models.Model):
    """A filter of a list that an officer keeps under a name (常用筛选)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="views")
    name = models.CharField(_("name"), max_length=40)
    page = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="view_once")]


class AdminRecord(models.Model):
    """What an administrator changed, before and after; the database refuses UPDATE and DELETE (管理记录)."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    administers = models.CharField(max_length=16, choices=Administers.choices, blank=True)
    what = models.CharField(max_length=40)
    about = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.what}: {self.about}"
