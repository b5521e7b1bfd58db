"""What enters and leaves the ledgers, read from the acts alone, as SQL for migrations (台账进出).

`insight_crossing`: one row for each act by which a clue came into the ledger (+1) or left it (-1). Nothing
of it is read from the state a clue has: that is what the balance compares it with. Both views show a reader
what row-level security shows him; only the functions below see more, and give counts alone.
"""

from __future__ import annotations

OUTSIDE = "('', 'drafted', 'sent', 'returned', 'withdrawn')"
ENDS = "('closed', 'forwarded', 'merged', 'returned')"
LEFT = "('', 'drafted', 'sent', 'returned', 'withdrawn', 'closed', 'forwarded', 'merged')"

CROSSING = f"""
CREATE VIEW insight_crossing WITH (security_invoker = true) AS
SELECT e.matter_id, e.id AS entry_id, e.seq, e.act, e.recorded_at, p.organ_id, c.source,
  s.organ_id AS sender_id, m.how, m.step,
  CASE
    -- The day of receipt as it was corrected later, unless the clue was received anew in between.
    WHEN m.how = 'received' THEN coalesce((
      SELECT (b.body->'data'->>'value')::date FROM journal_entry x
      JOIN journal_content b ON b.entry_id = x.id
      WHERE x.matter_id = e.matter_id AND x.seq > e.seq AND x.act = 'matter.correct'
        AND b.body->>'fact' = 'received_on'
        AND NOT EXISTS (
          SELECT 1 FROM journal_entry y
          WHERE y.matter_id = e.matter_id AND y.seq > e.seq AND y.seq < x.seq AND y.act = 'clue.receive'
        )
      ORDER BY x.seq DESC LIMIT 1), e.happened_on)
    -- A clue of the old book was closed on the day the book gives, not on that of its receipt.
    WHEN e.act = 'clue.import_closed' THEN coalesce((
      SELECT (b.body->'data'->>'closed_on')::date FROM journal_content b WHERE b.entry_id = e.id
    ), e.happened_on)
    ELSE e.happened_on
  END AS on_day
FROM journal_entry e
JOIN clues_clue c ON c.matter_id = e.matter_id
JOIN matters_party p ON p.matter_id = e.matter_id AND p.role = 'receiver' AND p.until IS NULL
JOIN organs_organ o ON o.id = p.organ_id AND NOT o.elsewhere
LEFT JOIN matters_party s ON s.matter_id = e.matter_id AND s.role = 'sender' AND s.until IS NULL
CROSS JOIN LATERAL (
  SELECT 'received' AS how, 1 AS step
    WHERE e.state_from IN {OUTSIDE} AND e.state_to NOT IN {OUTSIDE}
  UNION ALL
  SELECT 'taken_back', 1 WHERE e.state_from = 'forwarded' AND e.state_to NOT IN {LEFT}
  UNION ALL
  SELECT e.state_to, -1
    WHERE e.state_to IN {ENDS} AND (e.state_from NOT IN {LEFT} OR e.state_from = '')
) m
WHERE e.state_from <> e.state_to
"""  # noqa: S608 - lists of states, in migrations

BOOK = f"""
CREATE VIEW insight_book WITH (security_invoker = true) AS
SELECT b.*, CASE
    WHEN b.acted_state IS NULL THEN 'no_act'
    WHEN b.acted_on IS NULL THEN 'not_received'
    WHEN b.number = '' THEN 'no_number'
    WHEN b.acted_state <> b.state THEN 'state'
    WHEN b.is_open <> (b.state NOT IN ('returned', 'closed', 'forwarded', 'merged', 'withdrawn')) THEN 'open'
    WHEN (b.net = 1) <> (b.state NOT IN {LEFT}) OR b.net NOT IN (0, 1) THEN 'flow'
    WHEN b.booked_on IS DISTINCT FROM b.acted_on THEN 'day'
    WHEN EXISTS (
      SELECT 1 FROM access_visibility v
      WHERE v.matter_id = b.matter_id AND (v.state <> b.state OR v.is_open <> b.is_open)
    ) THEN 'list'
    WHEN b.came_by LIKE 'clue.import%' AND b.came_by <> 'clue.import_disc'
      AND NOT EXISTS (SELECT 1 FROM clues_bookrecord r WHERE r.matter_id = b.matter_id) THEN 'import'
    WHEN b.came_by = 'clue.import_disc'
      AND NOT EXISTS (SELECT 1 FROM exchange_message g WHERE g.matter_id = b.matter_id AND g.incoming)
      THEN 'disc'
    ELSE ''
  END AS reason
FROM (
  SELECT x.id AS matter_id, x.number, x.state, x.is_open, p.organ_id, c.source, s.organ_id AS sender_id,
    c.received_on AS booked_on, r.on_day AS acted_on, r.act AS came_by, l.state_to AS acted_state,
    coalesce(n.net, 0) AS net
  FROM clues_clue c
  JOIN matters_matter x ON x.id = c.matter_id
  JOIN matters_party p ON p.matter_id = x.id AND p.role = 'receiver' AND p.until IS NULL
  JOIN organs_organ o ON o.id = p.organ_id AND NOT o.elsewhere
  LEFT JOIN matters_party s ON s.matter_id = x.id AND s.role = 'sender' AND s.until IS NULL
  LEFT JOIN LATERAL (
    SELECT k.on_day, k.act FROM insight_crossing k
    WHERE k.matter_id = x.id AND k.how = 'received' ORDER BY k.seq DESC LIMIT 1
  ) r ON true
  LEFT JOIN LATERAL (
    SELECT e.state_to FROM journal_entry e WHERE e.matter_id = x.id ORDER BY e.seq DESC LIMIT 1
  ) l ON true
  LEFT JOIN LATERAL (
    SELECT sum(k.step) AS net FROM insight_crossing k WHERE k.matter_id = x.id
  ) n ON true
  WHERE x.number <> '' OR r.on_day IS NOT NULL OR x.state NOT IN {OUTSIDE}
) b
"""  # noqa: S608 - lists of states, in migrations

BALANCE = f"""
-- Counts what every ledger received, by acts, and what became of it, by the rows; the result takes the place
-- of an earlier one of the same day. Counts alone, no matter; returns how many clues are at odds.
CREATE FUNCTION guantong_take_balance(today date, at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE odd integer;
BEGIN
  DELETE FROM insight_balance WHERE run_on = today;
  INSERT INTO insight_balance (run_on, run_at, organ_id, month, source, sender_id, came, received, open,
      closed, transferred, returned, merged, open_by_acts, at_odds)
    SELECT today, at, k.organ_id, date_trunc('month', k.day)::date, k.source, k.sender_id, k.came,
      sum(k.received), sum(k.open), sum(k.closed), sum(k.transferred), sum(k.returned), sum(k.merged),
      sum(k.net), sum(k.odd)
    FROM (
      SELECT b.organ_id, b.acted_on AS day, b.source, b.sender_id, coalesce(b.came_by, '') AS came,
        1 AS received, 0 AS open, 0 AS closed, 0 AS transferred, 0 AS returned, 0 AS merged, b.net, 0 AS odd
      FROM insight_book b WHERE b.acted_on IS NOT NULL
      UNION ALL
      SELECT b.organ_id, coalesce(b.booked_on, b.acted_on, today), b.source, b.sender_id,
        coalesce(b.came_by, ''), 0,
        (b.state NOT IN {LEFT})::integer, (b.state = 'closed')::integer, (b.state = 'forwarded')::integer,
        (b.state IN {OUTSIDE})::integer, (b.state = 'merged')::integer, 0, (b.reason <> '')::integer
      FROM insight_book b
    ) k GROUP BY 3, 4, 5, 6, 7;
  SELECT coalesce(sum(at_odds), 0) INTO odd FROM insight_balance WHERE run_on = today;
  DELETE FROM insight_balance WHERE run_on < today - 400;
  RETURN odd;
END $$
"""  # noqa: S608 - lists of states, in migrations

BALANCE_AGE = """
-- The day of the newest balance, for the sweep; tells nothing else.
CREATE FUNCTION guantong_balanced_on() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT max(run_on) FROM insight_balance $$
"""

DEFINERS = ["guantong_take_balance(date, timestamptz)", "guantong_balanced_on()"]

RIGHTS = [
    "GRANT SELECT ON insight_crossing, insight_book TO guantong_app, guantong_search",
    "GRANT SELECT ON clues_bookrecord, exchange_message, matters_party TO guantong_search",
    "GRANT SELECT, INSERT, DELETE ON insight_balance TO guantong_search",
    "GRANT USAGE ON SEQUENCE insight_balance_id_seq TO guantong_search",
]
"""What the views and the function need."""
