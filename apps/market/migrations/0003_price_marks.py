"""From which day on prices were written, for whoever keeps values that rest on them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0002_firms_may_read"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField()),
                (
                    "security",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="market.security",
                    ),
                ),
            ],
        ),
    ]
