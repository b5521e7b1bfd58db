"""The database's own part in access: functions and triggers, as SQL for migrations.

Every SECURITY DEFINER function of the kernel stands here; each belongs to `guantong_search`, a role that
nobody can sign in as. docs/security.md lists them with what each can tell.
"""

from __future__ import annotations

SEARCH_WORDS = """
-- Matters within the caller's scope whose words match, newest first. Words that stand in few matters are
-- looked up in the index; common ones are met soon when walking the caller's own matters from the newest
-- (OFFSET 0 keeps the planner from gathering all that match first).
CREATE OR REPLACE FUNCTION guantong_search_words(query text, kinds text[], at_most integer)
RETURNS TABLE (matter uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  few CONSTANT integer := 2000;
  q tsquery := query::tsquery;
  mine bigint[] := guantong_principals();
BEGIN
  IF (SELECT count(*) FROM (SELECT 1 FROM search_document d WHERE d.words @@ q LIMIT few) c) < few THEN
    RETURN QUERY
      SELECT f.matter_id FROM (
        SELECT d.matter_id, max(v.listed_on) AS listed FROM search_document d
        JOIN access_visibility v ON v.matter_id = d.matter_id AND v.depth >= d.depth
          AND v.principal = ANY (mine) AND v.until >= guantong_today() AND v.kind = ANY (kinds)
        WHERE d.words @@ q GROUP BY d.matter_id
      ) f ORDER BY f.listed DESC, f.matter_id DESC LIMIT at_most;
  ELSE
    RETURN QUERY
      SELECT f.matter_id FROM (
        SELECT n.matter_id, max(n.listed_on) AS listed
        FROM unnest(mine) p, unnest(kinds) k, LATERAL (
          SELECT v.matter_id, v.listed_on FROM access_visibility v
          WHERE v.principal = p AND v.kind = k AND v.until >= guantong_today() AND EXISTS (
            SELECT 1 FROM search_document d
            WHERE d.matter_id = v.matter_id AND d.depth <= v.depth AND d.words @@ q OFFSET 0
          )
          ORDER BY v.listed_on DESC, v.matter_id DESC LIMIT at_most
        ) n GROUP BY n.matter_id
      ) f ORDER BY f.listed DESC, f.matter_id DESC LIMIT at_most;
  END IF;
END $$;
"""
GRANT = """
-- Gives and withdraws grants of one matter and keeps its visibility rows.
-- given: [{principal, depth, basis, until}], withdrawn: [principal].
-- What is withdrawn ends before the new is given: so one's sight is made shallower.
-- A row ends with the deepest grant behind it; what a shallower one leaves, the sweep puts back.
-- Only who sees the matter may give; a matter that never had a grant is being made.
CREATE OR REPLACE FUNCTION guantong_grant(
  m uuid, m_kind text, m_state text, m_listed date, given jsonb, withdrawn jsonb, by_entry bigint,
  at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM access_grant WHERE matter_id = m) AND NOT EXISTS (
    SELECT 1 FROM access_visibility
    WHERE matter_id = m AND principal = ANY (guantong_principals()) AND until >= guantong_today()
  ) THEN
    RAISE EXCEPTION 'no sight of matter %', m USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE access_grant SET revoked_at = at
    WHERE matter_id = m AND revoked_at IS NULL
      AND principal IN (SELECT w::bigint FROM jsonb_array_elements_text(withdrawn) w);
  DELETE FROM access_visibility
    WHERE matter_id = m AND principal IN (SELECT w::bigint FROM jsonb_array_elements_text(withdrawn) w);
  INSERT INTO access_grant (matter_id, principal, depth, basis, entry, given_at, until)
    SELECT m, (g->>'principal')::bigint, (g->>'depth')::smallint, g->>'basis', by_entry, at,
      (g->>'until')::date
    FROM jsonb_array_elements(given) g;
  INSERT INTO access_visibility (matter_id, principal, depth, kind, state, is_open, due_on, listed_on, until)
    SELECT DISTINCT ON (principal) m, principal, depth, m_kind, m_state, true, DATE '9999-12-31', m_listed,
      coalesce(until, DATE '9999-12-31')
    FROM access_grant WHERE matter_id = m AND revoked_at IS NULL
      AND principal IN (SELECT (g->>'principal')::bigint FROM jsonb_array_elements(given) g)
    ORDER BY principal, depth DESC, until DESC NULLS FIRST
  ON CONFLICT (matter_id, principal) DO UPDATE
    SET depth = excluded.depth, until = excluded.until;
END $$;
"""

SETTLE = r"""
-- Copies a matter's state, whether it goes first, and each reader's next date (a paused duty has none) into
-- the visibility rows, and its words into the index.
-- words: null, or [{depth, words, names: [..]}] that replace what stood there at those depths.
-- given, withdrawn, by_entry, at: as guantong_grant takes them.
CREATE OR REPLACE FUNCTION guantong_settle(
  m uuid, words jsonb, given jsonb, withdrawn jsonb, by_entry bigint, at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM access_visibility
    WHERE matter_id = m AND principal = ANY (guantong_principals()) AND until >= guantong_today()
  ) THEN
    RAISE EXCEPTION 'no sight of matter %', m USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM guantong_grant(m, x.kind, x.state, x.happened_on, given, withdrawn, by_entry, at)
    FROM matters_matter x WHERE x.id = m AND given || withdrawn <> '[]'::jsonb;
  UPDATE access_visibility v
    SET state = t.state, is_open = t.is_open, turn = t.turn, listed_on = t.happened_on, due_on = t.due_on
    FROM (
      SELECT w.id, x.state, x.is_open, x.happened_on,
        CASE WHEN x.first AND w.depth = 3 THEN 0 ELSE 1 END AS turn, coalesce((
          SELECT min(d.due_on) FROM duties_duty d
          WHERE d.matter_id = m AND d.state = 'open'
            AND (w.depth = 3 OR w.principal IN (d.holder_id, d.claimant_id))
        ), DATE '9999-12-31') AS due_on
      FROM access_visibility w JOIN matters_matter x ON x.id = w.matter_id WHERE w.matter_id = m
    ) t
    WHERE v.id = t.id
      AND (v.state, v.is_open, v.turn, v.listed_on, v.due_on)
        IS DISTINCT FROM (t.state, t.is_open, t.turn, t.happened_on, t.due_on);
  IF words IS NOT NULL THEN
    INSERT INTO search_document (matter_id, depth, words)
      SELECT m, (w->>'depth')::smallint, array_to_tsvector(string_to_array(w->>'words', ' '))
      FROM jsonb_array_elements(words) w
    ON CONFLICT (matter_id, depth) DO UPDATE SET words = excluded.words;
    DELETE FROM search_name
      WHERE matter_id = m AND depth IN (SELECT (w->>'depth')::smallint FROM jsonb_array_elements(words) w);
    INSERT INTO search_name (matter_id, depth, name)
      SELECT m, (w->>'depth')::smallint, n
      FROM jsonb_array_elements(words) w, jsonb_array_elements_text(w->'names') n;
  END IF;
END $$;
"""

FUNCTIONS = r"""
CREATE FUNCTION guantong_principals() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(nullif(current_setting('guantong.principals', true), ''), '{}')::bigint[]
$$;

CREATE FUNCTION guantong_administers() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('guantong.administers', true), '')
$$;

-- The platform's day, whatever time zone the connection has; kept so that the planner can inline it.
CREATE FUNCTION guantong_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date
$$;

-- Matters within the caller's scope that bear a name, number or unit that begins so.
CREATE FUNCTION guantong_search_names(beginning text, kinds text[], at_most integer)
RETURNS TABLE (matter uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE mine bigint[] := guantong_principals();
BEGIN
  RETURN QUERY
    SELECT f.matter_id FROM (
      SELECT n.matter_id, max(v.listed_on) AS listed FROM search_name n
      JOIN access_visibility v ON v.matter_id = n.matter_id AND v.depth >= n.depth
        AND v.principal = ANY (mine) AND v.until >= guantong_today() AND v.kind = ANY (kinds)
      WHERE n.name ^@ beginning GROUP BY n.matter_id
    ) f ORDER BY f.listed DESC, f.matter_id DESC LIMIT at_most;
END $$;

-- Headers of journal entries in a run of ids: no content, for checkpoints and verification.
CREATE FUNCTION guantong_journal_headers(after bigint, upto bigint)
RETURNS SETOF journal_entry LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM journal_entry WHERE id > after AND id <= upto ORDER BY id
$$;

-- Head and length of each chain, as the matters themselves remember them.
CREATE FUNCTION guantong_journal_heads()
RETURNS TABLE (matter uuid, seq integer, head text) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT id, chain_seq, chain_head FROM matters_matter ORDER BY id
$$;

-- Content of journal entries, for the owner's verification of digests; the platform itself may not call it.
CREATE FUNCTION guantong_journal_contents(after bigint, upto bigint)
RETURNS SETOF journal_content LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM journal_content WHERE entry_id > after AND entry_id <= upto ORDER BY entry_id
$$;

-- Removes an entry's content on the word of two different people; the entry stays.
CREATE FUNCTION guantong_expunge(e bigint, first_user bigint, second_user bigint, why text, at timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF first_user = second_user OR coalesce(why, '') = '' THEN
    RAISE EXCEPTION 'an expunction needs two people and a reason' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO journal_expunction (entry_id, first_id, second_id, reason, at)
    VALUES (e, first_user, second_user, why, at);
  DELETE FROM journal_content WHERE entry_id = e;
END $$;

CREATE FUNCTION guantong_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal only grows: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION guantong_refuse_content_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_user = 'guantong_search' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the journal only grows: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
FUNCTIONS += SEARCH_WORDS

DEFINERS = [
    "guantong_grant(uuid, text, text, date, jsonb, jsonb, bigint, timestamptz)",
    "guantong_settle(uuid, jsonb, jsonb, jsonb, bigint, timestamptz)",
    "guantong_search_words(text, text[], integer)",
    "guantong_search_names(text, text[], integer)",
    "guantong_journal_headers(bigint, bigint)",
    "guantong_journal_heads()",
    "guantong_journal_contents(bigint, bigint)",
    "guantong_expunge(bigint, bigint, bigint, text, timestamptz)",
]
OWNER_ONLY = ["guantong_journal_contents(bigint, bigint)"]

APPEND_ONLY = ["journal_entry", "journal_expunction", "journal_checkpoint", "journal_reading"]


def make_definers(functions: list[str] = DEFINERS) -> list[str]:
    """Return the SQL that hands the definer functions to the definer role."""
    made = []
    for function in functions:
        made += [
            f"ALTER FUNCTION {function} OWNER TO guantong_search",
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
        ]
        role = "guantong_owner" if function in OWNER_ONLY else "guantong_app"
        made.append(f"GRANT EXECUTE ON FUNCTION {function} TO {role}")
        if function in OWNER_ONLY:
            made.append(f"REVOKE ALL ON FUNCTION {function} FROM guantong_app")
    return made


def make_append_only() -> list[str]:
    """Return the SQL that makes the journal refuse UPDATE, DELETE and TRUNCATE."""
    made = []
    for table in [*APPEND_ONLY, "journal_content"]:
        function = (
            "guantong_refuse_content_change" if table == "journal_content" else "guantong_refuse_change"
        )
        made += [
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()",
            f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION guantong_refuse_change()",
            f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM guantong_app",
        ]
    return made


COUNTS = """
-- How many matters each organ, and all single officers together (organ null), may see at which depth.
-- Answers the security administrator only; tells nothing of any matter.
CREATE FUNCTION guantong_grant_counts() RETURNS TABLE (organ bigint, depth smallint, matters bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN v.principal > 0 THEN v.principal END, v.depth, count(*)
  FROM access_visibility v WHERE guantong_administers() = 'security' GROUP BY 1, 2
$$;
"""
COUNTING = ["guantong_grant_counts()"]

SAME_NAMES = """
-- Matters within the caller's scope that bear exactly one of these names or numbers, the newest of each.
-- Ids are made of the time, so that the index gives the newest first and a common name costs no more.
CREATE FUNCTION guantong_same_names(wanted text[], kinds text[], at_most integer)
RETURNS TABLE (matter uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = public, pg_temp AS $$
DECLARE mine bigint[] := guantong_principals();
BEGIN
  RETURN QUERY
    SELECT DISTINCT f.matter_id FROM unnest(wanted) w (name), LATERAL (
      SELECT n.matter_id FROM search_name n
      WHERE n.name = w.name AND EXISTS (
        SELECT 1 FROM access_visibility v
        WHERE v.matter_id = n.matter_id AND v.principal = ANY (mine) AND v.depth >= n.depth
          AND v.until >= guantong_today() AND v.kind = ANY (kinds)
      )
      ORDER BY n.matter_id DESC LIMIT at_most
    ) f;
END $$;
"""
SAME_NAMING = ["guantong_same_names(text[], text[], integer)"]

LEFT_DESKS = """
-- Posts that end by a day while matters are still in their holder's custody, with how many: a desk that was
-- not handed over. Answers the system administrator only; tells nothing of any matter.
CREATE FUNCTION guantong_left_desks(by_day date) RETURNS TABLE (post bigint, matters bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, count(*) FROM organs_post p JOIN matters_party y
    ON y.officer_id = p.officer_id AND y.organ_id = p.organ_id AND y.role = 'custodian' AND y.until IS NULL
  WHERE guantong_administers() = 'system' AND p.until <= by_day AND NOT EXISTS (
    SELECT 1 FROM organs_post o WHERE o.officer_id = p.officer_id AND o.organ_id = p.organ_id
      AND (o.until IS NULL OR (o.until, o.id) > (p.until, p.id))
  ) GROUP BY p.id
$$;
"""
LEAVING = ["guantong_left_desks(date)"]
