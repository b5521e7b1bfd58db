"""Addresses of the pages (页面网址)."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from guantong.web import capacity

urlpatterns: list[URLPattern | URLResolver] = [
    path("capacity/", capacity.switch, name="capacity"),
    path("", include("guantong.web.matter_urls")),
    path("", include("guantong.web.house_urls")),
]

if settings.DEBUG:
    from guantong.web import style

    urlpatterns.append(path("style/", style.page, name="style"))
