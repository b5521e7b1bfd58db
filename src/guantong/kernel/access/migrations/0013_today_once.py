"""What day it is, is worked out once a query, and not for every row a policy looks at."""

from django.db import migrations

ONCE = r"""
DO $do$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT polname, polrelid::regclass AS named, pg_get_expr(polqual, polrelid) AS sees FROM pg_policy
    WHERE pg_get_expr(polqual, polrelid) ~ '(?<!SELECT )guantong_today\(\)'
  LOOP
    EXECUTE format('ALTER POLICY %I ON %s USING (%s)', found.polname, found.named,
      regexp_replace(found.sees, '(?<!SELECT )guantong_today\(\)', '(SELECT guantong_today())', 'g'));
  END LOOP;
END $do$
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0012_recipients")]

    operations = [migrations.RunSQL([ONCE], migrations.RunSQL.noop)]
