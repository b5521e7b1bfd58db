"""The content security policy (内容安全策略): scripts, styles and frames from this site only."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_FRAMED_TYPES = ("application/pdf",)


class ContentSecurityPolicyMiddleware:
    """Set the policy on every answer; a PDF may be framed by this site, for the preview of papers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the header added."""
        response = self.get_response(request)
        policy = dict(POLICY)
        framed = response.get("Content-Type", "").startswith(_FRAMED_TYPES)
        if framed:
            policy["frame-ancestors"] = "'self'"
        response.setdefault("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items()))
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response["X-Frame-Options"] = "SAMEORIGIN" if framed else "DENY"
        return response
