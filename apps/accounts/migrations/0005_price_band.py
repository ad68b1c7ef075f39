"""Let a firm say which step of a price a second person approves."""

import django.core.validators
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a firm say which step of a price a second person approves."""

    dependencies = [
        ("accounts", "0004_no_roles_with_a_factor"),
    ]

    operations = [
        migrations.AddField(
            model_name="firmprofile",
            name="price_band",
            field=models.DecimalField(
                decimal_places=4,
                default=Decimal("0.25"),
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal(5)),
                ],
                verbose_name="step of a price that a second person approves",
            ),
        ),
        migrations.AddField(
            model_name="historicalfirmprofile",
            name="price_band",
            field=models.DecimalField(
                decimal_places=4,
                default=Decimal("0.25"),
                max_digits=5,
                validators=[
                    django.core.validators.MinValueValidator(Decimal("0.01")),
                    django.core.validators.MaxValueValidator(Decimal(5)),
                ],
                verbose_name="step of a price that a second person approves",
            ),
        ),
    ]
