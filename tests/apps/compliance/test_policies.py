import datetime as dt

import pytest

from apps.clients.models import Person, Relationship
from apps.compliance.models import AcknowledgementPurpose, AdvisorRiskReview, AssessmentKind, RiskAssessment
from apps.compliance.policies import end_of_validity, missing_acknowledgements

ANA, LUIS = Person(pk=1, relationship=Relationship.HEAD), Person(pk=2, relationship=Relationship.PARTNER)
JOINT, EXCEPTION = AcknowledgementPurpose.JOINT_PROFILE, AcknowledgementPurpose.EXCEPTION


@pytest.mark.parametrize(
    ("submitted", "until"),
    [
        ("2026-01-31", "2028-01-31"),
        ("2026-02-28", "2028-02-28"),
        ("2024-02-29", "2026-02-28"),
        ("2026-12-31", "2028-12-31"),
    ],
)
def test_a_profile_is_valid_for_24_months(submitted, until):
    assert end_of_validity(dt.date.fromisoformat(submitted)) == dt.date.fromisoformat(until)


def missing(kind, review, given=frozenset()):
    assessment = RiskAssessment(person=ANA, kind=kind)
    return {(who.pk, what) for who, what in missing_acknowledgements(assessment, review, [ANA, LUIS], set(given))}


def test_a_profile_of_ones_own_needs_no_yes_but_for_an_exception():
    assert missing(AssessmentKind.INDIVIDUAL, AdvisorRiskReview()) == set()
    assert missing(AssessmentKind.INDIVIDUAL, AdvisorRiskReview(is_exception=True)) == {(ANA.pk, EXCEPTION)}


def test_a_joint_profile_needs_the_other_adult_and_an_exception_everybody():
    assert missing(AssessmentKind.JOINT, None) == {(LUIS.pk, JOINT)}
    assert missing(AssessmentKind.JOINT, AdvisorRiskReview(is_exception=True)) == {
        (LUIS.pk, JOINT),
        (ANA.pk, EXCEPTION),
        (LUIS.pk, EXCEPTION),
    }


def test_a_yes_that_was_given_is_not_asked_for_again():
    assert missing(AssessmentKind.JOINT, None, {(LUIS.pk, JOINT)}) == set()
