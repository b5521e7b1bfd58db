"""The terms in PostgreSQL: it finds what the terms promise, and no query is an error."""

from __future__ import annotations

import pytest
from django.db import connection

from guantong.kernel.search.text import to_tsquery, to_tsvector_text

QUESTION = "SELECT array_to_tsvector(string_to_array(%s, ' ')) @@ %s::tsquery"


def found(text: str, query: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(QUESTION, [to_tsvector_text(text), to_tsquery(query)])
        (answer,) = cursor.fetchone()
    return bool(answer)


@pytest.mark.django_db
def test_postgresql_finds_what_the_terms_promise() -> None:
    text = "反映市国资委王伟、欧阳喆涉嫌受贿120万元,郴审移〔2026〕15号,𠮷某,身份证110105194912310021"
    for query in (
        "王伟",
        "伟",
        "欧阳喆",
        "15号",
        "〔2026〕15号",
        "𠮷",
        "19491231",
        "120万元",
        "王伟 受贿",
        "移[2026",
    ):
        assert found(text, query), query
    for query in ("李伟", "伟王", "25号", "王伟 行贿", "19491232", "", "!&|"):
        assert not found(text, query), query
    assert not found("", "王伟")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["'", "a & b | !c", "王:*", "(<->)", "\\", "a\x00b", "x' | 'y", ":*", "%s", "\ud800"]
)
def test_nothing_typed_is_an_error(query: str) -> None:
    assert found("王伟", query) is (query == "王:*")
