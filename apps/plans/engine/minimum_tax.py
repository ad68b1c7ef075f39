"""The alternative minimum tax on what plans know: no private activity bonds (IRC 55 to 59).

Incentive options whose shares are held are income for it alone: what that adds to the tax of a year comes back as a
credit in years whose usual tax is larger (IRC 53, 56(b)(3); Forms 6251 and 8801).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from apps.plans.engine.tax_schedules import gains_tax
from apps.plans.engine.tax_tables import FilingStatus, TaxTable

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MinimumTaxFacts:
    """A year as the minimum tax sees it, in dollars.

    ``income`` is AGI less the deductions it allows: not the standard deduction, that for age, and that for people of
    65 and more, nor state and local taxes. ``gains`` are all long-term gains and qualified dividends, ``ordinary`` the
    ordinary taxable income under the usual rules, on which they stack; ``usual`` the tax under those.
    """

    income: Decimal
    gains: Decimal
    ordinary: Decimal
    usual: Decimal


def exemption(table: TaxTable, status: FilingStatus, income: Decimal) -> Decimal:
    """Return the exemption, which shrinks with income above a threshold (IRC 55(d))."""
    figures = table.of(status)
    shrunk = table.minimum_tax.phase_out_rate * max(_ZERO, income - figures.amt_phase_out)
    return max(_ZERO, figures.amt_exemption - shrunk)


@dataclass(frozen=True, slots=True)
class HeldOptions:
    """What the minimum tax knows of incentive options exercised and held, in dollars of a year.

    ``spread`` is what shares were worth above their price when they were bought this year (Form 6251 line 2i); ``sold``
    what of that, of this and earlier years, is in the cost of shares sold this year (line 2k); ``loss_beyond`` by how
    much the capital losses that it carries on exceed those of the usual tax; ``credit`` minimum tax of earlier years
    that has not come back (Form 8801).
    """

    spread: Decimal = _ZERO
    sold: Decimal = _ZERO
    loss_beyond: Decimal = _ZERO
    credit: Decimal = _ZERO


NO_OPTIONS = HeldOptions()


def tentative_minimum_tax(table: TaxTable, status: FilingStatus, facts: MinimumTaxFacts) -> Decimal:
    """Return the tax below which the usual one may not lie: gains keep their own rates (Form 6251 part III)."""
    excess = max(_ZERO, facts.income - exemption(table, status, facts.income))
    gains = min(excess, facts.gains)
    stacked = _flat(table, status, excess - gains) + gains_tax(table, status, facts.ordinary, gains)
    return min(_flat(table, status, excess), stacked)


def minimum_tax(table: TaxTable, status: FilingStatus, facts: MinimumTaxFacts) -> Decimal:
    """Return what is due beyond the usual tax (IRC 55(a))."""
    return max(_ZERO, tentative_minimum_tax(table, status, facts) - facts.usual)


def _flat(table: TaxTable, status: FilingStatus, excess: Decimal) -> Decimal:
    lower, upper = table.minimum_tax.rates
    return lower * excess + (upper - lower) * max(_ZERO, excess - table.of(status).amt_28_start)
