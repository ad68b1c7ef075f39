"""The two schedules of federal income tax: on ordinary income, and on gains and qualified dividends above it."""

from __future__ import annotations

from decimal import Decimal

from apps.plans.engine.tax_tables import FilingStatus, TaxTable

_ZERO = Decimal(0)


def tax_on_taxable_income(table: TaxTable, status: FilingStatus, taxable_income: Decimal) -> Decimal:
    """Tax by the rate schedule (IRC 1(j)) on ordinary taxable income; negative income has none."""
    tax, lower = _ZERO, _ZERO
    bounds = (*table.of(status).ordinary_upper_bounds, None)
    for rate, upper in zip(table.ordinary_rates, bounds, strict=True):
        top = taxable_income if upper is None else min(taxable_income, upper)
        tax += rate * max(_ZERO, top - lower)
        lower = upper if upper is not None else lower
    return tax


def gains_tax(table: TaxTable, status: FilingStatus, ordinary: Decimal, preferential: Decimal) -> Decimal:
    """Tax on long-term gains and qualified dividends, stacked on ordinary taxable income (IRC 1(h))."""
    figures = table.of(status)
    _, middle_rate, high_rate = table.ltcg_rates
    top = ordinary + preferential
    middle = max(_ZERO, min(top, figures.ltcg_15_max) - max(ordinary, figures.ltcg_0_max))
    high = max(_ZERO, top - max(ordinary, figures.ltcg_15_max))
    return middle_rate * middle + high_rate * high


def preferential_tax(table: TaxTable, status: FilingStatus, ordinary: Decimal, preferential: Decimal) -> Decimal:
    """What gains and qualified dividends add: their own rates, or the ordinary ones where those are lower.

    The second part of the 12 % bracket lies above the band of 0 % (IRC 1(h)(1), the worksheet's last line).
    """
    schedule = tax_on_taxable_income(table, status, ordinary + preferential)
    return min(
        gains_tax(table, status, ordinary, preferential),
        schedule - tax_on_taxable_income(table, status, ordinary),
    )
