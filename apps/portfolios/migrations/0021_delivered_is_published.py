"""What clients have by now is published: after the columns, since rows with pending triggers take no index."""

from django.db import migrations, models


def publish_what_was_delivered(apps, schema_editor):  # noqa: ARG001 - Django's signature
    reports = apps.get_model("portfolios", "PerformanceReport").objects.filter(state="delivered")
    reports.update(published=models.F("document"), published_at=models.F("delivered_at"))


class Migration(migrations.Migration):
    dependencies = [("portfolios", "0020_reports_published")]

    operations = [migrations.RunPython(publish_what_was_delivered, migrations.RunPython.noop)]
