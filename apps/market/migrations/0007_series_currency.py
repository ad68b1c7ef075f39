"""The currency in which a series is told: what a benchmark converts it from."""

from django.db import migrations, models

PREFIX = "risk_free_"


def name_currencies(apps, schema_editor):  # noqa: ARG001 - Django's signature
    for series in apps.get_model("market", "MarketSeries").objects.filter(key__startswith=PREFIX):
        series.currency = series.key.removeprefix(PREFIX).upper()[:3]
        series.save(update_fields=["currency"])


class Migration(migrations.Migration):
    dependencies = [("market", "0006_firms_may_read_actions")]

    operations = [
        migrations.AddField(
            model_name="marketseries",
            name="currency",
            field=models.CharField(default="USD", max_length=3, verbose_name="currency"),
        ),
        migrations.RunPython(name_currencies, migrations.RunPython.noop),
    ]
