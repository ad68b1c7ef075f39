"""A rebalance from question to answer: open the book, optimise, round, check, tell."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from apps.portfolios.engine.rebalancing._book import Book, open_book
from apps.portfolios.engine.rebalancing._checks import check_orders
from apps.portfolios.engine.rebalancing._optimising import Optimum, optimise
from apps.portfolios.engine.rebalancing._reasons import reason_of, unmet_of
from apps.portfolios.engine.rebalancing._tickets import Key, Tickets, cents, gains_of, write_tickets
from apps.portfolios.engine.rebalancing._weighing import after, price_of, tax_of
from apps.portfolios.engine.rebalancing.bands import with_band_width
from apps.portfolios.engine.rebalancing.inputs import NOTHING, RebalanceInputs
from apps.portfolios.engine.rebalancing.results import (
    CashLine,
    DriftLine,
    Gains,
    LineKind,
    LotTaken,
    Proposal,
    Side,
    Trade,
)
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings


def rebalance(inputs: RebalanceInputs, settings: RunSettings) -> Proposal:
    """Answer what to trade.

    A run to the bands sells what lies inside them only when something below its band could not be filled otherwise.
    Raises InvalidInputError for inputs that contradict themselves, NoAnswerError when the solver finds nothing in time,
    BrokenOrdersError when rounded orders would break a rule (a defect, never the user's).
    """
    inputs = with_band_width(inputs, settings.band_width)
    book = open_book(inputs, settings)
    optimum = _still(book) if settings.mode is Mode.HOLD else optimise(book)
    tickets = write_tickets(book, optimum)
    if settings.mode is Mode.TO_BAND and _is_anything_low(tickets):
        book = open_book(inputs, settings, beyond_bands=True)
        optimum = optimise(book)
        tickets = write_tickets(book, optimum)
    check_orders(tickets)
    return _told(tickets)


def _still(book: Book) -> Optimum:
    return Optimum(np.zeros(len(book.sells)), np.zeros(len(book.buys)), float("nan"), ())


def _is_anything_low(tickets: Tickets) -> bool:
    moved, cash = _moved(tickets), _cash(tickets)
    return any(
        row.kind in {LineKind.HOLDING, LineKind.CLASS} and after(row, moved, cash, tickets.book) < row.low - 1.0
        for row in tickets.book.rows
    )


def _moved(tickets: Tickets) -> dict[Key, Decimal]:
    moved = {key: tickets.amount(key, quantity) for key, quantity in tickets.purchases().items()}
    for key, quantity in tickets.sales().items():
        moved[key] = moved.get(key, NOTHING) - tickets.amount(key, quantity)
    return moved


def _cash(tickets: Tickets) -> dict[str, Decimal]:
    return {account.account_id: tickets.cash(account) for account in tickets.book.inputs.accounts}


def _told(tickets: Tickets) -> Proposal:
    book = tickets.book
    moved, cash = _moved(tickets), _cash(tickets)
    trades = _trades(tickets)
    sold = {
        place: quantity * book.securities[book.sells[place].security_id].price
        for place, quantity in tickets.sold.items()
        if quantity
    }
    cost = sum((trade.cost for trade in trades), NOTHING)
    objective = price_of(book, sold, moved, cash, cost)
    drift = tuple(_drift(tickets, moved, cash))
    return Proposal(
        trades=trades,
        drift=drift,
        cash=tuple(
            CashLine(account.account_id, account.cash, cash[account.account_id], account.required_cash)
            for account in book.inputs.accounts
        ),
        gains=_gains(tickets),
        cost=cost,
        turnover=sum((trade.amount for trade in trades), NOTHING),
        value=cents(Decimal(str(book.value))),
        tracking_before=_tracking(book, drift, after_trades=False),
        tracking_after=_tracking(book, drift, after_trades=True),
        unmet=unmet_of(tickets, moved, cash),
        objective=objective,
        bound=min(tickets.optimum.bound, objective) if book.settings.mode is not Mode.HOLD else objective,
    )


def _drift(tickets: Tickets, moved: dict[Key, Decimal], cash: dict[str, Decimal]) -> list[DriftLine]:
    lines = []
    for row in tickets.book.rows:
        base = row.base or 1.0
        target, low, high = row.weights
        now = after(row, moved, cash, tickets.book) / base
        lines.append(DriftLine(row.pool_id, row.kind, row.key, target, low, high, row.current / base, now))
    return lines


def _tracking(book: Book, drift: tuple[DriftLine, ...], *, after_trades: bool) -> float:
    """Half the sum of distances at the level of securities and cash, of all pools by what they invest."""
    bases = {row.pool_id: row.base for row in book.rows}
    total = sum(
        abs((line.after if after_trades else line.before) - line.target) * bases[line.pool_id]
        for line in drift
        if line.kind is not LineKind.CLASS
    )
    whole = sum(bases.values())
    return total / 2 / whole if whole else 0.0


def _gains(tickets: Tickets) -> Gains:
    book, gains = tickets.book, gains_of(tickets)
    carried = sum(
        book.tax.carried_loss(book.realised[unit][0] + short, book.realised[unit][1] + long)
        for unit, (short, long) in gains.items()
    )
    return Gains(
        short=cents(Decimal(str(sum(short for short, _ in gains.values())))),
        long=cents(Decimal(str(sum(long for _, long in gains.values())))),
        tax=cents(Decimal(str(tax_of(book, gains)))),
        carried_loss=cents(Decimal(str(carried))),
    )


def _trades(tickets: Tickets) -> tuple[Trade, ...]:
    trades = []
    for key, quantity in sorted(tickets.sales().items()):
        amount = tickets.amount(key, quantity)
        lots = tuple(_lots(tickets, key))
        trades.append(
            Trade(
                account_id=key[0],
                security_id=key[1],
                side=Side.SELL,
                quantity=quantity,
                amount=amount,
                cost=tickets.cost(amount),
                tax=cents(sum((_tax(tickets, key, lot) for lot in lots), NOTHING)),
                lots=lots,
                reason=reason_of(tickets, key, Side.SELL),
            )
        )
    for key, quantity in sorted(tickets.purchases().items()):
        amount, cost = tickets.amount(key, quantity), tickets.cost(tickets.amount(key, quantity))
        reason = reason_of(tickets, key, Side.BUY)
        trades.append(Trade(*key, Side.BUY, quantity, amount, cost, NOTHING, (), reason))
    return tuple(trades)


def _lots(tickets: Tickets, key: Key) -> list[LotTaken]:
    taken = []
    for place in tickets.lines[key]:
        quantity = tickets.sold.get(place, NOTHING)
        line = tickets.book.sells[place]
        if quantity:
            cost = None if line.lot.cost is None else line.lot.cost * quantity / line.lot.quantity
            gain = None if cost is None else cents(quantity * tickets.security(key).price - cost)
            taken.append(LotTaken(line.lot.lot_id, quantity, gain, line.is_long))
    return taken


def _tax(tickets: Tickets, key: Key, lot: LotTaken) -> Decimal:
    account = tickets.book.accounts[key[0]]
    line = next(tickets.book.sells[p] for p in tickets.lines[key] if tickets.book.sells[p].lot.lot_id == lot.lot_id)
    if account.treatment != "taxable":
        return NOTHING
    rates = tickets.book.settings.rates
    gain = lot.quantity * tickets.security(key).price if lot.gain is None else lot.gain
    return gain * (rates.long if line.is_long else rates.short).fraction
