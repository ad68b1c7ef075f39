"""Let every firm read market data and none write it: the group of all firms' roles gets SELECT, nothing else."""

from typing import Any

from django.db import migrations

from apps.core.tenancy.names import firms_role

TABLES = [
    "market_security",
    "market_price",
    "market_priceload",
    "market_currencyrate",
    "market_marketseries",
    "market_marketpoint",
]


def grant(_apps: Any, schema_editor: Any) -> None:
    """Grant SELECT."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"GRANT SELECT ON {', '.join(TABLES)} TO {role}")


def revoke(_apps: Any, schema_editor: Any) -> None:
    """Take it back."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"REVOKE SELECT ON {', '.join(TABLES)} FROM {role}")  # noqa: S608 - names of our own


class Migration(migrations.Migration):
    """Grants on market data."""

    dependencies = [("market", "0001_initial")]
    operations = [migrations.RunPython(grant, revoke)]
