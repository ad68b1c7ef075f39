from django.db import migrations, models

CHOICES = [
    ("in_start_out_end", "in from the morning, out until the evening of its day"),
    ("end_of_day", "from the evening of its day"),
    ("start_of_day", "from the morning of its day"),
]


class Migration(migrations.Migration):
    """Let a firm choose when a flow counts in returns."""

    dependencies = [
        ("accounts", "0005_price_band"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="flow_timing",
            field=models.CharField(
                choices=CHOICES, default="in_start_out_end", max_length=16, verbose_name="in returns, money counts"
            ),
        )
        for name in ("firmprofile", "historicalfirmprofile")
    ]
