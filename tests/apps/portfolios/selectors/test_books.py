"""Through any sequence of entries the lots of the book are the units of the rows, and no cost is made or lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.kernel.dates import DateSpan
from apps.kernel.errors import DomainError
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.valuations import holdings_at, valuations
from apps.portfolios.selectors.wash_sales import household_wash_sales
from apps.portfolios.services.corporate_actions import ActionByHand, record_action_by_hand
from apps.portfolios.services.entries import EntryByHand
from apps.portfolios.services.transactions import record_by_hand, reverse_transaction
from tests.factories import clients as people
from tests.factories import portfolios as made

DAY = made.DAY
SYMBOLS = ("AAA", "BBB", "CCC")
QUANTITIES = st.decimals("0.001", "500", places=3)
AMOUNTS = st.decimals("1", "9000", places=2)
TRADES = st.tuples(
    st.sampled_from(["buy", "buy", "sell", "reinvest", "return_of_capital", "cash_in_lieu", "transfer_out"]),
    st.sampled_from(SYMBOLS),
    QUANTITIES,
    AMOUNTS,
)
ACTIONS = st.tuples(
    st.sampled_from(["split", "stock_dividend", "merger", "spin_off", "symbol_change"]),
    st.sampled_from(SYMBOLS),
    st.sampled_from(SYMBOLS),
    st.sampled_from([("2", "1"), ("1", "3"), ("3", "2"), ("1", "7"), ("10", "1")]),
)
# an example costs a household: none is spent on making a failure smaller
PHASES = (Phase.explicit, Phase.generate)
STEPS = st.lists(st.one_of(TRADES, ACTIONS, st.just(("reverse",))), min_size=3, max_size=12)


def taken(account: Account, ada: User, step: tuple[Any, ...], day: dt.date) -> None:
    """Record a step; what is refused leaves the book as it was."""
    by = ada.as_actor()
    if step[0] == "reverse":
        last = account.transactions.standing().filter(leg_of=None).order_by("-id").first()
        if last is not None:
            reverse_transaction(transaction=last, reason="property", by=by)
    elif isinstance(step[3], tuple):
        kind, symbol, into, (new, old) = step
        told = ActionByHand(kind, day, symbol, into, Decimal(new), Decimal(old))
        if kind in {"merger", "spin_off"}:
            told = replace(told, fair_old=Decimal(40), fair_new=Decimal(15))
        if kind == "merger":
            told = replace(told, cash=Decimal("12.34"))
        record_action_by_hand(account=account, typed=told, by=by)
    else:
        kind, symbol, quantity, amount = step
        units = None if kind == "return_of_capital" else quantity
        typed = EntryByHand(kind=kind, trade_date=day, quantity=units, amount=amount)
        record_by_hand(account=account, typed=typed, symbol=symbol, by=by)


@settings(max_examples=12, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, method=st.sampled_from(["fifo", "lifo", "hifo"]))
def test_lots_conserve_quantity_and_basis_through_any_sequence_of_rows(
    steps: list[tuple[Any, ...]], method: str, ada: User
) -> None:
    for symbol in SYMBOLS:
        made.own_instrument(ada, symbol)
    account = made.account(people.household(ada), ada, number="")
    made.election(account, ada, method)
    for n, step in enumerate(steps):
        before = account.transactions.count()
        try:
            taken(account, ada, step, DAY + dt.timedelta(days=n))
        except DomainError:
            assert account.transactions.count() == before
    end = DAY + dt.timedelta(days=len(steps))
    book = account_book(account, end)
    held = {line.symbol: line.quantity for line in holdings_at([account], end)[account.pk].holdings}
    lots = {position.security_id: position.quantity for position in book.positions}
    # rows keep eight digits, rounded down at each action; lots twelve
    allowed = Decimal("0.0000002") * (10 ** len(steps) if len(steps) < 4 else 5000)
    names = {str(row.instrument_id): str(row.instrument) for row in account.transactions.select_related("instrument")}
    for security_id, quantity in lots.items():
        assert 0 <= quantity - held.get(names[security_id], Decimal(0)) <= allowed
    assert set(held) <= {names[security_id] for security_id in lots}
    standing = account.transactions.standing()
    bought = sum((-row.cash if row.cash else row.cost or 0 for row in standing if row.kind in {"buy", "reinvest"}), 0)
    paid = sum(row.cash for row in standing if row.kind in {"sell", "return_of_capital", "merger", "cash_in_lieu"})
    gains = sum(gain.gain for gain in book.realised)
    left = sum((gone.lot.cost for gone in book.gone), Decimal(0))
    assert sum(position.cost for position in book.positions) + left == bought + gains - paid
    pieces = household_wash_sales(account.household, end).open_pieces
    assert abs(sum(piece.quantity for piece in pieces) - sum(lots.values())) < Decimal("0.000001")
    assert sum(piece.basis for piece in pieces) >= sum(position.cost for position in book.positions)
    walked = valuations([account], DateSpan(DAY, end))[account.pk]
    assert walked.values[-1].cash == book.cash_in("USD").amount
    assert Transaction.objects.filter(account=account, kind="received", leg_of=None).count() == 0
