"""Federal tax of one lane with every rule: both deductions, the minimum tax, credits for dependants."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_28,
    AMT_EXEMPTION,
    AMT_FLOOR,
    AMT_PHASE_OUT,
    BENEFITS,
    BOUNDS,
    CHILD,
    CHILD_REFUND,
    CHILD_THRESHOLD,
    CHILDREN,
    DEDUCTION,
    DEPENDANT,
    EARLY,
    EARNED_FROM,
    GAINS,
    GIVEN_MOST,
    HAS_SENIOR,
    INTEREST,
    LOSS,
    LOSS_LIMIT,
    LTCG_0,
    LTCG_15,
    MEDICARE,
    N_BOUNDS,
    NIIT,
    ORDINARY,
    OTHERS,
    PAID_CHARITY,
    PAID_INTEREST,
    PAID_MEDICAL,
    PAID_STATE,
    PRE_TAX,
    QUALIFIED,
    R_ADD_MEDICARE,
    R_AMT,
    R_AMT_HIGH,
    R_AMT_PHASE_OUT,
    R_CHARITY_FLOOR,
    R_CHARITY_MOST,
    R_CHILD_PHASE_OUT,
    R_EARLY,
    R_EARNED,
    R_HIGH,
    R_MEDICAL,
    R_MEDICARE,
    R_MIDDLE,
    R_NIIT,
    R_REDUCTION,
    R_SALT,
    R_SALT_GROWTH,
    R_SENIOR,
    R_SS,
    SALT_CAP,
    SALT_FLOOR,
    SALT_THRESHOLD,
    SALT_YEARS,
    SENIOR,
    SENIOR_AMOUNT,
    SENIORS,
    SS_1,
    SS_2,
    THOUSAND,
    WAGE_BASE,
    WAGES_1,
    WAGES_2,
    YEARS_ON,
)


@compiled
def taxable_benefits(law: NDArray[np.float64], other_income: float, benefits: float) -> float:
    """Taxable Social Security of IRC 86, both tiers."""
    provisional = other_income + 0.5 * benefits
    above_base = max(0.0, provisional - law[SS_1])
    tier_1 = min(0.5 * benefits, 0.5 * min(above_base, law[SS_2] - law[SS_1]))
    above_adjusted = max(0.0, provisional - law[SS_2])
    total: float = min(0.85 * benefits, tier_1 + 0.85 * above_adjusted)
    return total


@compiled
def gross_income(law: NDArray[np.float64], ledger: NDArray[np.float64], lane: int) -> float:
    """Adjusted gross income of a lane; `net_gains` was called before."""
    investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + ledger[GAINS, lane]
    earned = ledger[WAGES_1, lane] + ledger[WAGES_2, lane] - ledger[PRE_TAX, lane]
    without_benefits = earned + ledger[ORDINARY, lane] + investment
    total: float = without_benefits + taxable_benefits(law, without_benefits, ledger[BENEFITS, lane])
    return total


@compiled
def net_gains(law: NDArray[np.float64], ledger: NDArray[np.float64]) -> None:
    """Leave in GAINS what counts this year, and in LOSS what is carried on. Comes first."""
    limit = law[LOSS_LIMIT]
    for lane in range(ledger.shape[1]):
        net = ledger[GAINS, lane] - ledger[LOSS, lane]
        counted = max(net, -limit)
        ledger[LOSS, lane] = counted - net
        ledger[GAINS, lane] = counted


@compiled
def _schedule(law: NDArray[np.float64], index: float, income: float) -> float:
    first_rate = BOUNDS + int(law[N_BOUNDS])
    tax, lower, bracket = 0.0, 0.0, 0
    while BOUNDS + bracket < first_rate and income > law[BOUNDS + bracket] * index:
        upper = law[BOUNDS + bracket] * index
        tax += law[first_rate + bracket] * (upper - lower)
        lower = upper
        bracket += 1
    total: float = tax + law[first_rate + bracket] * max(0.0, income - lower)
    return total


@compiled
def _stacked(law: NDArray[np.float64], index: float, ordinary: float, gains: float) -> float:
    top, zero, middle = ordinary + gains, law[LTCG_0] * index, law[LTCG_15] * index
    at_middle = max(0.0, min(top, middle) - max(ordinary, zero))
    tax: float = law[R_MIDDLE] * at_middle + law[R_HIGH] * max(0.0, top - max(ordinary, middle))
    return tax


@compiled
def _flat(law: NDArray[np.float64], index: float, excess: float) -> float:
    above = max(0.0, excess - law[AMT_28] * index)
    tax: float = law[R_AMT] * excess + (law[R_AMT_HIGH] - law[R_AMT]) * above
    return tax


@compiled
def usual_tax(law: NDArray[np.float64], index: float, taxable: float, gains: float) -> float:
    """Tax on taxable income, of which ``gains`` at most have rates of their own."""
    schedule = _schedule(law, index, taxable)
    if gains <= 0.0:
        return schedule
    ordinary = max(0.0, taxable - gains)
    return min(_schedule(law, index, ordinary) + _stacked(law, index, ordinary, taxable - ordinary), schedule)


@compiled
def least_tax(law: NDArray[np.float64], index: float, ordinary: float, gains: float, allowed: float) -> float:
    """Tax below which the usual one may not lie, on the income of the minimum tax ``allowed``, of which ``gains`` at
    most have rates of their own and stack on the usual tax's ``ordinary`` income."""
    shrunk = law[R_AMT_PHASE_OUT] * max(0.0, allowed - law[AMT_PHASE_OUT] * index)
    excess = max(0.0, allowed - max(0.0, law[AMT_EXEMPTION] * index - shrunk))
    preferred = min(excess, gains)
    stacked = _flat(law, index, excess - preferred) + _stacked(law, index, ordinary, preferred)
    return min(_flat(law, index, excess), stacked)


@compiled
def _with_deduction(law: NDArray[np.float64], index: float, income: float, gains: float, allowed: float) -> float:
    """Tax before credits on taxable ``income``, ``allowed`` being the income of the minimum tax."""
    taxable = max(0.0, income)
    return max(usual_tax(law, index, taxable, gains), least_tax(law, index, max(0.0, taxable - gains), gains, allowed))


@compiled
def state_tax_cap(law: NDArray[np.float64], facts: NDArray[np.int64], agi: float) -> float:
    """Up to what state and local taxes are deducted in a year, by AGI; the most for one of nothing."""
    grown = 1.0
    for _ in range(facts[YEARS_ON]):
        grown *= 1.0 + law[R_SALT_GROWTH]
    shrunk = law[SALT_CAP] * grown - law[R_SALT] * max(0.0, agi - law[SALT_THRESHOLD] * grown)
    cap: float = max(law[SALT_FLOOR], shrunk) if facts[YEARS_ON] <= law[SALT_YEARS] else law[SALT_FLOOR]
    return cap


@compiled
def senior_deduction(law: NDArray[np.float64], facts: NDArray[np.int64], agi: float) -> float:
    """Deduction for people of 65 and more, which shrinks with AGI."""
    amount = law[SENIOR_AMOUNT] if facts[HAS_SENIOR] == 1 else 0.0
    whole: float = float(facts[SENIORS]) * max(0.0, amount - law[R_SENIOR] * max(0.0, agi - law[SENIOR]))
    return whole


@compiled
def allowed_payments(
    law: NDArray[np.float64], facts: NDArray[np.int64], agi: float, paid: tuple[float, float, float, float, float]
) -> tuple[float, float]:
    """What may be itemised of payments, as `_before_credits` has them: without state taxes, and with them."""
    state, charity, costs, interest, carried = paid
    positive = max(0.0, agi)
    charity = max(0.0, min(charity + carried, law[R_CHARITY_MOST] * positive) - law[R_CHARITY_FLOOR] * positive)
    medical = max(0.0, costs - law[R_MEDICAL] * positive)
    kept = charity + medical + interest
    return kept, kept + min(state, state_tax_cap(law, facts, agi))


@compiled
def reduced(law: NDArray[np.float64], index: float, whole: float, income: float) -> float:
    """An itemised deduction after IRC 68; ``income`` is AGI less what is deducted beside it."""
    top = max(0.0, income - law[BOUNDS + int(law[N_BOUNDS]) - 1] * index)
    itemised: float = whole - law[R_REDUCTION] * min(whole, top)
    return itemised


@compiled
def _before_credits(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    income: tuple[float, float],
    paid: tuple[float, float, float, float, float],
) -> float:
    """Tax before credits with the deduction that leaves the smaller; ``income``: AGI, gains with rates of their own;
    ``paid``: state and local taxes, gifts, medical costs, interest, gifts carried on."""
    agi, gains = income
    senior = senior_deduction(law, facts, agi)
    given = min(paid[1], law[GIVEN_MOST])
    deduction = index * (law[DEDUCTION] + float(facts[SENIORS]) * law[ADDITIONAL]) + given
    is_high = agi > law[AMT_FLOOR] * index
    if is_high:
        usual = _with_deduction(law, index, agi - deduction - senior, gains, agi - given)
    else:
        usual = usual_tax(law, index, max(0.0, agi - deduction - senior), gains)
    if paid[0] + paid[1] + paid[2] + paid[3] + paid[4] == 0.0:
        return usual
    kept, whole = allowed_payments(law, facts, agi, paid)
    if whole <= deduction and not is_high:
        return usual
    itemised = reduced(law, index, whole, agi - senior)
    other: float = _with_deduction(law, index, agi - itemised - senior, gains, agi - kept)
    return min(usual, other)


@compiled
def ordinary_taxed(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    income: tuple[float, float],
    paid: tuple[float, float, float, float, float],
) -> float:
    """Income taxed at ordinary rates with the deduction that leaves the smaller tax, as `_before_credits` takes it."""
    agi, gains = income
    senior, given = senior_deduction(law, facts, agi), min(paid[1], law[GIVEN_MOST])
    deduction = index * (law[DEDUCTION] + float(facts[SENIORS]) * law[ADDITIONAL]) + given
    kept, whole = allowed_payments(law, facts, agi, paid)
    is_high = agi > law[AMT_FLOOR] * index
    if whole > deduction or (is_high and whole > 0.0):
        itemised = reduced(law, index, whole, agi - senior)
        usual = usual_tax(law, index, max(0.0, agi - deduction - senior), gains)
        if is_high:
            usual = _with_deduction(law, index, agi - deduction - senior, gains, agi - given)
        if _with_deduction(law, index, agi - itemised - senior, gains, agi - kept) < usual:
            deduction = itemised
    ordinary: float = max(0.0, max(0.0, agi - deduction - senior) - gains)
    return ordinary


@compiled
def allowed_credits(law: NDArray[np.float64], facts: NDArray[np.int64], index: float, agi: float) -> float:
    """Credits for dependants that income leaves (IRC 24(b))."""
    whole = law[CHILD] * index * float(facts[CHILDREN]) + law[DEPENDANT] * facts[OTHERS]
    begun = math.ceil(max(0.0, agi - law[CHILD_THRESHOLD]) / law[THOUSAND]) * law[THOUSAND]
    allowed: float = max(0.0, whole - law[R_CHILD_PHASE_OUT] * begun)
    return allowed


@compiled
def credits_of(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: float, income: tuple[float, float, float, float]
) -> float:
    """Credits of IRC 24, used and refunded; ``income``: AGI, tax before credits, earned income, payroll tax."""
    agi, tax, earned, payroll = income
    children = float(facts[CHILDREN])
    allowed = allowed_credits(law, facts, index, agi)
    used = min(allowed, tax)
    basis = law[R_EARNED] * max(0.0, earned - law[EARNED_FROM])
    if facts[CHILDREN] >= 3:
        basis = max(basis, payroll)
    total: float = used + min(allowed - used, law[CHILD_REFUND] * index * children, basis)
    return total


@compiled
def lane_tax(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: float, ledger: NDArray[np.float64], lane: int
) -> float:
    """Everything due for the year on one lane, less what is paid out, with the payments of the facts; `net_gains` was
    called before."""
    first, second = ledger[WAGES_1, lane], ledger[WAGES_2, lane]
    wages, gains = first + second, ledger[GAINS, lane]
    investment = ledger[INTEREST, lane] + ledger[QUALIFIED, lane] + gains
    earned = wages - ledger[PRE_TAX, lane]
    agi = gross_income(law, ledger, lane)
    paid = (facts[PAID_STATE] * index, facts[PAID_CHARITY] * index, facts[PAID_MEDICAL] * index)
    income = (agi, ledger[QUALIFIED, lane] + max(0.0, gains))
    tax = _before_credits(law, facts, index, income, (*paid, float(facts[PAID_INTEREST]), 0.0))
    base = law[WAGE_BASE] * index
    payroll = law[R_SS] * (min(first, base) + min(second, base)) + law[R_MEDICARE] * wages
    payroll += law[R_ADD_MEDICARE] * max(0.0, wages - law[MEDICARE])
    niit = law[R_NIIT] * max(0.0, min(investment, agi - law[NIIT]))
    credit = 0.0
    if facts[CHILDREN] + facts[OTHERS] > 0:
        credit = credits_of(law, facts, index, (agi, tax, earned, payroll))
    total: float = tax - credit + payroll + niit + law[R_EARLY] * ledger[EARLY, lane]
    return total


@compiled
def from_work(law: NDArray[np.float64], index: float, ledger: NDArray[np.float64], lane: int) -> tuple[float, float]:
    """What a lane earned in the year, and the payroll tax withheld from it."""
    first, second = ledger[WAGES_1, lane], ledger[WAGES_2, lane]
    base = law[WAGE_BASE] * index
    payroll = law[R_SS] * (min(first, base) + min(second, base)) + law[R_MEDICARE] * (first + second)
    payroll += law[R_ADD_MEDICARE] * max(0.0, first + second - law[MEDICARE])
    return first + second - ledger[PRE_TAX, lane], payroll


@compiled
def plain_tax(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: float, ledger: NDArray[np.float64], lane: int
) -> float:
    """Income tax of a lane after its credits where nothing is deducted but what everybody may."""
    agi = gross_income(law, ledger, lane)
    income = (agi, ledger[QUALIFIED, lane] + max(0.0, ledger[GAINS, lane]))
    tax: float = _before_credits(law, facts, index, income, (0.0, 0.0, 0.0, 0.0, 0.0))
    if facts[CHILDREN] + facts[OTHERS] > 0:
        earned, payroll = from_work(law, index, ledger, lane)
        tax -= credits_of(law, facts, index, (agi, tax, earned, payroll))
    return tax
