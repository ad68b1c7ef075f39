"""Trades begin as proposals."""

import django.db.models.deletion
import simple_history.models
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0006_kept_imports"),
        ("portfolios", "0004_advisory_fee"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalTradeProposal",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("created_at", models.DateTimeField(blank=True, editable=False)),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("form", "Written by hand"),
                            ("rebalance", "Rebalancing"),
                            ("harvest", "Harvesting of losses"),
                            ("cash", "Cash need"),
                        ],
                        default="form",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                ("purpose", models.CharField(max_length=300, verbose_name="purpose")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checking", "At the checkpoints"),
                            ("cleared", "Cleared"),
                            ("ordered", "Ordered"),
                            ("filled", "Executed"),
                            ("verified", "Verified"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="proposed on")),
                ("expires_on", models.DateField(verbose_name="holds until")),
                ("proposed_label", models.CharField(max_length=200, verbose_name="proposed by")),
                ("ended_because", models.CharField(blank=True, max_length=300, verbose_name="why it ended")),
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
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical trade proposal",
                "verbose_name_plural": "historical trade proposals",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="TradeProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("form", "Written by hand"),
                            ("rebalance", "Rebalancing"),
                            ("harvest", "Harvesting of losses"),
                            ("cash", "Cash need"),
                        ],
                        default="form",
                        max_length=10,
                        verbose_name="source",
                    ),
                ),
                ("purpose", models.CharField(max_length=300, verbose_name="purpose")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("checking", "At the checkpoints"),
                            ("cleared", "Cleared"),
                            ("ordered", "Ordered"),
                            ("filled", "Executed"),
                            ("verified", "Verified"),
                            ("declined", "Declined"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_on", models.DateField(verbose_name="proposed on")),
                ("expires_on", models.DateField(verbose_name="holds until")),
                ("proposed_label", models.CharField(max_length=200, verbose_name="proposed by")),
                ("ended_because", models.CharField(blank=True, max_length=300, verbose_name="why it ended")),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trade_proposals",
                        to="clients.household",
                        verbose_name="household",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "trade proposal",
                "verbose_name_plural": "trade proposals",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ProposedTrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "side",
                    models.CharField(choices=[("buy", "Buy"), ("sell", "Sell")], max_length=4, verbose_name="side"),
                ),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="amount"),
                ),
                (
                    "limit_price",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="limit price"
                    ),
                ),
                (
                    "estimated_price",
                    models.DecimalField(decimal_places=6, max_digits=18, verbose_name="estimated price"),
                ),
                ("priced_on", models.DateField(verbose_name="price of")),
                (
                    "estimated_amount",
                    models.DecimalField(decimal_places=2, max_digits=18, verbose_name="estimated amount"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "filled_quantity",
                    models.DecimalField(
                        blank=True, decimal_places=8, max_digits=20, null=True, verbose_name="executed quantity"
                    ),
                ),
                (
                    "filled_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="executed amount"
                    ),
                ),
                (
                    "filled_fees",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True, verbose_name="fees"),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposed_trades",
                        to="portfolios.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "instrument",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portfolios.instrument",
                        verbose_name="security",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="portfolios.tradeproposal"
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed trade",
                "verbose_name_plural": "proposed trades",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="ProposedLot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("lot_id", models.CharField(max_length=80)),
                ("acquired_on", models.DateField(verbose_name="acquired on")),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                (
                    "trade",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lots", to="portfolios.proposedtrade"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("trade", "lot_id"), name="trade_lot_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="trade_lot_positive"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="tradeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "draft",
                            "checking",
                            "cleared",
                            "ordered",
                            "filled",
                            "verified",
                            "declined",
                            "withdrawn",
                            "expired",
                        ],
                    )
                ),
                name="trade_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="tradeproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_on__gte", models.F("proposed_on"))), name="trade_expires_after_proposed"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedtrade",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="trade_quantity_positive"),
        ),
        migrations.AddConstraint(
            model_name="proposedtrade",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["buy", "sell"])), name="trade_side_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposedtrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filled_quantity", None),
                    models.Q(("filled_quantity__gte", 0), ("filled_quantity__lte", models.F("quantity"))),
                    _connector="OR",
                ),
                name="trade_filled_within_order",
            ),
        ),
    ]
