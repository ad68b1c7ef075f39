"""The seal runs with its owner's rights: a temporary table of the caller must not stand in front of its own."""

from django.db import migrations

FORWARD = """
DO $$ BEGIN
    -- pg_temp is searched first unless it is named: named last, nobody's temporary table is taken for ours
    EXECUTE format('ALTER FUNCTION core_audit_seal() SET search_path = %I, pg_temp', current_schema());
END $$;
"""
BACK = """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION core_audit_seal() SET search_path = %I', current_schema());
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0004_job_language")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
