"""What may be done with accounts and entries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.portfolios.models import AccountStatus, Registration, TransactionKind
from apps.portfolios.policies import (
    TAX_TREATMENTS,
    TRANSITIONS,
    can_become,
    cash_fits,
    first_shortfall,
    has_book,
    jumps,
    place_of,
    rounds_to_the_same,
    units_fit,
)

DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 10))


def test_every_state_and_registration_is_in_its_table() -> None:
    assert set(TRANSITIONS) == set(AccountStatus.values)
    assert set(TAX_TREATMENTS) == set(Registration.values)


def test_every_state_leads_to_closed_and_closed_leads_nowhere() -> None:
    for status in AccountStatus.values:
        seen, edge = {status}, {status}
        while edge:
            edge = {after for one in edge for after in TRANSITIONS[one]} - seen
            seen |= edge
        assert AccountStatus.CLOSED in seen
    assert not TRANSITIONS[AccountStatus.CLOSED]


def test_an_account_cannot_skip_its_approval() -> None:
    assert not can_become(AccountStatus.PROPOSED, AccountStatus.ACTIVE)
    assert can_become(AccountStatus.PROPOSED, AccountStatus.APPROVED)
    assert not has_book(AccountStatus.PROPOSED)
    assert has_book(AccountStatus.FUNDING)


@pytest.mark.parametrize(
    ("kind", "units", "fits"),
    [
        ("buy", 1, True),
        ("buy", -1, False),
        ("sell", -1, True),
        ("sell", 1, False),
        ("transfer_in", 0, True),
        ("transfer_in", -1, False),
        ("dividend", 1, False),
        ("split", 0, False),
        ("split", -5, True),
        ("journal", -5, True),
    ],
)
def test_units_have_the_sign_of_their_kind(kind: str, units: int, fits: bool) -> None:
    assert units_fit(kind, Decimal(units)) is fits


@pytest.mark.parametrize(
    ("kind", "cash", "fits"),
    [
        ("buy", -1, True),
        ("buy", 1, False),
        ("sell", 0, True),
        ("sell", -1, False),
        ("deposit", -1, False),
        ("withdrawal", -1, True),
        ("dividend", 0, False),
        ("fee", 5, True),
        ("split", 1, False),
        ("reinvest", 1, False),
    ],
)
def test_cash_has_the_sign_of_its_kind(kind: str, cash: int, fits: bool) -> None:
    assert cash_fits(kind, Decimal(cash)) is fits


@given(st.lists(st.tuples(DAYS, st.integers(-5, 5).map(Decimal)), max_size=20))
def test_a_shortfall_is_the_first_day_that_closes_below_nothing(moves: list[tuple[dt.date, Decimal]]) -> None:
    days = sorted({day for day, _ in moves})
    below = [day for day in days if sum(units for on, units in moves if on <= day) < 0]
    assert first_shortfall(moves) == (below[0] if below else None)


def test_kinds_of_the_ledger_are_those_of_the_files_and_of_the_engine() -> None:
    from apps.portfolios.engine.transactions import TransactionKind as BookKind
    from apps.portfolios.readers.rows import TransactionKind as FileKind

    # what no line of a file tells whole; the leg is told to the engine by its action
    by_people = {"merger", "spin_off", "stock_dividend", "symbol_change", "cash_in_lieu"}
    assert {kind.value for kind in FileKind} | {"reversal", "received"} | by_people == set(TransactionKind.values)
    assert {kind.value for kind in BookKind} | {"journal", "received"} == set(TransactionKind.values)


@given(st.decimals("0.0001", "99999", places=4), st.decimals("0.0001", "99999", places=4), st.integers(0, 900))
def test_a_step_up_and_the_step_back_down_are_the_same_jump(one, other, days):
    assert jumps(one, other, days, Decimal("0.25")) == jumps(other, one, days, Decimal("0.25"))
    assert not jumps(one, one, days, Decimal("0.25"))


def test_the_band_holds_for_each_quarter_begun():
    band = Decimal("0.25")
    assert [jumps(Decimal(100), Decimal(140), days, band) for days in (0, 92, 93)] == [True, True, False]
    assert jumps(Decimal(0), Decimal(1), 900, band)


def test_prices_are_one_when_they_differ_by_rounding_alone():
    pairs = (("12.345", "12.34"), ("12.36", "12.34"), ("100", "100.4"), ("0.0012", "0.0049"), ("5", "5.000000"))
    told = [rounds_to_the_same(Decimal(one), Decimal(other)) for one, other in pairs]
    assert told == [True, False, False, False, True]


def test_a_place_is_a_short_number():
    assert [place_of(text) for text in ("0", "12", "99999")] == [0, 12, 99999]
    assert [place_of(text) for text in ("", "-1", "²", "1" * 6, "1" * 5000, "x")] == [None] * 6
