"""The site as a Django app (站点): its start-up check, its templates, its jobs."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Register the start-up checks."""

    name = "guantong.site"
    label = "site"

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        from guantong.site import checks  # noqa: F401
