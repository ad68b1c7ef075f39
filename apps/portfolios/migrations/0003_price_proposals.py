"""Prices that do not fit what the firm holds wait for a second person."""

import django.db.models.deletion
import simple_history.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Prices that do not fit what the firm holds wait for a second person."""

    dependencies = [
        ("clients", "0006_kept_imports"),
        ("portfolios", "0002_statement_line_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="instrumentprice",
            name="of_trade",
            field=models.BooleanField(default=False, verbose_name="price of a trade"),
        ),
        migrations.CreateModel(
            name="HistoricalPriceProposal",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("created_at", models.DateTimeField(blank=True, editable=False)),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                ("day", models.DateField(verbose_name="day")),
                ("close", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price of the file")),
                ("held_close", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price of the firm")),
                ("held_day", models.DateField(verbose_name="day of the firm's price")),
                ("held_source", models.CharField(max_length=200, verbose_name="source of the firm's price")),
                ("source", models.CharField(max_length=200, verbose_name="file")),
                ("line", models.PositiveIntegerField(default=0, verbose_name="line")),
                ("proposed_by", models.CharField(max_length=200, verbose_name="brought by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for approval"),
                            ("applied", "Approved and applied"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("history_user_id", models.CharField(max_length=120, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="clients.household",
                        verbose_name="household",
                    ),
                ),
                (
                    "instrument",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="portfolios.instrument",
                        verbose_name="security",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical proposed price",
                "verbose_name_plural": "historical proposed prices",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PriceProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("day", models.DateField(verbose_name="day")),
                ("close", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price of the file")),
                ("held_close", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price of the firm")),
                ("held_day", models.DateField(verbose_name="day of the firm's price")),
                ("held_source", models.CharField(max_length=200, verbose_name="source of the firm's price")),
                ("source", models.CharField(max_length=200, verbose_name="file")),
                ("line", models.PositiveIntegerField(default=0, verbose_name="line")),
                ("proposed_by", models.CharField(max_length=200, verbose_name="brought by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for approval"),
                            ("applied", "Approved and applied"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("batches", models.ManyToManyField(related_name="+", to="clients.importbatch", verbose_name="imports")),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="clients.household",
                        verbose_name="household",
                    ),
                ),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to="portfolios.instrument",
                        verbose_name="security",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed price",
                "verbose_name_plural": "proposed prices",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "declined"])),
                        fields=("instrument", "day", "close"),
                        name="price_proposed_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("close__gte", 0)), name="proposed_price_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "applied", "declined", "withdrawn"])),
                        name="proposal_state_known",
                    ),
                ],
            },
        ),
    ]
