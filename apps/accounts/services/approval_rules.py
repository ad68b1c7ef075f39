"""Who approves what: the firm's rules, and who stands in for whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from apps.accounts.models import ApprovalRule, Delegation, User
from apps.accounts.policies import LICENSED_ROLES, Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services._validity import checked
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, NotAllowedError, gettext_noop


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What a rule says; `approvers` (people) goes before `approver_role`."""

    kind: str
    above_amount: Decimal | None = None
    approver_role: str = ""
    approvers: tuple[User, ...] = ()
    approvals_needed: int = 1
    deadline_hours: int = 72
    escalate_to: User | None = None


@service
def set_approval_rule(*, terms: RuleTerms, by: Actor) -> ApprovalRule:
    """Put a rule in force; one for the same kind and amount is replaced, requests under it keep their own.

    Raises InvalidInputError when the rule names nobody, somebody who cannot approve, or more approvals than people.
    """
    _refuse_wrong(terms)
    fields = {name: value for name, value in _named(terms).items() if name != "approvers"}
    before = ApprovalRule.objects.select_for_update().filter(
        kind=terms.kind, above_amount=terms.above_amount, is_active=True
    )
    for replaced in before:
        retire_approval_rule(rule=replaced, by=by)
    rule = ApprovalRule(**fields)
    checked(rule)
    rule.save()
    rule.approvers.set(terms.approvers)
    people = sorted(str(user.public_id) for user in terms.approvers)
    after = {**audit.snapshot(rule), "approvers": people}
    audit.record("accounts.set_approval_rule", by=by, target=rule, after=after)
    return rule


@service
def retire_approval_rule(*, rule: ApprovalRule, by: Actor) -> ApprovalRule:
    """Take a rule out of force; requests that were asked under it are still decided by it."""
    rule = ApprovalRule.objects.select_for_update().get(pk=rule.pk)
    if rule.is_active:
        rule.is_active = False
        rule.save(update_fields=["is_active", "updated_at"])
        audit.record("accounts.retire_approval_rule", by=by, target=rule, after={"is_active": False})
    return rule


@service
def delegate_approvals(
    *, delegate: User, starts_on: dt.date, ends_on: dt.date, reason: str = "", by: Actor
) -> Delegation:
    """Let a licensed colleague decide in one's place, from one day to another, both included.

    Raises InvalidInputError for dates in the wrong order or past, oneself, or somebody who cannot approve, and
    NotAllowedError for an actor that is no person.
    """
    if not delegate.is_active or delegate.role not in LICENSED_ROLES:
        raise InvalidInputError(
            gettext_noop("%(name)s cannot approve."),
            mend=gettext_noop("Name a principal, an advisor or a compliance officer."),
            field="delegate",
            name=delegate.full_name,
        )
    if ends_on < firm_today():
        raise InvalidInputError(gettext_noop("The last day has passed."), field="ends_on")
    if by.user_id is None:
        raise NotAllowedError(gettext_noop("Only a person can be stood in for."))
    delegation = Delegation(
        delegator_id=by.user_id, delegate=delegate, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()
    )
    checked(delegation)
    delegation.save()
    audit.record("accounts.delegate_approvals", by=by, target=delegation, after=audit.snapshot(delegation))
    return delegation


@service
def end_delegation(*, delegation: Delegation, by: Actor) -> Delegation:
    """End a delegation now. Raises NotAllowedError unless it is one's own or one manages the firm."""
    delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if delegation.delegator_id != by.user_id and not by.can(Permission.MANAGE_FIRM):
        raise NotAllowedError(gettext_noop("This is somebody else's delegation."))
    if delegation.ended_at is None:
        delegation.ended_at = timezone.now()
        delegation.save(update_fields=["ended_at", "updated_at"])
        audit.record("accounts.end_delegation", by=by, target=delegation, after={"ended_at": delegation.ended_at})
    return delegation


def _named(terms: RuleTerms) -> dict[str, object]:
    """Return the terms by name, people as they are."""
    return {name: getattr(terms, name) for name in RuleTerms.__slots__}


def _refuse_wrong(terms: RuleTerms) -> None:
    if not terms.approvers and not terms.approver_role:
        raise InvalidInputError(gettext_noop("Name a role or people who approve."), field="approver_role")
    people = [*terms.approvers, *([terms.escalate_to] if terms.escalate_to else [])]
    wrong = next((user for user in people if user.role not in LICENSED_ROLES or not user.is_active), None)
    if wrong is not None:
        raise InvalidInputError(
            gettext_noop("%(name)s cannot approve."),
            mend=gettext_noop("Name principals, advisors or compliance officers."),
            field="approvers",
            name=wrong.full_name,
        )
    n_people = len(terms.approvers) or User.objects.licensed().filter(role=terms.approver_role).count()
    if n_people and terms.approvals_needed > n_people:
        raise InvalidInputError(
            gettext_noop("The rule needs %(needed)s approvals, and %(people)s can give one."),
            mend=gettext_noop("Name more people or ask for fewer approvals."),
            field="approvals_needed",
            needed=terms.approvals_needed,
            people=n_people,
        )
