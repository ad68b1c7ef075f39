"""Daily values of accounts, kept by night, and the marks that say from when they are due."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0012_block_orders"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_mark", models.BigIntegerField(default=0)),
                ("firm_from", models.DateField(null=True)),
                ("asked_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AccountDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("holdings", models.BigIntegerField()),
                ("cash", models.BigIntegerField()),
                ("money_in", models.BigIntegerField()),
                ("money_out", models.BigIntegerField()),
                ("fees", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portfolios.account",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FirmDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("value", models.DecimalField(decimal_places=0, max_digits=30)),
                ("money_in", models.DecimalField(decimal_places=0, max_digits=30)),
                ("money_out", models.DecimalField(decimal_places=0, max_digits=30)),
                ("fees", models.DecimalField(decimal_places=0, max_digits=30)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("currency", "day"), name="firm_day_once")],
            },
        ),
        migrations.CreateModel(
            name="KeptAccount",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="portfolios.account",
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_day__gte", models.F("first_day"))), name="kept_account_span"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptHolding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("first_day", models.DateField()),
                ("unpriced_on", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="portfolios.account"
                    ),
                ),
                (
                    "instrument",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portfolios.instrument",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "instrument", "currency"), name="kept_holding_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ValueMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portfolios.account",
                    ),
                ),
                (
                    "instrument",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="portfolios.instrument",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("account", None), ("instrument", None), _connector="XOR"),
                        name="value_mark_of_one_or_other",
                    )
                ],
            },
        ),
    ]
