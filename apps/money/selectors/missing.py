"""What is missing of a household's facts: never taken for nothing, always named."""

from __future__ import annotations

import datetime as dt

from apps.clients.models import Relationship
from apps.kernel.errors import gettext_noop
from apps.money.models import IncomeKind, InsuranceKind, LifeForm
from apps.money.selectors.facts import HouseholdFacts, MissingFact
from apps.portfolios.models import Registration

# accounts whose owners may pay tax before they are 59 1/2, in months
_ROTHS, _OLD = frozenset({Registration.ROTH_IRA, Registration.ROTH_401K}), 59 * 12 + 6
_A_YEAR = dt.timedelta(days=366)
SUPPORTED = frozenset({Relationship.CHILD, Relationship.DEPENDANT})


def missing_of(facts: HouseholdFacts) -> tuple[MissingFact, ...]:
    """Return what a plan cannot do without, then what it is weaker without."""
    adults = [p for p in facts.people if p.relationship in {Relationship.HEAD, Relationship.PARTNER}]
    missing = [
        MissingFact(
            "birth_date", gettext_noop("The date of birth of %(subject)s."), person.name, person_id=person.person_id
        )
        for person in adults
        if person.date_of_birth is None
    ]
    missing += [
        MissingFact(
            "retirement_age",
            gettext_noop("When %(subject)s would like to retire."),
            person.name,
            person_id=person.person_id,
        )
        for person in adults
        if person.retirement_age is None
    ]
    if not facts.filing_status:
        missing.append(MissingFact("filing_status", gettext_noop("How the household files its taxes.")))
    if facts.spending is None:
        missing.append(MissingFact("spending", gettext_noop("What the household spends: stated, or a bank statement.")))
    if not facts.accounts:
        missing.append(MissingFact("accounts", gettext_noop("An account or a balance to start from.")))
    if not facts.incomes:
        missing.append(MissingFact("income", gettext_noop("An income of the household."), is_needed=False))
    kinds = {income.kind for income in facts.incomes}
    if IncomeKind.SOCIAL_SECURITY not in kinds:
        message = gettext_noop("The Social Security that the adults expect.")
        missing.append(MissingFact("social_security", message, is_needed=False))
    if not facts.insurance:
        missing.append(MissingFact("insurance", gettext_noop("Life and other insurance."), is_needed=False))
    of_accounts = (*_of_iras(facts), *_of_roths(facts), *_of_grants(facts))
    return (*missing, *_of_life_cover(facts), *_of_dependants(facts), *of_accounts)


def _of_life_cover(facts: HouseholdFacts) -> list[MissingFact]:
    """Whose death a policy pays for, and how long."""
    cover = [policy for policy in facts.insurance if policy.kind == InsuranceKind.LIFE]
    whom = gettext_noop("Whose life “%(subject)s” insures: without it a plan does not count on it.")
    until = gettext_noop("How long “%(subject)s” lasts: a plan counts on it until retirement.")
    missing = [
        MissingFact("insured_person", whom, policy.name, is_needed=False)
        for policy in cover
        if policy.person_id is None
    ]
    missing += [
        MissingFact("policy_end", until, policy.name, is_needed=False)
        for policy in cover
        if policy.person_id is not None and policy.ends_on is None and policy.life_form != LifeForm.WHOLE
    ]
    return missing


def _of_iras(facts: HouseholdFacts) -> list[MissingFact]:
    """After-tax money in IRAs is told anew each year: that of an older form may have been taken out since."""
    names = {person.person_id: person.name for person in facts.people}
    message = gettext_noop("The last Form 8606 of %(subject)s: the after-tax money in their IRAs is of an older year.")
    return [
        MissingFact("ira_basis", message, names.get(basis.person_id, ""), is_needed=False, person_id=basis.person_id)
        for basis in facts.ira_bases
        if basis.tax_year < facts.as_of.year - 1
    ]


def _of_roths(facts: HouseholdFacts) -> list[MissingFact]:
    """What was paid into Roth accounts, of adults who would pay tax on what they take out too soon."""
    told = {fact.person_id for fact in facts.roth_bases if fact.contributions is not None}
    holding = {account.owner_id for account in facts.accounts if account.registration in _ROTHS}
    message = gettext_noop(
        "When %(subject)s first paid into Roth accounts, and how much: what is taken out before 59½ is taxed by it."
    )
    return [
        MissingFact("roth_basis", message, person.name, is_needed=False, person_id=person.person_id)
        for person in facts.people
        if person.relationship in {Relationship.HEAD, Relationship.PARTNER}
        and person.person_id in holding - told
        and person.date_of_birth is not None
        and (facts.as_of.year - person.date_of_birth.year) * 12 + facts.as_of.month - person.date_of_birth.month < _OLD
    ]


def _of_grants(facts: HouseholdFacts) -> list[MissingFact]:
    """What a grant is worth hangs on the price of its share: one that is not known counts as nothing."""
    none = gettext_noop("The price of a share of %(subject)s: without it the equity of the grant counts as nothing.")
    old = gettext_noop("Today's price of a share of %(subject)s: the one that is known is more than a year old.")
    missing = [
        MissingFact("grant_price", none, grant.name, is_needed=False) for grant in facts.grants if not grant.price
    ]
    missing += [
        MissingFact("grant_price_old", old, grant.name, is_needed=False)
        for grant in facts.grants
        if grant.price and facts.as_of - grant.as_of > _A_YEAR
    ]
    return missing


def _of_dependants(facts: HouseholdFacts) -> list[MissingFact]:
    """A plan counts credits for dependants by their ages; a head of a household has somebody to support."""
    supported = [person for person in facts.people if person.relationship in SUPPORTED]
    message = gettext_noop("The date of birth of %(subject)s: without it no tax credit is counted.")
    missing = [
        MissingFact("dependant_birth_date", message, person.name, is_needed=False, person_id=person.person_id)
        for person in supported
        if person.date_of_birth is None
    ]
    if facts.filing_status == "head" and not supported:
        whom = gettext_noop("Whom the household supports: it files as head of household.")
        missing.append(MissingFact("dependants", whom, is_needed=False))
    return missing
