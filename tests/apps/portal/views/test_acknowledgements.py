"""A yes that the advisor asked for: read, confirmed once, kept with its words."""

from __future__ import annotations

import pytest

from apps.compliance.models import AssessmentState, RiskAcknowledgement
from apps.compliance.services.reviews import review_assessment
from tests.factories import compliance


@pytest.fixture
def asked(household, ana, ada):
    """Ada accepts a level above the recommended one: Ana must say yes."""
    head = household.people.get(relationship="head")
    assessment = compliance.answered(head, points=2, by=ada)
    compliance.capacity(household, ada)
    assessment.refresh_from_db()
    review_assessment(
        assessment=assessment,
        accepted_level=assessment.recommended_level + 1,
        note="Went through it together.",
        exception_reason="She has lived through 2008 and stayed invested.",
        by=ada.as_actor(),
    )
    return assessment


def page(assessment, purpose="exception"):
    return f"/portal/questionnaires/{assessment.public_id}/confirm/{purpose}/"


def test_the_home_page_asks_and_the_page_shows_the_words(portal, asked):
    assert page(asked) in portal.get("/portal/").content.decode()
    assert "may lose more than" in portal.get(page(asked)).content.decode()


def test_the_yes_is_kept_with_its_words_once(portal, asked):
    assert portal.post(page(asked), {"agreed": "on"})["Location"] == "/portal/"
    row = RiskAcknowledgement.objects.get()
    assert "may lose more than" in row.statement
    asked.refresh_from_db()
    assert asked.state == AssessmentState.REVIEWED
    assert portal.post(page(asked), {"agreed": "on"}).status_code == 404
    assert RiskAcknowledgement.objects.count() == 1


def test_without_the_tick_nothing_is_kept(portal, asked):
    assert portal.post(page(asked), {}).status_code == 422
    assert not RiskAcknowledgement.objects.exists()


def test_a_yes_that_nobody_asked_for_has_no_page(portal, asked, stranger, sign_in):
    assert portal.get(page(asked, "joint_profile")).status_code == 404
    assert sign_in(stranger).get(page(asked)).status_code == 404
