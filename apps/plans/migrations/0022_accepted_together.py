"""What the advice that was taken does together: unknown of the runs there are."""

import django.db.models.deletion
from django.db import migrations, models

LABEL = "what was accepted, together"


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_seal_by_its_own_tables"),
        ("plans", "0021_facts_confirmed"),
    ]

    operations = [
        migrations.AddField(
            model_name="projectionrun",
            name="accepted_together",
            field=models.JSONField(blank=True, null=True, verbose_name=LABEL),
        ),
        migrations.AlterField(
            model_name="projectionrun",
            name="accepted_together",
            field=models.JSONField(blank=True, default=dict, null=True, verbose_name=LABEL),
        ),
        migrations.AddField(
            model_name="projectionrun",
            name="together_job",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.job",
                verbose_name="job that measures",
            ),
        ),
    ]
