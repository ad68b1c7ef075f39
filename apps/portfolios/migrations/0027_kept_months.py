"""A row of kept values holds a month: the days kept before are forgotten, and the next night computes them anew."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.lookups
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0026_manual_assets"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountMonth",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account", "first_day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("first_day", models.DateField()),
                ("holdings", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("cash", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("money_in", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "money_out",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("fees", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
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
        migrations.DeleteModel(
            name="AccountDay",
        ),
        migrations.AddConstraint(
            model_name="accountmonth",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        models.Func("cash", function="cardinality", output_field=models.IntegerField()),
                        models.Func("holdings", function="cardinality", output_field=models.IntegerField()),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func("money_in", function="cardinality", output_field=models.IntegerField()),
                        models.Func("holdings", function="cardinality", output_field=models.IntegerField()),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func("money_out", function="cardinality", output_field=models.IntegerField()),
                        models.Func("holdings", function="cardinality", output_field=models.IntegerField()),
                    ),
                    django.db.models.lookups.Exact(
                        models.Func("fees", function="cardinality", output_field=models.IntegerField()),
                        models.Func("holdings", function="cardinality", output_field=models.IntegerField()),
                    ),
                ),
                name="account_month_days",
            ),
        ),
        migrations.RunSQL(
            "DELETE FROM portfolios_keptholding; DELETE FROM portfolios_keptaccount", migrations.RunSQL.noop
        ),
    ]
