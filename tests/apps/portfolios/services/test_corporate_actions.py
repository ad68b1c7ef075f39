"""Corporate actions: units, lots and values move together, and go back together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.errors import BookRefusedError
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.performance_pages import account_sheet
from apps.portfolios.selectors.valuations import account_values, holdings_at
from apps.portfolios.services.corporate_actions import ActionByHand, record_action_by_hand
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.transactions import ShortfallError, record_transactions, reverse_transaction
from tests.factories import portfolios as made

DAY = made.DAY


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def held(account: Account, day: dt.date) -> dict[str, Decimal]:
    return {line.symbol: line.quantity for line in holdings_at([account], day)[account.pk].holdings}


@pytest.fixture
def account(ada: User) -> Account:
    _, opened, _ = made.funded(ada)
    made.instrument(ada, "BBB", {later(1): "25", later(7): "27.50"})
    return opened


def act(account: Account, ada: User, kind: str, **told: object) -> Transaction:
    typed = replace(ActionByHand(kind=kind, trade_date=later(7), symbol="AAA"), **told)
    return record_action_by_hand(account=account, typed=typed, by=ada.as_actor())


TERMS = {
    "split": {"split_new": Decimal(2), "split_old": Decimal(1)},
    "stock_dividend": {"split_new": Decimal(1), "split_old": Decimal(20)},
    "symbol_change": {"into": "BBB"},
    "merger": {"into": "BBB", "split_new": Decimal(2), "split_old": Decimal(1)},
    "spin_off": {"into": "BBB", "split_new": Decimal(1), "split_old": Decimal(4)},
}
AFTER = {
    "split": {"AAA": 200},
    "stock_dividend": {"AAA": 105},
    "symbol_change": {"BBB": 100},
    "merger": {"BBB": 200},
    "spin_off": {"AAA": 100, "BBB": 25},
}


@pytest.mark.parametrize("kind", sorted(TERMS))
def test_units_and_lots_of_both_securities_move_on_the_day_and_keep_their_cost(
    kind: str, account: Account, ada: User
) -> None:
    act(account, ada, kind, **TERMS[kind])
    assert held(account, later(6)) == {"AAA": 100}
    assert held(account, later(7)) == AFTER[kind]
    book = account_book(account, later(7))
    assert sorted(p.quantity for p in book.positions) == sorted(AFTER[kind].values())
    assert sum(p.cost for p in book.positions) == 5000
    assert {lot.acquired_on for p in book.positions for lot in p.lots} == {later(1)}
    assert not book.realised


@pytest.mark.parametrize("kind", sorted(TERMS))
def test_an_action_taken_back_leaves_the_book_as_it_was(kind: str, account: Account, ada: User) -> None:
    before = account_book(account, later(9)).positions
    action = act(account, ada, kind, **TERMS[kind])
    reverse_transaction(transaction=action, reason="announced, then cancelled", by=ada.as_actor())
    assert held(account, later(9)) == {"AAA": 100}
    assert account_book(account, later(9)).positions == before
    act(account, ada, kind, **TERMS[kind])
    assert held(account, later(9)) == AFTER[kind]


def test_a_fair_merger_is_no_gain_no_loss_and_no_flow(account: Account, ada: User) -> None:
    act(account, ada, "merger", **TERMS["merger"])
    valuation = account_values(account, DateSpan(later(5), later(8)))
    # 100 at 55 become 200 at 27.50: only the rise from 50 shows
    assert [value.total for value in valuation.values] == [10000, 10000, 10500, 10500]
    assert valuation.flows == ()
    sheet = account_sheet(account, later(8))
    whole = next(line for line in sheet.lines if line.span == "inception")
    assert whole.figures is not None
    assert whole.figures.gain == 500


def test_cash_besides_is_gain_as_far_as_there_is_one(account: Account, ada: User) -> None:
    act(account, ada, "merger", into="BBB", split_new=Decimal(2), split_old=Decimal(1), cash=Decimal(300))
    row = Transaction.objects.get(kind="merger")
    assert (row.fair_new, row.cash) == (Decimal("27.50"), 300)
    book = account_book(account, later(7))
    assert [(gain.proceeds, gain.gain) for gain in book.realised] == [(300, 300)]
    assert book.positions[0].cost == 5000


def test_a_spin_off_shares_cost_by_the_closes_of_its_day_or_by_what_is_told(account: Account, ada: User) -> None:
    act(account, ada, "spin_off", **TERMS["spin_off"], fair_old=Decimal(44), fair_new=Decimal(24))
    costs = {p.quantity: p.cost for p in account_book(account, later(7)).positions}
    # 44 of the old, 6 of the new on each share
    assert costs == {100: 4400, 25: 600}


def test_both_halves_are_on_the_trail_once_and_only_the_whole_goes_back(account: Account, ada: User) -> None:
    act(account, ada, "merger", **TERMS["merger"])
    events = AuditEvent.objects.filter(action="portfolios.record_transaction").order_by("id")
    assert [event.after["kind"] for event in events][-2:] == ["merger", "received"]
    leg = Transaction.objects.get(kind="received")
    with pytest.raises(InvalidInputError, match="one half"):
        reverse_transaction(transaction=leg, reason="x", by=ada.as_actor())
    made.entry(account, ada, "sell", later(8), instrument=leg.instrument, units="-200", cash="5500")
    with pytest.raises(ShortfallError):
        reverse_transaction(transaction=leg.leg_of, reason="x", by=ada.as_actor())
    assert Transaction.objects.filter(kind="reversal").count() == 0


def test_purchases_of_the_day_are_in_new_shares_whichever_is_recorded_first(account: Account, ada: User) -> None:
    security = account.transactions.get(kind="buy").instrument
    made.entry(account, ada, "buy", later(7), instrument=security, units="10", cash="-275")
    act(account, ada, "split", **TERMS["split"])
    assert held(account, later(7)) == {"AAA": 210}
    assert account_book(account, later(7)).positions[0].quantity == 210


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "buy"}, "kind"),
        ({"kind": "merger", "split_new": Decimal(1), "split_old": Decimal(1)}, "into"),
        ({"kind": "merger", "split_new": Decimal(1), "split_old": Decimal(1), "into": "AAA"}, "into"),
        ({"kind": "merger", "split_new": Decimal(1), "split_old": Decimal(1), "into": "ZZZ"}, "into"),
        ({"kind": "merger", "into": "BBB"}, "split_new"),
        ({"kind": "split", "split_new": Decimal(0), "split_old": Decimal(1)}, "split_new"),
        ({"kind": "split", "split_new": Decimal(1), "split_old": Decimal(-1)}, "split_old"),
        ({"kind": "spin_off", **TERMS["spin_off"], "trade_date": later(6)}, "fair_new"),
        ({"kind": "spin_off", **TERMS["spin_off"], "fair_new": Decimal(-1)}, "fair_new"),
        ({"kind": "split", **TERMS["split"], "symbol": "BBB"}, "instrument"),
        ({"kind": "split", **TERMS["split"], "trade_date": dt.date(2999, 1, 1)}, "trade_date"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_and_nothing_is_recorded(
    told: dict[str, object], field: str, account: Account, ada: User
) -> None:
    before = Transaction.objects.count()
    with pytest.raises(InvalidInputError) as refused:
        act(account, ada, **told)
    assert refused.value.field == field
    assert Transaction.objects.count() == before


def test_what_only_the_book_sees_is_refused_whole(account: Account, ada: User) -> None:
    typed = {"into": "BBB", "split_new": Decimal(2), "split_old": Decimal(1), "cash": Decimal(300)}
    buy = account.transactions.get(kind="buy")
    made.entry(account, ada, "deposit", later(2), cash="100", currency="EUR")
    made.entry(account, ada, "buy", later(3), instrument=buy.instrument, units="1", cash="-50", currency="EUR")
    before = Transaction.objects.count()
    with pytest.raises(BookRefusedError, match="cost is in EUR"):
        act(account, ada, "merger", **typed)
    assert Transaction.objects.count() == before
    assert not AuditEvent.objects.filter(action="portfolios.record_transaction", after__kind="merger").exists()


def test_later_actions_keep_earlier_entries_out(account: Account, ada: User) -> None:
    buy = account.transactions.get(kind="buy")
    act(account, ada, "symbol_change", into="BBB")
    with pytest.raises(InvalidInputError, match="later corporate action"):
        made.entry(account, ada, "buy", later(2), instrument=buy.instrument, units="1", cash="-50")
    with pytest.raises(InvalidInputError, match="later corporate action"):
        reverse_transaction(transaction=buy, reason="wrong", by=ada.as_actor())


def test_an_earlier_action_in_the_same_file_does_not_let_them_in(account: Account, ada: User) -> None:
    security, new = account.transactions.get(kind="buy").instrument, made.own_instrument(ada, "BBB")
    made.entry(account, ada, "split", later(20), instrument=security, split_new="2", split_old="1")
    one = Decimal(1)
    spin = TransactionEntry("spin_off", later(5), security, into=new, split_new=one, split_old=one)
    spin = replace(spin, fair_old=Decimal(40), fair_new=Decimal(10))
    buy = TransactionEntry("buy", later(10), security, units=one, cash=Decimal(-50))
    record_transactions(account=account, entries=[spin], by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="later corporate action"):
        record_transactions(account=account, entries=[replace(spin, trade_date=later(6)), buy], by=ada.as_actor())
