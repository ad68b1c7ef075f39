from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.positions import book_at
from apps.portfolios.engine.reconcile import (
    BreakKind,
    Cause,
    CustodianPosition,
    CustodianStatement,
    OwnPrice,
    reconcile,
)
from tests.apps.portfolios.engine.builders import K, day, entry, usd

TODAY = day(3, 31)
OURS = [
    entry("cash", K.DEPOSIT, day(1, 2), 10_000),
    entry("buy", K.BUY, day(1, 5), 1000, 100),
]
PRICES = {"ACME": OwnPrice(Decimal(12), TODAY)}


def row(quantity, security="ACME", **facts):
    return CustodianPosition(security, Decimal(str(quantity)), **{"price": Decimal(12)} | facts)


def found(rows, cash="9000", entries=OURS, prices=PRICES):
    statement = CustodianStatement(TODAY, tuple(rows), None if cash is None else usd(cash))
    return reconcile(book_at(entries, TODAY), statement, entries, prices)


def mended(breaks, entries=OURS):
    return [*entries, *(b.proposal for b in breaks if b.proposal is not None)]


def test_two_books_that_agree_have_no_breaks():
    assert found([row(100)]) == ()


def test_statements_of_two_days_are_not_compared():
    with pytest.raises(InvalidInputError, match="same day"):
        reconcile(book_at(OURS, day(3, 30)), CustodianStatement(TODAY, ()), OURS, {})


def test_a_security_that_stands_twice_is_refused():
    with pytest.raises(InvalidInputError, match="twice"):
        found([row(50), row(50)])


def test_a_trade_that_is_not_settled_is_timing_and_needs_no_entry():
    trade = entry("late", K.BUY, TODAY, 120, 10, settle_date=day(4, 1))
    breaks = found([row(100)], entries=[*OURS, trade])
    assert [(b.kind, b.cause, b.proposal) for b in breaks] == [
        (BreakKind.QUANTITY, Cause.UNSETTLED_TRADE, None),
        (BreakKind.CASH, Cause.UNSETTLED_TRADE, None),
    ]


def test_a_missing_purchase_is_told_from_shares_and_cash_together():
    breaks = found([row(110)], cash="8881.50")
    assert [(b.cause, b.difference) for b in breaks] == [
        (Cause.MISSING_TRADE, 10),
        (Cause.MISSING_TRADE, Decimal("-118.5")),
    ]
    proposal = breaks[0].proposal
    assert (proposal.kind, proposal.quantity, proposal.amount) == (K.BUY, 10, usd("118.50"))
    assert found([row(110)], cash="8881.50", entries=mended(breaks)) == ()


def test_cash_that_is_far_from_the_worth_of_the_shares_does_not_make_a_trade():
    breaks = found([row(110)], cash="8860")  # 140 for shares worth 120
    assert [b.cause for b in breaks] == [Cause.MISSING_TRANSFER, Cause.MISSING_CASH_FLOW]


def test_a_missing_sale_of_everything_is_told_too():
    breaks = found([], cash="10195")
    assert [(b.kind, b.cause) for b in breaks] == [
        (BreakKind.NOT_AT_CUSTODIAN, Cause.MISSING_TRADE),
        (BreakKind.CASH, Cause.MISSING_TRADE),
    ]
    assert breaks[0].proposal.kind is K.SELL
    assert found([], cash="10195", entries=mended(breaks)) == ()


@pytest.mark.parametrize(("theirs", "new", "old"), [(200, 2, 1), (150, 3, 2), (10, 1, 10)])
def test_a_missing_split_is_told_from_the_ratio(theirs, new, old):
    breaks = found([row(theirs)])
    assert breaks[0].cause is Cause.MISSING_SPLIT
    assert (breaks[0].proposal.split.new, breaks[0].proposal.split.old) == (new, old)
    assert found([row(theirs)], entries=mended(breaks)) == ()


def test_a_dividend_that_was_reinvested_at_the_custodian_is_told():
    paid = [*OURS, entry("div", K.DIVIDEND, day(3, 30), 24)]
    breaks = found([row(102)], cash="9000", entries=paid)
    assert breaks[0].cause is Cause.MISSING_REINVESTMENT
    assert found([row(102)], cash="9000", entries=mended(breaks, paid)) == ()


def test_an_entry_that_stands_twice_is_told_and_taken_back():
    twice = [*OURS, replace(OURS[1], transaction_id="again")]
    breaks = found([row(100)], entries=twice)
    assert {b.cause for b in breaks} == {Cause.DUPLICATE_ENTRY}
    assert breaks[0].proposal.reverses == "again"
    assert found([row(100)], entries=[*twice, breaks[0].proposal]) == ()


def test_shares_without_cash_are_a_transfer_of_unknown_cost():
    breaks = found([row(100), row(7, "B", price=Decimal(50))])
    assert [(b.kind, b.cause) for b in breaks] == [(BreakKind.NOT_IN_BOOK, Cause.MISSING_TRANSFER)]
    assert (breaks[0].proposal.kind, breaks[0].proposal.amount) == (K.TRANSFER_IN, None)
    assert found([row(100), row(7, "B", price=Decimal(50))], entries=mended(breaks)) == ()


@pytest.mark.parametrize(
    ("cash", "cause", "kind"),
    [
        ("9001.37", Cause.MISSING_INCOME, K.INTEREST),
        ("8950", Cause.MISSING_FEE, K.FEE),
        ("14000", Cause.MISSING_CASH_FLOW, K.DEPOSIT),
        ("4000", Cause.MISSING_CASH_FLOW, K.WITHDRAWAL),
    ],
)
def test_cash_alone_is_income_a_fee_or_a_flow_by_its_size(cash, cause, kind):
    (only,) = found([row(100)], cash=cash)
    assert (only.kind, only.cause, only.proposal.kind) == (BreakKind.CASH, cause, kind)
    assert found([row(100)], cash=cash, entries=mended([only])) == ()


@pytest.mark.parametrize(
    ("own", "cause"),
    [
        (OwnPrice(Decimal(11), day(3, 30)), Cause.STALE_PRICE),
        (OwnPrice(Decimal("0.12"), TODAY), Cause.PRICED_PER_HUNDRED),
        (OwnPrice(Decimal(11), TODAY), Cause.UNKNOWN),
    ],
)
def test_a_price_that_differs_is_named_with_its_likely_cause(own, cause):
    (only,) = found([row(100)], prices={"ACME": own})
    assert (only.kind, only.cause) == (BreakKind.PRICE, cause)


def test_a_custodian_value_that_does_not_follow_from_its_row_is_a_break():
    (bond,) = found([row(100, market_value=Decimal(12))])
    assert (bond.kind, bond.cause) == (BreakKind.VALUE, Cause.PRICED_PER_HUNDRED)
    assert found([row(100, market_value=Decimal(12), multiplier=Decimal("0.01"))]) == ()
    (odd,) = found([row(100, market_value=Decimal(1300))])
    assert odd.cause is Cause.CUSTODIAN_ARITHMETIC


def test_a_statement_without_cash_is_compared_without_it():
    assert found([row(100)], cash=None) == ()
