"""A rate that is replaced or removed stays known beside the rates; firms read that."""

from typing import Any

from django.db import migrations

from apps.core.tenancy.names import firms_role

TABLE = "market_currencyratecorrection"
FORWARD = """
CREATE FUNCTION market_keep_rate_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO market_currencyratecorrection (base, quote, day, rate, replaced_at)
            SELECT was.base, was.quote, was.day, was.rate, clock_timestamp()
            FROM removed AS was JOIN added AS now USING (base, quote, day)
            WHERE was.rate <> now.rate;
    ELSE
        INSERT INTO market_currencyratecorrection (base, quote, day, rate, replaced_at)
            SELECT base, quote, day, rate, clock_timestamp() FROM removed;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER market_keep_rate_corrections_update AFTER UPDATE ON market_currencyrate
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION market_keep_rate_corrections();
CREATE TRIGGER market_keep_rate_corrections_delete AFTER DELETE ON market_currencyrate
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION market_keep_rate_corrections();
"""
BACK = "DROP FUNCTION market_keep_rate_corrections() CASCADE;"


def grant(_apps: Any, schema_editor: Any) -> None:
    """Let firms read."""
    schema_editor.execute(f"GRANT SELECT ON {TABLE} TO {schema_editor.quote_name(firms_role())}")


def revoke(_apps: Any, schema_editor: Any) -> None:
    """Take it back."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"REVOKE SELECT ON {TABLE} FROM {role}")  # noqa: S608 - a name of our own


class Migration(migrations.Migration):
    dependencies = [("market", "0010_rate_corrections")]

    operations = [migrations.RunSQL(FORWARD, BACK), migrations.RunPython(grant, revoke)]
