"""A close that is replaced or removed stays known beside the prices; firms read that."""

from typing import Any

from django.db import migrations

from apps.core.tenancy.names import firms_role

TABLE = "market_pricecorrection"
FORWARD = """
CREATE FUNCTION market_keep_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO market_pricecorrection (security_id, day, close, replaced_at)
            SELECT was.security_id, was.day, was.close, clock_timestamp()
            FROM removed AS was JOIN added AS now USING (security_id, day)
            WHERE was.close <> now.close;
    ELSE
        INSERT INTO market_pricecorrection (security_id, day, close, replaced_at)
            SELECT security_id, day, close, clock_timestamp() FROM removed;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER market_keep_corrections_update AFTER UPDATE ON market_price
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION market_keep_corrections();
CREATE TRIGGER market_keep_corrections_delete AFTER DELETE ON market_price
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION market_keep_corrections();
"""
BACK = "DROP FUNCTION market_keep_corrections() CASCADE;"


def grant(_apps: Any, schema_editor: Any) -> None:
    """Let firms read."""
    schema_editor.execute(f"GRANT SELECT ON {TABLE} TO {schema_editor.quote_name(firms_role())}")


def revoke(_apps: Any, schema_editor: Any) -> None:
    """Take it back."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"REVOKE SELECT ON {TABLE} FROM {role}")  # noqa: S608 - a name of our own


class Migration(migrations.Migration):
    dependencies = [("market", "0008_price_corrections")]

    operations = [migrations.RunSQL(FORWARD, BACK), migrations.RunPython(grant, revoke)]
