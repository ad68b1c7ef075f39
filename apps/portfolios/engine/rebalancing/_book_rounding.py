"""Kernels that bring a book's amounts to whole shares: gains within budget, cash kept, small orders dropped."""

from __future__ import annotations

import numpy as np

from apps.portfolios.engine.compiled import compiled
from apps.portfolios.engine.rebalancing._book_kernels import Floats, Holdings, Rules, Trades


@compiled
def keep_gains(each: Holdings, price: Floats, trades: Trades) -> None:
    """Sell fewer of the shares that gain most until the net gain is within the budget."""
    while True:
        total, worst, of_worst, at = 0.0, 0.0, -1, -1
        for name in range(price.size):
            for lot in range(each.gains.shape[1]):
                gain = each.gains[name, lot] * price[name]
                total += gain * trades.sold[name, lot]
                if trades.sold[name, lot] > 0.0 and gain > worst:
                    worst, of_worst, at = gain, name, lot
        if total <= each.budget or at < 0:
            return
        left = trades.sold[of_worst, at] - np.ceil((total - each.budget) / worst)
        trades.sold[of_worst, at] = max(left, 0.0)


@compiled
def lacking(each: Holdings, name: int, price: Floats, trades: Trades) -> float:
    """Return by how much a target is missed."""
    level = each.held[name] + trades.bought[name] * price[name]
    for lot in range(trades.sold.shape[1]):
        level -= trades.sold[name, lot] * price[name]
    return float(each.edges[name, 1] - level)


@compiled
def cash_after(each: Holdings, price: Floats, rules: Rules, trades: Trades) -> float:
    """Return the free cash that is left."""
    left = each.free
    for name in range(price.size):
        out = 0.0
        for lot in range(trades.sold.shape[1]):
            out += trades.sold[name, lot]
        left += out * price[name] * (1.0 - rules.cost) - trades.bought[name] * price[name] * (1.0 + rules.cost)
    return left


@compiled
def buy_less(each: Holdings, price: Floats, rules: Rules, trades: Trades) -> float:
    """Buy less of what lacks least until cash is enough, or nothing is bought; returns what is left."""
    left = cash_after(each, price, rules, trades)
    while left < 0.0:
        least, at = np.inf, -1
        for name in range(price.size):
            if trades.bought[name] > 0.0:
                lacks = lacking(each, name, price, trades)
                if lacks < least:
                    least, at = lacks, name
        if at < 0:
            break
        unit = price[at] * (1.0 + rules.cost)
        cut = min(np.ceil(-left / unit), trades.bought[at])
        if (trades.bought[at] - cut) * price[at] < rules.smallest:
            cut = trades.bought[at]
        trades.bought[at] -= cut
        left += cut * unit
    return left


@compiled
def buy_more(each: Holdings, price: Floats, rules: Rules, trades: Trades, left: float) -> None:
    """Spend what rounding left on what is bought anyway and lacks most."""
    for _ in range(price.size):
        most, at = 0.0, -1
        for name in range(price.size):
            lacks = lacking(each, name, price, trades)
            room = each.room[name] - (trades.bought[name] + 1.0) * price[name]
            fits = lacks >= 0.5 * price[name] and price[name] * (1.0 + rules.cost) <= left and room >= 0.0
            if trades.bought[name] > 0.0 and fits and lacks > most:
                most, at = lacks, name
        if at < 0:
            return
        room = each.room[at] / price[at] - trades.bought[at]
        more = min(left / (price[at] * (1.0 + rules.cost)), most / price[at] + 0.5, room)
        more = np.floor(more)
        if more < 1.0:
            return
        trades.bought[at] += more
        left -= more * price[at] * (1.0 + rules.cost)


@compiled
def round_account(each: Holdings, shares: Floats, price: Floats, rules: Rules, trades: Trades) -> None:
    """Round one account in place: trades go in as dollars and come out as shares."""
    for name in range(price.size):
        wished = 0.0
        for lot in range(shares.shape[1]):
            wished += trades.sold[name, lot]
        both = min(wished, trades.bought[name])  # a mix may do both: only the difference is traded
        count = min(np.floor((trades.bought[name] - both) / price[name] + 0.5), np.floor(each.room[name] / price[name]))
        trades.bought[name] = count if count * price[name] >= rules.smallest else 0.0
        left = np.floor((wished - both) / price[name] + 0.5)
        if left * price[name] < rules.smallest:
            left = 0.0
        for lot in range(shares.shape[1]):
            part = min(left, np.floor(trades.sold[name, lot] / price[name] + 0.999999), shares[name, lot])
            trades.sold[name, lot] = part
            left -= part
    keep_gains(each, price, trades)
    left = buy_less(each, price, rules, trades)
    buy_more(each, price, rules, trades, left)


@compiled
def round_book(
    span: tuple[int, int], book: Holdings, limits: Floats, held: tuple[Floats, Floats], rules: Rules, trades: Trades
) -> None:
    """Round the accounts of a span; `held` are shares by lot, and prices."""
    shares, price = held
    for place in range(span[0], span[1]):
        each = Holdings(
            book.held[place],
            book.edges[place],
            book.room[place],
            book.most[place],
            book.gains[place],
            book.taxes[place],
            limits[place, 0],
            limits[place, 1],
        )
        round_account(each, shares[place], price, rules, Trades(trades.sold[place], trades.bought[place]))
