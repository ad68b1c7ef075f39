"""Custodians' tax lots: held against ours, taken over, taken back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.clients.services.imports import apply_batch, open_batch, undo_batch
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import PositionStatement, ReconciliationBreak, StatementLine
from apps.portfolios.selectors.books import account_book
from apps.portfolios.services.statements import StatedPosition, take_statement
from tests.factories import clients as people
from tests.factories import portfolios as made

D = Decimal
DAY = dt.date(2025, 3, 10)
LOTS = """Account Number,Symbol,Open Date,Quantity,Cost Basis,As Of Date
1234-5678,AAA,01/15/2020,40,"1,200.00",03/10/2025
1234-5678,AAA,02/20/2024,60,"2,800.00",03/10/2025
"""


@pytest.fixture
def security(ada):
    return made.instrument(ada, "AAA", {dt.date(2025, 3, 3): "50", DAY: "55"})


@pytest.fixture
def account(ada, security):
    """An account whose book began with the custodian's positions: a hundred shares, their cost unknown."""
    opened = made.account(people.household(ada), ada)
    held = [StatedPosition(security, D(5500), D(100), D(55), None), StatedPosition(None, D(500))]
    take_statement(account=opened, as_of=DAY, positions=held, source="positions.csv", by=ada.as_actor())
    return opened


def taken(account, by, text=LOTS, name="lots.csv"):
    batch = open_batch(
        kind="custodian_lots", filename=name, content=text.encode(), by=by.as_actor(), household=account.household
    )
    return apply_batch(batch=batch, by=by.as_actor())


def lots_of(account):
    (position,) = account_book(account, DAY).positions
    return [(lot.acquired_on, lot.quantity, lot.cost) for lot in position.lots]


def test_a_file_twice_changes_nothing(ada, account):
    taken(account, ada)
    before = list(StatementLine.objects.values_list("pk", "updated_at"))
    batch = taken(account, ada, name="again.csv")
    assert batch.counts["create"] == 0
    assert list(StatementLine.objects.values_list("pk", "updated_at")) == before


def test_undo_takes_the_list_and_its_breaks_away(ada, account):
    batch = taken(account, ada)
    undo_batch(batch=batch, by=ada.as_actor())
    assert not PositionStatement.objects.filter(kind="lots").exists()
    assert not ReconciliationBreak.objects.exists()


def test_a_household_without_accounts_is_told_what_to_bring_first(ada):
    with pytest.raises(InvalidInputError, match="no account"):
        open_batch(
            kind="custodian_lots",
            filename="lots.csv",
            content=LOTS.encode(),
            by=ada.as_actor(),
            household=people.household(ada),
        )
