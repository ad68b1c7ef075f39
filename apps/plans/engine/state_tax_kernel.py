"""State income tax inside the simulation: the rules of `state_taxes`, in float64, for the paths of a block at once.

A law of a state that indexes its amounts is asked with incomes in money of the table's year, and its tax is brought
back to the path's: that is the same as raising every amount of the law by the price level. So is a part of a year.

The law is read once for all lanes, figure by figure: each loop over the lanes then has no branch and reads no figure,
which a result written to a lane could have changed for all the compiler knows.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled
from apps.plans.engine.state_tables import Measure, Of, Start, Towards
from apps.plans.engine.state_taxes import Fading, StateFacts, StateLaw

# Rows of what a state reads of a year, shape (N_FACTS, n_lanes): the fields of StateFacts, one row for each adult.
WAGES_1, WAGES_2, PENSIONS_1, PENSIONS_2, WITHDRAWALS_1, WITHDRAWALS_2, AGI, TAXABLE_BENEFITS, BENEFITS = range(9)
OTHER, INTEREST, QUALIFIED, GAINS, PRE_TAX, STANDARD, SENIOR, FEDERAL_TAX = range(9, 17)
N_FACTS = 17
# Then what is put together of them: adjusted gross income but for benefits, income as the state has it and what of it
# is taxed, 1, the tax, the smaller and the larger wage, the smaller income, pensions and withdrawals; the sum of fading
# amounts, what is left out or deducted, gains with rates of their own, and the price level.
_LESS_BENEFITS, _INCOME, _TAXABLE, _ONE, _TAX, _LOWER, _HIGHER, _LOWER_INCOME, _RETIRED = range(N_FACTS, N_FACTS + 9)
_SUM, _OUT, _PREFERRED, _LEVEL = range(N_FACTS + 9, N_FACTS + 13)
N_ROWS = N_FACTS + 13

# Columns of a law: switches and figures, then the bracket bounds, the rates, those of gains, and the fading amounts.
_GAINS_ONLY, _INDEXED, _LOSSES, _DEFERRALS, _STANDARD, _SENIOR, _POOLED, _COVERS_ALL, _LESS, _LESS_TAXABLE = range(10)
_PENSIONS_EXEMPT, _WITHDRAWALS, _GAINS_OUT, _DIVIDENDS_OUT, _GAINS_CAP, _OWN_GAINS, N_ADULTS = range(10, 17)
_CAP_1, _CAP_2, _PART, SHARE, _N_BOUNDS = range(17, 22)
# Where the fading amounts towards each thing begin, and where the last ones end.
_FIRST = 22
_BOUNDS = _FIRST + len(Towards) + 1

_TOWARDS, _MEASURES, _UNITS = tuple(Towards), tuple(Measure), tuple(Of)
# Columns of a fading amount after that of its measure.
_UNIT, _AMOUNT, _FLOOR, _START, _RATE, _STEP, _ABOVE, _MOST = range(1, 9)
_N_FADE = 9
(
    _T_BENEFITS,
    _T_RETIREMENT,
    _T_DEDUCTION,
    _T_CREDIT,
    _T_FEDERAL_SHARE,
    _T_FEDERAL_CAP,
    _T_RECAPTURE,
) = range(7)
# The rows of what amounts fade by and of what they are multiples of, in the order of their enumerations.
_ROWS_OF_MEASURES = (AGI, _LESS_BENEFITS, _INCOME, _TAXABLE, TAXABLE_BENEFITS)
_ROWS_OF_UNITS = (_ONE, STANDARD, TAXABLE_BENEFITS, _TAX, _LOWER, _HIGHER, _LOWER_INCOME, _RETIRED)

FloatArray = NDArray[np.float64]


def law_row(law: StateLaw, part: float = 1.0, share: float = 1.0) -> FloatArray:
    """A resolved law as one row of figures, for `state_taxes`; two laws of one state have rows of one length.

    ``part`` of a year makes all amounts smaller, like `tax_kernel.law_arrays`; ``share`` is the first adult's of what a
    couple withdraws.
    """
    table = law.table
    switches = [
        table.start is Start.GAINS,
        table.indexed,
        table.counts_losses,
        table.counts_deferrals,
        table.federal_standard,
        table.federal_senior,
        table.retirement_pooled,
        table.retirement_covers_all,
        table.retirement_less_benefits,
        table.retirement_less_taxable_benefits,
        table.pensions_exempt,
        table.withdrawals_count,
        table.gains_excluded,
        table.dividends_excluded,
        table.gains_excluded_cap,
        bool(table.gains_rates),
        law.adults,
        *law.caps[:2],
        *([0] * (2 - len(law.caps))),
        part,
        share,
        len(law.bounds),
    ]
    rates = (*table.rates, *(table.gains_rates or table.rates))
    fades = sorted((_fade_row(row) for row in law.fadings), key=lambda row: row[0])
    first = _BOUNDS + len(law.bounds) + len(rates)
    places = [first + _N_FADE * sum(row[0] < towards for row in fades) for towards in range(len(Towards) + 1)]
    figures = (figure for row in fades for figure in row[1:])
    return np.array([*switches, *places, *law.bounds, *rates, *figures], dtype=np.float64)


def _fade_row(row: Fading) -> tuple[Decimal | int, ...]:
    """What it counts towards, then the columns of an amount."""
    return (
        _TOWARDS.index(row.towards),
        _MEASURES.index(row.measure),
        _UNITS.index(row.of),
        row.amount,
        row.floor,
        row.start,
        row.rate,
        row.step,
        row.above,
        row.most,
    )


def fact_column(facts: StateFacts) -> FloatArray:
    """One household's year as a column of what `state_taxes` reads, shape (N_FACTS,)."""
    second = len(facts.wages) > 1
    pairs = [
        part for own in (facts.wages, facts.pensions, facts.withdrawals) for part in (own[0], own[1] if second else 0)
    ]
    rest = (
        facts.agi,
        facts.taxable_benefits,
        facts.benefits,
        facts.other,
        facts.interest,
        facts.qualified,
        facts.gains,
        facts.pre_tax,
        facts.federal_standard,
        facts.federal_senior,
        facts.federal_tax,
    )
    return np.array([*pairs, *rest], dtype=np.float64)


@compiled
def _is_told(law: FloatArray, towards: int) -> bool:
    """Say whether a law knows any amount towards one thing."""
    told: bool = law[_FIRST + towards + 1] > law[_FIRST + towards]
    return told


@compiled
def _add_up(law: FloatArray, towards: int, rows: FloatArray) -> None:
    """Put into ``_SUM`` the fading amounts towards one thing (`state_taxes.Fading.value`); of a recapture, what
    faded."""
    total, taxable = rows[_SUM], rows[_TAXABLE]
    for lane in range(rows.shape[1]):
        total[lane] = 0.0
    for row in range(int(law[_FIRST + towards]), int(law[_FIRST + towards + 1]), _N_FADE):
        by, of = rows[_ROWS_OF_MEASURES[int(law[row])]], rows[_ROWS_OF_UNITS[int(law[row + _UNIT])]]
        amount, floor, most, start = law[row + _AMOUNT], law[row + _FLOOR], law[row + _MOST], law[row + _START]
        rate, step, above = law[row + _RATE], law[row + _STEP], law[row + _ABOVE]
        if towards == _T_RECAPTURE:
            for lane in range(rows.shape[1]):
                excess = max(0.0, by[lane] - start)
                begun = np.ceil(excess / step - 1e-9) * step if step > 0.0 else excess
                value = amount - min(most, max(floor, amount * of[lane] - rate * begun))
                total[lane] += value if taxable[lane] > above else 0.0
        elif step > 0.0:
            for lane in range(rows.shape[1]):
                begun = np.ceil(max(0.0, by[lane] - start) / step - 1e-9) * step
                total[lane] += min(most, max(floor, amount * of[lane] - rate * begun))
        else:
            for lane in range(rows.shape[1]):
                excess = max(0.0, by[lane] - start)
                total[lane] += min(most, max(floor, amount * of[lane] - rate * excess))


@compiled
def _add_schedule(law: FloatArray, first_rate: int, sign: float, income: FloatArray, tax: FloatArray) -> None:
    """Add the tax (n_lanes,) by the rates that begin at a column of the law, or take it off."""
    lowest = sign * law[first_rate]
    for lane in range(income.size):
        tax[lane] += lowest * max(0.0, income[lane])
    for bracket in range(int(law[_N_BOUNDS])):
        step = sign * (law[first_rate + bracket + 1] - law[first_rate + bracket])
        bound = law[_BOUNDS + bracket]
        for lane in range(income.size):
            tax[lane] += step * max(0.0, income[lane] - bound)


@compiled
def _leave_retirement(law: FloatArray, rows: FloatArray) -> None:
    """Put into ``_OUT`` the pensions and withdrawals that may be left out, each adult's up to the cap of the age."""
    adults, less_benefits, less_taxable = law[N_ADULTS], law[_LESS], law[_LESS_TAXABLE]
    couple, kept, withdrawn = 1.0 if adults > 1.0 else 0.0, 1.0 - law[_PENSIONS_EXEMPT], law[_WITHDRAWALS]
    exempt, covers, pooled = law[_PENSIONS_EXEMPT], law[_COVERS_ALL] / adults, law[_POOLED] > 0.0
    cap_1, cap_2 = law[_CAP_1], law[_CAP_2]
    benefits, taxed, other, interest = rows[BENEFITS], rows[TAXABLE_BENEFITS], rows[OTHER], rows[INTEREST]
    qualified, gains, out = rows[QUALIFIED], rows[GAINS], rows[_OUT]
    pensions_1, pensions_2 = rows[PENSIONS_1], rows[PENSIONS_2]
    drawn_1, drawn_2 = rows[WITHDRAWALS_1], rows[WITHDRAWALS_2]
    for lane in range(rows.shape[1]):
        less = less_benefits * benefits[lane] + less_taxable * taxed[lane]
        extra = covers * (interest[lane] + qualified[lane] + other[lane] + max(0.0, gains[lane]))
        first = kept * pensions_1[lane] + withdrawn * drawn_1[lane] + extra
        second = couple * (kept * pensions_2[lane] + withdrawn * drawn_2[lane] + extra)
        together = min(first + second, max(0.0, cap_1 - less))
        each = min(first, max(0.0, cap_1 - less / adults)) + couple * min(second, max(0.0, cap_2 - less / adults))
        out[lane] = exempt * (pensions_1[lane] + pensions_2[lane]) + (together if pooled else each)


@compiled
def _bring_to_the_table(law: FloatArray, index: FloatArray, rows: FloatArray) -> None:
    """Note the price level, take the facts back to it, and fill in what amounts are multiples of."""
    level, part, indexed = rows[_LEVEL], law[_PART], law[_INDEXED] > 0.0
    for lane in range(rows.shape[1]):
        level[lane] = part * index[lane] if indexed else part
    if indexed or part != 1.0:
        for fact in range(N_FACTS):
            amounts = rows[fact]
            for lane in range(rows.shape[1]):
                amounts[lane] /= level[lane]
    couple = 1.0 if law[N_ADULTS] > 1.0 else 0.0
    wages_1, wages_2, agi, taxed = rows[WAGES_1], rows[WAGES_2], rows[AGI], rows[TAXABLE_BENEFITS]
    less, one, lower, higher = rows[_LESS_BENEFITS], rows[_ONE], rows[_LOWER], rows[_HIGHER]
    smaller, retired, tax = rows[_LOWER_INCOME], rows[_RETIRED], rows[_TAX]
    for lane in range(rows.shape[1]):
        less[lane] = agi[lane] - taxed[lane]
        one[lane], tax[lane] = 1.0, 0.0
        lower[lane] = couple * min(wages_1[lane], wages_2[lane])
        higher[lane] = max(wages_1[lane], wages_2[lane])
    pensions_1, pensions_2 = rows[PENSIONS_1], rows[PENSIONS_2]
    drawn_1, drawn_2 = rows[WITHDRAWALS_1], rows[WITHDRAWALS_2]
    for lane in range(rows.shape[1]):
        first, second = pensions_1[lane] + drawn_1[lane], pensions_2[lane] + drawn_2[lane]
        smaller[lane] = couple * min(wages_1[lane] + first, wages_2[lane] + second)
        retired[lane] = first + second


@compiled
def _count_income(law: FloatArray, rows: FloatArray) -> None:
    """Put into ``_INCOME`` what a state counts: what it starts from, less what it leaves out."""
    only_gains, deferrals, losses = law[_GAINS_ONLY] > 0.0, law[_DEFERRALS], 1.0 - law[_LOSSES]
    agi, pre_tax, gains, income, total = rows[AGI], rows[PRE_TAX], rows[GAINS], rows[_INCOME], rows[_SUM]
    for lane in range(rows.shape[1]):
        whole = agi[lane] + deferrals * pre_tax[lane] - losses * min(0.0, gains[lane])
        income[lane] = max(0.0, gains[lane]) if only_gains else whole
    if _is_told(law, _T_BENEFITS):
        _add_up(law, _T_BENEFITS, rows)
        taxed = rows[TAXABLE_BENEFITS]
        for lane in range(rows.shape[1]):
            income[lane] -= taxed[lane] * total[lane]
    if _is_told(law, _T_RETIREMENT):
        _add_up(law, _T_RETIREMENT, rows)
        _leave_retirement(law, rows)
        out = rows[_OUT]
        for lane in range(rows.shape[1]):
            income[lane] -= out[lane] * total[lane]
    gains_out, cap, dividends_out, qualified = law[_GAINS_OUT], law[_GAINS_CAP], law[_DIVIDENDS_OUT], rows[QUALIFIED]
    for lane in range(rows.shape[1]):
        income[lane] -= min(gains_out * max(0.0, gains[lane]), cap) + dividends_out * qualified[lane]


@compiled
def _deduct(law: FloatArray, rows: FloatArray) -> None:
    """Put into ``_TAXABLE`` what deductions leave of a state's income."""
    _add_up(law, _T_DEDUCTION, rows)
    as_federal, as_senior, standard, senior = law[_STANDARD], law[_SENIOR], rows[STANDARD], rows[SENIOR]
    income, taxable, total, out = rows[_INCOME], rows[_TAXABLE], rows[_SUM], rows[_OUT]
    for lane in range(rows.shape[1]):
        out[lane] = total[lane] + (as_federal * standard[lane] + as_senior * senior[lane])
    if _is_told(law, _T_FEDERAL_SHARE):
        federal = rows[FEDERAL_TAX]
        _add_up(law, _T_FEDERAL_SHARE, rows)
        for lane in range(rows.shape[1]):
            taxable[lane] = max(0.0, federal[lane]) * total[lane]
        _add_up(law, _T_FEDERAL_CAP, rows)
        for lane in range(rows.shape[1]):
            out[lane] += min(taxable[lane], total[lane])
    for lane in range(rows.shape[1]):
        taxable[lane] = max(0.0, income[lane] - out[lane])


@compiled
def _by_rates(law: FloatArray, rows: FloatArray) -> None:
    """Put the tax by the rates of the state into ``_TAX``: gains may have their own, on top of the rest."""
    n_bounds = int(law[_N_BOUNDS])
    rates, gains_rates = _BOUNDS + n_bounds, _BOUNDS + 2 * n_bounds + 1
    taxable, gains, preferred, tax = rows[_TAXABLE], rows[GAINS], rows[_PREFERRED], rows[_TAX]
    if law[_OWN_GAINS] == 0.0:
        _add_schedule(law, rates, 1.0, taxable, tax)
        return
    for lane in range(rows.shape[1]):
        preferred[lane] = taxable[lane] - min(taxable[lane], max(0.0, gains[lane]))
    _add_schedule(law, rates, 1.0, preferred, tax)
    _add_schedule(law, gains_rates, 1.0, taxable, tax)
    _add_schedule(law, gains_rates, -1.0, preferred, tax)


@compiled
def state_taxes(law: FloatArray, index: FloatArray, rows: FloatArray, due: FloatArray) -> None:
    """Add the state's tax of a year to ``due`` (n_lanes,).

    ``law`` is a row of `law_row`, ``index`` (n_lanes,) the price level against the table's year, ``rows`` (N_ROWS,
    n_lanes) hold what the federal return says in the first N_FACTS; they are used up.
    """
    _bring_to_the_table(law, index, rows)
    _count_income(law, rows)
    _deduct(law, rows)
    _by_rates(law, rows)
    tax, total, level = rows[_TAX], rows[_SUM], rows[_LEVEL]
    if _is_told(law, _T_RECAPTURE):
        _add_up(law, _T_RECAPTURE, rows)
        for lane in range(due.size):
            tax[lane] += total[lane]
    _add_up(law, _T_CREDIT, rows)
    for lane in range(due.size):
        due[lane] += level[lane] * max(0.0, tax[lane] - total[lane])
