import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.core.models import AuditEvent
from tests.apps.compliance.trails import written


def test_an_intact_trail_ends_well(in_alpha, paul, capsys):
    written(paul)
    connection.set_schema_to_public()
    call_command("verify_audit", "--firm", "alpha")
    printed = capsys.readouterr().out
    assert "Firm     alpha" in printed
    assert printed.rstrip().endswith("INTACT")


def test_a_changed_trail_ends_with_exit_code_1_and_says_where(in_alpha, paul, capsys):
    written(paul)
    victim = AuditEvent.objects.order_by("-id").first()
    with connection.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditevent SET actor_label = 'Nobody' WHERE id = %s", [victim.pk])
        cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")
    connection.set_schema_to_public()
    with pytest.raises(SystemExit) as left:
        call_command("verify_audit", "--firm", "alpha")
    assert left.value.code == 1
    assert f"(event {victim.pk})" in capsys.readouterr().out


def test_a_firm_that_does_not_exist_is_refused(db):
    with pytest.raises(CommandError, match="There is no firm nobody"):
        call_command("verify_audit", "--firm", "nobody")
