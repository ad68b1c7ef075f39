"""Conversions to Roth in the walk: how much fits into a year, and what of it goes on the tax.

The float64 twin of `conversions.room_in_bracket` and `conversions.room_to_step`, with the standard deduction.
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
from apps.plans.engine.kernel_flows import pay
from apps.plans.engine.kernel_iras import CONVERT, step_iras
from apps.plans.engine.kernel_roths import LAY, step_roths
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import taxable_benefits
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    BENEFITS,
    BOUNDS,
    DEDUCTION,
    GAINS,
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
    law: NDArray[np.float64], facts: NDArray[np.int64], index: float, year: tuple[float, float, float]
) -> float:
    """Income taxed at ordinary rates; ``year``: income but for benefits, benefits, gains with rates of their own."""
    income, benefits, gains = year
    seniors = float(facts[SENIORS])
    agi = income + taxable_benefits(law, income, benefits)
    amount = law[SENIOR_AMOUNT] if facts[HAS_SENIOR] == 1 else 0.0
    senior = seniors * max(0.0, amount - law[R_SENIOR] * max(0.0, agi - law[SENIOR]))
    taxable = max(0.0, agi - index * (law[DEDUCTION] + seniors * law[ADDITIONAL]) - senior)
    ordinary: float = max(0.0, taxable - gains)
    return ordinary


@compiled
def room(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    year: tuple[float, float, float],
    bound: tuple[float, bool],
) -> float:
    """Return how much more ordinary income fits below a bound, to the cent.

    ``bound`` is of the income taxed at ordinary rates, or, where its second part is True, of adjusted gross income.
    """
    income, benefits, gains = year
    limit, is_gross = bound[0] + _ROUNDING, bound[1]
    low, high = -1.0, 100.0 * max(1.0, bound[0])
    doubled = False
    while high - low > 1.0:
        cents = high if not doubled else math.floor((low + high) / 2.0)
        more = income + cents / 100.0
        if is_gross:
            told = more + taxable_benefits(law, more, benefits)
        else:
            told = _taxable(law, facts, index, (more, benefits, gains))
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
    index: NDArray[np.float64],
    lane: int,
) -> float:
    """What the rule of a plan asks to convert on a lane: ``rule``, its value, the step's bound, the part of a year."""
    kind, value, top, part = rule
    if kind == FIXED:
        amount: float = value * index[lane] * part
        return amount
    gains = books[GAINS, lane]
    earned = books[WAGES_1, lane] + books[WAGES_2, lane] - books[PRE_TAX, lane]
    income = earned + books[ORDINARY, lane] + books[INTEREST, lane] + books[QUALIFIED, lane] + gains
    told = (income, books[BENEFITS, lane], books[QUALIFIED, lane] + max(0.0, gains))
    if kind == BELOW_STEP:
        # a first year of some months stands for a whole one like it
        return room(law, facts, index[lane], told, (top * index[lane] * part, True))
    return room(law, facts, index[lane], told, (law[BOUNDS + int(value)] * index[lane], False))


@compiled
def convert(program: Program, books: NDArray[np.float64], year: int, index: NDArray[np.float64]) -> None:
    """Take what is converted out of its accounts and tax it, owner after owner. Gains are netted already."""
    conversions, knows_iras = program.conversions, program.iras.whole.shape[0] > 0
    part = program.first_year / 12.0 if year == 0 else 1.0
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
                    # few arrays, not the program: this is called for each lane
                    wanted = _wanted(rule, program.law[min(year, 1), facts[0]], facts, books, index, lane)
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
