"""Addresses of the API (接口网址)."""

from __future__ import annotations

from django.urls import path, re_path

from guantong.api.api import build, nothing_here, openapi

urlpatterns = [
    path("v1/openapi.json", openapi, name="openapi"),
    path("v1/", nothing_here),
    path("v1/", build("api").urls),
    re_path(r"^", nothing_here),
]
