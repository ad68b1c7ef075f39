import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalRule
from apps.accounts.policies import Role
from apps.accounts.services.approval_rules import (
    RuleTerms,
    delegate_approvals,
    end_delegation,
    retire_approval_rule,
    set_approval_rule,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError, NotAllowedError
from tests.days import TODAY

pytestmark = pytest.mark.usefixtures("held_day")


def terms(**changes):
    return RuleTerms(**{"kind": "billing.run", "approver_role": Role.COMPLIANCE, **changes})


def test_a_rule_replaces_the_one_for_the_same_kind_and_amount(paul, connie):
    first = set_approval_rule(terms=terms(), by=paul.as_actor())
    second = set_approval_rule(terms=terms(approvers=(connie,), deadline_hours=24), by=paul.as_actor())
    other = set_approval_rule(terms=terms(above_amount=Decimal(1000)), by=paul.as_actor())
    assert set(ApprovalRule.objects.filter(is_active=True)) == {second, other}
    first.refresh_from_db()
    assert not first.is_active
    event = AuditEvent.objects.filter(action="accounts.set_approval_rule").order_by("id")[1]
    assert event.after["approvers"] == [str(connie.public_id)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"approver_role": ""}, "approver_role"),
        ({"approvals_needed": 2}, "approvals_needed"),
        ({"approvals_needed": 0}, "approvals_needed"),
        ({"above_amount": Decimal(-1)}, ""),
        ({"deadline_hours": 0}, "deadline_hours"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(paul, connie, changes, field):
    with pytest.raises(InvalidInputError) as refused:
        set_approval_rule(terms=terms(**changes), by=paul.as_actor())
    assert refused.value.field == field
    assert not ApprovalRule.objects.exists()


def test_people_who_cannot_approve_are_refused(paul, connie, sue):
    for wrong in ({"approvers": (sue,)}, {"escalate_to": sue}):
        with pytest.raises(InvalidInputError, match="Sue cannot approve"):
            set_approval_rule(terms=terms(**wrong), by=paul.as_actor())


def test_a_retired_rule_is_retired_once(paul, connie):
    rule = set_approval_rule(terms=terms(), by=paul.as_actor())
    for _ in range(2):
        retire_approval_rule(rule=rule, by=paul.as_actor())
    assert AuditEvent.objects.filter(action="accounts.retire_approval_rule").count() == 1


def delegate(by, to, *, starts=TODAY, ends=TODAY):
    return delegate_approvals(delegate=to, starts_on=starts, ends_on=ends, by=by.as_actor())


def test_a_delegation_is_between_licensed_people_and_ahead(paul, connie, sue, ada):
    day = dt.timedelta(days=1)
    for wrong in (
        lambda: delegate(paul, sue),
        lambda: delegate(paul, paul),
        lambda: delegate(paul, ada, starts=TODAY, ends=TODAY - day),
        lambda: delegate(paul, ada, starts=TODAY + day, ends=TODAY),
    ):
        with pytest.raises(InvalidInputError):
            wrong()
    delegation = delegate(connie, ada)
    with pytest.raises(NotAllowedError):
        end_delegation(delegation=delegation, by=ada.as_actor())
    assert end_delegation(delegation=delegation, by=paul.as_actor()).ended_at
