"""An account that is removed leaves a mark: the firm's sums over its days are due again."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION portfolios_mark_gone_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO portfolios_valuemark (account_id, first_day) VALUES (OLD.id, '0001-01-01');
    RETURN NULL;
END $$;
CREATE TRIGGER portfolios_mark_gone_account AFTER DELETE ON portfolios_account FOR EACH ROW
    EXECUTE FUNCTION portfolios_mark_gone_account();
"""
BACK = "DROP FUNCTION portfolios_mark_gone_account() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("portfolios", "0014_values_are_marked")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
