"""What every answer of the site carries, and the errors met before any page."""

from __future__ import annotations

import stat
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.test import Client, RequestFactory

from guantong.site import csp, paths
from guantong.site.databases import parse
from guantong.site.locale import ChosenLocaleMiddleware
from guantong.site.trouble import DatabaseTroubleMiddleware, MethodMiddleware
from guantong.site.uploads import UploadLimitMiddleware


def _ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def test_scripts_and_frames_come_from_this_site_only() -> None:
    response = csp.ContentSecurityPolicyMiddleware(_ok)(RequestFactory().get("/"))
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"


def test_a_paper_may_be_framed_by_this_site() -> None:
    middleware = csp.ContentSecurityPolicyMiddleware(
        lambda _r: HttpResponse(b"%PDF", content_type="application/pdf")
    )
    response = middleware(RequestFactory().get("/"))
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


class _Unreadable(BytesIO):
    def read(self, *_arguments: object) -> bytes:
        raise AssertionError("the body was read")


def test_200_megabytes_are_refused_unread_with_limit_and_remedy() -> None:
    request = RequestFactory().post("/clues/new/")
    request.META["CONTENT_LENGTH"] = str(200 * 2**20)
    request.META["wsgi.input"] = request._stream = _Unreadable()
    response = UploadLimitMiddleware(_ok)(request)
    page = response.content.decode()
    assert response.status_code == 413
    assert "60 MB" in page
    assert "拆分" in page


def test_an_upload_of_unknown_length_is_refused() -> None:
    request = RequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = ""
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"
    assert UploadLimitMiddleware(_ok)(request).status_code == 411


def test_ordinary_uploads_pass() -> None:
    assert UploadLimitMiddleware(_ok)(RequestFactory().post("/", {"a": "b"})).status_code == 200


def test_programs_get_problem_details() -> None:
    request = RequestFactory().post("/api/acts")
    request.META["CONTENT_LENGTH"] = str(200 * 2**20)
    response = UploadLimitMiddleware(_ok)(request)
    assert response["Content-Type"] == "application/problem+json"
    assert b'"status": 413' in response.content


@pytest.mark.parametrize(
    ("cookie", "browser", "language"),
    [(None, "en-US", "zh-hans"), ("en", "zh-CN", "en"), ("fr", "fr", "zh-hans")],
)
def test_chinese_unless_another_language_was_chosen(cookie: str | None, browser: str, language: str) -> None:
    request = RequestFactory().get("/", headers={"accept-language": browser})
    if cookie:
        request.COOKIES["guantong_language"] = cookie
    ChosenLocaleMiddleware(_ok).process_request(request)
    assert language == request.LANGUAGE_CODE


def test_a_lost_database_is_told_with_503() -> None:
    def lost(_request: HttpRequest) -> HttpResponse:
        raise OperationalError("server closed the connection unexpectedly")

    response = DatabaseTroubleMiddleware(lost)(RequestFactory().get("/"))
    page = response.content.decode()
    assert response.status_code == 503
    assert "未作任何记录" in page
    assert "server closed" not in page


def test_other_faults_are_not_hidden() -> None:
    middleware = DatabaseTroubleMiddleware(_ok)
    assert middleware.process_exception(RequestFactory().get("/"), ValueError("x")) is None


@pytest.mark.django_db
def test_health_says_ok_and_nothing_else(client: Client) -> None:
    assert client.get("/health/").json() == {"status": "ok"}


def test_the_secret_is_made_once_and_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUANTONG_SECRET_KEY", raising=False)
    first = paths.secret_key(tmp_path / "data")
    assert len(first) >= 64
    assert paths.secret_key(tmp_path / "data") == first
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_two_processes_agree_on_the_secret(tmp_path: Path) -> None:
    code = f"from guantong.site.paths import *; print(secret_key(Path({str(tmp_path / 'data')!r})))"
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert len({process.communicate()[0] for process in processes}) == 1


def test_a_database_url_is_read_with_its_options() -> None:
    read = parse("postgresql://app:p%40ss@db.example:5433/oversight?sslmode=require", "DATABASE_URL")
    assert (read["USER"], read["PASSWORD"], read["HOST"]) == ("app", "p@ss", "db.example")
    assert (read["PORT"], read["NAME"]) == ("5433", "oversight")
    assert read["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://app@host"])
def test_a_wrong_database_url_is_named_with_the_remedy(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        parse(url, "DATABASE_URL")


def test_an_address_for_forms_opened_as_a_page_says_so() -> None:
    middleware = MethodMiddleware(lambda _r: HttpResponseNotAllowed(["POST"]))
    answer = middleware(RequestFactory().get("/clues/assign/"))
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert "此地址只接收表单提交" in text and "返回工作台" in text
    problem = middleware(RequestFactory().get("/api/v1/acts/"))
    assert problem["Content-Type"] == "application/problem+json"


def test_a_405_that_already_says_something_is_left_alone() -> None:
    said = MethodMiddleware(lambda _r: HttpResponse("no", status=405))(RequestFactory().get("/"))
    assert said.content == b"no"  # type: ignore[attr-defined]
