"""Querysets whose SQL is written once and asked with every request (预编译查询).

Django writes a queryset's SQL anew each time it is asked, which takes a page of twenty queries a third of its
time. What every request asks the same way is prepared here instead:

    OF_MATTER = Prepared(lambda: Party.objects.filter(matter=Given("matter")).select_related("organ"))
    parties = OF_MATTER(matter=matter.pk)

Only values differ from one asking to the next; a list of them is asked with `among`, not with `in`, whose SQL
depends on how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, connections
from django.db.models import Expression, Field, ForeignObject, Lookup, QuerySet
from psycopg.sql import Literal

Row = TypeVar("Row")
PLACE = re.compile(r"(?<!%)%s")


class Given(Expression):
    """The place of a value that is given when the queryset is asked (占位参数)."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Stand for itself among the parameters until the value is given."""
        return "%s", [self]


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):
    """Whether a column holds one of the values of a list, given as one parameter (属于)."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compare with an array."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", [*left_params, *right_params]


class Prepared(Generic[Row]):
    """A queryset with places for values, compiled at its first asking (预编译查询)."""

    def __init__(self, build: Callable[[], QuerySet[Any, Row]]) -> None:
        self._build = build

    def __call__(self, **values: Any) -> list[Row]:
        """Return the rows for these values. Raises KeyError where one is missing."""
        queryset = self._queryset.all()
        queryset.query.get_compiler = lambda using, **_more: self._asking(using, values)  # type: ignore[method-assign]
        return list(queryset)

    def first(self, **values: Any) -> Row | None:
        """Return the first row, None where there is none."""
        return next(iter(self(**values)), None)

    def get(self, **values: Any) -> Row:
        """Return the first row. Raises the model's DoesNotExist where there is none."""
        found = self.first(**values)
        if found is None:
            raise self._queryset.model.DoesNotExist
        return found

    @cached_property
    def _queryset(self) -> QuerySet[Any, Row]:
        return self._build()

    @cached_property
    def _compiled(self) -> tuple[Any, str, list[Given]]:
        """Return the compiler, its SQL, and what is given; what is always the same stands in the SQL.

        The database then plans for these values, once for all.
        """
        compiler = self._queryset.query.get_compiler(self._queryset.db)
        sql, params = compiler.as_sql()
        first, *pieces = PLACE.split(sql)
        written = [first]
        for param, piece in zip(params, pieces, strict=True):
            written += ["%s" if isinstance(param, Given) else _literal(param), piece]
        return compiler, "".join(written), [param for param in params if isinstance(param, Given)]

    def _asking(self, using: str, values: dict[str, Any]) -> Any:
        """Return the compiler with its SQL written already, and the values in their places."""
        written, sql, places = self._compiled
        compiler = copy(written)
        compiler.connection = connections[using]
        given = tuple(values[one.name] for one in places)
        compiler.as_sql = lambda *_args, **_more: (sql, given)
        return compiler


def _literal(value: Any) -> str:
    connection.ensure_connection()
    return Literal(value).as_string(connection.connection).replace("%", "%%")
