"""When to begin Social Security: each adult's age tried on the plan itself, couples together (42 USC 402)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_retirement_texts import ClaimFacts, claim_texts, claims_texts
from apps.plans.engine.advice_worth import rank_of, stands_out, yearly_costs
from apps.plans.engine.claiming import Claim, first_claim_age, full_retirement_age, worker_benefit
from apps.plans.engine.claiming_map import claim_break_even, held_by_work
from apps.plans.engine.horizon import age_in_months, retirement_month_of
from apps.plans.engine.inputs import Adult, IncomeKind, ProjectionInputs
from apps.plans.engine.retirement_choices import BenefitClaim
from apps.plans.engine.runs import Runs
from apps.plans.engine.social_security import counted_birth

_YEAR = 12
_AGES = range(62 * _YEAR, 70 * _YEAR + 1, _YEAR)


def claiming_advice(inputs: ProjectionInputs, runs: Runs, *, but: Collection[str] = ()) -> list[Candidate]:
    """Advise other ages to begin at when the plan fares better with them beyond the error of simulation.

    Of the adults in ``but`` nothing is asked. Tried are the earliest whole year of age that is still ahead, full
    retirement age (whole years) and 70 of each adult with an own benefit that has not begun, one after the other, the
    larger benefit first, until nothing improves; and the years beside what was found. Silent where benefits are stated
    without the day on which they begin.
    """
    ages = best_ages(inputs, runs, {adult.key for adult in inputs.adults} - set(but))
    changed = with_claim_ages(inputs, ages)
    told = [claim for claim in inputs.claims if ages.get(claim.owner, claim.claim_age) != claim.claim_age]
    if not told or not stands_out(runs.of(inputs), runs.of(changed), yearly_costs(inputs)):
        return []
    facts = [_facts(claim, ages[claim.owner], inputs) for claim in told]
    numbers = [(f"{name}_{place}", value) for place, each in enumerate(facts, 1) for name, value in each.figures]
    begins = min(each.begins for each in facts)
    return [
        Candidate(
            key="claim_ages",
            kind="social_security",
            texts=claim_texts(facts[0], is_couple=len(inputs.adults) > 1) if len(facts) == 1 else claims_texts(facts),
            changed=changed,
            certain=False,
            difficulty="easy",
            timeframe="now" if begins <= _YEAR else "long_term",
            facts=(*numbers, ("claim_in_months", float(begins))),
        )
    ]


def with_claim_ages(inputs: ProjectionInputs, ages: dict[str, int]) -> ProjectionInputs:
    """Return the plan with benefits that begin at other ages, in months by adult; who is not named keeps the own."""
    claims = tuple(replace(claim, claim_age=ages.get(claim.owner, claim.claim_age)) for claim in inputs.claims)
    return replace(inputs, claims=claims)


def best_ages(inputs: ProjectionInputs, runs: Runs, owners: Collection[str]) -> dict[str, int]:
    """Return the ages in months, by adult of ``owners`` who can still choose, with which the plan fares best."""
    adults = {adult.key: adult for adult in inputs.adults if adult.key in owners}
    free = sorted((each for each in inputs.claims if each.owner in adults), key=lambda claim: -claim.primary_amount)
    free = [claim for claim in free if claim.primary_amount > 0.0 and _choices(adults[claim.owner], inputs)]
    free = [claim for claim in free if claim.claim_age > _age_now(adults[claim.owner], inputs)]
    best = {claim.owner: claim.claim_age for claim in free}
    moved = [claim.owner for claim in free]
    for _ in range(2 if len(free) > 1 else 1):
        before = dict(best)
        for claim in free:
            if claim.owner in moved:
                best = _best_of(claim, adults[claim.owner], best, (inputs, runs))
        # the first is looked at again only where the second has moved
        moved = [claim.owner for claim in free if any(best[key] != before[key] for key in best if key != claim.owner)]
    return best


def _best_of(
    claim: BenefitClaim, adult: Adult, best: dict[str, int], asked: tuple[ProjectionInputs, Runs]
) -> dict[str, int]:
    inputs, runs = asked
    choices = _choices(adult, inputs)
    full = -(-full_retirement_age(counted_birth(adult.birth_date).year) // _YEAR) * _YEAR
    ends = {age for age in (choices[0], full, choices[-1]) if age in choices}

    def pick(ages: set[int], now: dict[str, int]) -> dict[str, int]:
        tried = [now, *({**now, claim.owner: age} for age in sorted(ages) if age != now[claim.owner])]
        # max keeps the first of equals: what the plan has already
        return max(tried, key=lambda each: rank_of(runs.part(with_claim_ages(inputs, each))))

    found = pick(ends, best)
    beside = {found[claim.owner] - _YEAR, found[claim.owner] + _YEAR} & set(choices)
    return pick(beside, found) if found[claim.owner] not in (choices[0], choices[-1]) else found


def _age_now(adult: Adult, inputs: ProjectionInputs) -> int:
    return age_in_months(adult, inputs.start_date, 0)


def _choices(adult: Adult, inputs: ProjectionInputs) -> list[int]:
    """Ages in months that are still ahead: whole years, at 62 the first month that is paid."""
    first = first_claim_age(adult.birth_date)
    full = full_retirement_age(counted_birth(adult.birth_date).year)
    earliest = max(_age_now(adult, inputs) + 1, age_unreduced_by_work(adult, inputs, full))
    return [max(age, first) for age in _AGES if max(age, first) >= earliest]


def age_unreduced_by_work(adult: Adult, inputs: ProjectionInputs, full: int) -> int:
    """Return the age in months from which on pay from work holds no benefit back: when it ends, at ``full`` at latest.

    The law withholds one dollar of two that are earned above some 24,000 a year before full age (42 USC 403(f)), which
    takes most benefits whole (`earnings_test`): ages at which it would bite are not advised.
    """
    if not any(income.kind is IncomeKind.SALARY and income.owner == adult.key for income in inputs.incomes):
        return 0
    return min(full, age_in_months(adult, inputs.start_date, retirement_month_of(adult, inputs.start_date)))


def _facts(claim: BenefitClaim, age: int, inputs: ProjectionInputs) -> ClaimFacts:
    adult = next(each for each in inputs.adults if each.key == claim.owner)
    amount = Decimal(repr(claim.primary_amount))
    before, after = (float(worker_benefit(Claim(amount, adult.birth_date, each))) for each in (claim.claim_age, age))
    sooner, later = sorted(((claim.claim_age, before), (age, after)))
    # sums are equal where the larger has made up for the months that it came later
    even = (later[1] * later[0] - sooner[1] * sooner[0]) / (later[1] - sooner[1]) if later[1] > sooner[1] else 0.0
    held = held_by_work(inputs, claim.owner, claim.claim_age)
    if held:
        evened = claim_break_even(inputs, claim.owner, sooner[0], later[0]).age
        even = 0.0 if evened is None else evened
    return ClaimFacts(
        owner=claim.owner,
        age_now=round(claim.claim_age / _YEAR, 1),
        # at 62 the first month that is paid may be one after the birthday: people call it 62
        age_then=float(age // _YEAR),
        monthly_now=before,
        monthly_then=after,
        even_age=round(even / _YEAR, 1),
        begins=age - _age_now(adult, inputs),
        held=round(held, 2),
    )
