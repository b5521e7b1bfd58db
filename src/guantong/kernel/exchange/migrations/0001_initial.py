"""Keys of bodies, messages on discs, and how far two bodies have counted."""

import django.db.models.deletion
from django.db import migrations, models

import guantong.kernel.matters.ids
from guantong.kernel.access.policies import protect


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0006_same_names"),
        ("matters", "0003_matters_by_number"),
        ("organs", "0002_organ_elsewhere"),
        ("papers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangeKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("own", models.BooleanField()),
                ("key_id", models.CharField(max_length=64, unique=True)),
                ("signing", models.CharField(max_length=64)),
                ("sealing", models.CharField(max_length=64)),
                ("private", models.BinaryField(default=b"")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "Imported, not confirmed"),
                            ("active", "In use"),
                            ("retired", "Replaced"),
                            ("revoked", "Revoked"),
                        ],
                        max_length=8,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("confirmed_with", models.CharField(blank=True, max_length=60, verbose_name="spoken to")),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "organ",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchange_keys",
                        to="organs.organ",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "active")),
                        fields=("organ", "own"),
                        name="exchange_key_in_use_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent", models.PositiveIntegerField(default=0)),
                ("received", models.PositiveIntegerField(default=0)),
                ("missing", models.JSONField(default=list)),
                (
                    "own",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.organ"
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.organ"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("own", "peer"), name="exchange_line_once")],
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                ("uid", models.UUIDField()),
                ("incoming", models.BooleanField()),
                ("signed", models.BooleanField(default=True)),
                ("kind", models.CharField(max_length=16)),
                ("department", models.CharField(blank=True, max_length=120)),
                ("number", models.PositiveIntegerField(null=True)),
                ("ref", models.UUIDField(db_index=True)),
                ("reply_to", models.UUIDField(null=True)),
                ("body", models.JSONField()),
                ("digest", models.CharField(blank=True, max_length=80)),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("acknowledged_on", models.DateField(null=True)),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="matters.attachment",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="matters.matter",
                    ),
                ),
                (
                    "own",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.organ"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="papers.paper",
                    ),
                ),
                (
                    "peer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organs.organ"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["own", "incoming", "-id"], name="exchange_message_listed")],
                "constraints": [
                    models.UniqueConstraint(fields=("uid", "incoming"), name="exchange_message_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("number__isnull", False)),
                        fields=("own", "peer", "incoming", "number"),
                        name="exchange_number_once",
                    ),
                ],
            },
        ),
        protect("exchange_message", 2),
    ]
