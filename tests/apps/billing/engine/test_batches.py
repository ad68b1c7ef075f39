from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.billing.engine.batches import FeeBook, book_fees, daily_sums
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import AccountValues, DatedValue
from apps.billing.engine.terms import Limit, PeriodFraction, ScheduleKind, Scope, ValueBasis
from apps.kernel.errors import InvalidInputError
from apps.kernel.money import Money, RoundingRule
from tests.apps.billing.engine.builders import Q2, bill, graduated, rate, usd
from tests.depth import examples

N_DAYS = Q2.days


def average(**terms):
    return graduated(value_basis=ValueBasis.AVERAGE_DAILY_BALANCE, **terms)


def both(values, first, last, households, terms):
    """Return the cents of each account, from the batch and from the reference."""
    sums, days = daily_sums(values, first, last)
    batch = book_fees(FeeBook(sums, days, households), terms, N_DAYS, 4)
    reference = []
    for household in range(int(households[-1]) + 1):
        accounts = [
            AccountValues(
                f"{row:06}",
                tuple(
                    DatedValue(Q2.first + timedelta(days=int(d)), Money(Decimal(int(values[row, d])).scaleb(-2)))
                    for d in range(first[row], last[row] + 1)
                ),
                funded_on=Q2.first + timedelta(days=int(first[row])),
                closed_on=Q2.first + timedelta(days=int(last[row])),
            )
            for row in np.flatnonzero(households == household)
        ]
        fee = calculate_household_fee(bill(accounts, terms))
        reference += [int(line.fee.amount * 100) for line in fee.accounts]
        assert int(fee.total.amount * 100) == batch.households[household]
    return batch, reference


def whole_days(n):
    return np.zeros(n, dtype=np.int64), np.full(n, N_DAYS - 1, dtype=np.int64)


def test_a_published_household_is_split_alike():
    values = np.repeat(np.array([[40_000_000], [35_000_000], [25_000_000]]), N_DAYS, axis=1)
    batch, reference = both(values, *whole_days(3), np.zeros(3, dtype=np.int64), average())
    assert batch.accounts.tolist() == reference == [87_500, 76_563, 54_687]
    assert batch.n_exact == 1  # two remainders of exactly half a cent


def test_equal_accounts_share_odd_cents_as_the_reference_has_it():
    values = np.full((7, N_DAYS), 10_000_001)
    batch, reference = both(values, *whole_days(7), np.zeros(7, dtype=np.int64), average())
    assert batch.accounts.tolist() == reference


def test_a_value_at_the_edge_of_a_cliff_is_reckoned_exactly():
    # three accounts whose averages over 91 days make 500,000.00 to the cent, but not in floating point
    values = np.full((3, N_DAYS), 16_666_666)
    values[:, 0] += 61
    values[0, 0] -= 1
    batch, reference = both(values, *whole_days(3), np.zeros(3, dtype=np.int64), average(kind=ScheduleKind.CLIFF))
    assert batch.accounts.tolist() == reference
    assert batch.n_exact == 1


@pytest.mark.parametrize(("rounding", "cents"), [(RoundingRule.HALF_UP, 1), (RoundingRule.HALF_EVEN, 0)])
def test_half_a_cent_is_rounded_by_the_rule_of_the_firm(rounding, cents):
    values = np.full((1, N_DAYS), 200)  # two dollars at 1 % are half a cent a quarter
    batch, reference = both(values, *whole_days(1), np.zeros(1, dtype=np.int64), average(rounding=rounding))
    assert batch.accounts.tolist() == reference == [cents]


def test_a_minimum_on_an_empty_household_is_borne_alike():
    values = np.zeros((3, N_DAYS), dtype=np.int64)
    batch, reference = both(values, *whole_days(3), np.zeros(3, dtype=np.int64), average(minimum=Limit(usd(2000))))
    assert batch.accounts.tolist() == reference
    assert batch.households.tolist() == [50_000]


def test_negative_days_count_as_nothing():
    values = np.full((1, N_DAYS), 9_100_000)
    values[0, :10] = -5
    batch, reference = both(values, *whole_days(1), np.zeros(1, dtype=np.int64), average())
    assert batch.accounts.tolist() == reference


def test_an_empty_book_has_no_fees():
    none = np.zeros(0, dtype=np.int64)
    assert book_fees(FeeBook(none, none, none), average(), N_DAYS, 4).accounts.size == 0


def test_days_outside_the_values_are_refused():
    with pytest.raises(InvalidInputError, match="outside the values"):
        daily_sums(np.zeros((1, 3), dtype=np.int64), np.array([0]), np.array([3]))


@pytest.mark.parametrize(
    "terms",
    [
        graduated(),
        average(period_fraction=PeriodFraction.ACTUAL_ACTUAL),
        average(maximum_rate=rate("0.01")),
        average(minimum=Limit(usd(1), Scope.ACCOUNT)),
    ],
)
def test_terms_that_a_batch_does_not_serve_are_refused(terms):
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(InvalidInputError, match="one by one"):
        book_fees(FeeBook(none, none, none), terms, N_DAYS, 4)


@st.composite
def books(draw):
    n = draw(st.integers(1, 12))
    seed = draw(st.integers(0, 2**32 - 1))
    generator = np.random.default_rng(seed)
    scale = draw(st.sampled_from([100, 1_000_000, 1_000_000_000]))
    values = np.repeat(generator.integers(0, scale, (n, 1)), N_DAYS, axis=1)
    if draw(st.booleans()):
        values = generator.integers(-scale // 10, scale, (n, N_DAYS))
    first = generator.integers(0, 40, n) * draw(st.sampled_from([0, 1]))
    last = np.full(n, N_DAYS - 1) - generator.integers(0, 40, n) * draw(st.sampled_from([0, 1]))
    households = np.sort(generator.integers(0, 4, n))
    return values, first, last, np.unique(households, return_inverse=True)[1]


@settings(max_examples=examples(40), deadline=None)
@given(
    books(),
    st.sampled_from([ScheduleKind.GRADUATED, ScheduleKind.CLIFF]),
    st.sampled_from([PeriodFraction.DIVIDE, PeriodFraction.ACTUAL_365]),
    st.sampled_from(list(Scope)),
    st.sampled_from(list(RoundingRule)),
    st.sampled_from([{}, {"discount": rate("0.15")}, {"minimum": Limit(usd(2000)), "maximum": Limit(usd(9000))}]),
)
def test_a_batch_is_the_reference_to_the_cent(book, kind, fraction, scope, rounding, more):
    terms = average(kind=kind, period_fraction=fraction, breakpoint_scope=scope, rounding=rounding, **more)
    batch, reference = both(*book, terms)
    assert batch.accounts.tolist() == reference
