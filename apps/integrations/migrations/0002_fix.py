"""FIX connections and their messages."""

import django.core.validators
import django.db.models.deletion
import simple_history.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalFixConnection",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("created_at", models.DateTimeField(blank=True, editable=False)),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                ("name", models.CharField(db_index=True, max_length=120, verbose_name="name")),
                ("custodian", models.CharField(max_length=120, verbose_name="custodian whose orders go here")),
                ("host", models.CharField(max_length=200, verbose_name="host")),
                (
                    "port",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                        verbose_name="port",
                    ),
                ),
                ("sender_comp_id", models.CharField(max_length=60, verbose_name="our CompID")),
                ("target_comp_id", models.CharField(max_length=60, verbose_name="their CompID")),
                ("username", models.CharField(blank=True, max_length=120, verbose_name="user name")),
                (
                    "heartbeat",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="seconds between heartbeats",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("history_user_id", models.CharField(max_length=120, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
            ],
            options={
                "verbose_name": "historical fix connection",
                "verbose_name_plural": "historical fix connections",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="FixConnection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("custodian", models.CharField(max_length=120, verbose_name="custodian whose orders go here")),
                ("host", models.CharField(max_length=200, verbose_name="host")),
                (
                    "port",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                        verbose_name="port",
                    ),
                ),
                ("sender_comp_id", models.CharField(max_length=60, verbose_name="our CompID")),
                ("target_comp_id", models.CharField(max_length=60, verbose_name="their CompID")),
                ("username", models.CharField(blank=True, max_length=120, verbose_name="user name")),
                ("password", models.TextField(blank=True, verbose_name="password")),
                (
                    "heartbeat",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="seconds between heartbeats",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("next_out", models.PositiveBigIntegerField(default=1, editable=False)),
                ("next_in", models.PositiveBigIntegerField(default=1, editable=False)),
                ("is_on", models.BooleanField(default=False, editable=False, verbose_name="connected")),
                ("state_note", models.CharField(blank=True, editable=False, max_length=300)),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("host", "port", "sender_comp_id", "target_comp_id"),
                        name="fix_session_once",
                        violation_error_message="This session is set up already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FixMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("is_ours", models.BooleanField()),
                ("seq", models.PositiveBigIntegerField(blank=True, null=True)),
                ("kind", models.CharField(max_length=3)),
                ("body", models.TextField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="integrations.fixconnection",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_ours", True)),
                        fields=("connection", "seq"),
                        name="fix_number_given_once",
                    )
                ],
            },
        ),
    ]
