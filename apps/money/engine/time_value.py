"""Time value of money in float64: one level payment a period, and what stands at both ends.

Amounts follow Excel's signs: received is positive, paid is negative. Every function answers for the same identity,

    pv·(1 + r)ⁿ + pmt·(1 + r·when)·((1 + r)ⁿ − 1)/r + fv = 0   (r = 0: pv + pmt·n + fv = 0),

the annuity formula of Kellison, The Theory of Interest, chapter 3, as the OpenDocument format (OpenFormula 1.2,
section 6.12) and Microsoft's function reference state it. A rate is a fraction of one period. What has no answer is
refused (NotComputableError), what is out of range as well (InvalidInputError). Worked cases: docs/engine/time_value.md.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.errors import NotComputableError

MONTHS = 12
FloatArray = NDArray[np.float64]
# ln(1 + r), close together around nothing, where rates of a day or month lie.
_LOG_RATES = np.concatenate(
    [-np.geomspace(-math.log(1e-7), 1e-9, 1500), [0.0], np.geomspace(1e-9, math.log(201.0), 1500)]
)


class Due(IntEnum):
    """When in its period a payment is made; the numbers are Excel's `type`."""

    END = 0
    BEGIN = 1


def fv(rate: float, nper: float, pmt: float, pv: float = 0.0, when: Due = Due.END) -> float:
    """Return what stands at the end of `nper` periods."""
    growth, annuity = _factors(rate, nper, when, pmt, pv)
    return _told(-(pv * growth + pmt * annuity))


def pv(rate: float, nper: float, pmt: float, fv: float = 0.0, when: Due = Due.END) -> float:
    """Return what the payments and the end are worth at the start."""
    growth, annuity = _factors(rate, nper, when, pmt, fv)
    return _told(-(fv + pmt * annuity) / growth)


def pmt(rate: float, nper: float, pv: float, fv: float = 0.0, when: Due = Due.END) -> float:
    """Return the level payment of a period. Refuses a term without periods."""
    growth, annuity = _factors(rate, _some(nper), when, pv, fv)
    return _told(-(pv * growth + fv) / annuity)


def nper(rate: float, pmt: float, pv: float, fv: float = 0.0, when: Due = Due.END) -> float:
    """Return how many periods it takes, in fractions; negative where the answer lies in the past, as in Excel.

    Raises NotComputableError when the payments never get there, such as those that do not cover the interest.
    """
    _checked(rate, when, pmt, pv, fv)
    if rate == 0.0 and pmt:
        return _told(-(pv + fv) / pmt)
    worth = pmt * (1.0 + rate * when) / (rate or 1.0)  # of the payments, were they to go on for ever
    before, after = worth + pv, worth - fv
    if rate == 0.0 or before * after <= 0.0:
        raise NotComputableError(
            gettext_noop("No number of payments gets there: a debt grows while they do not cover its interest."),
            mend=gettext_noop("Raise the payment, or lower the rate."),
            field="pmt",
        )
    return _told(math.log(after / before) / math.log1p(rate))


def rate(nper: float, pmt: float, pv: float, fv: float = 0.0, when: Due = Due.END, guess: float = 0.1) -> float:
    """Return the rate of one period: of two that solve it, the one nearer to `guess` (Excel's 10 %).

    The identity is scanned for changes of sign between −99.99999 % and 20,000 % a period, and each is closed by
    Brent's method (1973), so that the answer does not hang on where the search begins.
    Raises NotComputableError when no rate solves it, or every rate does.
    """
    _checked(guess, when, _some(nper), pmt, pv, fv)
    flows = (nper, pmt, pv, fv, when)
    signs = np.sign(_present_value(_LOG_RATES, flows))
    found = [float(_LOG_RATES[place]) for place in np.flatnonzero(signs == 0.0)]
    found += [_closed(int(place), flows) for place in np.flatnonzero(signs[:-1] * signs[1:] < 0.0)]
    if not found or not signs.any():
        raise NotComputableError(
            gettext_noop("No rate solves these payments."),
            mend=gettext_noop("What is received is positive and what is paid negative: there must be some of both."),
            field="pmt",
        )
    return min((math.expm1(root) for root in found), key=lambda answer: abs(answer - guess))


def ipmt(rate: float, per: float, nper: float, pv: float, fv: float = 0.0, when: Due = Due.END) -> float:
    """Return the interest in payment `per` of 1 … nper. At the beginning of a term none has run up."""
    terms = _Terms(rate, nper, pv, fv, when)
    level = terms.level
    _in_term(per, nper)
    return 0.0 if when and per <= 1.0 else _told(-rate * terms.owed(per - 1.0, level))


def ppmt(rate: float, per: float, nper: float, pv: float, fv: float = 0.0, when: Due = Due.END) -> float:
    """Return the principal in payment `per` of 1 … nper."""
    return pmt(rate, nper, pv, fv, when) - ipmt(rate, per, nper, pv, fv, when)


def cumprinc(rate: float, nper: float, pv: float, start: int, end: int, when: Due = Due.END) -> float:
    """Return the principal in the payments `start` to `end` of a loan that is repaid in full."""
    if rate < 0.0 or pv <= 0.0:
        raise InvalidInputError(gettext_noop("A loan has an amount of more than zero and a rate of zero or more."))
    terms = _Terms(rate, nper, pv, 0.0, when)
    level = terms.level
    _in_term(start, end)
    _in_term(end, nper)
    return _told(terms.owed(end, level) - terms.owed(start - 1.0, level))


def cumipmt(rate: float, nper: float, pv: float, start: int, end: int, when: Due = Due.END) -> float:
    """Return the interest in the payments `start` to `end` of a loan that is repaid in full."""
    principal = cumprinc(rate, nper, pv, start, end, when)
    return _told(pmt(rate, nper, pv, 0.0, when) * (end - start + 1) - principal)


def pduration(rate: float, pv: float, fv: float) -> float:
    """Return ln(fv/pv) / ln(1 + r): periods in which a value without payments becomes another. All above zero."""
    _checked(rate, Due.END, pv, fv)
    if rate <= 0.0 or pv <= 0.0 or fv <= 0.0:
        raise InvalidInputError(gettext_noop("The rate and both values must be more than zero."))
    return math.log(fv / pv) / math.log1p(rate)


def effective_rate(nominal: float, periods: float) -> float:
    """Return (1 + i/m)^m − 1: a year's growth at a nominal rate that is compounded m times. Excel's EFFECT."""
    times = _whole(periods)
    _checked(nominal / times, Due.END)
    return math.expm1(times * math.log1p(nominal / times))


def nominal_rate(effective: float, periods: float) -> float:
    """Return m·((1 + e)^(1/m) − 1), the other way round. Excel's NOMINAL."""
    _checked(effective, Due.END)
    times = _whole(periods)
    return times * math.expm1(math.log1p(effective) / times)


def payment_period_rate(annual: float, compounding: float, payments: float) -> float:
    """Return (1 + j/m)^(m/p) − 1: the rate of one of p payments a year at a rate compounded m times a year.

    A Canadian mortgage is quoted half-yearly, not in advance, m = 2 (Interest Act, R.S.C. 1985, c. I-15, s. 6).
    """
    return nominal_rate(effective_rate(annual, compounding), payments) / _whole(payments)


def periods_to_target(present: float, annual_rate: float, monthly_contribution: float, target: float) -> float:
    """Return the months, in fractions, until savings reach a target: a twelfth of the rate a month, paid in at its end.

    Nothing where they are there already. Raises NotComputableError when they never are.
    """
    _checked(annual_rate / MONTHS, Due.END, present, monthly_contribution, target)
    if present >= target:
        return 0.0
    months = nper(annual_rate / MONTHS, -monthly_contribution, -present, target)
    if months < 0.0:
        raise NotComputableError(
            gettext_noop("The savings shrink and never reach the target."),
            mend=gettext_noop("Raise the contribution, or lower the target."),
            field="monthly_contribution",
        )
    return months


class _Terms(NamedTuple):
    """A term between its two ends."""

    rate: float
    nper: float
    pv: float
    fv: float
    when: Due

    @property
    def level(self) -> float:
        """Its payment."""
        return pmt(*self)

    def owed(self, payments: float, level: float) -> float:
        """What is left after so many payments: what the rest of them is worth, or below a rate of zero what has grown.

        Each way loses no digits where the other one does. Of payments at the beginning the first bears no interest.
        """
        rate, nper, pv, fv, when = self
        if rate >= 0.0 and (payments >= 1.0 or not when):
            growth, annuity = _factors(rate, nper - payments, Due.END)
            return -((fv / (1.0 + rate) if when else fv) + level * annuity) / growth
        if when and payments >= 1.0:
            pv, payments = pv + level, payments - 1.0
        growth, annuity = _factors(rate, payments, Due.END)
        return pv * growth + level * annuity


def _factors(rate: float, nper: float, when: Due, *amounts: float) -> tuple[float, float]:
    """(1 + r)ⁿ and what payments of one have become by then."""
    _checked(rate, when, nper, *amounts)
    if nper < 0.0:
        raise InvalidInputError(gettext_noop("The number of periods must not be negative."), field="nper")
    if rate == 0.0:
        return 1.0, float(nper)
    exponent = nper * math.log1p(rate)
    if abs(exponent) > 700.0:  # beyond what float64 holds
        raise NotComputableError(gettext_noop("The result is too large or too small to be computed."), field="nper")
    return math.exp(exponent), math.expm1(exponent) / rate * (1.0 + rate * when)


def _present_value(log_rates: FloatArray, flows: tuple[float, ...]) -> FloatArray:
    """The identity at the end that is worth less, so that nothing overflows: same sign and roots. (n_rates,)."""
    nper, pmt, pv, fv, when = flows
    rates = np.expm1(log_rates)
    span = -nper * np.abs(log_rates)
    annuity = np.divide(-np.expm1(span), np.abs(rates), out=np.full_like(rates, nper), where=rates != 0.0)
    first, last = np.exp(np.where(log_rates < 0.0, span, 0.0)), np.exp(np.where(log_rates < 0.0, 0.0, span))
    total: FloatArray = pv * first + pmt * (1.0 + rates * when) * annuity + fv * last
    return total


def _closed(place: int, flows: tuple[float, ...]) -> float:
    """The ln(1 + r) between this step of the grid and the next."""
    # imported when asked for: it takes 1.2 s
    from scipy.optimize import brentq

    low, high = float(_LOG_RATES[place]), float(_LOG_RATES[place + 1])
    return float(brentq(lambda at: float(_present_value(np.array([at]), flows)[0]), low, high, xtol=1e-15, rtol=1e-14))


def _in_term(per: float, nper: float) -> None:
    if not 1.0 <= per <= nper:
        raise InvalidInputError(
            gettext_noop("Payments are counted from 1 to the last of the term, the first asked for before the last."),
            field="per",
        )


def _some(nper: float) -> float:
    if not nper > 0.0:
        raise InvalidInputError(gettext_noop("The number of periods must be more than zero."), field="nper")
    return nper


def _whole(periods: float) -> int:
    """Times a year; fractions are cut off, as in Excel."""
    if not 1.0 <= periods < math.inf:
        raise InvalidInputError(gettext_noop("Interest is compounded once a year or more often."), field="periods")
    return int(periods)


def _checked(rate: float, when: Due, *numbers: float) -> None:
    if not all(math.isfinite(number) for number in (rate, *numbers)):
        raise InvalidInputError(gettext_noop("Every amount, rate and number of periods must be a finite number."))
    if rate <= -1.0:
        raise InvalidInputError(
            gettext_noop("A rate is more than −1: no more than everything can be lost."), field="rate"
        )
    if when not in (0, 1):
        raise InvalidInputError(gettext_noop("Payments are due at the end of a period (0) or at its beginning (1)."))


def _told(number: float) -> float:
    if not math.isfinite(number):
        raise NotComputableError(gettext_noop("The result is too large or too small to be computed."))
    return number
