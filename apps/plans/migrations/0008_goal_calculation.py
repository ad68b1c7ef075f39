from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0007_claim_ages"),
    ]

    operations = [
        migrations.AddField(
            model_name="goal",
            name="calculation",
            field=models.JSONField(blank=True, default=None, null=True, verbose_name="calculation it comes from"),
        ),
        migrations.AddField(
            model_name="historicalgoal",
            name="calculation",
            field=models.JSONField(blank=True, default=None, null=True, verbose_name="calculation it comes from"),
        ),
    ]
