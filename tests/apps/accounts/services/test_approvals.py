import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts import ports
from apps.accounts.models import ApprovalRequest, ApprovalRule, ApprovalState, Delegation, FirmProfile
from apps.accounts.policies import Role
from apps.accounts.selectors.approvals import approval_queue, approval_view, approvers_of
from apps.accounts.services.approvals import (
    ApprovalClosedError,
    ApprovalMissingError,
    NotAnApproverError,
    OwnRequestError,
    decide_approval,
    demand_approval,
    escalate_overdue,
    request_approval,
    void_if_changed,
    withdraw_approval,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError, NotAllowedError, NotFoundError
from apps.kernel.money import Money
from apps.notices.models import Mail
from tests.cast import person
from tests.factories.clients import household


@pytest.fixture
def rivera(ada):
    return household(ada)


def ask(by, target, *, amount="500.00", kind="tests.change"):
    return request_approval(
        kind=kind,
        target=target,
        title="Change the household",
        amount=Money(Decimal(amount), "USD"),
        suggestion="Approve",
        reasons=["It is small."],
        by=by.as_actor(),
    )


def names(request):
    return {approver.user.full_name for approver in approvers_of(request)}


def test_a_request_waits_for_principals_and_compliance_where_no_rule_says_otherwise(
    ada, mallory, paul, connie, sue, rivera
):
    request = ask(ada, rivera)
    assert names(request) == {"Paul", "Connie"}
    assert request in approval_queue(paul.as_actor()).waiting
    assert request not in approval_queue(mallory.as_actor()).waiting
    assert request in approval_queue(ada.as_actor()).asked


def test_a_principal_asking_alone_beside_an_advisor_is_decided_by_the_advisor(ada, paul, rivera):
    request = ask(paul, rivera)
    assert names(request) == {"Ada"}


def test_the_household_of_the_target_is_the_subject_on_the_trail(ada, paul, rivera):
    request = ask(ada, rivera)
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    trail = AuditEvent.objects.filter(target_id=str(request.public_id))
    assert list(trail.values_list("action", flat=True)) == [
        "accounts.request_approval",
        "accounts.decide_approval",
        "accounts.approve_request",
    ]
    assert set(trail.values_list("subject_id", flat=True)) == {str(rivera.public_id)}


def test_an_approval_holds_for_the_record_as_it_was(ada, paul, rivera):
    request = ask(ada, rivera)
    with pytest.raises(ApprovalMissingError, match="not approved yet"):
        demand_approval(kind="tests.change", target=rivera)
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    assert demand_approval(kind="tests.change", target=rivera).is_approved
    rivera.name = "Rivera-Stone"
    rivera.save()
    with pytest.raises(ApprovalMissingError, match="changed since"):
        demand_approval(kind="tests.change", target=rivera)
    assert void_if_changed(request=request, target=rivera, by=ada.as_actor())
    request.refresh_from_db()
    assert request.state == ApprovalState.VOIDED


def test_where_a_record_stands_is_no_part_of_what_is_approved(ada, paul, rivera):
    request = ask(ada, rivera)
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    rivera.status = "active"
    rivera.save()
    assert demand_approval(kind="tests.change", target=rivera).pk == request.pk
    assert not void_if_changed(request=request, target=rivera, by=ada.as_actor())


def test_asking_twice_is_one_request_and_a_changed_record_replaces_it(ada, paul, rivera):
    first = ask(ada, rivera)
    assert ask(ada, rivera).pk == first.pk
    rivera.city = "Boston"
    rivera.save()
    second = ask(ada, rivera)
    first.refresh_from_db()
    assert (first.state, second.state) == (ApprovalState.VOIDED, ApprovalState.PENDING)


def test_nobody_decides_their_own_request(ada, paul, connie, rivera):
    request = ask(paul, rivera)
    with pytest.raises(OwnRequestError):
        decide_approval(request=request, decision="approve", by=paul.as_actor())
    assert not request.decisions.exists()
    assert not AuditEvent.objects.filter(action="accounts.decide_approval").exists()


def test_others_than_the_approvers_are_refused(ada, mallory, sue, paul, rivera):
    request = ask(ada, rivera)
    for stranger in (mallory, sue):
        with pytest.raises(NotAnApproverError):
            decide_approval(request=request, decision="approve", by=stranger.as_actor())
        with pytest.raises(NotFoundError):
            approval_view(stranger.as_actor(), request.public_id)


def test_a_decline_needs_a_note_and_ends_the_request(ada, paul, connie, rivera):
    request = ask(ada, rivera)
    with pytest.raises(InvalidInputError, match="needs a note"):
        decide_approval(request=request, decision="decline", note=" ", by=paul.as_actor())
    decide_approval(request=request, decision="decline", note="The city is wrong.", by=paul.as_actor())
    with pytest.raises(ApprovalClosedError):
        decide_approval(request=request, decision="approve", by=connie.as_actor())


def test_a_decision_is_one_of_two(ada, paul, rivera):
    with pytest.raises(InvalidInputError):
        decide_approval(request=ask(ada, rivera), decision="maybe", by=paul.as_actor())


def test_the_rule_with_the_highest_limit_passed_decides_who(ada, paul, connie, rivera):
    ApprovalRule.objects.create(kind="tests.change", approver_role=Role.COMPLIANCE)
    ApprovalRule.objects.create(kind="tests.change", above_amount=1000, approver_role=Role.PRINCIPAL)
    small = ask(ada, rivera, amount="1000.00")
    assert names(small) == {"Connie"}
    withdraw_approval(request=small, by=ada.as_actor())
    assert names(ask(ada, rivera, amount="1000.01")) == {"Paul"}


def test_two_approvals_are_two_people(ada, paul, connie, rivera):
    rule = ApprovalRule.objects.create(kind="tests.change", approvals_needed=2)
    rule.approvers.set([paul, connie])
    request = ask(ada, rivera)
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    request.refresh_from_db()
    assert request.is_pending
    with pytest.raises(NotAnApproverError, match="already"):
        decide_approval(request=request, decision="approve", by=paul.as_actor())
    assert decide_approval(request=request, decision="approve", by=connie.as_actor()).is_approved


def test_a_rule_that_leaves_nobody_falls_back_to_the_reviewers(ada, paul, rivera):
    ApprovalRule.objects.create(kind="tests.change", approver_role=Role.COMPLIANCE)
    assert names(ask(ada, rivera)) == {"Paul"}


def test_a_delegate_stands_in_between_the_dates_and_never_for_who_asked(ada, mallory, paul, connie, rivera):
    today = timezone.localdate()
    Delegation.objects.create(delegator=connie, delegate=mallory, starts_on=today, ends_on=today)
    Delegation.objects.create(delegator=paul, delegate=ada, starts_on=today, ends_on=today)
    request = ask(ada, rivera)
    assert names(request) == {"Paul", "Connie", "Mallory"}
    decide_approval(request=request, decision="approve", by=mallory.as_actor())
    assert request.decisions.get().in_place_of == connie
    Delegation.objects.all().delete()
    later = today + dt.timedelta(days=3)
    Delegation.objects.create(delegator=connie, delegate=mallory, starts_on=later, ends_on=later)
    assert names(ask(ada, rivera, kind="tests.other")) == {"Paul", "Connie"}


def test_nobody_decides_in_the_place_of_who_asked(ada, mallory, paul, connie, rivera):
    today = timezone.localdate()
    Delegation.objects.create(delegator=paul, delegate=mallory, starts_on=today, ends_on=today)
    assert names(ask(paul, rivera)) == {"Connie"}


def test_only_who_asked_takes_a_request_back(ada, paul, rivera):
    request = ask(ada, rivera)
    with pytest.raises(NotAllowedError):
        withdraw_approval(request=request, by=paul.as_actor())
    assert withdraw_approval(request=request, by=ada.as_actor()).state == ApprovalState.WITHDRAWN


def test_an_overdue_request_is_asked_of_one_more_person_once(ada, mallory, paul, connie, rivera, system):
    ApprovalRule.objects.create(
        kind="tests.change", approver_role=Role.COMPLIANCE, deadline_hours=1, escalate_to=mallory
    )
    request = ask(ada, rivera)
    assert escalate_overdue(by=system) == 0
    ApprovalRequest.objects.update(due_at=timezone.now() - dt.timedelta(minutes=1))
    assert escalate_overdue(by=system) == 1
    assert escalate_overdue(by=system) == 0
    request.refresh_from_db()
    assert names(request) == {"Connie", "Mallory"}
    assert Mail.objects.get(kind="accounts/approval_overdue").to == mallory.email


def test_the_app_that_asked_hears_of_the_end_in_the_same_transaction(ada, paul, rivera):
    heard = []

    def hears(*, request, by):
        heard.append((request.state, by.key))
        if by.label == "Connie":
            raise InvalidInputError("The run cannot be locked.")

    ports.connect_approvals("tests.heard", "Tests", hears)
    decide_approval(request=ask(ada, rivera, kind="tests.heard"), decision="approve", by=paul.as_actor())
    assert heard == [("approved", paul.as_actor().key)]
    connie = person(Role.COMPLIANCE, "Connie")
    rivera.city = "Salem"
    rivera.save()
    request = ask(ada, rivera, kind="tests.heard")
    with pytest.raises(InvalidInputError):
        decide_approval(request=request, decision="approve", by=connie.as_actor())
    request.refresh_from_db()
    assert request.is_pending
    assert not request.decisions.exists()


def test_events_go_out_only_after_the_commit(ada, paul, rivera, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        request = ask(ada, rivera)
        assert ApprovalRequest.objects.filter(pk=request.pk).exists()
    assert len(callbacks) == 1


def test_the_view_says_what_the_reader_may_do(ada, paul, connie, rivera):
    request = ask(ada, rivera)
    FirmProfile.objects.update(self_review_minutes=7)
    mine, theirs = approval_view(ada.as_actor(), request.public_id), approval_view(paul.as_actor(), request.public_id)
    assert (mine.may_decide, mine.may_withdraw, mine.may_self_review) == (False, True, False)
    assert (theirs.may_decide, theirs.may_withdraw, theirs.self_review_minutes) == (True, False, 7)
