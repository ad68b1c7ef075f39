import json

import pytest

from apps.compliance.services.anchors import anchor_file, anchor_trail, read_anchors
from apps.compliance.services.errors import AnchorsUnreadableError
from apps.core.models import AuditEvent, AuditSeal
from tests.apps.compliance.trails import written


@pytest.fixture
def trail(in_alpha, paul, system):
    written(paul)
    return AuditSeal.objects.order_by("-sequence").first()


def test_the_head_is_written_outside_the_database(trail, system):
    anchor = anchor_trail(by=system)
    assert (anchor.sequence, anchor.hash) == (trail.sequence, trail.hash)
    assert anchor_file().name == "alpha.jsonl"
    assert json.loads(anchor_file().read_text())["hash"] == trail.hash
    assert AuditEvent.objects.filter(action="compliance.anchor_trail").count() == 1


def test_a_head_that_has_not_moved_is_not_anchored_twice(trail, system):
    anchor_trail(by=system)
    assert anchor_trail(by=system) is None
    assert len(read_anchors()) == 1


def test_anchors_follow_each_other(trail, paul, system):
    anchor_trail(by=system)
    written(paul)
    anchor_trail(by=system)
    assert [anchor.is_genuine for anchor in read_anchors()] == [True, True]


def test_a_changed_line_is_not_genuine(trail, system):
    anchor_trail(by=system)
    anchor_file().write_text(anchor_file().read_text().replace(trail.hash, "f" * 64))
    assert [anchor.is_genuine for anchor in read_anchors()] == [False]


def test_a_line_taken_out_is_noticed_at_the_next(trail, paul, system):
    anchor_trail(by=system)
    written(paul)
    anchor_trail(by=system)
    anchor_file().write_text(anchor_file().read_text().splitlines(keepends=True)[1])
    assert [anchor.is_genuine for anchor in read_anchors()] == [False]


def test_a_broken_file_is_refused_with_its_path(trail, system):
    anchor_file().parent.mkdir(parents=True)
    anchor_file().write_text("{half a line")
    with pytest.raises(AnchorsUnreadableError, match=r"alpha\.jsonl"):
        read_anchors()
    with pytest.raises(AnchorsUnreadableError):
        anchor_trail(by=system)
