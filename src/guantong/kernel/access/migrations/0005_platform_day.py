"""Sight ends with the platform's day, not with the day of the connection's time zone."""

from django.db import migrations

TODAY = """
CREATE OR REPLACE FUNCTION guantong_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date
$$
"""
# Whatever stands in the database now is taken as it is: other migrations may have made it anew meanwhile.
EVERYWHERE = """
DO $do$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND proname LIKE 'guantong\\_%' AND prosrc LIKE '%CURRENT_DATE%'
  LOOP
    EXECUTE replace(pg_get_functiondef(found.oid), 'CURRENT_DATE', 'guantong_today()');
  END LOOP;
  FOR found IN
    SELECT polname, polrelid::regclass AS named, pg_get_expr(polqual, polrelid) AS sees FROM pg_policy
    WHERE pg_get_expr(polqual, polrelid) LIKE '%CURRENT_DATE%'
  LOOP
    EXECUTE format('ALTER POLICY %I ON %s USING (%s)', found.polname, found.named,
      replace(found.sees, 'CURRENT_DATE', 'guantong_today()'));
  END LOOP;
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0004_links_within_the_ledger")]

    operations = [
        migrations.RunSQL([TODAY, EVERYWHERE], migrations.RunSQL.noop),
        migrations.RunSQL(
            ["DROP FUNCTION IF EXISTS guantong_duties_past(date, integer)"], migrations.RunSQL.noop
        ),
    ]
