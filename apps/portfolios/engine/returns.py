"""Returns without daily values: Modified Dietz and money-weighted. Statistics in float64; NaN is refused.

What cannot be computed is None with its reason, never zero. Time-weighted ones are in `performance`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.computed import Computed

YEAR_DAYS = 365  # Actual/365 fixed, as in the definition of XIRR
# Roots are sought between −99.99999 % and 20,000 % a year, in the logarithm of 1 + r.
_LOG_RATES = np.linspace(math.log(1e-7), math.log(201), 4001)


def average_capital(
    begin: float, flows: Sequence[tuple[float, float]], calendar_days: float, timing: FlowTiming
) -> float:
    """Return BMV + Σ wᵢFᵢ with wᵢ = (CD − Dᵢ)/CD at the end of the day, (CD − Dᵢ + 1)/CD at its start.

    A flow is (days from the start of the period, amount), positive when money comes in; amounts and result in one
    currency. Source: Dietz 1966; GIPS 2020 on the weights. Raises InvalidInputError for a
    period of less than a day.
    """
    if calendar_days <= 0:
        raise InvalidInputError(gettext_noop("A return needs a period of one day or more."))

    def weight(day: float, amount: float) -> float:
        early = timing is FlowTiming.START_OF_DAY or (timing is FlowTiming.IN_START_OUT_END and amount > 0)
        return (calendar_days - day + (1 if early else 0)) / calendar_days

    return begin + math.fsum(weight(day, amount) * amount for day, amount in flows)


@dataclass(frozen=True, slots=True)
class DietzPeriod:
    """The values at both ends of a period and the flows in it, by days from its start."""

    begin: float
    end: float
    flows: tuple[tuple[float, float], ...]
    calendar_days: float
    timing: FlowTiming = FlowTiming.END_OF_DAY


def modified_dietz(period: DietzPeriod) -> Computed:
    """Return (EMV − BMV − F) / (BMV + Σ wᵢFᵢ) (Dietz 1966; GIPS), not annualised.

    Not computable when the average capital is zero or less. Raises InvalidInputError for a value or flow that is not
    finite, and for a period of less than a day.
    """
    _finite([period.begin, period.end, *(amount for _, amount in period.flows)])
    capital = average_capital(period.begin, period.flows, period.calendar_days, period.timing)
    if capital <= 0:
        return Computed(None, gettext_noop("The average capital is zero or less."))
    net = math.fsum(amount for _, amount in period.flows)
    return Computed((period.end - period.begin - net) / capital)


def annualised(total: float, days: int) -> Computed:
    """Return (1 + R)^(365/days) − 1. A period of a year or less is not annualised (GIPS 2020)."""
    if days <= YEAR_DAYS:
        return Computed(None, gettext_noop("A period of a year or less is not annualised."))
    if total <= -1:
        return Computed(None, gettext_noop("A loss of everything has no annual rate."))
    return Computed((1 + total) ** (YEAR_DAYS / days) - 1)


def xirr(flows: Sequence[tuple[date, float]]) -> Computed:
    """Return the annual rate at which the flows are worth nothing: Σ CFᵢ (1 + r)^(−(dᵢ − d₀)/365) = 0.

    Actual/365 from the earliest day, as in Excel. Not computable when all flows point the same way or no rate between
    −99.99999 % and 20,000 % solves them. Raises InvalidInputError for an amount that is not finite.
    """
    if not flows:
        return Computed(None, gettext_noop("There are no flows."))
    first = min(day for day, _ in flows)
    return irr([(day - first).days / YEAR_DAYS for day, _ in flows], [amount for _, amount in flows])


def irr(years: Sequence[float], amounts: Sequence[float]) -> Computed:
    """Return the annual internal rate of return of flows at so many years from the start.

    The present value is scanned for changes of sign, each is closed by Brent's method, and of several roots the one
    nearest the Modified Dietz estimate is returned: that is the one that continues the simple return of the flows.
    Flows of one day have no rate.
    Raises InvalidInputError unless each flow has one time and one amount, all finite.
    """
    if len(years) != len(amounts):
        raise InvalidInputError(gettext_noop("Each flow needs one time and one amount."))
    _finite([*years, *amounts])
    if not (min(amounts, default=0.0) < 0 < max(amounts, default=0.0)):
        return Computed(None, gettext_noop("There must be money in and money out."))
    times = np.asarray(years, dtype=np.float64)
    cash = np.asarray(amounts, dtype=np.float64)
    roots = _roots(times, cash) if times.max() > times.min() else []
    if not roots:
        return Computed(None, gettext_noop("No rate solves these flows."))
    guess = _dietz_log_rate(times, cash)
    return Computed(math.expm1(min(roots, key=lambda root: abs(root - guess))))


def net_present_value(rate: float, flows: Sequence[float], first_period: int = 0) -> float:
    """Return Σ CFᵢ (1 + r)^−(i + first_period) of flows a period apart.

    The first counts in full with `first_period` 0, and is one period away with 1, as Excel's NPV has it. Raises
    InvalidInputError for a rate of −100 % or less.
    """
    _finite([rate, *flows])
    if rate <= -1:
        raise InvalidInputError(gettext_noop("A rate at which everything is lost discounts nothing."), field="rate")
    return math.fsum(amount * (1 + rate) ** -(place + first_period) for place, amount in enumerate(flows))


def modified_irr(flows: Sequence[float], finance_rate: float, reinvest_rate: float) -> Computed:
    """Return (FV(money out, reinvest_rate) / −PV(money in, finance_rate))^(1/(n − 1)) − 1, a rate of one period.

    What comes back is put aside at one rate to the end, what goes in is borrowed at another (Lin 1976; Excel's MIRR).
    Not computable unless there is money in and money out. Raises InvalidInputError for a flow or rate that is not
    finite, or a rate of reinvestment of −100 % or less.
    """
    _finite([*flows, finance_rate, reinvest_rate])
    if not (min(flows, default=0.0) < 0 < max(flows, default=0.0)):
        return Computed(None, gettext_noop("There must be money in and money out."))
    periods = len(flows) - 1
    back = net_present_value(reinvest_rate, [max(amount, 0.0) for amount in flows]) * (1 + reinvest_rate) ** periods
    paid = -net_present_value(finance_rate, [min(amount, 0.0) for amount in flows])
    return Computed((back / paid) ** (1 / periods) - 1)


def _scaled_value(log_rate: float, times: NDArray[np.float64], cash: NDArray[np.float64]) -> float:
    """The present value over its largest discount factor: same sign and roots, no overflow."""
    exponents = -log_rate * times
    return float(np.sum(cash * np.exp(exponents - exponents.max())))


def _roots(times: NDArray[np.float64], cash: NDArray[np.float64]) -> list[float]:
    """ln(1 + r) of all rates that the grid separates; Brent 1973, closed to 1e-15. Times and cash (n_flows,)."""
    # imported when asked for: it takes 1.2 s
    from scipy.optimize import brentq

    exponents = -np.outer(_LOG_RATES, times)  # (n_rates, n_flows)
    values = np.exp(exponents - exponents.max(axis=1, keepdims=True)) @ cash
    signs = np.sign(values)
    roots = [float(_LOG_RATES[place]) for place in np.flatnonzero(signs == 0)]
    for place in np.flatnonzero(signs[:-1] * signs[1:] < 0):
        low, high = float(_LOG_RATES[place]), float(_LOG_RATES[place + 1])
        roots.append(float(brentq(_scaled_value, low, high, args=(times, cash), xtol=1e-15, rtol=1e-14)))
    return roots


def _dietz_log_rate(times: NDArray[np.float64], cash: NDArray[np.float64]) -> float:
    """ln(1 + r) of the simple annual return on the average capital, inside the range that is searched."""
    capital_years = float(-np.sum(cash * (times.max() - times)))
    gain = float(np.sum(cash))
    if capital_years == 0:
        return 0.0
    return math.log1p(min(max(gain / abs(capital_years), -0.99), 200.0))


def _finite(numbers: Sequence[float]) -> None:
    if not all(math.isfinite(number) for number in numbers):
        raise InvalidInputError(
            gettext_noop("A value or flow is not a finite number."),
            mend=gettext_noop("Correct the value, or leave its day out."),
        )
