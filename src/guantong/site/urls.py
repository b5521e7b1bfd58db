"""Addresses (网址): the site's own, the pages, the API."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from guantong.site import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("my/", include("guantong.accounts.urls")),
    *(path("api/", include(name)) for name in ["guantong.api.urls"] if find_spec(name)),
    *(path("", include(name)) for name in ["guantong.web.urls", "guantong.web.list_urls"] if find_spec(name)),
]
handler500 = "guantong.site.views.server_error"
