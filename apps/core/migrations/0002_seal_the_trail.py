"""Make the trail append-only and chain it, in the database itself.

Each event is sealed by a deferred trigger when its transaction commits: the lock that orders the chain is then held
for the commit alone, so that a long transaction blocks nobody and services cannot deadlock on it.
The owner of the tables is refused as well (who could still drop the trigger: the head hash is anchored outside).
"""

from typing import Any

from django.db import migrations

from apps.core.tenancy.names import role_for

FUNCTIONS = r"""
CREATE FUNCTION core_audit_text(e core_auditevent) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_build_object(
        'id', e.id,
        'occurred_at', to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'action', e.action, 'actor_kind', e.actor_kind, 'actor_key', e.actor_key, 'actor_label', e.actor_label,
        'actor_role', e.actor_role, 'on_behalf_of', e.on_behalf_of,
        'target_type', e.target_type, 'target_id', e.target_id, 'target_label', e.target_label,
        'subject_type', e.subject_type, 'subject_id', e.subject_id,
        'reason', e.reason, 'before', e.before, 'after', e.after,
        'ip', e.ip, 'user_agent', e.user_agent, 'request_id', e.request_id, 'method', e.method
    )::text
$$;

CREATE FUNCTION core_audit_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    last core_auditseal;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(TG_TABLE_SCHEMA || '.audit', 7));
    SELECT * INTO last FROM core_auditseal ORDER BY sequence DESC LIMIT 1;
    INSERT INTO core_auditseal (sequence, event_id, prev, hash) VALUES (
        coalesce(last.sequence, 0) + 1,
        NEW.id,
        coalesce(last.hash, repeat('0', 64)),
        encode(sha256(convert_to(coalesce(last.hash, repeat('0', 64)) || core_audit_text(NEW), 'UTF8')), 'hex')
    );
    RETURN NULL;
END
$$;

CREATE FUNCTION core_audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The trail is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE CONSTRAINT TRIGGER core_audit_seal AFTER INSERT ON core_auditevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_audit_seal();
CREATE TRIGGER core_audit_event_refuse BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER core_audit_event_refuse_truncate BEFORE TRUNCATE ON core_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER core_audit_seal_refuse BEFORE UPDATE OR DELETE ON core_auditseal
    FOR EACH ROW EXECUTE FUNCTION core_audit_refuse();
CREATE TRIGGER core_audit_seal_refuse_truncate BEFORE TRUNCATE ON core_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_refuse();
"""

BACK = """
DROP TRIGGER core_audit_seal ON core_auditevent;
DROP TRIGGER core_audit_event_refuse ON core_auditevent;
DROP TRIGGER core_audit_event_refuse_truncate ON core_auditevent;
DROP TRIGGER core_audit_seal_refuse ON core_auditseal;
DROP TRIGGER core_audit_seal_refuse_truncate ON core_auditseal;
DROP FUNCTION core_audit_seal();
DROP FUNCTION core_audit_refuse();
DROP FUNCTION core_audit_text(core_auditevent);
"""


def take_back_what_default_privileges_gave(_apps: Any, schema_editor: Any) -> None:
    """Leave INSERT and SELECT on events, SELECT alone on seals, to the role that serves the schema."""
    role = schema_editor.quote_name(role_for(schema_editor.connection.schema_name))
    schema_editor.execute(f"REVOKE UPDATE, DELETE ON core_auditevent FROM {role}")
    schema_editor.execute(f"REVOKE INSERT, UPDATE, DELETE ON core_auditseal FROM {role}")


class Migration(migrations.Migration):
    """Triggers and grants of the trail."""

    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, BACK),
        migrations.RunPython(take_back_what_default_privileges_gave, migrations.RunPython.noop),
    ]
