"""Addresses about one's own account (本人账号网址)."""

from __future__ import annotations

from django.urls import path

from guantong.accounts import views

urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="token_revoke"),
]
