"""A price of the firm's own that is replaced or taken away stays known beside the prices."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION portfolios_keep_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO portfolios_instrumentpricecorrection (instrument_id, day, close, replaced_at)
            SELECT was.instrument_id, was.day, was.close, clock_timestamp()
            FROM removed AS was JOIN added AS now USING (instrument_id, day)
            WHERE was.close <> now.close;
    ELSE
        INSERT INTO portfolios_instrumentpricecorrection (instrument_id, day, close, replaced_at)
            SELECT instrument_id, day, close, clock_timestamp() FROM removed;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER portfolios_keep_corrections_update AFTER UPDATE ON portfolios_instrumentprice
    REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION portfolios_keep_corrections();
CREATE TRIGGER portfolios_keep_corrections_delete AFTER DELETE ON portfolios_instrumentprice
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION portfolios_keep_corrections();
"""
BACK = "DROP FUNCTION portfolios_keep_corrections() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("portfolios", "0035_price_corrections")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
