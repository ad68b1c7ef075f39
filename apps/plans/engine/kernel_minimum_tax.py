"""The minimum tax on incentive options that are held, in the walk: what it adds to a year, what comes back later.

Exercising adds what the shares are worth above their price to the income of the minimum tax alone; in return it counts
that as a cost when they are sold (IRC 56(b)(3)). What options add to the tax of a year is carried on as a credit, and
makes the usual tax of later years smaller, down to the tax below which it may not lie (IRC 53, Form 8801).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import (
    CREDIT,
    F_SPREAD,
    F_SPREAD_SOLD,
    FLOWS,
    LOSS_BEYOND,
    NEXT_CREDIT,
    NEXT_LOSS,
    SPREAD,
    SPREAD_SOLD,
    YEAR_STATES,
)
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.kernel_deductions import paid_in_all
from apps.plans.engine.payment_schedules import OPTIONS, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import (
    allowed_credits,
    allowed_payments,
    credits_of,
    from_work,
    gross_income,
    least_tax,
    plain_tax,
    reduced,
    senior_deduction,
    usual_tax,
)
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    CHILDREN,
    DEDUCTION,
    GAINS,
    GIVEN_MOST,
    LOSS,
    LOSS_LIMIT,
    OTHERS,
    QUALIFIED,
    SENIORS,
    STATUS,
)


@compiled
def _of(
    law: NDArray[np.float64], index: float, taxed: tuple[float, float], allowed: float, beyond: tuple[float, float]
) -> tuple[float, float, float]:
    """The usual tax, and those below which it may not lie with options and without; ``taxed``: taxable income, gains;
    ``beyond``: what the minimum tax has more of income, and its gains."""
    taxable, gains = max(0.0, taxed[0]), taxed[1]
    ordinary = max(0.0, taxable - gains)
    usual = usual_tax(law, index, taxable, gains)
    return (
        usual,
        least_tax(law, index, ordinary, beyond[1], allowed + beyond[0]),
        least_tax(law, index, ordinary, gains, allowed),
    )


@compiled
def _smaller(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    income: tuple[float, float],
    beyond: tuple[float, float],
    paid: tuple[float, float, float, float, float],
) -> tuple[float, float, float]:
    """What `_of` says with the deduction that leaves the smaller tax; ``income``: AGI, gains."""
    agi, gains = income
    senior, given = senior_deduction(law, facts, agi), min(paid[1], law[GIVEN_MOST])
    standard = index * (law[DEDUCTION] + float(facts[SENIORS]) * law[ADDITIONAL]) + given
    usual = _of(law, index, (agi - standard - senior, gains), agi - given, beyond)
    kept, whole = allowed_payments(law, facts, agi, paid)
    if whole == 0.0:
        return usual
    itemised = reduced(law, index, whole, agi - senior)
    other = _of(law, index, (agi - itemised - senior, gains), agi - kept, beyond)
    return other if max(other[0], other[1]) < max(usual[0], usual[1]) else usual


@compiled
def tax_with_options(
    law: NDArray[np.float64],
    facts: NDArray[np.int64],
    index: float,
    ledger: NDArray[np.float64],
    lane: int,
    paid: tuple[float, float, float, float, float],
) -> tuple[float, float, float]:
    """Income tax of a lane after its credits; then the credit and the losses of the minimum tax that it carries on.

    ``ledger`` are the books, gains netted; ``paid`` what may be deducted.
    """
    agi, limit, gains = gross_income(law, ledger, lane), law[LOSS_LIMIT], ledger[GAINS, lane]
    net = gains - ledger[LOSS, lane] - ledger[SPREAD_SOLD, lane] - ledger[LOSS_BEYOND, lane]
    counted = max(net, -limit)
    beyond = (ledger[SPREAD, lane] + counted - gains, ledger[QUALIFIED, lane] + max(0.0, counted))
    income = (agi, ledger[QUALIFIED, lane] + max(0.0, gains))
    usual, least, without = _smaller(law, facts, index, income, beyond, paid)
    tax, used, family = max(usual, least), 0.0, 0.0
    if facts[CHILDREN] + facts[OTHERS] > 0:
        earned, payroll = from_work(law, index, ledger, lane)
        used = min(allowed_credits(law, facts, index, agi), tax)
        family = credits_of(law, facts, index, (agi, tax, earned, payroll))
    back = min(ledger[CREDIT, lane], max(0.0, usual - used - least))
    deferred = max(0.0, least - usual) - max(0.0, without - usual)
    credit = max(0.0, ledger[CREDIT, lane] - back + deferred)
    return tax - family - back, credit, counted - net - ledger[LOSS, lane]


@compiled
def count_options(
    program: Program,
    books: NDArray[np.float64],
    place: tuple[int, int],
    index: NDArray[np.float64],
    taxes: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> bool:
    """Set the second of ``taxes`` (LANES,), what `relieve` found to be saved of the federal tax, to what is saved with
    options counted, less than nothing where they add to it; return whether any lane has some. ``place``: who lives,
    year."""
    state, year = place
    of_state, saved = taxes
    facts = program.year_facts[state, year]
    law, found = program.law[min(year, 1), facts[STATUS]], False
    for lane in range(LANES):
        if books[YEAR_STATES + state, lane] == 0.0:
            continue
        books[NEXT_CREDIT, lane], books[NEXT_LOSS, lane] = books[CREDIT, lane], books[LOSS_BEYOND, lane]
        moved = books[SPREAD, lane] + books[SPREAD_SOLD, lane] + books[LOSS_BEYOND, lane] + books[CREDIT, lane]
        if moved == 0.0:
            continue
        level = index[lane]
        paid = paid_in_all(program, books, place, lane, level, of_state[lane])
        tax, books[NEXT_CREDIT, lane], books[NEXT_LOSS, lane] = tax_with_options(law, facts, level, books, lane, paid)
        saved[lane] = plain_tax(law, facts, level, books, lane) - tax
        found = True
    return found


@compiled
def close_options(program: Program, books: NDArray[np.float64], year: int) -> None:
    """Carry on what a year leaves, and tell what it was."""
    if program.deductions[0, YEARS + year, OPTIONS] == 0.0:
        return
    for lane in range(LANES):
        books[CREDIT, lane], books[LOSS_BEYOND, lane] = books[NEXT_CREDIT, lane], books[NEXT_LOSS, lane]
        books[FLOWS + F_SPREAD, lane] = books[SPREAD, lane]
        books[FLOWS + F_SPREAD_SOLD, lane] = books[SPREAD_SOLD, lane]
        books[SPREAD, lane] = books[SPREAD_SOLD, lane] = 0.0
