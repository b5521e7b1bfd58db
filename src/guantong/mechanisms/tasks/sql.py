"""What is below a task, as SQL for migrations (统分结合; CZ-1.2): who unifies sees every part in outline."""

from __future__ import annotations

PARTS = """
-- The parts below these tasks, at every level: number, holder, state, day; no title, nothing of what is done.
-- Answers only about a task that the caller sees wholly.
CREATE FUNCTION guantong_task_parts(tasks uuid[])
RETURNS TABLE (
  root uuid, whole uuid, task uuid, level integer, number varchar, holder bigint, state varchar,
  is_open boolean, due_on date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE below AS (
    SELECT k.whole_id AS root, k.whole_id AS whole, k.matter_id AS task, 1 AS level, k.due_on
    FROM tasks_task k WHERE k.whole_id = ANY (tasks) AND EXISTS (
      SELECT 1 FROM access_visibility v WHERE v.matter_id = k.whole_id
        AND v.principal = ANY (guantong_principals()) AND v.depth >= 3 AND v.until >= guantong_today()
    )
    UNION ALL
    SELECT b.root, k.whole_id, k.matter_id, b.level + 1, k.due_on
    FROM below b JOIN tasks_task k ON k.whole_id = b.task
  )
  SELECT b.root, b.whole, b.task, b.level, m.number, p.organ_id, m.state, m.is_open, b.due_on
  FROM below b JOIN matters_matter m ON m.id = b.task
    LEFT JOIN matters_party p ON p.matter_id = b.task AND p.role = 'handler' AND p.until IS NULL
  ORDER BY b.level, b.task
$$;
"""
DEFINERS = ["guantong_task_parts(uuid[])"]
