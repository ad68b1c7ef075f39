"""Money that came for an invoice after it was void waits to be seen to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Money that came for an invoice after it was void waits to be seen to."""

    dependencies = [
        ("billing", "0001_fees_and_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalpayment",
            name="unapplied",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Counted on its invoice"),
                    ("waiting", "To be given back or applied"),
                    ("returned", "Given back"),
                    ("applied", "Applied to another invoice"),
                ],
                default="",
                max_length=8,
                verbose_name="came after the invoice was void",
            ),
        ),
        migrations.AddField(
            model_name="historicalpayment",
            name="unapplied_note",
            field=models.CharField(blank=True, max_length=300, verbose_name="what became of it"),
        ),
        migrations.AddField(
            model_name="payment",
            name="unapplied",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Counted on its invoice"),
                    ("waiting", "To be given back or applied"),
                    ("returned", "Given back"),
                    ("applied", "Applied to another invoice"),
                ],
                default="",
                max_length=8,
                verbose_name="came after the invoice was void",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="unapplied_note",
            field=models.CharField(blank=True, max_length=300, verbose_name="what became of it"),
        ),
    ]
