"""Checkpoints before money moves; what was found at one stands."""

import django.core.validators
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables of checkpoints and the triggers that keep them."""

    dependencies = [
        ("clients", "0006_kept_imports"),
        ("compliance", "0002_records_stand"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckpointRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "manager_above_amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="a manager reviews above",
                    ),
                ),
                (
                    "manager_above_share",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="or above this share of the portfolio",
                    ),
                ),
                ("manager_above_lines", models.PositiveSmallIntegerField(verbose_name="or above this many trades")),
                (
                    "consent",
                    models.CharField(
                        choices=[("mandate", "Where the mandate asks for it"), ("always", "Always")],
                        max_length=8,
                        verbose_name="the client approves",
                    ),
                ),
                ("set_by", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="CheckpointRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("client_verification", "Client verification"),
                            ("investment_review", "Investment review"),
                            ("client_approval", "Client approval"),
                            ("portfolio_verification", "Portfolio verification"),
                        ],
                        max_length=22,
                        verbose_name="checkpoint",
                    ),
                ),
                ("target_type", models.CharField(max_length=80)),
                ("target_id", models.UUIDField()),
                ("target_digest", models.CharField(max_length=64)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("passed", "Passed"), ("failed", "Not passed"), ("not_required", "Not required")],
                        max_length=12,
                        verbose_name="verdict",
                    ),
                ),
                ("facts", models.JSONField(default=list, blank=True)),
                ("approvals", models.JSONField(default=list, blank=True)),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("recorded_key", models.CharField(max_length=120)),
                ("recorded_label", models.CharField(max_length=200, verbose_name="by")),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checkpoints",
                        to="clients.household",
                        verbose_name="household",
                    ),
                ),
                (
                    "rules",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.checkpointrules",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "indexes": [models.Index(fields=["target_id", "kind"], name="checkpoint_of_target")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "client_verification",
                                    "investment_review",
                                    "client_approval",
                                    "portfolio_verification",
                                ],
                            )
                        ),
                        name="checkpoint_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["passed", "failed", "not_required"])),
                        name="checkpoint_verdict_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "".join(
                f"CREATE TRIGGER compliance_{table}_stands BEFORE UPDATE ON compliance_{table}\n"
                "    FOR EACH ROW EXECUTE FUNCTION compliance_refuse_change();\n"
                for table in ("checkpointrecord", "checkpointrules")
            ),
            "DROP TRIGGER compliance_checkpointrecord_stands ON compliance_checkpointrecord;\n"
            "DROP TRIGGER compliance_checkpointrules_stands ON compliance_checkpointrules;\n",
        ),
    ]
