"""Plans: the mix that a version is computed with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_goal_words")]

    operations = [
        migrations.AddField(
            model_name=model,
            name="chosen_mix",
            field=models.JSONField(blank=True, default=None, null=True, verbose_name="mix chosen"),
        )
        for model in ("plan", "historicalplan")
    ]
