"""State income tax inside the simulation: the rules of `state_taxes`, in float64, for the paths of a block at once.

A law of a state that indexes its amounts is asked with incomes in money of the table's year, and its tax is brought
back to the path's: that is the same as raising every amount of the law by the price level. So is a part of a year.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled, compiled_with_arrays
from apps.plans.engine.state_tables import Measure, Of, Start, Towards
from apps.plans.engine.state_taxes import Fading, StateFacts, StateLaw

# Rows of what a state reads of a year, shape (N_FACTS, n_lanes): the fields of StateFacts, one row for each adult.
WAGES_1, WAGES_2, PENSIONS_1, PENSIONS_2, WITHDRAWALS_1, WITHDRAWALS_2, AGI, TAXABLE_BENEFITS, BENEFITS = range(9)
OTHER, INTEREST, QUALIFIED, GAINS, PRE_TAX, STANDARD, SENIOR, FEDERAL_TAX = range(9, 17)
N_FACTS = 17

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
_M_AGI, _M_LESS_BENEFITS, _M_STATE, _M_TAXABLE, _M_BENEFITS = range(5)
_U_ONE, _U_DEDUCTIONS, _U_BENEFITS, _U_TAX, _U_LOWER, _U_HIGHER, _U_INCOME, _U_RETIREMENT = range(8)

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
def _total(law: FloatArray, towards: int, measures: FloatArray, units: FloatArray) -> float:
    """The sum of the fading amounts towards one thing (`state_taxes.Fading.value`); of a recapture, of what faded."""
    total = 0.0
    for row in range(int(law[_FIRST + towards]), int(law[_FIRST + towards + 1]), _N_FADE):
        excess = max(0.0, measures[int(law[row])] - law[row + _START])
        step = law[row + _STEP]
        if step > 0.0 and excess > 0.0:
            excess = np.ceil(excess / step - 1e-9) * step
        left = law[row + _AMOUNT] * units[int(law[row + _UNIT])] - law[row + _RATE] * excess
        value = min(law[row + _MOST], max(law[row + _FLOOR], left))
        if towards != _T_RECAPTURE:
            total += value
        elif measures[_M_TAXABLE] > law[row + _ABOVE]:
            total += law[row + _AMOUNT] - value
    return total


@compiled
def _schedule(law: FloatArray, first_rate: int, income: float) -> float:
    """Tax by the rates that begin at a column of the law."""
    tax: float = law[first_rate] * max(0.0, income)
    for bracket in range(int(law[_N_BOUNDS])):
        step = law[first_rate + bracket + 1] - law[first_rate + bracket]
        tax += step * max(0.0, income - law[_BOUNDS + bracket])
    return tax


@compiled
def _retirement(law: FloatArray, facts: FloatArray) -> float:
    """Pensions and withdrawals that are left out, each adult's up to the cap of the age."""
    adults = law[N_ADULTS]
    less = law[_LESS] * facts[BENEFITS] + law[_LESS_TAXABLE] * facts[TAXABLE_BENEFITS]
    extra = 0.0
    if law[_COVERS_ALL] > 0.0:
        extra = (facts[INTEREST] + facts[QUALIFIED] + facts[OTHER] + max(0.0, facts[GAINS])) / adults
    kept = 1.0 - law[_PENSIONS_EXEMPT]
    first = kept * facts[PENSIONS_1] + law[_WITHDRAWALS] * facts[WITHDRAWALS_1] + extra
    second = 0.0
    if adults > 1.0:
        second = kept * facts[PENSIONS_2] + law[_WITHDRAWALS] * facts[WITHDRAWALS_2] + extra
    exempt = law[_PENSIONS_EXEMPT] * (facts[PENSIONS_1] + facts[PENSIONS_2])
    if law[_POOLED] > 0.0:
        pooled: float = exempt + min(first + second, max(0.0, law[_CAP_1] - less))
        return pooled
    left: float = min(first, max(0.0, law[_CAP_1] - less / adults))
    if adults > 1.0:
        left += min(second, max(0.0, law[_CAP_2] - less / adults))
    left += exempt
    return left


@compiled
def _measure(law: FloatArray, facts: FloatArray, measures: FloatArray, units: FloatArray) -> None:
    """Fill in by what amounts fade and what they are multiples of, as far as the federal return tells."""
    measures[_M_AGI] = facts[AGI]
    measures[_M_LESS_BENEFITS] = facts[AGI] - facts[TAXABLE_BENEFITS]
    measures[_M_BENEFITS] = facts[TAXABLE_BENEFITS]
    measures[_M_STATE] = 0.0
    measures[_M_TAXABLE] = 0.0
    couple = 1.0 if law[N_ADULTS] > 1.0 else 0.0
    first = facts[WAGES_1] + facts[PENSIONS_1] + facts[WITHDRAWALS_1]
    second = facts[WAGES_2] + facts[PENSIONS_2] + facts[WITHDRAWALS_2]
    units[_U_ONE] = 1.0
    units[_U_DEDUCTIONS] = facts[STANDARD]
    units[_U_BENEFITS] = facts[TAXABLE_BENEFITS]
    units[_U_TAX] = 0.0
    units[_U_LOWER] = couple * min(facts[WAGES_1], facts[WAGES_2])
    units[_U_HIGHER] = max(facts[WAGES_1], facts[WAGES_2])
    units[_U_INCOME] = couple * min(first, second)
    units[_U_RETIREMENT] = first + second - facts[WAGES_1] - facts[WAGES_2]


@compiled
def _state_tax(law: FloatArray, facts: FloatArray, measures: FloatArray, units: FloatArray) -> float:
    """One lane's tax, in money of the law: `state_taxes.state_tax`."""
    _measure(law, facts, measures, units)
    gains = max(0.0, facts[GAINS])
    if law[_GAINS_ONLY] > 0.0:
        income = gains
    else:
        income = facts[AGI] + law[_DEFERRALS] * facts[PRE_TAX] - (1.0 - law[_LOSSES]) * min(0.0, facts[GAINS])
    income -= facts[TAXABLE_BENEFITS] * _total(law, _T_BENEFITS, measures, units)
    income -= _retirement(law, facts) * _total(law, _T_RETIREMENT, measures, units)
    income -= min(law[_GAINS_OUT] * gains, law[_GAINS_CAP]) + law[_DIVIDENDS_OUT] * facts[QUALIFIED]
    measures[_M_STATE] = income
    deductions = _total(law, _T_DEDUCTION, measures, units)
    deductions += law[_STANDARD] * facts[STANDARD] + law[_SENIOR] * facts[SENIOR]
    federal = max(0.0, facts[FEDERAL_TAX]) * _total(law, _T_FEDERAL_SHARE, measures, units)
    deductions += min(federal, _total(law, _T_FEDERAL_CAP, measures, units))
    taxable = max(0.0, income - deductions)
    measures[_M_TAXABLE] = taxable
    preferential = min(taxable, gains) if law[_OWN_GAINS] > 0.0 else 0.0
    n_bounds = int(law[_N_BOUNDS])
    rates, gains_rates = _BOUNDS + n_bounds, _BOUNDS + 2 * n_bounds + 1
    tax = _schedule(law, rates, taxable - preferential)
    if preferential > 0.0:
        tax += _schedule(law, gains_rates, taxable) - _schedule(law, gains_rates, taxable - preferential)
    tax += _total(law, _T_RECAPTURE, measures, units)
    units[_U_TAX] = tax
    left: float = max(0.0, tax - _total(law, _T_CREDIT, measures, units))
    return left


@compiled_with_arrays
def state_taxes(law: FloatArray, index: FloatArray, facts: FloatArray, due: FloatArray) -> None:
    """Add the state's tax of a year to ``due`` (n_lanes,).

    ``law`` is a row of `law_row`, ``index`` (n_lanes,) the price level against the table's year, ``facts`` (N_FACTS,
    n_lanes) what the federal return says.
    """
    measures, units, own = np.empty(5), np.empty(8), np.empty(N_FACTS)
    for lane in range(index.size):
        level = law[_PART] * (index[lane] if law[_INDEXED] > 0.0 else 1.0)
        for fact in range(N_FACTS):
            own[fact] = facts[fact, lane] / level
        due[lane] += level * _state_tax(law, own, measures, units)
