"""What may be told of clues across organs, as SQL for migrations (跨机关查重).

A SECURITY DEFINER function of the role `guantong_search`, beside those of `kernel/access/sql.py`.
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
