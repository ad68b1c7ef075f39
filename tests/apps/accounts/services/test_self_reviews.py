import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import FirmProfile, SelfReview
from apps.accounts.policies import Role
from apps.accounts.selectors.approvals import approval_queue
from apps.accounts.services.approvals import ApprovalClosedError, OwnRequestError, decide_approval, request_approval
from apps.accounts.services.self_reviews import (
    SecondPersonError,
    TooEarlyError,
    attest_self_review,
    open_self_review,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.cast import person
from tests.factories.clients import household

WORDS = "I compared each fee with the agreement and found them right."


@pytest.fixture
def request_(paul, sue):
    return request_approval(kind="tests.run", target=household(paul), title="Run 7", by=paul.as_actor())


def wait_over():
    SelfReview.objects.update(opened_at=timezone.now() - dt.timedelta(minutes=6))


def test_a_firm_of_one_reviews_itself_with_time_and_words_and_says_so(paul, request_):
    assert request_ in approval_queue(paul.as_actor()).waiting
    open_self_review(request=request_, by=paul.as_actor())
    wait_over()
    assert attest_self_review(request=request_, attestation=WORDS, by=paul.as_actor()).is_approved
    decision = request_.decisions.get()
    assert (decision.is_self_review, decision.note) == (True, WORDS)
    event = AuditEvent.objects.get(action="accounts.attest_self_review")
    assert event.after["is_self_review"] is True
    assert event.reason == WORDS


def test_the_ordinary_decision_stays_closed_to_who_asked(paul, request_):
    with pytest.raises(OwnRequestError):
        decide_approval(request=request_, decision="approve", by=paul.as_actor())


def test_an_attestation_before_the_time_is_refused_with_the_minutes_left(paul, request_):
    with pytest.raises(TooEarlyError, match="Open it first"):
        attest_self_review(request=request_, attestation=WORDS, by=paul.as_actor())
    open_self_review(request=request_, by=paul.as_actor())
    with pytest.raises(TooEarlyError, match="5 more minutes"):
        attest_self_review(request=request_, attestation=WORDS, by=paul.as_actor())
    assert not request_.decisions.exists()


def test_opening_twice_does_not_start_the_time_again(paul, request_):
    first = open_self_review(request=request_, by=paul.as_actor())
    assert open_self_review(request=request_, by=paul.as_actor()).opened_at == first.opened_at
    assert AuditEvent.objects.filter(action="accounts.open_self_review").count() == 1


def test_the_firm_sets_the_minutes(paul, request_):
    FirmProfile.objects.update(self_review_minutes=0)
    open_self_review(request=request_, by=paul.as_actor())
    assert attest_self_review(request=request_, attestation=WORDS, by=paul.as_actor()).is_approved


def test_an_attestation_that_says_nothing_is_refused(paul, request_):
    open_self_review(request=request_, by=paul.as_actor())
    wait_over()
    with pytest.raises(InvalidInputError, match="too short"):
        attest_self_review(request=request_, attestation="  fine  ", by=paul.as_actor())


def test_it_ends_when_a_second_licensed_person_joins(paul, request_):
    open_self_review(request=request_, by=paul.as_actor())
    wait_over()
    ada = person(Role.ADVISOR, "Ada")
    with pytest.raises(SecondPersonError):
        attest_self_review(request=request_, attestation=WORDS, by=paul.as_actor())
    assert decide_approval(request=request_, decision="approve", by=ada.as_actor()).is_approved
    with pytest.raises(ApprovalClosedError):
        open_self_review(request=request_, by=paul.as_actor())


def test_a_person_who_may_not_sign_in_does_not_count_as_the_second(paul, request_):
    ada = person(Role.ADVISOR, "Ada")
    with pytest.raises(SecondPersonError):
        open_self_review(request=request_, by=paul.as_actor())
    ada.is_active = False
    ada.save()
    assert open_self_review(request=request_, by=paul.as_actor())
