"""Conversions to Roth in the walk: how much fits into a year, and what of it goes on the tax.

How much more income fits below a bound is `conversion_room`'s.
"""

from __future__ import annotations

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
from apps.plans.engine.conversion_room import room
from apps.plans.engine.kernel_deductions import paid_in_all
from apps.plans.engine.kernel_flows import pay
from apps.plans.engine.kernel_iras import CONVERT, step_iras
from apps.plans.engine.kernel_roths import LAY, step_roths
from apps.plans.engine.payment_schedules import ASKS, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_law import (
    BENEFITS,
    BOUNDS,
    GAINS,
    INTEREST,
    ORDINARY,
    PRE_TAX,
    QUALIFIED,
    R_EARLY,
    WAGES_1,
    WAGES_2,
)


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
