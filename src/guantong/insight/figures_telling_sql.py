"""From knowing to telling, as SQL (知悉至告知; P3): what was told, what is known and not told yet."""

from __future__ import annotations

TELLINGS = """
  SELECT c.matter_id AS row, c.matter_id, 'notice' AS way, c.sender_id AS sender, c.recipient_id AS recipient,
    c.known_on AS known, c.sent_on AS told, (
      SELECT min(d.due_on) FROM duties_duty d WHERE d.matter_id = c.matter_id AND d.start_fact = 'known_on'
    ) AS due, c.sent_on AS at
  FROM correspondence_correspondence c
  WHERE c.known_on IS NOT NULL AND c.sent_on BETWEEN %(first)s AND %(last)s
UNION ALL
  SELECT c.matter_id, c.matter_id, 'transfer', s.organ_id, r.organ_id, c.concluded_on, c.sent_on, (
      SELECT min(d.due_on) FROM matters_link l JOIN duties_duty d ON d.matter_id = l.target_id
      WHERE l.source_id = c.matter_id AND l.kind = 'origin' AND d.start_fact = 'concluded_on'
        AND d.starts_on = c.concluded_on
    ), c.sent_on
  FROM clues_clue c
    LEFT JOIN matters_party s ON s.matter_id = c.matter_id AND s.role = 'sender' AND s.until IS NULL
    LEFT JOIN matters_party r ON r.matter_id = c.matter_id AND r.role = 'receiver' AND r.until IS NULL
  WHERE c.sent_on BETWEEN %(first)s AND %(last)s AND NOT EXISTS (
    SELECT 1 FROM matters_party f WHERE f.matter_id = c.matter_id AND f.role = 'forwarder')
UNION ALL
  SELECT d.id, d.matter_id, CASE d.start_fact WHEN 'known_on' THEN 'notice' ELSE 'transfer' END, d.holder_id,
    d.claimant_id, d.starts_on, NULL, d.due_on, %(today)s
  FROM duties_duty d
  WHERE d.start_fact IN ('known_on', 'concluded_on') AND d.ended_on IS NULL
    AND %(today)s BETWEEN %(first)s AND %(last)s
"""
"""A row each: what is told stands on its day, what is known and not told yet on today."""

COUNTED = f"""
  SELECT t.*, t.told - t.known AS days,
    CASE WHEN p.kind IN ('regulator', 'enterprise') THEN 'shareholder'
      WHEN p.kind IN ('discipline', 'audit', 'inspection') THEN p.kind ELSE 'other' END
    || '-' ||
    CASE WHEN q.kind IN ('regulator', 'enterprise') THEN 'shareholder'
      WHEN q.kind IN ('discipline', 'audit', 'inspection') THEN q.kind ELSE 'other' END AS sides,
    t.due IS NOT NULL AND coalesce(t.told, %(today)s) > t.due AS late
  FROM ({TELLINGS}) t
    LEFT JOIN organs_organ p ON p.id = t.sender
    LEFT JOIN organs_organ q ON q.id = t.recipient
  WHERE %(organ)s::bigint IS NULL OR %(organ)s::bigint IN (t.sender, t.recipient)
"""  # noqa: S608 - the statement above

GROUPED = f"""
WITH z AS MATERIALIZED (
  SELECT c.*, date_trunc('month', at)::date AS month,
    CASE WHEN at BETWEEN %(span_first)s AND %(span_last)s THEN 'now'
      WHEN at BETWEEN %(before_first)s AND %(before_last)s THEN 'before' ELSE '' END AS "when"
  FROM ({COUNTED}) c
)
SELECT "when", month, sides, sender, recipient, grouping("when", month, sides, sender) AS of, count(told),
  count(days), percentile_disc(0.5) WITHIN GROUP (ORDER BY days),
  percentile_disc(0.9) WITHIN GROUP (ORDER BY days), max(days),
  count(*) FILTER (WHERE told IS NOT NULL AND due IS NOT NULL),
  count(*) FILTER (WHERE told IS NOT NULL AND late), count(*) FILTER (WHERE told IS NULL),
  count(*) FILTER (WHERE told IS NULL AND late), count(*) FILTER (WHERE told IS NOT NULL AND known IS NULL)
FROM z
GROUP BY GROUPING SETS (("when"), ("when", sides), ("when", sender, recipient), (month), (month, sides))
"""  # noqa: S608

RECORDS = f"""
SELECT z.row, z.matter_id, way, sender, recipient, known, told, due, days, late, at FROM ({COUNTED}) z
WHERE {{filters}}
  AND (%(day)s::date IS NULL OR (at, z.row) < (%(day)s::date, %(after)s::uuid))
ORDER BY at DESC, z.row DESC LIMIT %(limit)s
"""  # noqa: S608
COUNT = f"SELECT count(*) FROM ({COUNTED}) z WHERE {{filters}}"  # noqa: S608

OUTCOMES = {
    "told": "told IS NOT NULL",
    "known": "days IS NOT NULL",
    "bound": "told IS NOT NULL AND due IS NOT NULL",
    "late": "told IS NOT NULL AND late",
    "untold": "told IS NULL",
    "overdue": "told IS NULL AND late",
    "unknown": "told IS NOT NULL AND known IS NULL",
}
"""Which of them a figure counts."""
