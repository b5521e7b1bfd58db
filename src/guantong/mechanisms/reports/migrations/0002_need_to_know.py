"""Need to know for reports, enforced by the database."""

from django.db import migrations

from guantong.kernel.access.policies import policy, protect


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("access", "0002_row_level_security")]

    operations = [
        protect("reports_report", 2),
        migrations.RunSQL(
            policy(
                "reports_finding",
                "EXISTS (SELECT 1 FROM reports_report r WHERE r.matter_id = reports_finding.report_id)",
            ),
            migrations.RunSQL.noop,
        ),
    ]
