"""The second factor (二次验证): a code of an app, and recovery codes on paper."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext_lazy


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Draws the QR code so that it may stand in the page, and keeps a required factor from being given up."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "These are not the six digits the app shows now."
            " Wait for the next ones and check the telephone's clock."
        ),
    }

    def build_totp_svg(self, url: str) -> str:
        """Return the QR code as an SVG element, without the XML declaration."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Only the security administrator resets a factor that is required."""
        return not settings.GUANTONG_REQUIRE_MFA
