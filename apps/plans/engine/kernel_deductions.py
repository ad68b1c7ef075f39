"""Payments that may be deducted, in the walk: what a month pays, and what they save of the year's federal tax.

Nothing is computed of years in which nothing can be saved on any lane. All that could be itemised, with state taxes up
to a cap that has not shrunk and nothing taken off gifts and medical costs, is held against the standard deduction:
where it is no more, itemising saves nothing of the usual tax (`relieve`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import F_GIVEN, FLOWS, GIFTS_CARRIED, INCOME_TWO_BEFORE, PAID, STATES, WORK, YEAR_STATES
from apps.plans.engine.compiled import LANES, compiled
from apps.plans.engine.kernel_medicare import premium_at
from apps.plans.engine.payment_schedules import GIVES, INTEREST, MOST_PREMIUM, PREMIUM, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_lanes import credits_of, from_work, state_tax_cap
from apps.plans.engine.tax_law import (
    ADDITIONAL,
    AMT_FLOOR,
    BOUNDS,
    CHILDREN,
    DEDUCTION,
    GAINS,
    GIVEN_MOST,
    HAS_SENIOR,
    N_BOUNDS,
    OTHERS,
    QUALIFIED,
    R_CHARITY_FLOOR,
    R_CHARITY_MOST,
    R_MEDICAL,
    R_REDUCTION,
    R_SALT,
    R_SALT_GROWTH,
    R_SENIOR,
    SALT_CAP,
    SALT_FLOOR,
    SALT_THRESHOLD,
    SALT_YEARS,
    SENIOR,
    SENIOR_AMOUNT,
    SENIORS,
    STATUS,
    YEARS_ON,
)
from apps.plans.engine.tax_rows import gross_incomes, raise_to_least, usual_taxes
from apps.plans.engine.yearly_payments import GIFT_YEARS, GIFTS, GIFTS_IN_COSTS, MEDICAL, N_PAID, PROPERTY_TAX

FloatArray = NDArray[np.float64]
# Rows of work: what a lane paid, gave and carries on, its gross income, room for gifts; gains with rates of their own,
# the deduction of seniors, what may be itemised without state taxes, with them and after its reduction, 1 where that is
# looked at; then what a tax is computed of, and the taxes that are compared.
_LOCAL, _GIVEN, _COSTS, _CARRIED, _GROSS, _ROOM, _PREFERRED, _SENIOR, _KEPT, _WHOLE = range(WORK, WORK + 10)
_ITEMISED, _LOOKED, _DEDUCTED, _ALLOWED, _TAXABLE, _ORDINARY, _USUAL, _OTHER = range(WORK + 10, WORK + 18)
_NO_FLOOR = -1e18


@compiled
def deducts_months(program: Program) -> bool:
    """Say whether months of the plan pay anything that may be deducted."""
    has: bool = program.deductions.shape[1] > YEARS + program.year_facts.shape[1]
    return has


@compiled
def note_paid(program: Program, month: int, price: NDArray[np.float32], books: NDArray[np.float64]) -> None:
    """Note what a month pays that may be deducted, by who lives."""
    rows, first = program.deductions, YEARS + program.year_facts.shape[1]
    for state in range(rows.shape[0]):
        for column in range(N_PAID):
            amount = rows[state, first + month, column]
            if amount != 0.0:
                for lane in range(LANES):
                    books[PAID + column, lane] += books[STATES + state, lane] * amount * price[lane]


@compiled
def clear_paid(program: Program, books: NDArray[np.float64]) -> None:
    """Begin a year's payments anew."""
    if deducts_months(program):
        books[PAID : PAID + N_PAID, :] = 0.0


@compiled
def could_itemise(
    law: NDArray[np.float64], facts: NDArray[np.int64], index: NDArray[np.float64], of_state: NDArray[np.float64]
) -> bool:
    """Say whether the state's tax (LANES,) alone exceeds the standard deduction on any lane, as far as it is capped."""
    standard, cap = law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL], state_tax_cap(law, facts, 0.0)
    found = False
    for lane in range(LANES):
        found |= min(of_state[lane], cap) > standard * index[lane]
    return found


@compiled
def paid_on(books: NDArray[np.float64], lane: int, of_state: float) -> tuple[float, float, float]:
    """What a lane paid in the year that may be deducted: state and local taxes, gifts, medical costs but premiums."""
    given = max(0.0, books[PAID + GIFTS_IN_COSTS, lane] - books[FLOWS + F_GIVEN, lane]) + books[PAID + GIFTS, lane]
    return of_state + books[PAID + PROPERTY_TAX, lane], given, books[PAID + MEDICAL, lane]


@compiled
def carried_by(books: NDArray[np.float64], lane: int) -> float:
    """Gifts that a lane carries on from earlier years."""
    carried = 0.0
    for age in range(GIFT_YEARS):
        carried += books[GIFTS_CARRIED + age, lane]
    return carried


@compiled
def carry_gifts(program: Program, books: FloatArray, year: int) -> None:
    """Carry on what of a year's gifts exceeds the limit, with what the floor took of them then; gifts of the year come
    first, then the oldest (`tax_deductions.gifts_carried`). Comes before the ledger is cleared."""
    if program.deductions[0, YEARS + year, GIVES] == 0.0:
        return
    given, carried, gross, room = books[_GIVEN], books[_CARRIED], books[_GROSS], books[_ROOM]
    _note_gifts(books, given, carried)
    for state in range(program.year_facts.shape[0]):
        law, inside = program.law[min(year, 1), program.year_facts[state, year, STATUS]], books[YEAR_STATES + state]
        most, floor, moves = law[R_CHARITY_MOST], law[R_CHARITY_FLOOR], False
        gross_incomes(law, books, gross)
        for lane in range(LANES):
            room[lane] = max(0.0, most * max(0.0, gross[lane]) - given[lane])
            moves |= inside[lane] > 0.0 and (carried[lane] > 0.0 or given[lane] > most * max(0.0, gross[lane]))
        if not moves:
            continue
        for age in range(GIFT_YEARS - 1, -1, -1):
            left = books[GIFTS_CARRIED + age]
            for lane in range(LANES):
                used = inside[lane] * min(room[lane], left[lane])
                left[lane] -= used
                room[lane] -= used
        for age in range(GIFT_YEARS - 1, 0, -1):
            older, younger = books[GIFTS_CARRIED + age], books[GIFTS_CARRIED + age - 1]
            for lane in range(LANES):
                older[lane] = younger[lane] if inside[lane] > 0.0 else older[lane]
        newest = books[GIFTS_CARRIED]
        for lane in range(LANES):
            limit = most * max(0.0, gross[lane])
            own = given[lane] - limit + floor * max(0.0, gross[lane]) if given[lane] > limit else 0.0
            newest[lane] = own if inside[lane] > 0.0 else newest[lane]


@compiled
def insured_in(program: Program, state: int, year: int) -> float:
    """Months of a year for which premiums are due: none where a plan does not ask for them."""
    months: float = program.insured[state, year] if program.premiums.shape[0] > 0 else 0.0
    return months


@compiled
def paid_in_all(
    program: Program, books: NDArray[np.float64], place: tuple[int, int], lane: int, level: float, of_state: float
) -> tuple[float, float, float, float, float]:
    """All that a lane paid in the year that may be deducted, as `tax_lanes` takes it; ``place``: who lives, year."""
    state, year = place
    rows, months = program.deductions, insured_in(program, state, year)
    local, given, costs = paid_on(books, lane, of_state)
    if months > 0.0:
        row = program.premiums[program.year_facts[state, year, STATUS]]
        costs += months * (premium_at(row, books[INCOME_TWO_BEFORE, lane], level) + rows[state, 0, PREMIUM] * level)
    carried = carried_by(books, lane) if rows[state, YEARS + year, GIVES] > 0.0 else 0.0
    return local, given, costs, rows[state, YEARS + year, INTEREST], carried


@compiled
def _note_gifts(books: FloatArray, given: FloatArray, carried: FloatArray) -> None:
    """What each lane gave in the year, and what it carries on from earlier ones."""
    in_costs, besides, from_iras = books[PAID + GIFTS_IN_COSTS], books[PAID + GIFTS], books[FLOWS + F_GIVEN]
    for lane in range(LANES):
        given[lane] = max(0.0, in_costs[lane] - from_iras[lane]) + besides[lane]
        carried[lane] = books[GIFTS_CARRIED, lane]
    for age in range(1, GIFT_YEARS):
        older = books[GIFTS_CARRIED + age]
        for lane in range(LANES):
            carried[lane] += older[lane]


@compiled
def _note_premiums(program: Program, books: FloatArray, place: tuple[int, int], index: FloatArray) -> None:
    """Add the premiums of Medicare to the medical costs, where any are due."""
    state, year = place
    months, held, costs = insured_in(program, state, year), program.deductions[state, 0, PREMIUM], books[_COSTS]
    if months > 0.0:
        row, before = program.premiums[program.year_facts[state, year, STATUS]], books[INCOME_TWO_BEFORE]
        for lane in range(LANES):
            costs[lane] += months * (premium_at(row, before[lane], index[lane]) + held * index[lane])


@compiled
def _note_payments(
    program: Program, books: FloatArray, place: tuple[int, int], index: FloatArray, of_state: FloatArray
) -> bool:
    """Put together what each lane paid and its gross income; say whether payments could save any lane anything.

    A lane is passed over where all its payments are no more than the standard deduction and none of them counts for the
    minimum tax, which knows no standard deduction: then the larger deduction, or the smaller tax, is the standard one.
    """
    state, year = place
    rows, facts = program.deductions, program.year_facts[state, year]
    law, interest = program.law[min(year, 1), facts[STATUS]], rows[state, YEARS + year, INTEREST]
    local, given, costs, carried = books[_LOCAL], books[_GIVEN], books[_COSTS], books[_CARRIED]
    gross, inside = books[_GROSS], books[YEAR_STATES + state]
    property_taxes, medical = books[PAID + PROPERTY_TAX], books[PAID + MEDICAL]
    _note_gifts(books, given, carried)
    gives = 1.0 if rows[state, YEARS + year, GIVES] > 0.0 else 0.0
    gross_incomes(law, books, gross)
    standard, cap = law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL], state_tax_cap(law, facts, 0.0)
    most = insured_in(program, state, year) * rows[state, 0, MOST_PREMIUM]
    high_from, floor, found = law[AMT_FLOOR], law[R_MEDICAL] * law[AMT_FLOOR], False
    for lane in range(LANES):
        carried[lane] *= gives
        local[lane] = of_state[lane] + property_taxes[lane]
        costs[lane] = medical[lane]
        bound, gifts = medical[lane] + most * index[lane], given[lane] + carried[lane]
        kept = gifts + interest + max(0.0, bound - floor * index[lane])
        exceeds = min(local[lane], cap) + interest + bound > standard * index[lane]
        is_high = gross[lane] > high_from * index[lane]
        found |= (inside[lane] > 0.0) & ((gifts > 0.0) | exceeds | ((kept > 0.0) & is_high))
    return found


@compiled
def _cap_of(law: FloatArray, facts: NDArray[np.int64]) -> tuple[float, float]:
    """The cap of state and local taxes in a year, less than its floor once it has lapsed, and from what income on it
    shrinks."""
    grown = 1.0
    for _ in range(facts[YEARS_ON]):
        grown *= 1.0 + law[R_SALT_GROWTH]
    return (law[SALT_CAP] * grown if facts[YEARS_ON] <= law[SALT_YEARS] else -1.0), law[SALT_THRESHOLD] * grown


@compiled
def _itemise(law: FloatArray, facts: NDArray[np.int64], index: FloatArray, books: FloatArray, interest: float) -> None:
    """Put into the rows of work what may be itemised, as `tax_lanes.allowed_payments` and `reduced` have it, and what
    is deducted in any case."""
    local, given, costs, carried = books[_LOCAL], books[_GIVEN], books[_COSTS], books[_CARRIED]
    gross, preferred, senior, kept, whole = (
        books[_GROSS],
        books[_PREFERRED],
        books[_SENIOR],
        books[_KEPT],
        books[_WHOLE],
    )
    itemised, gains, qualified = books[_ITEMISED], books[GAINS], books[QUALIFIED]
    seniors, r_senior, senior_from = float(facts[SENIORS]), law[R_SENIOR], law[SENIOR]
    senior_amount = law[SENIOR_AMOUNT] if facts[HAS_SENIOR] == 1 else 0.0
    most, least, r_medical = law[R_CHARITY_MOST], law[R_CHARITY_FLOOR], law[R_MEDICAL]
    cap, cap_from = _cap_of(law, facts)
    cap_rate, cap_floor = law[R_SALT], law[SALT_FLOOR]
    top_bracket, reduction = law[BOUNDS + int(law[N_BOUNDS]) - 1], law[R_REDUCTION]
    for lane in range(LANES):
        agi, positive = gross[lane], max(0.0, gross[lane])
        beside = seniors * max(0.0, senior_amount - r_senior * max(0.0, agi - senior_from))
        gifts = max(0.0, min(given[lane] + carried[lane], most * positive) - least * positive)
        without = gifts + max(0.0, costs[lane] - r_medical * positive) + interest
        with_taxes = without + min(local[lane], max(cap_floor, cap - cap_rate * max(0.0, agi - cap_from)))
        senior[lane], kept[lane], whole[lane] = beside, without, with_taxes
        itemised[lane] = with_taxes - reduction * min(with_taxes, max(0.0, agi - beside - top_bracket * index[lane]))
        preferred[lane] = qualified[lane] + max(0.0, gains[lane])


@compiled
def _tax_after(law: FloatArray, index: FloatArray, books: FloatArray, high_from: float, taxed: FloatArray) -> None:
    """Put the tax before credits with ``_DEDUCTED`` beside the deduction of seniors into ``taxed``; ``high_from`` is
    the gross income, in money of the table, from which on the minimum tax is looked at, on what ``_ALLOWED`` says."""
    gross, deducted, senior = books[_GROSS], books[_DEDUCTED], books[_SENIOR]
    taxable, preferred, ordinary, high = books[_TAXABLE], books[_PREFERRED], books[_ORDINARY], False
    for lane in range(LANES):
        taxable[lane] = max(0.0, gross[lane] - deducted[lane] - senior[lane])
        high |= gross[lane] > high_from * index[lane]
    usual_taxes(law, index, (taxable, preferred), ordinary, taxed)
    if high:
        raise_to_least(law, index, (gross, preferred, ordinary), books[_ALLOWED], high_from, taxed)


@compiled
def _compare(law: FloatArray, facts: NDArray[np.int64], index: FloatArray, books: FloatArray) -> bool:
    """Put the tax before credits without payments into ``_USUAL``, that with the deduction that leaves the smaller into
    ``_OTHER``; return whether any lane has such payments as could make a difference."""
    gross, given, kept, whole = books[_GROSS], books[_GIVEN], books[_KEPT], books[_WHOLE]
    itemised, deducted, allowed = books[_ITEMISED], books[_DEDUCTED], books[_ALLOWED]
    usual, other, looked = books[_USUAL], books[_OTHER], books[_LOOKED]
    standard, given_most, high_from = law[DEDUCTION] + facts[SENIORS] * law[ADDITIONAL], law[GIVEN_MOST], law[AMT_FLOOR]
    gives, itemises = False, False
    for lane in range(LANES):
        deducted[lane], allowed[lane] = standard * index[lane], gross[lane]
        beside = min(given[lane], given_most)
        looks = (whole[lane] > standard * index[lane] + beside) | (gross[lane] > high_from * index[lane])
        gives |= beside > 0.0
        itemises |= looks & (whole[lane] > 0.0)
        looked[lane] = 1.0 if looks else 0.0
    if not (gives or itemises):
        return False
    _tax_after(law, index, books, high_from, usual)
    for lane in range(LANES):
        other[lane] = usual[lane]
        deducted[lane] += min(given[lane], given_most)
        allowed[lane] -= min(given[lane], given_most)
    if gives:
        _tax_after(law, index, books, high_from, other)
    if itemises:
        for lane in range(LANES):
            deducted[lane], allowed[lane] = itemised[lane], gross[lane] - kept[lane]
        # who itemises state taxes may owe minimum tax at any income; the row of the whole is not needed any more
        _tax_after(law, index, books, _NO_FLOOR, whole)
        for lane in range(LANES):
            other[lane] = min(other[lane], whole[lane]) if looked[lane] > 0.0 else other[lane]
    return True


@compiled
def relieve(
    program: Program,
    books: FloatArray,
    place: tuple[int, int],
    index: FloatArray,
    taxes: tuple[FloatArray, FloatArray],
) -> bool:
    """Put into the second of ``taxes`` (LANES,) what payments save of each lane's federal tax, the first being that of
    the state; return whether it is anything. ``place``: who lives, year. Uses the first rows of work."""
    state, year = place
    of_state, saved = taxes
    facts, inside = program.year_facts[state, year], books[YEAR_STATES + state]
    law, found = program.law[min(year, 1), facts[STATUS]], False
    for lane in range(LANES):
        saved[lane] = 0.0
    if not _note_payments(program, books, place, index, of_state):
        return False
    _note_premiums(program, books, place, index)
    _itemise(law, facts, index, books, program.deductions[state, YEARS + year, INTEREST])
    if not _compare(law, facts, index, books):
        return False
    usual, other, gross = books[_USUAL], books[_OTHER], books[_GROSS]
    if facts[CHILDREN] + facts[OTHERS] > 0:
        for lane in range(LANES):
            agi, level = gross[lane], index[lane]
            earned, payroll = from_work(law, level, books, lane)
            usual[lane] -= credits_of(law, facts, level, (agi, usual[lane], earned, payroll))
            other[lane] -= credits_of(law, facts, level, (agi, other[lane], earned, payroll))
    for lane in range(LANES):
        saved[lane] = max(0.0, usual[lane] - other[lane]) if inside[lane] > 0.0 else 0.0
        found |= saved[lane] > 0.0
    return found
