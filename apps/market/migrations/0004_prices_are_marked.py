"""Every write of a price or rate leaves a mark, whoever writes; firms read the marks."""

from typing import Any

from django.db import migrations

from apps.core.tenancy.names import firms_role

FUNCTIONS = """
CREATE FUNCTION market_mark_prices() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    n_securities bigint;
    earliest date;
BEGIN
    -- ids of marks follow the order of commits: firms keep the last one that they have taken up
    PERFORM pg_advisory_xact_lock(hashtextextended('market.pricemark', 7));
    IF TG_OP = 'INSERT' THEN
        SELECT count(DISTINCT security_id), min(day) INTO n_securities, earliest FROM added;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT count(DISTINCT security_id), min(day) INTO n_securities, earliest FROM removed;
    ELSE
        SELECT count(DISTINCT security_id), min(day) INTO n_securities, earliest
            FROM (SELECT security_id, day FROM added UNION ALL SELECT security_id, day FROM removed) AS both_sides;
    END IF;
    IF n_securities > 50 THEN
        INSERT INTO market_pricemark (security_id, first_day) VALUES (NULL, earliest);
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO market_pricemark (security_id, first_day) SELECT security_id, min(day) FROM added GROUP BY 1;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO market_pricemark (security_id, first_day) SELECT security_id, min(day) FROM removed GROUP BY 1;
    ELSE
        INSERT INTO market_pricemark (security_id, first_day)
            SELECT security_id, min(day)
            FROM (SELECT security_id, day FROM added UNION ALL SELECT security_id, day FROM removed) AS both_sides
            GROUP BY 1;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION market_mark_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('market.pricemark', 7));
    IF TG_OP = 'INSERT' THEN
        INSERT INTO market_pricemark (first_day) SELECT min(day) FROM added HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO market_pricemark (first_day) SELECT min(day) FROM removed HAVING count(*) > 0;
    ELSE
        INSERT INTO market_pricemark (first_day)
            SELECT min(day) FROM (SELECT day FROM added UNION ALL SELECT day FROM removed) AS both_sides
            HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
"""


def _triggers(table: str, function: str) -> str:
    sides = {
        "INSERT": "NEW TABLE AS added",
        "DELETE": "OLD TABLE AS removed",
        "UPDATE": "OLD TABLE AS removed NEW TABLE AS added",
    }
    return "".join(
        f"CREATE TRIGGER {function}_{what.lower()} AFTER {what} ON {table} REFERENCING {tables}\n"
        f"    FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n"
        for what, tables in sides.items()
    )


FORWARD = (
    FUNCTIONS + _triggers("market_price", "market_mark_prices") + _triggers("market_currencyrate", "market_mark_rates")
)
BACK = """
DROP FUNCTION market_mark_prices() CASCADE;
DROP FUNCTION market_mark_rates() CASCADE;
"""


def grant(_apps: Any, schema_editor: Any) -> None:
    """Let firms read."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"GRANT SELECT ON market_pricemark TO {role}")


def revoke(_apps: Any, schema_editor: Any) -> None:
    """Take it back."""
    role = schema_editor.quote_name(firms_role())
    schema_editor.execute(f"REVOKE SELECT ON market_pricemark FROM {role}")  # noqa: S608 - names of our own


class Migration(migrations.Migration):
    dependencies = [("market", "0003_price_marks")]

    operations = [migrations.RunSQL(FORWARD, BACK), migrations.RunPython(grant, revoke)]
