"""Every write that values rest on leaves a mark in its own transaction, whoever writes: services, imports, undo."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION portfolios_mark_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO portfolios_valuemark (account_id, first_day)
            SELECT account_id, min(trade_date) FROM added GROUP BY 1;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO portfolios_valuemark (account_id, first_day)
            SELECT account_id, min(trade_date) FROM removed GROUP BY 1;
    ELSE
        INSERT INTO portfolios_valuemark (account_id, first_day)
            SELECT account_id, min(trade_date)
            FROM (
                SELECT account_id, trade_date FROM added UNION ALL SELECT account_id, trade_date FROM removed
            ) AS both_sides
            GROUP BY 1;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION portfolios_mark_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO portfolios_valuemark (instrument_id, first_day)
            SELECT instrument_id, min(day) FROM added GROUP BY 1;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO portfolios_valuemark (instrument_id, first_day)
            SELECT instrument_id, min(day) FROM removed GROUP BY 1;
    ELSE
        INSERT INTO portfolios_valuemark (instrument_id, first_day)
            SELECT instrument_id, min(day)
            FROM (SELECT instrument_id, day FROM added UNION ALL SELECT instrument_id, day FROM removed) AS both_sides
            GROUP BY 1;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION portfolios_mark_instrument() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portfolios_valuemark (instrument_id, first_day) VALUES (NEW.id, '0001-01-01');
    RETURN NULL;
END $$;
CREATE TRIGGER portfolios_mark_instrument AFTER UPDATE ON portfolios_instrument FOR EACH ROW
    WHEN (OLD.kind <> NEW.kind OR OLD.currency <> NEW.currency OR OLD.master_id IS DISTINCT FROM NEW.master_id)
    EXECUTE FUNCTION portfolios_mark_instrument();

CREATE FUNCTION portfolios_mark_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portfolios_valuemark (account_id, first_day) VALUES (NEW.id, '0001-01-01');
    RETURN NULL;
END $$;
CREATE TRIGGER portfolios_mark_account AFTER UPDATE ON portfolios_account FOR EACH ROW
    WHEN (OLD.currency <> NEW.currency OR OLD.is_held_away <> NEW.is_held_away)
    EXECUTE FUNCTION portfolios_mark_account();
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
    FUNCTIONS
    + _triggers("portfolios_transaction", "portfolios_mark_entries")
    + _triggers("portfolios_instrumentprice", "portfolios_mark_prices")
)
BACK = "".join(
    f"DROP FUNCTION portfolios_mark_{what}() CASCADE;\n" for what in ("entries", "prices", "instrument", "account")
)


class Migration(migrations.Migration):
    dependencies = [("portfolios", "0013_kept_values")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
