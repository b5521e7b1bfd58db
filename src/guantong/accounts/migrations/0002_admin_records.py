"""Records of what administrators change, append-only, and passwords that must be changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ADMINISTERS = "(SELECT guantong_administers())"
APPEND_ONLY = [
    "ALTER TABLE accounts_adminrecord ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE accounts_adminrecord FORCE ROW LEVEL SECURITY",
    "CREATE POLICY write ON accounts_adminrecord FOR INSERT TO guantong_app WITH CHECK (true)",
    "CREATE POLICY duties ON accounts_adminrecord FOR SELECT TO guantong_app"
    f" USING ({ADMINISTERS} = 'audit' OR ({ADMINISTERS} <> '' AND administers = {ADMINISTERS}))",
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_adminrecord"
    " FOR EACH ROW EXECUTE FUNCTION guantong_refuse_change()",
    "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON accounts_adminrecord"
    " FOR EACH STATEMENT EXECUTE FUNCTION guantong_refuse_change()",
    "REVOKE UPDATE, DELETE, TRUNCATE ON accounts_adminrecord FROM guantong_app",
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("access", "0002_row_level_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="AdminRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "administers",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("system", "System administrator"),
                            ("security", "Security administrator"),
                            ("audit", "Audit administrator"),
                        ],
                        max_length=16,
                    ),
                ),
                ("what", models.CharField(max_length=40)),
                ("about", models.CharField(max_length=200)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["-id"]},
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
