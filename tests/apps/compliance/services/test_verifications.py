import pytest
from django.db import DatabaseError, connection, transaction

from apps.compliance.models import TrailVerification
from apps.compliance.services.anchors import anchor_file, anchor_trail
from apps.compliance.services.verifications import verify_trail
from apps.core.models import AuditEvent, AuditSeal
from tests.apps.compliance.trails import seal_now, written


@pytest.fixture
def trail(in_alpha, paul, system):
    written(paul, 5)


def cut_off_the_last(n):
    """Do what the owner of the tables could: drop the triggers and remove the newest events with their seals."""
    seals = list(AuditSeal.objects.order_by("-sequence")[:n])
    with connection.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE core_auditseal DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM core_auditevent WHERE id = ANY(%s)", [[seal.event_id for seal in seals]])
        cursor.execute("DELETE FROM core_auditseal WHERE sequence = ANY(%s)", [[seal.sequence for seal in seals]])
        cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE core_auditseal ENABLE TRIGGER USER")


def test_a_whole_trail_is_intact_and_the_verification_is_on_it(trail, connie):
    found = verify_trail(by=connie.as_actor())
    assert found.is_intact
    assert found.events >= 5
    event = AuditEvent.objects.get(action="compliance.verify_trail")
    assert (event.actor_label, event.after["is_intact"]) == ("Connie", True)
    seal_now()
    assert verify_trail(by=connie.as_actor()).events == found.events + 1


def test_a_changed_event_is_named(trail, connie):
    victim = AuditEvent.objects.order_by("-id")[2]
    with connection.owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditevent SET reason = 'nothing to see' WHERE id = %s", [victim.pk])
        cursor.execute("ALTER TABLE core_auditevent ENABLE TRIGGER USER")
    found = verify_trail(by=connie.as_actor())
    assert not found.is_intact
    assert [finding["event"] for finding in found.findings] == [victim.pk]


def test_a_trail_cut_off_at_its_end_is_found_by_the_anchor_alone(trail, system, connie):
    anchor_trail(by=system)
    seal_now()
    cut_off_the_last(3)
    found = verify_trail(by=connie.as_actor())
    assert not found.is_intact
    assert "events were cut off" in found.findings[0]["what"]


def test_the_same_cut_without_an_anchor_goes_unnoticed(trail, connie):
    # why anchors exist
    cut_off_the_last(3)
    assert verify_trail(by=connie.as_actor()).is_intact


def test_a_forged_anchor_is_a_finding(trail, system, connie):
    anchor = anchor_trail(by=system)
    seal_now()
    anchor_file().write_text(anchor_file().read_text().replace(anchor.hash, "0" * 64))
    found = verify_trail(by=connie.as_actor())
    assert "the anchor's line was changed" in found.findings[0]["what"]


def test_a_verdict_stands(trail, connie):
    found = verify_trail(by=connie.as_actor())
    with pytest.raises(DatabaseError, match="This record stands"), transaction.atomic():
        TrailVerification.objects.filter(pk=found.pk).update(is_intact=False)
