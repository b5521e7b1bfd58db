"""What is asked of clues by functions of the database, as SQL for migrations (台账计数、跨机关查重).

The ledger's counts are asked as the reader. What is told across organs a SECURITY DEFINER function of the
role `guantong_search` tells, beside those of `kernel/access/sql.py`.
Why it tells what it tells: docs/decisions/0017-similar-clues-elsewhere.md.
"""

from __future__ import annotations

FOLDED = r"""
-- A name or unit as it is compared: half-width, small letters, without spaces, one kind of middle dot.
CREATE FUNCTION guantong_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(translate(lower(regexp_replace(normalize(said, NFKC), '\s', '', 'g')),
    '•・‧∙⋅●.', '·······'), '·')
$$
"""

COUNTS = """
-- How many clues a reader with these principals sees: by state and depth, of the open ones those due before
-- today and those due until a day soon; finished ones up to `most` only. The department, named first, sees
-- most and is counted as it stands; what is seen deeper under the others is taken from that and counted
-- there. `depth > 0`: from the index that serves counts and no list. Row-level security stays on; a plan
-- made once serves every reader, and planning would take as long as counting.
CREATE FUNCTION guantong_clue_counts(mine bigint[], today date, soon date, most integer)
RETURNS TABLE (in_state varchar, at_depth smallint, clues bigint, are_late bigint, are_soon bigint)
LANGUAGE plpgsql STABLE ROWS 20 SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY
  WITH other AS MATERIALIZED (
    SELECT DISTINCT ON (matter_id) matter_id, state, depth, due_on FROM access_visibility
    WHERE principal = ANY (mine[2:]) AND kind = 'clue' AND is_open
      AND until >= (SELECT guantong_today())
    ORDER BY matter_id, depth DESC, due_on
  )
  SELECT v.state, v.depth, count(*), count(*) FILTER (WHERE v.due_on < today),
    count(*) FILTER (WHERE v.due_on BETWEEN today AND soon)
  FROM access_visibility v
  WHERE v.principal = mine[1] AND v.kind = 'clue' AND v.is_open AND v.depth > 0
    AND v.until >= (SELECT guantong_today())
  GROUP BY v.state, v.depth
  UNION ALL
  SELECT state, depth, sum(times), coalesce(sum(times) FILTER (WHERE due_on < today), 0),
    coalesce(sum(times) FILTER (WHERE due_on BETWEEN today AND soon), 0)
  FROM (
    SELECT v.state, v.depth, v.due_on, -1 AS times FROM other o JOIN access_visibility v
      ON v.matter_id = o.matter_id AND v.principal = mine[1] AND v.is_open
        AND v.until >= (SELECT guantong_today()) AND (o.depth, v.due_on) > (v.depth, o.due_on)
    UNION ALL
    SELECT o.state, o.depth, o.due_on, 1 FROM other o
    WHERE NOT EXISTS (
      SELECT 1 FROM access_visibility v
      WHERE v.matter_id = o.matter_id AND v.principal = mine[1] AND v.until >= (SELECT guantong_today())
        AND (v.depth, o.due_on) >= (o.depth, v.due_on))
  ) c GROUP BY state, depth
  UNION ALL
  SELECT state, depth, count(*), 0, 0
  FROM (
    SELECT DISTINCT ON (matter_id) matter_id, state, depth FROM (
      SELECT matter_id, state, depth FROM access_visibility
      WHERE principal = ANY (mine) AND kind = 'clue' AND NOT is_open
        AND until >= (SELECT guantong_today())
      LIMIT most
    ) f ORDER BY matter_id, depth DESC
  ) g GROUP BY state, depth;
END $$
"""

ELSEWHERE = r"""
-- How many clues other organs keep about a person of clue m: by organ, open or closed, and since which year.
-- Asked by case supervision of a discipline organ about a clue of its own ledger that it sees in full; told
-- of no superior organ, of no clue that the asker sees anyhow, of none that is not in a ledger. Each question
-- leaves one row among the readings.
CREATE FUNCTION guantong_clues_elsewhere(m uuid, by_post bigint, by_user bigint, at timestamptz)
RETURNS TABLE (organ bigint, is_open boolean, clues bigint, since integer)
LANGUAGE plpgsql SECURITY DEFINER ROWS 5 SET search_path = public, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  mine bigint[] := guantong_principals();
  asking organs_organ;
BEGIN
  SELECT o.* INTO asking FROM matters_party p JOIN organs_organ o ON o.id = p.organ_id
    WHERE p.matter_id = m AND p.role = 'receiver' AND p.until IS NULL
      AND o.kind = 'discipline' AND o.id = ANY (mine)
      AND EXISTS (SELECT 1 FROM organs_rolebinding b
        WHERE b.organ_id = o.id AND b.role = 'case_supervision' AND b.since <= guantong_today()
          AND (b.until IS NULL OR b.until >= guantong_today()))
      AND EXISTS (SELECT 1 FROM access_visibility v
        WHERE v.matter_id = m AND v.principal = o.id AND v.depth = 3 AND v.until >= guantong_today());
  IF asking.id IS NULL THEN
    RETURN;
  END IF;
  INSERT INTO journal_reading (at, post_id, user_id, what, matter, detail)
    VALUES (at, by_post, by_user, 'elsewhere', m, '');
  RETURN QUERY
    WITH RECURSIVE above AS (
      SELECT j.parent_id AS place FROM organs_jurisdiction j WHERE j.id = asking.jurisdiction_id
      UNION ALL
      SELECT j.parent_id FROM organs_jurisdiction j JOIN above a ON j.id = a.place
    ), named AS (
      SELECT s.id_number, guantong_folded(s.name) AS name, guantong_folded(s.unit) AS unit
      FROM people_subject s WHERE s.matter_id = m
    ), same AS (
      SELECT s.matter_id FROM named n JOIN people_subject s ON s.id_number = n.id_number
      WHERE s.id_number <> ''
      UNION
      SELECT s.matter_id FROM named n JOIN search_name w ON w.name = n.name
        JOIN people_subject s ON s.matter_id = w.matter_id
      WHERE n.name <> '' AND n.unit <> ''
        AND guantong_folded(s.name) = n.name AND guantong_folded(s.unit) = n.unit
        AND (n.id_number = '' OR s.id_number IN ('', n.id_number))
    )
    SELECT body.id, x.is_open, count(*), min(extract(year FROM c.received_on))::integer
    FROM same JOIN matters_matter x ON x.id = same.matter_id JOIN clues_clue c ON c.matter_id = x.id
      JOIN matters_party p ON p.matter_id = x.id AND p.role = 'receiver' AND p.until IS NULL
      JOIN organs_organ keeper ON keeper.id = p.organ_id
      JOIN organs_organ body ON body.id = coalesce(keeper.body_id, keeper.id)
    WHERE c.received_on IS NOT NULL
      AND x.state NOT IN ('drafted', 'sent', 'returned', 'withdrawn', 'merged', 'forwarded')
      AND body.id <> coalesce(asking.body_id, asking.id)
      AND NOT EXISTS (SELECT 1 FROM above a WHERE a.place = body.jurisdiction_id)
      AND NOT EXISTS (SELECT 1 FROM access_visibility v WHERE v.matter_id = x.id
        AND v.principal = ANY (mine) AND v.until >= guantong_today())
    GROUP BY body.id, x.is_open ORDER BY body.id, x.is_open DESC;
END $$
"""

DEFINERS = ["guantong_clues_elsewhere(uuid, bigint, bigint, timestamptz)"]

RIGHTS = [
    "GRANT SELECT ON organs_organ, organs_rolebinding, organs_jurisdiction TO guantong_search",
    "GRANT INSERT ON journal_reading TO guantong_search",
    "CREATE POLICY definer ON journal_reading FOR INSERT TO guantong_search WITH CHECK (true)",
]
"""What the definer role needs for it besides."""
