"""Custodians' tax lots: held against ours, and taken over."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.clients.services.imports import apply_batch, open_batch
from apps.core.models import AuditEvent
from apps.portfolios.models import BreakState, ReconciliationBreak
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.breaks import break_rows, open_breaks
from apps.portfolios.services.lot_statements import LotsMovedError
from apps.portfolios.services.reconciliation import accept_proposal, explain_break
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


def test_lots_of_unknown_cost_are_a_break_that_the_custodians_lots_mend(ada, account):
    taken(account, ada)
    (found,) = open_breaks(ada.as_actor())
    assert (found.kind, found.cause, found.ours, found.theirs) == ("lots", "unknown_cost", None, D(4000))
    (row,) = break_rows([found])
    assert "2 lots" in row.proposal
    assert lots_of(account) == [(DAY, D(100), None)]
    accept_proposal(difference=found, by=ada.as_actor())
    found.refresh_from_db()
    assert found.state == BreakState.ENTERED
    assert lots_of(account) == [(dt.date(2020, 1, 15), D(40), D(1200)), (dt.date(2024, 2, 20), D(60), D(2800))]
    assert not open_breaks(ada.as_actor()).exists()
    assert AuditEvent.objects.filter(action="portfolios.take_lot_statement").count() == 1


def test_the_positions_of_the_day_still_agree_after_lots_were_taken_over(ada, account, security):
    taken(account, ada)
    accept_proposal(difference=open_breaks(ada.as_actor()).get(), by=ada.as_actor())
    held = [StatedPosition(security, D(5500), D(100), D(55), None), StatedPosition(None, D(500))]
    take_statement(account=account, as_of=DAY, positions=held, source="positions.csv", by=ada.as_actor())
    assert not open_breaks(ada.as_actor()).exists()


def test_another_quantity_is_named_as_such_and_nothing_is_proposed(ada, account):
    taken(account, ada, LOTS.replace(",60,", ",50,"))
    (found,) = open_breaks(ada.as_actor())
    assert (found.kind, found.cause, found.ours, found.theirs, found.proposal) == (
        "lot_quantity", "other_quantity", D(100), D(90), {},
    )  # fmt: skip


def test_lots_that_a_sale_has_used_are_explained_not_replaced(ada, account, security):
    made.entry(account, ada, "sell", DAY, instrument=security, units="-10", cash="550", price="55")
    taken(account, ada, LOTS.replace(",60,", ",50,"))
    (found,) = open_breaks(ada.as_actor())
    assert (found.cause, found.proposal) == ("unknown_cost", {})
    explain_break(difference=found, note="Cost asked for.", by=ada.as_actor())
    taken(account, ada, LOTS.replace(",60,", ",50,").replace("2,800.00", "2,801.00"), "later.csv")
    assert ReconciliationBreak.objects.filter(state=BreakState.OPEN).count() == 0


def test_an_offer_that_the_book_has_outrun_is_refused_and_changes_nothing(ada, account, security):
    taken(account, ada)
    found = open_breaks(ada.as_actor()).get()
    made.entry(account, ada, "sell", DAY, instrument=security, units="-10", cash="550", price="55")
    with pytest.raises(LotsMovedError):
        accept_proposal(difference=found, by=ada.as_actor())
    assert account.transactions.filter(kind="reversal").count() == 0


def test_an_older_list_leaves_the_breaks_of_a_newer_one(ada, account, security):
    made.entry(account, ada, "buy", DAY + dt.timedelta(days=1), instrument=security, units="10", cash="-500")
    newer = LOTS.replace("03/10/2025", "03/11/2025").replace(",60,", ",55,")
    taken(account, ada, newer)
    (found,) = open_breaks(ada.as_actor())
    for text in (LOTS, LOTS.replace(",60,", ",50,")):
        taken(account, ada, text, "older.csv")
        found.refresh_from_db()
        assert (found.state, found.statement.as_of, found.theirs) == (BreakState.OPEN, DAY + dt.timedelta(days=1), 95)
    assert ReconciliationBreak.objects.count() == 1
