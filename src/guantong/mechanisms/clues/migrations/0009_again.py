"""Platforms whose export is imported again and again, and what they last said of each clue."""

import django.db.models.deletion
from django.db import migrations, models

import guantong.kernel.matters.ids
from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0008_feedback_from_outside"),
        ("matters", "0004_party_roles"),
        ("organs", "0002_organ_elsewhere"),
    ]

    operations = [
        migrations.CreateModel(
            name="Platform",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="source platform")),
                ("columns", models.JSONField(default=dict)),
                ("headings", models.JSONField(default=list)),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.organ"
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="PlatformImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.CharField(max_length=200, verbose_name="file")),
                ("digest", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="imports",
                        to="clues.platform",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.post"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="SourceRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=guantong.kernel.matters.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("key", models.CharField(max_length=60, verbose_name="number there")),
                ("base", models.JSONField(default=dict)),
                ("left", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="source_records",
                        to="matters.matter",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.platform"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="platform",
            constraint=models.UniqueConstraint(fields=("organ", "name"), name="platform_once"),
        ),
        migrations.AddConstraint(
            model_name="platformimport",
            constraint=models.UniqueConstraint(fields=("platform", "digest"), name="platform_file_once"),
        ),
        migrations.AddConstraint(
            model_name="sourcerecord",
            constraint=models.UniqueConstraint(fields=("platform", "key"), name="source_key_once"),
        ),
        protect("clues_sourcerecord", 3),
    ]
