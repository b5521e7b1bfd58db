"""What is owed between bodies, as SQL for migrations (协调台; CD-1.1): for the coordinating office alone."""

from __future__ import annotations

BETWEEN = """
-- What one body owes another and is not done: clause and duty, number, kind and state of the matter, who owes
-- whom since when until when. No title, no person, nothing of what it is about. Answers only a post of an
-- organ bound to the coordinating role, for the place of that binding and the places below it.
CREATE FUNCTION guantong_between(coordinating text, today date, at_most integer)
RETURNS TABLE (
  duty uuid, matter uuid, kind varchar, number varchar, state varchar, clause varchar, name varchar,
  name_en varchar, holder bigint, claimant bigint, starts_on date, due_on date, paused boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH places AS (
    SELECT j.id FROM organs_rolebinding b
      JOIN organs_jurisdiction j ON b.jurisdiction_id IN (j.id, j.parent_id)
    WHERE b.role = coordinating AND b.organ_id = ANY (guantong_principals()) AND b.since <= today
      AND (b.until IS NULL OR b.until >= today)
  )
  SELECT d.id, m.id, m.kind, m.number, m.state, d.clause, d.name, d.name_en, d.holder_id, d.claimant_id,
    d.starts_on, d.due_on, d.state = 'paused'
  FROM duties_duty d
    JOIN organs_organ h ON h.id = d.holder_id
    JOIN organs_organ c ON c.id = d.claimant_id
    JOIN matters_matter m ON m.id = d.matter_id
  WHERE d.ended_on IS NULL AND coalesce(h.body_id, h.id) <> coalesce(c.body_id, c.id)
    AND m.secrecy = 'work' AND m.jurisdiction_id IN (SELECT id FROM places)
  ORDER BY d.due_on, d.id LIMIT at_most
$$;
"""
DEFINERS = ["guantong_between(text, date, integer)"]
