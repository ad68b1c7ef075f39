"""The fees of a whole book at once, to the same cents as `household.calculate_household_fee`.

Daily values are int64 cents, so that sums are exact. Fees are estimated in float64, whose error is far below a cent,
and every household whose rounding or whose odd cent lies within that error is reckoned again in exact fractions: the
result is exact, and almost all of it is reckoned at the speed of arrays. Receipts are made from the reference, on
demand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from apps.billing.engine.ledger import amount_in, at_places, ledger_parts, posted_parts
from apps.billing.engine.schedules import annual_fee
from apps.billing.engine.terms import FeeTerms, PeriodFraction, ScheduleKind, Scope, Tier, ValueBasis
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import minor_units

Cents = NDArray[np.int64]
Days = NDArray[np.int64]
Floats = NDArray[np.float64]
# Float64 keeps 15 digits; the estimate takes fewer than 20 operations on them.
_RELATIVE_ERROR = 1e-12
_ABSOLUTE_ERROR = 1e-6


@dataclass(frozen=True, slots=True)
class FeeBook:
    """Accounts ordered by household and, within one, by id.

    `sums` (n_accounts,) are the sums of daily values in cents, `days` (n_accounts,) the managed days they run over, and
    `households` (n_accounts,) rising indices from 0.
    """

    sums: Cents
    days: Days
    households: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BookFees:
    """Fees in cents by account and by household, and how many households were reckoned again exactly."""

    accounts: Cents
    households: Cents
    n_exact: int


def daily_sums(values: Cents, first: Days, last: Days) -> tuple[Cents, Days]:
    """Sum each account's daily values from its first to its last managed day.

    `values` is (n_accounts, n_days) in cents; `first` and `last` are places of days, both counted. Negative values
    count as zero, as in the reference. Raises InvalidInputError for managed days that lie outside the values.
    """
    n_days = values.shape[1]
    if bool(np.any((first < 0) | (last >= n_days) | (first > last))):
        raise InvalidInputError(gettext_noop("An account's managed days lie outside the values."))
    billable = np.maximum(values, 0)
    if bool(np.all((first == 0) & (last == n_days - 1))):
        return billable.sum(axis=1), last - first + 1
    places = np.arange(n_days)
    inside = (places >= first[:, None]) & (places <= last[:, None])
    return np.where(inside, billable, 0).sum(axis=1), last - first + 1


def book_fees(book: FeeBook, terms: FeeTerms, period_days: int, periods_per_year: int) -> BookFees:
    """Return the fees of all households under one set of terms, billed on average daily balances.

    Raises InvalidInputError for terms that need more than values (fixed fees, limits per account) or a year that is
    counted by its own length, for which the reference serves.
    """
    _check(terms)
    denominator = periods_per_year * period_days if terms.period_fraction is PeriodFraction.DIVIDE else 365
    n_households = int(book.households[-1]) + 1 if book.households.size else 0
    average = book.sums / book.days  # (n_accounts,) in cents
    estimate = _estimate(average, book, terms, n_households)
    fees = estimate.fees * book.days / denominator
    totals = np.bincount(book.households, weights=fees, minlength=n_households)
    posted = np.floor(totals + 0.5).astype(np.int64)
    error = _ABSOLUTE_ERROR + _RELATIVE_ERROR * np.abs(totals)
    uncertain = estimate.doubtful | (np.abs(totals - np.floor(totals) - 0.5) <= error)
    cents, torn = _split(fees, posted, average, book.households)
    uncertain |= torn
    again = np.flatnonzero(uncertain)
    starts = np.searchsorted(book.households, again, side="left")
    ends = np.searchsorted(book.households, again, side="right")
    for household, start, end in zip(again.tolist(), starts.tolist(), ends.tolist(), strict=True):
        cents[start:end] = _exact_cents(book, slice(start, end), terms, denominator)
        posted[household] = cents[start:end].sum()
    return BookFees(cents, posted, len(again))


def _check(terms: FeeTerms) -> None:
    limits = [limit for limit in (terms.minimum, terms.maximum) if limit is not None]
    if (
        terms.kind is ScheduleKind.FIXED
        or terms.value_basis is not ValueBasis.AVERAGE_DAILY_BALANCE
        or terms.period_fraction is PeriodFraction.ACTUAL_ACTUAL
        or terms.maximum_rate is not None
        or any(limit.scope is Scope.ACCOUNT for limit in limits)
        or minor_units(terms.currency) != 2
    ):
        raise InvalidInputError(
            gettext_noop("These terms cannot be billed as a batch."),
            mend=gettext_noop("Bill the households one by one."),
        )


@dataclass(frozen=True, slots=True)
class _Estimate:
    """Annual fees in cents (n_accounts,), and the households (n_households,) that an estimate cannot decide."""

    fees: Floats
    doubtful: NDArray[np.bool_]


def _estimate(average: Floats, book: FeeBook, terms: FeeTerms, n_households: int) -> _Estimate:
    if terms.breakpoint_scope is Scope.HOUSEHOLD:
        group, n_groups = book.households, n_households
    else:
        group, n_groups = np.arange(average.size), average.size
    reached: Floats = np.bincount(group, weights=average, minlength=n_groups).astype(np.float64)
    agreed = _annual(reached, terms) * (1 - float(terms.discount.fraction))
    rate = np.divide(agreed, reached, out=np.zeros_like(reached), where=reached > 0)
    doubtful = np.zeros(n_households, dtype=np.bool_)
    if terms.kind is ScheduleKind.CLIFF:
        # The fee jumps at an edge: a value within the error of one is reckoned exactly.
        edges = np.array([_in_cents(tier) for tier in terms.tiers[:-1]])
        gaps = np.abs(reached[:, None] - edges[None, :])
        at_edge = np.any(gaps <= _ABSOLUTE_ERROR + _RELATIVE_ERROR * edges, axis=1)
        doubtful[book.households[at_edge[group]]] = True
    return _limited(_Estimate(average * rate[group], doubtful), book.households, terms)


def _in_cents(tier: Tier) -> float:
    return float("inf") if tier.up_to is None else float(tier.up_to.amount * 100)


def _annual(reached: Floats, terms: FeeTerms) -> Floats:
    if terms.negotiated_rate is not None:
        return reached * float(terms.negotiated_rate.fraction)
    edges = [_in_cents(tier) for tier in terms.tiers]
    rates = np.array([float(tier.rate.fraction) for tier in terms.tiers])
    if terms.kind is not ScheduleKind.GRADUATED:
        charged: Floats = rates[np.searchsorted(np.array(edges), reached, side="left")]
        return reached * charged
    fee = np.zeros_like(reached)
    for low, high, rate in zip([0.0, *edges[:-1]], edges, rates.tolist(), strict=True):
        fee += (np.clip(reached, low, high) - low) * rate
    return fee


def _limited(estimate: _Estimate, households: NDArray[np.int64], terms: FeeTerms) -> _Estimate:
    if terms.minimum is None and terms.maximum is None:
        return estimate
    totals = np.bincount(households, weights=estimate.fees, minlength=estimate.doubtful.size)
    after = totals
    if terms.minimum is not None:
        after = np.maximum(after, float(terms.minimum.annual_amount.amount * 100))
    if terms.maximum is not None:
        after = np.minimum(after, float(terms.maximum.annual_amount.amount * 100))
    factor = np.divide(after, totals, out=np.zeros_like(totals), where=totals > 0)
    # Where a minimum falls on no fee at all, who bears it is decided by the exact reckoning.
    from_nothing = (totals <= 0) & (after > 0)
    return _Estimate(estimate.fees * factor[households], estimate.doubtful | from_nothing)


def _split(
    fees: Floats, posted: Cents, sizes: Floats, households: NDArray[np.int64]
) -> tuple[Cents, NDArray[np.bool_]]:
    """Split each household's cents by largest remainder; say where the odd cent is closer than the estimate's error."""
    torn = np.zeros(posted.size, dtype=np.bool_)
    floors = np.floor(fees)
    remainders = fees - floors
    spare = posted - np.bincount(households, weights=floors, minlength=posted.size).astype(np.int64)
    order = np.lexsort((np.arange(fees.size), -sizes, -remainders, households))
    starts = np.searchsorted(households, np.arange(posted.size), side="left")
    rank = np.arange(fees.size) - starts[households[order]]
    gets = rank < spare[households[order]]
    cents = floors.astype(np.int64)
    cents[order[gets]] += 1
    last_in, first_out = order[:-1], order[1:]
    is_cut = gets[:-1] & ~gets[1:] & (households[last_in] == households[first_out])
    near = np.abs(remainders[last_in] - remainders[first_out]) <= _ABSOLUTE_ERROR + _RELATIVE_ERROR * fees[last_in]
    torn[households[last_in[is_cut & near]]] = True
    # An estimate next to a whole cent may fall on the wrong side of it: leave that to the exact reckoning as well.
    counts = np.bincount(households, minlength=posted.size)
    torn |= (spare < 0) | (spare > counts)
    return cents, torn


def _exact_cents(book: FeeBook, rows: slice, terms: FeeTerms, denominator: int) -> Cents:
    """Reckon one household as the reference does: fractions, carried digits, largest remainder."""
    sums: Sequence[int] = book.sums[rows].tolist()
    days: Sequence[int] = book.days[rows].tolist()
    billable = [Fraction(total, 100 * n) for total, n in zip(sums, days, strict=True)]
    groups = [range(len(sums))] if terms.breakpoint_scope is Scope.HOUSEHOLD else [[i] for i in range(len(sums))]
    fees = [Fraction(0)] * len(sums)
    for group in groups:
        reached = sum((billable[i] for i in group), Fraction(0))
        annual = annual_fee(terms.kind, terms.tiers, reached)
        if terms.negotiated_rate is not None:
            annual = reached * Fraction(terms.negotiated_rate.fraction)
        annual *= 1 - Fraction(terms.discount.fraction)
        for i in group:
            fees[i] = annual * billable[i] / reached if reached else Fraction(0)
    fees = _exact_limits(fees, billable, terms)
    exact = ledger_parts([fee * n / denominator for fee, n in zip(fees, days, strict=True)])
    sizes = [Fraction(at_places(value)) for value in billable]
    _, parts = posted_parts(exact, sizes, terms.currency, terms.rounding)
    return np.array([int(part.amount * 100) for part in parts], dtype=np.int64)


def _exact_limits(fees: list[Fraction], billable: list[Fraction], terms: FeeTerms) -> list[Fraction]:
    total = sum(fees, Fraction(0))
    after = total
    if terms.minimum is not None:
        after = max(after, Fraction(amount_in(terms.minimum.annual_amount, terms.currency)))
    if terms.maximum is not None:
        after = min(after, Fraction(amount_in(terms.maximum.annual_amount, terms.currency)))
    if after == total:
        return fees
    weights = fees if total else billable if any(billable) else [Fraction(1)] * len(fees)
    whole = sum(weights, Fraction(0))
    return [after * weight / whole for weight in weights]
