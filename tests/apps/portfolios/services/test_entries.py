"""Entries as people type them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Instrument, TransactionKind
from apps.portfolios.policies import cash_fits, units_fit
from apps.portfolios.services.entries import EntryByHand, entry_by_hand
from apps.portfolios.services.transactions import record_by_hand
from tests.factories import portfolios as made
from tests.factories.portfolios import DAY

FUND = Instrument(symbol="AAA", name="AAA fund")
AMOUNTS = st.decimals("0.01", "100000", places=2)


def typed(kind: str, **numbers: str) -> EntryByHand:
    exact = {name: Decimal(number) for name, number in numbers.items()}
    return EntryByHand(kind=kind, trade_date=DAY, instrument=FUND, **exact)


def test_a_purchase_costs_its_price_and_its_fees() -> None:
    entry = entry_by_hand(typed("buy", quantity="10", price="5", fees="1"))
    assert (entry.units, entry.cash) == (10, -51)


def test_a_trade_is_reckoned_to_the_cent() -> None:
    assert entry_by_hand(typed("buy", quantity="12.345", price="27.43")).cash == Decimal("-338.62")
    assert entry_by_hand(typed("sell", quantity="12.345", price="27.43", fees="1.5")).cash == Decimal("337.12")


def test_a_bond_is_quoted_per_hundred_of_face_value() -> None:
    bond = Instrument(symbol="BND", kind="bond")
    entry = entry_by_hand(replace(typed("buy", quantity="1000", price="98.5", fees="2"), instrument=bond))
    assert entry.cash == Decimal(-987)
    entry = entry_by_hand(replace(typed("reinvest", quantity="1000", price="98.5"), instrument=bond))
    assert entry.cost == Decimal(985)


def test_a_sale_yields_its_price_less_its_fees() -> None:
    entry = entry_by_hand(typed("sell", quantity="10", price="5", fees="1"))
    assert (entry.units, entry.cash) == (-10, 49)


def test_a_transfer_in_kind_brings_its_cost_and_no_cash() -> None:
    entry = entry_by_hand(typed("transfer_in", quantity="10", amount="400"))
    assert (entry.units, entry.cash, entry.cost) == (10, 0, 400)


def test_a_transfer_of_cash_is_cash() -> None:
    assert entry_by_hand(typed("transfer_out", amount="400")).cash == -400


def test_a_trade_without_amount_or_price_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="neither an amount nor a price"):
        entry_by_hand(typed("buy", quantity="10"))


@pytest.mark.parametrize("field", ["quantity", "price", "amount", "fees"])
def test_a_sign_is_refused_at_its_field(field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        entry_by_hand(typed("buy", **{field: "-1"}))
    assert refused.value.field == field


@given(st.sampled_from(["deposit", "withdrawal", "buy", "sell", "dividend", "interest", "fee", "reinvest"]), AMOUNTS)
def test_signs_always_fit_the_kind(kind: TransactionKind, amount: Decimal) -> None:
    trades = kind in {"buy", "sell", "reinvest"}
    entry = entry_by_hand(EntryByHand(kind, DAY, FUND, quantity=Decimal(3) if trades else None, amount=amount))
    assert units_fit(kind, entry.units)
    assert cash_fits(kind, entry.cash)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"price": "5000"}, "price"),
        ({"price": "0.5"}, "price"),
        ({"amount": "50000"}, "amount"),
        ({"price": "50", "trade_date": dt.date(1901, 3, 5)}, "trade_date"),
    ],
)
def test_a_slipped_decimal_point_or_year_books_nothing(ada: User, fields: dict[str, str], field: str) -> None:
    _, account, security = made.funded(ada)
    told: dict[str, Any] = {n: Decimal(v) if isinstance(v, str) else v for n, v in fields.items()}
    typed_ = EntryByHand(**{"kind": "buy", "trade_date": DAY, "quantity": Decimal(10), **told})
    with pytest.raises(InvalidInputError) as refused:
        record_by_hand(account=account, typed=typed_, symbol=security.symbol, by=ada.as_actor())
    assert refused.value.field == field
    assert account.transactions.count() == 2


@pytest.mark.django_db
def test_an_ordinary_price_and_the_fees_of_one_share_are_no_slip(ada: User) -> None:
    _, account, security = made.funded(ada)
    typed_ = EntryByHand("buy", DAY, quantity=Decimal(1), price=Decimal(62), fees=Decimal(25))
    row = record_by_hand(account=account, typed=typed_, symbol=security.symbol, by=ada.as_actor())
    assert row.cash == -87
