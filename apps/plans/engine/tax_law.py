"""The tax table as arrays for compiled code, and the slots of a year's ledger and facts."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.tax_schedules import tax_on_taxable_income
from apps.plans.engine.tax_tables import FilingStatus, StatusTable, TaxTable

# Slots of the year's ledger, shape (N_SLOTS, n_lanes). LOSS stays from year to year, the others are cleared.
WAGES_1, WAGES_2, PRE_TAX, ORDINARY, INTEREST, QUALIFIED, GAINS, BENEFITS, EARLY, LOSS = range(10)
N_SLOTS = 10

# Facts of a year, whole numbers: place of the filing status in STATUSES, people of 65 and more, 1 when the year has the
# senior deduction, years since the table, children under 17, other dependants, and dollars paid that may be itemised:
# state and local taxes, gifts and medical costs in the table's dollars, interest of a mortgage in those of the year.
STATUS, SENIORS, HAS_SENIOR, YEARS_ON, CHILDREN, OTHERS, PAID_STATE, PAID_CHARITY, PAID_MEDICAL, PAID_INTEREST = range(
    10
)
N_FACTS = 10

STATUSES = tuple(FilingStatus)

# Columns of a status's law: amounts, rates, then the bracket bounds and one more bracket rate than bounds.
DEDUCTION, ADDITIONAL, LTCG_0, LTCG_15, NIIT, MEDICARE, SS_1, SS_2, LOSS_LIMIT, SENIOR = range(10)
AMT_EXEMPTION, AMT_PHASE_OUT, AMT_28, AMT_FLOOR, CHILD_THRESHOLD, GIVEN_MOST = range(10, 16)
SALT_CAP, SALT_THRESHOLD, SALT_FLOOR = range(16, 19)
WAGE_BASE, SENIOR_AMOUNT, CHILD, CHILD_REFUND, DEPENDANT, EARNED_FROM, THOUSAND = range(19, 26)
R_MIDDLE, R_HIGH, R_NIIT, R_ADD_MEDICARE, R_SS, R_MEDICARE, R_EARLY, R_SENIOR = range(26, 34)
R_AMT, R_AMT_HIGH, R_AMT_PHASE_OUT, R_EARNED, R_CHILD_PHASE_OUT = range(34, 39)
R_MEDICAL, R_CHARITY_MOST, R_CHARITY_FLOOR, R_REDUCTION, R_SALT, R_SALT_GROWTH = range(39, 45)
SALT_YEARS, N_BOUNDS = 45, 46
BOUNDS = 47

_FAR = Decimal(10**18)
_ELDERS = 2


def law_arrays(table: TaxTable, part: Decimal = Decimal(1)) -> NDArray[np.float64]:
    """The table as one row per status, shape (n_statuses, BOUNDS + 1 + 2 * n_bounds).

    A status that the table lacks gets the figures of a single person. ``part`` of a year makes all amounts smaller, so
    that income of some months is taxed at the rates of a year that is all like them (the idea of IRC 443(b)).
    """
    rows = [(status, table.statuses.get(status, table.of(FilingStatus.SINGLE))) for status in STATUSES]
    return np.array(
        [
            [
                *(amount * part for amount in [*_of_status(table, status, row), *_of_table(table)]),
                *_rates(table),
                (table.salt_last_year or 9_999) - table.year,
                len(row.ordinary_upper_bounds),
                *(bound * part for bound in row.ordinary_upper_bounds),
                *table.ordinary_rates,
            ]
            for status, row in rows
        ],
        dtype=np.float64,
    )


def _of_status(table: TaxTable, status: FilingStatus, row: StatusTable) -> list[Decimal]:
    cap = _FAR if row.salt_cap is None else row.salt_cap
    known = status if status in table.statuses else FilingStatus.SINGLE
    return [
        row.standard_deduction,
        row.additional_deduction,
        row.ltcg_0_max,
        row.ltcg_15_max,
        row.niit_threshold,
        row.medicare_threshold,
        row.ss_base,
        row.ss_adjusted_base,
        row.capital_loss_limit,
        # Without a threshold the status has no senior deduction: it has shrunk to nothing at every income.
        -_FAR if row.senior_threshold is None else row.senior_threshold,
        row.amt_exemption,
        row.amt_phase_out,
        row.amt_28_start,
        minimum_tax_floor(table, known),
        row.child_credit_threshold,
        row.charity_without_itemising,
        cap,
        _FAR if row.salt_threshold is None else row.salt_threshold,
        cap if row.salt_floor is None else row.salt_floor,
    ]


def _of_table(table: TaxTable) -> list[Decimal]:
    credit = table.child_credit
    return [
        table.social_security_wage_base,
        table.senior_amount or Decimal(0),
        credit.amount,
        credit.refundable_amount,
        credit.other_dependant,
        credit.earned_threshold,
        Decimal(1_000),
    ]


def _rates(table: TaxTable) -> list[Decimal]:
    itemised = table.itemised
    return [
        table.ltcg_rates[1],
        table.ltcg_rates[2],
        table.niit_rate,
        table.additional_medicare_rate,
        table.social_security_rate,
        table.medicare_rate,
        table.early_withdrawal_rate,
        table.senior_phase_out_rate or Decimal(0),
        *table.minimum_tax.rates,
        table.minimum_tax.phase_out_rate,
        table.child_credit.earned_rate,
        table.child_credit.phase_out_rate,
        itemised.medical_floor,
        itemised.charity_limit,
        itemised.charity_floor,
        itemised.reduction,
        table.salt_phase_out_rate or Decimal(0),
        table.salt_growth_rate or Decimal(0),
    ]


def minimum_tax_floor(table: TaxTable, status: FilingStatus) -> Decimal:
    """Income up to which nobody with the standard deduction owes minimum tax: where the exemption begins to shrink.

    Usual tax less minimum tax is linear between the bounds of the brackets, so that it is enough to look at those, with
    the whole senior deduction until it has shrunk to nothing; gains are taxed alike by both. Zero if there is such a
    tax below.
    """
    row = table.of(status)
    standard = row.standard_deduction + _ELDERS * row.additional_deduction
    faded, most = Decimal(0), standard
    if table.senior_amount and table.senior_phase_out_rate and row.senior_threshold is not None:
        faded = row.senior_threshold + table.senior_amount / table.senior_phase_out_rate
        most += _ELDERS * table.senior_amount
    looked_at = [
        *row.ordinary_upper_bounds,
        row.amt_exemption - standard,
        row.amt_28_start + row.amt_exemption - standard,
    ]
    incomes = [bound + deduction for bound in looked_at for deduction in (standard, most)]
    for income in (*incomes, faded, row.amt_phase_out):
        deduction = most if income <= faded else standard
        if income <= row.amt_phase_out and _usual(table, status, income - deduction) < _least(table, row, income):
            return Decimal(0)
    return row.amt_phase_out


def _usual(table: TaxTable, status: FilingStatus, income: Decimal) -> Decimal:
    return tax_on_taxable_income(table, status, max(Decimal(0), income))


def _least(table: TaxTable, row: StatusTable, income: Decimal) -> Decimal:
    lower, upper = table.minimum_tax.rates
    excess = max(Decimal(0), income - row.amt_exemption)
    return lower * excess + (upper - lower) * max(Decimal(0), excess - row.amt_28_start)
