import hashlib

import pytest
from django.db import DatabaseError, connection, transaction
from django_tenants.utils import tenant_context

from apps.core import audit
from apps.core.models import AuditEvent, AuditSeal


def seal_now() -> None:
    """Fire the deferred triggers of the test's own transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_an_event_keeps_only_what_changed(in_alpha, paul, system):
    event = audit.record("tests.rename", by=system, target=paul, before={"a": 1, "b": 2}, after={"a": 1, "b": 3})
    assert (event.before, event.after) == ({"b": 2}, {"b": 3})
    assert event.target_id == str(paul.public_id)


def test_facts_of_an_event_are_kept_whatever_changed(in_alpha, paul, system):
    told = {"total": 5, "n": None}
    event = audit.record("tests.count", by=system, target=paul, before=told, after=told, facts=told)
    assert (event.before, event.after) == ({}, told)
    assert audit.record("tests.count", by=system, target=paul, facts=told).after == told


def test_a_snapshot_never_holds_a_secret(paul):
    image = audit.snapshot(paul)
    assert "password" not in image
    assert image["email"] == "paul@alpha.test"


def test_each_event_is_sealed_and_the_chain_verifies(in_alpha, paul, system):
    for n in range(5):
        audit.record("tests.count", by=system, target=paul, after={"n": n})
    seal_now()
    verdict = audit.verify_chain()
    assert verdict.is_intact, verdict
    assert verdict.events == verdict.sealed >= 5
    lines = list(audit.sealed_lines())
    assert all(hashlib.sha256((line.prev + line.text).encode()).hexdigest() == line.hash for line in lines)
    assert lines[-1].hash == verdict.head


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET action='x'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent",
        "INSERT INTO core_auditseal VALUES (99, 1, '', '')",
        "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
    ],
)
def test_the_database_refuses_the_firm_to_touch_the_trail(in_alpha, paul, system, statement):
    audit.record("tests.once", by=system, target=paul)
    with (
        pytest.raises(DatabaseError, match="permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditevent SET action='x'", "DELETE FROM core_auditseal", "TRUNCATE core_auditevent"]
)
def test_even_the_owner_of_the_tables_is_refused(in_alpha, paul, system, statement):
    audit.record("tests.once", by=system, target=paul)
    seal_now()
    with (
        connection.owner(),
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_change_behind_the_triggers_is_found(in_alpha, paul, system):
    for n in range(3):
        audit.record("tests.count", by=system, target=paul, after={"n": n})
    seal_now()
    victim = AuditEvent.objects.order_by("-id")[1]
    with connection.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditevent SET actor_label='Nobody' WHERE id=%s", [victim.pk])
        cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")
    verdict = audit.verify_chain()
    assert [b.event_id for b in verdict.breaks] == [victim.pk]
    assert "changed after it was sealed" in verdict.breaks[0].what


def test_a_removed_event_is_found(in_alpha, paul, system):
    for n in range(3):
        audit.record("tests.count", by=system, target=paul, after={"n": n})
    seal_now()
    seal = AuditSeal.objects.order_by("-sequence")[1]
    with connection.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE core_auditseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM core_auditevent WHERE id=%s", [seal.event_id])
        cursor.execute("DELETE FROM core_auditseal WHERE sequence=%s", [seal.sequence])
    verdict = audit.verify_chain()
    assert not verdict.is_intact
    assert "links before it are missing" in verdict.breaks[0].what


def test_firms_have_chains_of_their_own(firm_a, firm_b, system):
    with tenant_context(firm_b):
        before = AuditEvent.objects.count()
    with tenant_context(firm_a):
        audit.record("tests.once", by=system, target=firm_a)
    with tenant_context(firm_b):
        assert AuditEvent.objects.count() == before


def test_a_temporary_table_of_the_caller_does_not_stand_in_for_the_seals(in_alpha, paul, system):
    audit.record("tests.count", by=system, target=paul, after={"n": 1})
    seal_now()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE core_auditseal (LIKE alpha.core_auditseal) ON COMMIT DROP")
        audit.record("tests.count", by=system, target=paul, after={"n": 2})
        seal_now()
        cursor.execute("SELECT count(*) FROM pg_temp.core_auditseal")
        assert cursor.fetchone() == (0,)
        cursor.execute("DROP TABLE pg_temp.core_auditseal")
    assert audit.verify_chain().is_intact
