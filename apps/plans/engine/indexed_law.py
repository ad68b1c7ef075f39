"""The tax law of a later year, or of a part of a year, as an exact table: what the walk applies, in Decimal.

Amounts that the law indexes rise with the price level; the thresholds of IRC 24, 86, 1211, 1411, 3101(b)(2) and of the
senior deduction do not (`tax_kernel`).
"""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

from apps.plans.engine.tax_tables import StatusTable, TaxTable

_RAISED = frozenset(
    {
        "standard_deduction",
        "additional_deduction",
        "ltcg_0_max",
        "ltcg_15_max",
        "amt_exemption",
        "amt_phase_out",
        "amt_28_start",
    }
)


def law_of(table: TaxTable, index: Decimal, part: Decimal = Decimal(1)) -> TaxTable:
    """Return the table with its indexed amounts raised by a price level, and all amounts cut to a part of a year.

    ``index`` is the level of prices since the table, 1 for its own year. ``part`` taxes income of some months at the
    rates of a year that is all like them (the idea of IRC 443(b)).
    """
    raised = index * part
    child = replace(
        table.child_credit,
        amount=table.child_credit.amount * raised,
        refundable_amount=table.child_credit.refundable_amount * raised,
        other_dependant=table.child_credit.other_dependant * part,
        earned_threshold=table.child_credit.earned_threshold * part,
    )
    return replace(
        table,
        social_security_wage_base=table.social_security_wage_base * raised,
        senior_amount=None if table.senior_amount is None else table.senior_amount * part,
        child_credit=child,
        statuses={status: _row(row, raised, part) for status, row in table.statuses.items()},
    )


def _row(row: StatusTable, raised: Decimal, part: Decimal) -> StatusTable:
    amounts = {
        entry.name: value * (raised if entry.name in _RAISED else part)
        for entry in fields(row)
        if isinstance(value := getattr(row, entry.name), Decimal)
    }
    return replace(row, ordinary_upper_bounds=tuple(bound * raised for bound in row.ordinary_upper_bounds), **amounts)
