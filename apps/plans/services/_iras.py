"""Which accounts are traditional IRAs of whom, and what of them was taxed before: facts as values of the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from apps.kernel.errors import gettext_noop
from apps.kernel.money import in_cents
from apps.money.selectors.facts import AccountFact, HouseholdFacts
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.ira_choices import IraGifts, IraPool
from apps.plans.engine.rule_levers import with_ira_gifts
from apps.plans.services._tables import limits_of
from apps.portfolios.models import Registration

Caveat = tuple[str, dict[str, str]]
# all of a person's count as one (IRC 408(d)(2)); an inherited one is apart, plans of employers are none
IRAS = frozenset({Registration.TRADITIONAL_IRA, Registration.SEP_IRA})


def with_iras(
    inputs: ProjectionInputs, facts: HouseholdFacts, names: Mapping[str, str]
) -> tuple[ProjectionInputs, list[Caveat]]:
    """Return the plan with the IRAs of each adult, and what is assumed of after-tax money in them.

    An IRA without one owner among the adults is taken as the first adult's.
    """
    adults = [adult.key for adult in inputs.adults]
    bases = {str(fact.person_id): fact for fact in facts.ira_bases}
    pools: list[IraPool] = []
    told: list[Caveat] = []
    for owner in adults:
        own = [account for account in facts.accounts if _is_ira_of(account, owner, adults)]
        fact = bases.get(owner)
        basis = Decimal(0) if fact is None else fact.amount
        if fact is not None and basis > 0:
            who = {"name": names.get(owner, owner), "year": str(fact.tax_year)}
            told += [(message, who) for message in _assumed(own, basis, fact.tax_year, inputs.start_date)]
        if own:
            amount = in_cents(basis)
            pools.append(IraPool(owner, tuple(account.key for account in own), amount, facts.currency))
    inputs = _after_tax(replace(inputs, ira_pools=tuple(pools), ira_gifts=_gifts(facts, inputs)), facts)
    inside = {key for pool in pools for key in pool.accounts}
    deferred = {account.key: account.name for account in facts.accounts if account.treatment == "tax_deferred"}
    told += [
        (_NOT_AN_IRA, {"name": deferred[item.account]})
        for item in inputs.contributions
        if not item.is_deductible and item.account in deferred and item.account not in inside
    ]
    return inputs, told


def gift_limit(inputs: ProjectionInputs) -> float:
    """Return what a person may give from IRAs in the year in which the plan starts."""
    limits = limits_of(inputs.start_date.year, inputs.assumptions.inflation.mean)
    return 0.0 if limits is None else float(limits.amounts["qualified_charitable"])


def _gifts(facts: HouseholdFacts, inputs: ProjectionInputs) -> IraGifts | None:
    """What the household gives a year, all of it from other money until a version of a plan states otherwise."""
    giving = Decimal(0) if facts.spending is None else 12 * facts.spending.giving
    if giving <= 0:
        return None
    amount = in_cents(giving)
    return IraGifts(0.0, amount, gift_limit(inputs), facts.currency)


def with_gifts_from_iras(inputs: ProjectionInputs, amount: float) -> tuple[ProjectionInputs, list[str]]:
    """Let IRAs pay so much of the household's gifts a year, as a version of a plan states it; and what is assumed.

    What it gives besides is not known where no spending on gifts is stated: the amount is then taken as all of it.
    """
    if amount <= 0.0:
        return inputs, []
    if not any(pool.accounts for pool in inputs.ira_pools):
        return inputs, [_NOTHING_TO_GIVE_FROM]
    told = [_GIVEN]
    if inputs.ira_gifts is None:
        gifts = IraGifts(0.0, amount, gift_limit(inputs), inputs.currency)
        inputs, told = replace(inputs, ira_gifts=gifts), [_GIVEN, _PART_OF_COSTS]
    elif amount > inputs.ira_gifts.household_amount:
        told = [_GIVEN, _NO_MORE_THAN_GIVEN]
    return with_ira_gifts(inputs, amount), told


def _is_ira_of(account: AccountFact, owner: str, adults: Sequence[str]) -> bool:
    whose = str(account.owner_id) if str(account.owner_id) in adults else adults[0]
    return account.registration in IRAS and account.treatment == "tax_deferred" and whose == owner


def _assumed(own: Sequence[AccountFact], basis: Decimal, tax_year: int, start: dt.date) -> list[str]:
    if not own:
        return [_NO_IRA]
    messages = [_PRO_RATA]
    if basis > sum(account.balance for account in own):
        messages.append(_ABOVE)
    if tax_year < start.year - 1:
        messages.append(_OLD)
    return messages


def _after_tax(inputs: ProjectionInputs, facts: HouseholdFacts) -> ProjectionInputs:
    """Let savings that are not deducted come out of income after tax; nobody deducts what an employer pays."""
    after_tax = {fact.key for fact in facts.savings if not fact.is_deductible and not fact.is_by_employer}
    contributions = tuple(
        replace(item, is_deductible=False) if item.key in after_tax else item for item in inputs.contributions
    )
    return replace(inputs, contributions=contributions)


_GIVEN = gettext_noop(
    "Gifts to charity are paid by traditional IRAs once their owners are 70½, to the yearly limit: they are no income, "
    "and nobody deducts them; gifts in cash are."
)
_PART_OF_COSTS = gettext_noop(
    "What the household gives to charity is not stated: the gifts from IRAs are taken to be part of its living costs."
)
_NO_MORE_THAN_GIVEN = gettext_noop("IRAs pay no more than the household says it gives to charity.")
_NOTHING_TO_GIVE_FROM = gettext_noop("Nobody has a traditional IRA to give from: gifts are paid from other money.")
_PRO_RATA = gettext_noop(
    "%(name)s has after-tax money in IRAs by Form 8606 of %(year)s: it comes out untaxed, in proportion to all their "
    "traditional IRAs."
)
_ABOVE = gettext_noop(
    "The after-tax money of %(name)s is more than their IRAs hold: nothing that comes out of them is taxed. Check line "
    "14 of Form 8606 of %(year)s."
)
_OLD = gettext_noop(
    "The after-tax money of %(name)s is taken to be what Form 8606 of %(year)s said: nothing came out since."
)
_NOT_AN_IRA = gettext_noop(
    "What is saved into %(name)s after tax is taxed again when it comes out: the account is no traditional IRA, and "
    "the rules of employers' plans for such money are not counted."
)
_NO_IRA = gettext_noop(
    "%(name)s has after-tax money by Form 8606 of %(year)s, but no traditional IRA: it is not counted."
)
