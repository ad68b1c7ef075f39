"""What advice rests on besides a projection, from the household's accounts, policies, people and papers."""

from __future__ import annotations

from django.db.models import Max

from apps.clients.models import Document, DocumentCategory, Household, Relationship
from apps.kernel.dates import age_on
from apps.money.selectors.facts import HouseholdFacts
from apps.plans.engine.advice_facts import AdviceFacts, EstatePapers, LifeCover, PlanKind, SavingPlan
from apps.plans.engine.cover_in_force import cover_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.services._tables import limits_of
from apps.portfolios.models import Registration

_FULL_AGE = 18
# inherited accounts take no contributions, a SEP only those of an employer
PLAN_KINDS = {
    Registration.PLAN_401K: PlanKind.WORKPLACE,
    Registration.PLAN_403B: PlanKind.WORKPLACE,
    Registration.ROTH_401K: PlanKind.WORKPLACE,
    Registration.TRADITIONAL_IRA: PlanKind.TRADITIONAL_IRA,
    Registration.ROTH_IRA: PlanKind.ROTH_IRA,
    Registration.HSA: PlanKind.HEALTH,
}


def advice_facts(household: Household, facts: HouseholdFacts, inputs: ProjectionInputs) -> AdviceFacts:
    """Return the facts of advice on the day of the household's facts. One query."""
    told = saving_facts(facts, inputs)
    return AdviceFacts(
        limits=told.limits,
        plans=told.plans,
        covers=_covers(facts, inputs),
        papers=papers_of(household),
        minors=_minors(facts),
    )


def saving_facts(facts: HouseholdFacts, inputs: ProjectionInputs) -> AdviceFacts:
    """Return what limits of contributions go by, and nothing else. No query."""
    adults = {adult.key for adult in inputs.adults}
    plans = [
        SavingPlan(account.key, str(account.owner_id), PLAN_KINDS[Registration(account.registration)])
        for account in facts.accounts
        if str(account.owner_id) in adults and account.registration in PLAN_KINDS
    ]
    limits = limits_of(inputs.start_date.year, inputs.assumptions.inflation.mean)
    return AdviceFacts(limits, tuple(plans), None, None)


def _covers(facts: HouseholdFacts, inputs: ProjectionInputs) -> tuple[LifeCover, ...] | None:
    """What the walk pays at each adult's death; None where no insurance at all is stated: nobody knows then."""
    if not facts.insurance:
        return None
    people = sorted(adult.key for adult in inputs.adults)
    return tuple(LifeCover(person, cover_of(inputs, person)) for person in people)


def _minors(facts: HouseholdFacts) -> int:
    return sum(
        person.relationship in {Relationship.CHILD, Relationship.DEPENDANT}
        and person.date_of_birth is not None
        and age_on(person.date_of_birth, facts.as_of) < _FULL_AGE
        for person in facts.people
    )


def papers_of(household: Household) -> EstatePapers:
    """Return the estate papers that are filed: how many, and the day of the newest. A query."""
    filed = Document.objects.filter(household=household, category=DocumentCategory.ESTATE)
    newest = filed.aggregate(newest=Max("versions__created_at"))["newest"]
    return EstatePapers(filed.count(), newest.date() if newest is not None else None)
