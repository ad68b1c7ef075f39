"""Give each line of a statement the key by which the next file of the day finds it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Lines that are there take their id as key."""

    dependencies = [("portfolios", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="statementline",
            name="key",
            field=models.CharField(max_length=200, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL("UPDATE portfolios_statementline SET key = 'line-' || id", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(fields=["statement", "key"], name="statement_line_once"),
        ),
    ]
