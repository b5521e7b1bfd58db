"""What the ledger counts beside the returns of a summary, as SQL for migrations (报送与台账核对; CD-2.5)."""

from __future__ import annotations

LEDGER = """
-- By body asked for a return: clues and cases of the summary's period that it handles. Numbers alone, and
-- only about a summary that the caller sees wholly. A body of its own counts with all its departments.
CREATE FUNCTION guantong_ledger_of_returns(summary uuid)
RETURNS TABLE (organ bigint, clues integer, cases integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, count(DISTINCT m.id) FILTER (WHERE m.kind = 'clue')::integer,
    count(DISTINCT m.id) FILTER (WHERE m.kind = 'case')::integer
  FROM duties_occasion o
    JOIN matters_matter whole ON whole.id = o.matter_id
    JOIN organs_organ s ON s.id = whole.organ_id
    JOIN matters_link l ON l.target_id = o.matter_id AND l.kind = 'part'
    JOIN correspondence_correspondence c ON c.matter_id = l.source_id
    JOIN organs_organ r ON r.id = c.recipient_id
    JOIN organs_organ h ON h.id = r.id OR (
      coalesce(h.body_id, h.id) = coalesce(r.body_id, r.id)
      AND coalesce(r.body_id, r.id) <> coalesce(s.body_id, s.id)
    )
    LEFT JOIN matters_party p ON p.organ_id = h.id AND p.role = 'handler' AND p.until IS NULL
    LEFT JOIN matters_matter m ON m.id = p.matter_id AND m.kind IN ('clue', 'case')
      AND m.happened_on BETWEEN o.begins_on AND o.ends_on
  WHERE o.matter_id = summary AND EXISTS (
    SELECT 1 FROM access_visibility v WHERE v.matter_id = summary
      AND v.principal = ANY (guantong_principals()) AND v.depth >= 3 AND v.until >= guantong_today()
  )
  GROUP BY r.id
$$;
"""
DEFINERS = ["guantong_ledger_of_returns(uuid)"]
