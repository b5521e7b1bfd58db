"""In which posts an officer acts on a day (任职与代班), in one statement asked with every request.

Written out, because building it anew from a queryset took ten times as long as the database takes to answer.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import connection, models

from guantong.kernel.organs.models import Jurisdiction, Officer, Organ, Post

JOINED: tuple[tuple[str, type[models.Model]], ...] = (
    ("post", Post), ("officer", Officer), ("organ", Organ), ("place", Jurisdiction),
    ("body", Organ), ("body_place", Jurisdiction),
)  # fmt: skip
QUERY = """
SELECT {columns},
  ARRAY(
    SELECT r.role FROM organs_rolebinding r
    WHERE r.organ_id = post.organ_id AND r.since <= %(on)s AND (r.until IS NULL OR r.until >= %(on)s)
  ), away.since, away.until
FROM organs_post post
JOIN organs_officer officer ON officer.id = post.officer_id
JOIN organs_organ organ ON organ.id = post.organ_id
JOIN organs_jurisdiction place ON place.id = organ.jurisdiction_id
LEFT JOIN organs_organ body ON body.id = organ.body_id
LEFT JOIN organs_jurisdiction body_place ON body_place.id = body.jurisdiction_id
LEFT JOIN (
  SELECT DISTINCT ON (l.post_id) l.post_id, l.since, l.until
  FROM organs_leave l JOIN organs_post d ON d.id = l.deputy_id
  WHERE d.officer_id = %(officer)s AND d.since <= %(on)s AND (d.until IS NULL OR d.until >= %(on)s)
    AND l.since <= %(on)s AND l.until >= %(on)s
  ORDER BY l.post_id, l.id
) away ON away.post_id = post.id
WHERE (post.officer_id = %(officer)s OR away.post_id IS NOT NULL)
  AND post.since <= %(on)s AND (post.until IS NULL OR post.until >= %(on)s)
ORDER BY post.since, post.id
"""


if TYPE_CHECKING:

    class ActingPost(Post):
        """A post with the roles bound to its organ; a deputy's with the days its holder is away (代班)."""

        roles: list[str]
        away_since: date | None
        away_until: date | None

else:
    ActingPost = Post


def current_posts(officer_id: int, on: date) -> list[ActingPost]:
    """Return the posts an officer acts in on a day, with their organs.

    Those of others are among them in which he stands in while they are away: as long as he himself holds the
    post named as deputy. Nobody stands in for a deputy.
    """
    with connection.cursor() as cursor:
        cursor.execute(_query(), {"officer": officer_id, "on": on})
        return [_post(row) for row in cursor.fetchall()]


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _query() -> str:
    columns = [
        f'{alias}."{field.column}"' for alias, model in JOINED for field in model._meta.concrete_fields
    ]
    return QUERY.format(columns=", ".join(columns))


def _post(row: tuple[Any, ...]) -> ActingPost:
    values = iter(row)
    found: dict[str, Any] = {}
    for alias, model in JOINED:
        names = _names(model)
        given = list(islice(values, len(names)))
        found[alias] = model.from_db(connection.alias, names, given) if given[0] is not None else None
    post: ActingPost = found["post"]
    post.roles, post.away_since, post.away_until = values
    found["organ"].jurisdiction = found["place"]
    if found["body"] is not None:
        found["body"].jurisdiction = found["body_place"]
    found["organ"].body = found["body"]
    post.officer, post.organ = found["officer"], found["organ"]
    return post
