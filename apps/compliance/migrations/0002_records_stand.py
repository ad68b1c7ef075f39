"""Records of suitability stand: submitted answers, assessments of capacity, reviews and acknowledgements keep their words.

The database refuses it, so that no later code, shell or admin page can change what a client answered.
"""

from django.db import migrations

KEPT = ("capacityassessment", "advisorriskreview", "riskacknowledgement", "trailverification")

FUNCTIONS = """
CREATE FUNCTION compliance_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'This record stands: % on % is refused.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER compliance_answers_stand BEFORE UPDATE ON compliance_riskassessment
    FOR EACH ROW WHEN (
        OLD.submitted_at IS NOT NULL AND (
            NEW.answers IS DISTINCT FROM OLD.answers
            OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
            OR NEW.questionnaire_id IS DISTINCT FROM OLD.questionnaire_id
            OR NEW.person_id IS DISTINCT FROM OLD.person_id
            OR NEW.tolerance_score IS DISTINCT FROM OLD.tolerance_score
            OR NEW.tolerance_level IS DISTINCT FROM OLD.tolerance_level
            OR NEW.tolerance_trail IS DISTINCT FROM OLD.tolerance_trail
        )
    ) EXECUTE FUNCTION compliance_refuse_change();
CREATE TRIGGER compliance_method_stands BEFORE UPDATE ON compliance_methodtable
    FOR EACH ROW WHEN (
        NEW.content IS DISTINCT FROM OLD.content OR NEW.sha256 IS DISTINCT FROM OLD.sha256
        OR NEW.version IS DISTINCT FROM OLD.version OR NEW.kind IS DISTINCT FROM OLD.kind
    ) EXECUTE FUNCTION compliance_refuse_change();
"""
FUNCTIONS += "".join(
    f"CREATE TRIGGER compliance_{table}_stands BEFORE UPDATE ON compliance_{table}\n"
    "    FOR EACH ROW EXECUTE FUNCTION compliance_refuse_change();\n"
    for table in KEPT
)

BACK = "".join(f"DROP TRIGGER compliance_{table}_stands ON compliance_{table};\n" for table in KEPT)
BACK += """
DROP TRIGGER compliance_method_stands ON compliance_methodtable;
DROP TRIGGER compliance_answers_stand ON compliance_riskassessment;
DROP FUNCTION compliance_refuse_change();
"""


class Migration(migrations.Migration):
    """Triggers that keep records as they were made."""

    dependencies = [("compliance", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
