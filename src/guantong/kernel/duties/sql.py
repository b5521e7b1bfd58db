"""What the sweep reads and does across organs, as SQL for migrations.

SECURITY DEFINER functions of the role `guantong_search`, beside those of `kernel/access/sql.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

EXPIRE = r"""
-- Ends grants past their last day; who holds another grant keeps the sight that one gives. How many ended.
CREATE OR REPLACE FUNCTION guantong_expire_grants(today date, at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE ms uuid[]; ps bigint[]; ended integer;
BEGIN
  WITH gone AS (
    UPDATE access_grant SET revoked_at = at WHERE revoked_at IS NULL AND until < today
    RETURNING matter_id, principal
  ) SELECT array_agg(matter_id), array_agg(principal), count(*) INTO ms, ps, ended FROM gone;
  IF ended = 0 THEN RETURN 0; END IF;
  DELETE FROM access_visibility v USING unnest(ms, ps) AS g(m, p)
    WHERE v.matter_id = g.m AND v.principal = g.p AND NOT EXISTS (
      SELECT 1 FROM access_grant r
      WHERE r.matter_id = g.m AND r.principal = g.p AND r.revoked_at IS NULL
    );
  UPDATE access_visibility v SET depth = t.depth, turn = CASE WHEN t.depth = 3 THEN v.turn ELSE 1 END,
    until = t.until, due_on = coalesce((
      SELECT min(d.due_on) FROM duties_duty d
      WHERE d.matter_id = v.matter_id AND d.state = 'open'
        AND (t.depth = 3 OR v.principal IN (d.holder_id, d.claimant_id))
    ), DATE '9999-12-31')
  FROM (
    SELECT DISTINCT ON (r.matter_id, r.principal) r.matter_id, r.principal, r.depth,
      coalesce(r.until, DATE '9999-12-31') AS until
    FROM access_grant r JOIN unnest(ms, ps) AS g(m, p) ON r.matter_id = g.m AND r.principal = g.p
    WHERE r.revoked_at IS NULL ORDER BY r.matter_id, r.principal, r.depth DESC, r.until DESC NULLS FIRST
  ) t WHERE v.matter_id = t.matter_id AND v.principal = t.principal;
  RETURN ended;
END $$;
"""

FUNCTIONS = r"""
-- Open duties past their date that nobody has noted yet: ids, and in whose sight each is noted (the holder,
-- else the claimant). No content.
CREATE FUNCTION guantong_lapsed(today date, at_most integer)
RETURNS TABLE (duty uuid, matter uuid, reader bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT d.id, d.matter_id, coalesce(d.holder_id, d.claimant_id) FROM duties_duty d
  WHERE d.state = 'open' AND d.due_on < today AND NOT d.overdue_noted
    AND coalesce(d.holder_id, d.claimant_id) IS NOT NULL
  ORDER BY d.matter_id, d.due_on, d.id LIMIT at_most
$$;

-- Provisional duties still owed whose date another calendar version gave: ids and reader, no content.
CREATE FUNCTION guantong_provisional(calendar text, at_most integer)
RETURNS TABLE (duty uuid, matter uuid, reader bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT d.id, d.matter_id, coalesce(d.holder_id, d.claimant_id) FROM duties_duty d
  WHERE d.provisional AND d.ended_on IS NULL AND d.explanation->>'calendar_version' <> calendar
    AND coalesce(d.holder_id, d.claimant_id) IS NOT NULL
  ORDER BY d.matter_id, d.id LIMIT at_most
$$;

-- Which of these file digests some attachment names; tells nothing else of any matter.
CREATE FUNCTION guantong_files_named(digests text[]) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT DISTINCT a.digest FROM matters_attachment a WHERE a.digest = ANY (digests)
$$;
"""

ESCALATING = r"""
-- Overdue duties whose next step of escalation has come: ids, and in whose sight each is taken (who is owed,
-- else who owes). No content.
CREATE FUNCTION guantong_escalating(today date, at_most integer)
RETURNS TABLE (duty uuid, matter uuid, reader bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT d.id, d.matter_id, coalesce(d.claimant_id, d.holder_id) FROM duties_duty d
  WHERE d.state = 'open' AND d.escalates_on <= today AND coalesce(d.claimant_id, d.holder_id) IS NOT NULL
  ORDER BY d.matter_id, d.escalates_on, d.id LIMIT at_most
$$;
"""

DEFINERS = [
    "guantong_lapsed(date, integer)",
    "guantong_provisional(text, integer)",
    "guantong_expire_grants(date, timestamptz)",
    "guantong_files_named(text[])",
]


UNDER_ADOPTION = """
-- How many duties still owed were born under these adoptions, by rule. Answers the system administrator only,
-- who is about to change their values; tells nothing of any matter.
CREATE FUNCTION guantong_duties_under(adopted bigint[]) RETURNS TABLE (rule text, duties bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.clause || '/' || d.rule, count(*) FROM duties_duty d
  WHERE guantong_administers() = 'system' AND d.adoption_id = ANY (adopted) AND d.ended_on IS NULL GROUP BY 1
$$;
"""
COUNTING = ["guantong_duties_under(bigint[])"]


def make_definers(functions: Sequence[str] = DEFINERS) -> list[str]:
    """Return the SQL that hands the functions to the definer role and lets the platform call them."""
    return [
        statement
        for function in functions
        for statement in (
            f"ALTER FUNCTION {function} OWNER TO guantong_search",
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {function} TO guantong_app",
        )
    ]


OCCASIONS = """
-- For which periods a matter stands already; tells nothing of the matter.
CREATE FUNCTION guantong_occasions()
RETURNS TABLE (jurisdiction bigint, clause varchar, cadence varchar, begins_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.jurisdiction_id, o.clause, o.cadence, o.begins_on FROM duties_occasion o
$$;
"""
OCCASION_DEFINERS = ["guantong_occasions()"]

OCCASIONS_OF_EACH = """
DROP FUNCTION guantong_occasions();
-- For which periods a matter stands already, and for whom where there is one for each; nothing of it.
CREATE FUNCTION guantong_occasions()
RETURNS TABLE (jurisdiction bigint, clause varchar, cadence varchar, begins_on date, organ bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.jurisdiction_id, o.clause, o.cadence, o.begins_on, o.organ_id FROM duties_occasion o
$$;
"""

DONE_BESIDE = """
-- The first of some acts done in some days on a matter, or (`linked`) on those that came of it: its entry and
-- its day, nothing of what it says. Answers whoever sees that matter: there he sees what fulfilled its duty.
CREATE FUNCTION guantong_done_beside(wanted uuid, linked boolean, events text[], first date, last date)
RETURNS TABLE (entry bigint, happened_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.id, e.happened_on FROM journal_entry e LEFT JOIN journal_content c ON c.entry_id = e.id
  WHERE e.happened_on BETWEEN first AND last
    AND (e.act = ANY (events) OR jsonb_exists_any(c.body->'events', events))
    AND e.matter_id IN (
      SELECT wanted WHERE NOT linked UNION ALL
      SELECT l.source_id FROM matters_link l
      WHERE linked AND l.target_id = wanted AND l.kind IN ('origin', 'about')
    )
    AND EXISTS (
      SELECT 1 FROM access_visibility v
      WHERE v.matter_id = wanted AND v.principal = ANY (guantong_principals())
        AND v.until >= (SELECT guantong_today())
    )
  ORDER BY e.id LIMIT 1
$$;
"""
BESIDE_DEFINERS = ["guantong_done_beside(uuid, boolean, text[], date, date)"]
