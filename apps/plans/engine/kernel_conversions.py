"""Conversions to Roth in the walk: how much fits into a year, and what of it goes on the tax.

The float64 twin of `conversions.room_in_bracket` and `conversions.room_to_step`, with what may be deducted of the year:
state taxes as they are without the conversion, and without the minimum tax on options held.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    CONVERTED,
    CONVERTED_BASIS,
    CONVERTING_TAX,
    F_CONVERTED,
    F_STATE_TAXES,
    F_TAXES,
    F_WITHDRAWALS,
    FLOWS,
    STATES,
    UNSPENT,
    YEAR_STATES,
    balance_row,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.conversion_program import BELOW_STEP, EARLY_UNTIL, FIXED, RULE, TARGET, VALUE
from apps.plans.engine.kernel_deductions import paid_in_all
from apps.plans.engine.kernel_flows import pay
from apps.plans.engine.kernel_iras import CONVERT, step_iras
from apps.plans.engine.kernel_roths import LAY, step_roths
from apps.plans.engine.payment_schedules import ASKS, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import ordinary_taxed, state_tax_cap, taxable_benefits
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_FLOOR,
    BENEFITS,
    BOUNDS,
    DEDUCTION,
    GAINS,
    GIVEN_MOST,
    HAS_SENIOR,
    INTEREST,
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    R_EARLY,
    R_SENIOR,
    SENIOR,
    SENIOR_AMOUNT,
    SENIORS,
    WAGES_1,
    WAGES_2,
)

# A millionth of a dollar past a bound is rounding of float64, not income.
_ROUNDING = 1e-6


@compiled
def _taxable(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: float, year: tuple[float, float, float], given: float
) -> float:
    """Income taxed at ordinary rates with the standard deduction and gifts beside it; ``year``: income but for
    benefits, benefits, gains with rates of their own."""
    income, benefits, gains = year
    seniors = float(facts[SENIORS])
    agi = income + taxable_benefits(law, income, benefits)
    amount = law[SENIOR_AMOUNT] if facts[HAS_SENIOR] == 1 else 0.0
    senior = seniors * max(0.0, amount - law[R_SENIOR] * max(0.0, agi - law[SENIOR]))
    taxable = max(0.0, agi - (index * (law[DEDUCTION] + seniors * law[ADDITIONAL]) + given) - senior)
    ordinary: float = max(0.0, taxable - gains)
    return ordinary


@compiled
def _may_itemise(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    reach: float,
    paid: tuple[float, float, float, float, float],
) -> bool:
    """Whether itemising could leave less tax at any income that `room` looks at, which is ``reach`` and the standard
    deduction at most: not where all payments, as far as a cap that has not shrunk allows, are no more than the standard
    deduction, and none of them counts for the minimum tax or income is too low for it."""
    kept = paid[1] + paid[2] + paid[3] + paid[4]
    if kept + paid[0] == 0.0:
        return False
    standard = index * (law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL])
    if kept + min(paid[0], state_tax_cap(law, facts, 0.0)) > standard:
        return True
    return kept > 0.0 and reach + 3.0 * standard > law[AMT_FLOOR] * index


@compiled
def room(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    year: tuple[float, float, float],
    bound: tuple[float, bool],
    paid: tuple[float, float, float, float, float],
) -> float:
    """Return how much more ordinary income fits below a bound, to the cent.

    ``bound`` is of the income taxed at ordinary rates, or, where its second part is True, of adjusted gross income;
    ``paid`` what may be deducted, as `tax_lanes` takes it.
    """
    income, benefits, gains = year
    itemises = not bound[1] and _may_itemise(law, facts, index, bound[0] + gains, paid)
    given = min(paid[1], law[GIVEN_MOST])
    limit, is_gross = bound[0] + _ROUNDING, bound[1]
    low, high = -1.0, 100.0 * max(1.0, bound[0])
    doubled = False
    while high - low > 1.0:
        cents = high if not doubled else math.floor((low + high) / 2.0)
        more = income + cents / 100.0
        if is_gross:
            told = more + taxable_benefits(law, more, benefits)
        elif itemises:
            agi = more + taxable_benefits(law, more, benefits)
            told = ordinary_taxed(law, facts, index, (agi, gains), paid)
        else:
            told = _taxable(law, facts, index, (more, benefits, gains), given)
        if told <= limit:
            low = cents
            high = high if doubled else 2.0 * high
        else:
            high = cents
            doubled = True
    return max(0.0, low) / 100.0


@compiled
def _wanted(
    rule: tuple[int, float, float, float],
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    books: NDArray[np.float64],
    at: tuple[int, float],
    paid: tuple[float, float, float, float, float],
) -> float:
    """What the rule of a plan asks to convert on a lane: ``rule``, its value, the step's bound, the part of a year;
    ``at``: the lane and its price level."""
    kind, value, top, part = rule
    lane, level = at
    if kind == FIXED:
        amount: float = value * level * part
        return amount
    gains = books[GAINS, lane]
    earned = books[WAGES_1, lane] + books[WAGES_2, lane] - books[PRE_TAX, lane]
    income = earned + books[ORDINARY, lane] + books[INTEREST, lane] + books[QUALIFIED, lane] + gains
    told = (income, books[BENEFITS, lane], books[QUALIFIED, lane] + max(0.0, gains))
    if kind == BELOW_STEP:
        # a first year of some months stands for a whole one like it
        return room(law, facts, level, told, (top * level * part, True), paid)
    return room(law, facts, level, told, (law[BOUNDS + int(value)] * level, False), paid)


@compiled
def convert(program: Program, books: NDArray[np.float64], year: int, index: NDArray[np.float64]) -> None:
    """Take what is converted out of its accounts and tax it, owner after owner. Gains are netted already."""
    conversions, knows_iras = program.conversions, program.iras.whole.shape[0] > 0
    part, taxed = program.first_year / 12.0 if year == 0 else 1.0, program.state_laws.shape[1] > 0
    for plan in range(conversions.rules.shape[0]):
        row_of_plan = CONVERTED + plan
        kind, value = int(conversions.rules[plan, RULE]), conversions.rules[plan, VALUE]
        books[row_of_plan, :] = 0.0
        if knows_iras:
            books[CONVERTED_BASIS + plan, :] = 0.0
        for lane in range(LANES):
            lives = 0.0
            for state in range(conversions.active.shape[0]):
                lives += books[STATES + state, lane] * conversions.active[state, year, plan]
            if lives == 0.0:
                continue
            wanted = 0.0
            for state in range(conversions.active.shape[0]):
                if books[YEAR_STATES + state, lane] > 0.0:
                    facts = program.year_facts[state, year]
                    rule = (kind, value, conversions.tops[facts[0], plan], part)
                    paid = (0.0, 0.0, 0.0, 0.0, 0.0)
                    if taxed or program.deductions[state, YEARS + year, ASKS] > 0.0:
                        of_state = books[FLOWS + F_STATE_TAXES, lane]
                        paid = paid_in_all(program, books, (state, year), lane, index[lane], of_state)
                    law, at = program.law[min(year, 1), facts[0]], (lane, index[lane])
                    # few arrays, not the program: this is called for each lane
                    wanted = _wanted(rule, law, facts, books, at, paid)
            if knows_iras:
                step_iras(program, books, CONVERT, (plan, year, lane), wanted)
            else:
                for account in range(program.mix.size):
                    if conversions.gives[plan, account] == 1:
                        row = balance_row(account)
                        take = min(books[row, lane], wanted)
                        books[row, lane] -= take
                        wanted -= take
                        books[row_of_plan, lane] += take
            books[ORDINARY, lane] += books[row_of_plan, lane]
            books[FLOWS + F_CONVERTED, lane] += books[row_of_plan, lane]


@compiled
def settle(program: Program, books: NDArray[np.float64], month: int, year: int, need: NDArray[np.float64]) -> None:
    """Pay what conversions added to the tax, ``CONVERTING_TAX``, and put the rest into the Roth accounts.

    Cash and taxable accounts pay; what they lack is withheld from what was converted, with the additional tax of
    those below the age for it. ``need`` (LANES,) is used up.
    """
    conversions, rate = program.conversions, program.law[min(year, 1), program.year_facts[0, year, 0], R_EARLY]
    knows_iras = program.iras.whole.shape[0] > 0
    for lane in range(LANES):
        available = max(0.0, books[UNSPENT, lane])
        for place in range(conversions.n_outside):
            available += books[balance_row(conversions.payers[place, 0]), lane]
        due = books[CONVERTING_TAX, lane]
        missing = max(0.0, due - available)
        for plan in range(conversions.rules.shape[0]):
            penalty = rate if month < conversions.rules[plan, EARLY_UNTIL] else 0.0
            whole = books[CONVERTED + plan, lane]
            if knows_iras and books[CONVERTED_BASIS + plan, lane] > 0.0:
                penalty *= 1.0 - books[CONVERTED_BASIS + plan, lane] / whole
            withheld = min(whole, missing / (1.0 - penalty))
            missing -= (1.0 - penalty) * withheld
            due += penalty * withheld
            books[FLOWS + F_TAXES, lane] += penalty * withheld
            books[FLOWS + F_WITHDRAWALS, lane] += withheld
            books[UNSPENT, lane] += withheld
            row = balance_row(int(conversions.rules[plan, TARGET]))
            books[row, lane] += whole - withheld
            books[row + 1, lane] += whole - withheld
        need[lane] = due
    if program.roths.whole.shape[0] > 0:
        step_roths(program, books, LAY, month, year)
    pay(conversions.payers, books, month, need, balance_row(program.mix.size))
