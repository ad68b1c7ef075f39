"""Block orders, their shares and what was executed."""

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0011_equivalence"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("custodian", models.CharField(max_length=120, verbose_name="custodian")),
                ("content", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("written_label", models.CharField(max_length=200, verbose_name="written by")),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="BlockOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("reference", models.CharField(max_length=20, unique=True, verbose_name="reference")),
                (
                    "side",
                    models.CharField(choices=[("buy", "Buy"), ("sell", "Sell")], max_length=4, verbose_name="side"),
                ),
                ("custodian", models.CharField(max_length=120, verbose_name="custodian")),
                ("currency", models.CharField(max_length=3)),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                (
                    "limit_price",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="limit price"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "Ready to send"),
                            ("sent", "In the market"),
                            ("partial", "Partly executed"),
                            ("filled", "Executed"),
                            ("closed", "Closed"),
                        ],
                        default="ready",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("allocation_rule", models.CharField(default="pro_rata_average_price", max_length=30)),
                ("seed", models.BigIntegerField(verbose_name="seed of the odd lots")),
                ("released_label", models.CharField(max_length=200, verbose_name="released by")),
                ("route", models.CharField(blank=True, max_length=20, verbose_name="sent by")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
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
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="portfolios.orderfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "block order",
                "verbose_name_plural": "block orders",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="FillProblem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="execution id")),
                ("reference", models.CharField(max_length=40, verbose_name="reference")),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                ("price", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price")),
                ("day", models.DateField(default=django.utils.timezone.localdate, verbose_name="day")),
                ("code", models.CharField(max_length=20, verbose_name="what is wrong")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="how it was solved")),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problems",
                        to="portfolios.blockorder",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalBlockOrder",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("created_at", models.DateTimeField(blank=True, editable=False)),
                ("updated_at", models.DateTimeField(blank=True, editable=False)),
                ("reference", models.CharField(db_index=True, max_length=20, verbose_name="reference")),
                (
                    "side",
                    models.CharField(choices=[("buy", "Buy"), ("sell", "Sell")], max_length=4, verbose_name="side"),
                ),
                ("custodian", models.CharField(max_length=120, verbose_name="custodian")),
                ("currency", models.CharField(max_length=3)),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                (
                    "limit_price",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=18, null=True, verbose_name="limit price"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "Ready to send"),
                            ("sent", "In the market"),
                            ("partial", "Partly executed"),
                            ("filled", "Executed"),
                            ("closed", "Closed"),
                        ],
                        default="ready",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("allocation_rule", models.CharField(default="pro_rata_average_price", max_length=30)),
                ("seed", models.BigIntegerField(verbose_name="seed of the odd lots")),
                ("released_label", models.CharField(max_length=200, verbose_name="released by")),
                ("route", models.CharField(blank=True, max_length=20, verbose_name="sent by")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("history_user_id", models.CharField(max_length=120, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
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
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="portfolios.orderfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical block order",
                "verbose_name_plural": "historical block orders",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="OrderShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                ("rank", models.PositiveIntegerField()),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="share", to="portfolios.proposedtrade"
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="portfolios.blockorder"
                    ),
                ),
            ],
            options={
                "ordering": ("order", "rank"),
            },
        ),
        migrations.CreateModel(
            name="EntryConfirmation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("external_key", models.CharField(max_length=200)),
                ("source", models.CharField(max_length=200)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmations",
                        to="portfolios.transaction",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "external_key"), name="entry_confirmed_once_by_a_line")
                ],
            },
        ),
        migrations.CreateModel(
            name="Fill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="execution id")),
                ("quantity", models.DecimalField(decimal_places=8, max_digits=20, verbose_name="quantity")),
                ("price", models.DecimalField(decimal_places=6, max_digits=18, verbose_name="price")),
                ("fees", models.DecimalField(decimal_places=2, default=0, max_digits=18, verbose_name="fees")),
                ("day", models.DateField(verbose_name="day")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fills", to="portfolios.blockorder"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fees__gte", 0), ("price__gt", 0), ("quantity__gt", 0)),
                        name="fill_positive",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="blockorder",
            constraint=models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="order_quantity_positive"),
        ),
        migrations.AddConstraint(
            model_name="blockorder",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["ready", "sent", "partial", "filled", "closed"])),
                name="order_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ordershare",
            constraint=models.UniqueConstraint(fields=("order", "rank"), name="order_rank_once"),
        ),
    ]
