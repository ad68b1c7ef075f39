"""Let every firm read corporate actions and none write them."""

from typing import Any

from django.db import migrations

from apps.core.tenancy.names import firms_role

TABLE = "market_corporateaction"


def grant(_apps: Any, schema_editor: Any) -> None:
    """Grant SELECT."""
    schema_editor.execute(f"GRANT SELECT ON {TABLE} TO {schema_editor.quote_name(firms_role())}")


def revoke(_apps: Any, schema_editor: Any) -> None:
    """Take it back."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"REVOKE SELECT ON {TABLE} FROM {role}")  # noqa: S608 - a name of our own


class Migration(migrations.Migration):
    """Grant on corporate actions."""

    dependencies = [("market", "0005_corporate_actions")]
    operations = [migrations.RunPython(grant, revoke)]
