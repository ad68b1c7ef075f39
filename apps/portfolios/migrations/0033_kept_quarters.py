"""A row of kept values holds a quarter, packed, and an account its last close: the next night computes all anew."""

import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
from django.db import migrations, models


def _rest_of(name: str, size: int) -> django.db.models.lookups.Exact:
    length = models.Func(name, function="octet_length", output_field=models.IntegerField())
    return django.db.models.lookups.Exact(django.db.models.functions.math.Mod(length, size), 0)


def _to(model: str, **told: object) -> dict:
    return {"on_delete": django.db.models.deletion.CASCADE, "related_name": "+", "to": f"portfolios.{model}", **told}


class Migration(migrations.Migration):
    dependencies = [
        ("portfolios", "0032_distribution_terms"),
    ]

    operations = [
        migrations.RunSQL(
            "DELETE FROM portfolios_keptholding; DELETE FROM portfolios_keptaccount; DELETE FROM portfolios_firmday",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="AccountQuarter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account", "first_day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("first_day", models.DateField()),
                ("holdings", models.BinaryField()),
                ("changes", models.BinaryField()),
                ("account", models.ForeignKey(**_to("account", db_constraint=False, db_index=False))),
            ],
        ),
        migrations.DeleteModel(name="AccountMonth"),
        migrations.AddConstraint(
            model_name="accountquarter",
            constraint=models.CheckConstraint(
                condition=models.Q(_rest_of("holdings", 8), _rest_of("changes", 16)), name="account_quarter_days"
            ),
        ),
        migrations.AddField("keptaccount", "is_walked", models.BooleanField(default=False), preserve_default=False),
        migrations.AddField("keptaccount", "cash", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField("keptaccount", "positions", models.BinaryField(default=b""), preserve_default=False),
        migrations.AlterField(
            "keptaccount",
            "account",
            models.OneToOneField(**_to("account", db_constraint=False, primary_key=True, serialize=False)),
        ),
        migrations.AlterField(
            "keptholding", "account", models.ForeignKey(**_to("account", db_constraint=False, db_index=False))
        ),
        migrations.AlterField(
            "keptholding",
            "instrument",
            models.ForeignKey(**_to("instrument", db_constraint=False, db_index=False, null=True)),
        ),
    ]
