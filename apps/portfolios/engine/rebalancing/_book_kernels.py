"""Kernels of a book's rebalance: one multiplier on cash, one on the gain budget, each security by itself between them.

Sales and purchases of a security are one-dimensional and convex once cash and gains have prices, so the least is found
by walking from what is held. Method: docs/engine/rebalancing.md.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.portfolios.engine.compiled import compiled

Floats = NDArray[np.float64]
DEAREST = 16.0  # no dollar of cash is worth more
DEAREST_GAIN = 2.0**30  # a lot that hardly gains is left alone at this price of gains too
FINE = 18  # halvings of the price of cash: beside a price of gains, a security may turn from bought to sold at once
BUDGET_HALVINGS = 14


class Rules(NamedTuple):
    """Cost of a dollar traded, prices of a dollar off target inside its band and beyond, the smallest order."""

    cost: float
    near: float
    far: float
    smallest: float


class Holdings(NamedTuple):
    """One account in money: by security what is held, edges of its band and target, room to buy; by lot the rest."""

    held: Floats  # (n,)
    edges: Floats  # (n, 3): low, target, high
    room: Floats  # (n,)
    most: Floats  # (n, lots), what may be sold
    gains: Floats  # (n, lots), in a dollar of proceeds
    taxes: Floats  # (n, lots), on a dollar of proceeds
    free: float
    budget: float


class Trades(NamedTuple):
    """What is sold of each lot and bought of each security."""

    sold: Floats
    bought: Floats


class Work(NamedTuple):
    """Room to work in: lots sorted by price with what of them may be sold, steps, a second set of trades."""

    prices: Floats
    rests: Floats
    order: NDArray[np.int64]
    steps: Floats
    sorted: Floats
    places: NDArray[np.int64]
    other: Trades


@compiled
def price_lots(each: Holdings, of_gain: float, rules: Rules, work: Work) -> None:
    """Price a dollar of each lot: tax, and its gain at the price of the budget; a loss is no reason to trade."""
    for name in range(each.taxes.shape[0]):
        for lot in range(each.taxes.shape[1]):
            price = max(each.taxes[name, lot], -2.0 * rules.cost) + of_gain * each.gains[name, lot]
            place = lot
            while place > 0 and work.prices[name, place - 1] > price:
                work.prices[name, place] = work.prices[name, place - 1]
                work.order[name, place] = work.order[name, place - 1]
                place -= 1
            work.prices[name, place] = price
            work.order[name, place] = lot
        for place in range(each.taxes.shape[1]):
            work.rests[name, place] = each.most[name, work.order[name, place]]


@compiled
def rise_of(each: Holdings, name: int, rise: float, rules: Rules) -> float:
    """Return what is bought of a security when a dollar of it costs `rise`."""
    low, target, held = each.edges[name, 0], each.edges[name, 1], each.held[name]
    level = held
    if level < low and rise < rules.far:
        level = low
    if low <= level < target and rise < rules.near:
        level = target
    return float(min(level - held, each.room[name]))


@compiled
def floor_of(each: Holdings, name: int, price: float, rules: Rules) -> float:
    """Return down to where a security is sold when a dollar sold costs `price`."""
    if price >= rules.near:
        return float(each.edges[name, 2]) if price < rules.far else np.inf
    if price >= -rules.near:
        return float(each.edges[name, 1])
    return float(each.edges[name, 0]) if price >= -rules.far else 0.0


@compiled
def off_target(each: Holdings, name: int, level: float, rules: Rules) -> float:
    """Return what lying off target costs."""
    low, target, high = each.edges[name, 0], each.edges[name, 1], each.edges[name, 2]
    beyond = max(low - level, 0.0) + max(level - high, 0.0)
    return float(rules.near * (abs(level - target) - beyond) + rules.far * beyond)


@compiled
def is_better_sold(each: Holdings, name: int, pay: float, rules: Rules, work: Work) -> bool:
    """Say whether selling a security is better than buying it: only where gains have a price can both be good."""
    rise = rules.cost + pay * (1.0 + rules.cost)
    bought = rise_of(each, name, rise, rules)
    held = each.held[name]
    up = bought * rise + off_target(each, name, held + bought, rules)
    level, down = held, 0.0
    for place in range(work.rests.shape[1]):
        price = work.prices[name, place] + rules.cost - pay * (1.0 - rules.cost)
        part = min(work.rests[name, place], max(level - floor_of(each, name, price, rules), 0.0))
        level -= part
        down += part * price
    return bool(down + off_target(each, name, level, rules) < up)


@compiled
def spent(each: Holdings, pay: float, rules: Rules, work: Work) -> float:
    """Return the cash that an account takes at this price of cash."""
    total = 0.0
    rise, keep = rules.cost + pay * (1.0 + rules.cost), 1.0 - rules.cost
    for name in range(each.held.size):
        level = each.held[name]
        first = work.prices[name, 0] + rules.cost - pay * keep
        if level < each.edges[name, 1]:
            bought = rise_of(each, name, rise, rules)
            if bought > 0.0 and (first >= -rules.near or not is_better_sold(each, name, pay, rules, work)):
                total += bought * (1.0 + rules.cost)
                continue
        for place in range(work.rests.shape[1]):
            price = work.prices[name, place] + rules.cost - pay * keep
            room = level - floor_of(each, name, price, rules)
            if room <= 0.0:
                break  # the lots behind cost more
            part = min(work.rests[name, place], room)
            level -= part
            total -= part * keep
    return total


@compiled
def write_trades(each: Holdings, pay: float, rules: Rules, work: Work, trades: Trades) -> None:
    """Write down the trades at this price of cash."""
    rise, keep = rules.cost + pay * (1.0 + rules.cost), 1.0 - rules.cost
    for name in range(each.held.size):
        level = each.held[name]
        first = work.prices[name, 0] + rules.cost - pay * keep
        trades.sold[name, :] = 0.0
        trades.bought[name] = 0.0
        if level < each.edges[name, 1]:
            bought = rise_of(each, name, rise, rules)
            if bought > 0.0 and (first >= -rules.near or not is_better_sold(each, name, pay, rules, work)):
                trades.bought[name] = bought
                continue
        for place in range(work.rests.shape[1]):
            price = work.prices[name, place] + rules.cost - pay * keep
            room = level - floor_of(each, name, price, rules)
            if room <= 0.0:
                break
            part = min(work.rests[name, place], room)
            level -= part
            trades.sold[name, work.order[name, place]] = part


@compiled
def write_steps(each: Holdings, rules: Rules, work: Work, trades: Trades) -> int:
    """Write the trades of cash without a price, and the steps by which they shrink as its price rises.

    A step is a price of cash, the cash that it sets free, and where it is: a lot, or a purchase (lot −1). A lot crosses
    at most four zones: above the band, down to the target, down to the band's lower edge, below. Returns how many.
    """
    count = 0
    cost, lots = rules.cost, each.most.shape[1]
    for name in range(each.held.size):
        level = each.held[name]
        trades.sold[name, :] = 0.0
        trades.bought[name] = rise_of(each, name, cost, rules)
        if trades.bought[name] > 0.0:
            far = min(max(each.edges[name, 0] - level, 0.0), trades.bought[name])
            for part, worth in ((trades.bought[name] - far, rules.near), (far, rules.far)):
                if part > 0.0:
                    work.steps[count, 0] = (worth - cost) / (1.0 + cost)
                    work.steps[count, 1] = part * (1.0 + cost)
                    work.places[count] = name * (lots + 1) + lots
                    count += 1
        for place in range(lots):
            rest = work.rests[name, place]
            while rest > 0.0:
                floor, worth = zone_of(each, name, level, rules)
                part = min(rest, level - floor)
                if part <= 0.0:
                    break
                level = floor if part < rest else level - part
                rest -= part
                point = (work.prices[name, place] + cost - worth) / (1.0 - cost)
                if point < 0.0:
                    trades.sold[name, work.order[name, place]] += part
                else:
                    work.steps[count, 0] = point
                    work.steps[count, 1] = part * (1.0 - cost)
                    work.places[count] = name * (lots + 1) + work.order[name, place]
                    count += 1
    return count


@compiled
def zone_of(each: Holdings, name: int, level: float, rules: Rules) -> tuple[float, float]:
    """Return the next edge below a level, and what a dollar less is worth until there."""
    low, target, high = each.edges[name, 0], each.edges[name, 1], each.edges[name, 2]
    if level > high:
        return high, rules.far
    if level > target:
        return target, rules.near
    if level > low:
        return low, -rules.near
    return 0.0, -rules.far


@compiled
def price_of_cash(count: int, need: float, work: Work) -> tuple[float, float]:
    """Find the price at which steps free as much cash as is needed, and the share of that very step (quickselect)."""
    first, last = 0, count
    for place in range(count):
        work.sorted[place] = work.steps[place]
    rows = work.sorted
    while first < last:
        pivot = rows[(first + last) // 2, 0]
        less, same, more = first, first, last
        below, at = 0.0, 0.0
        while same < more:
            price, freed = rows[same, 0], rows[same, 1]
            if price < pivot:
                rows[same, 0], rows[same, 1] = rows[less, 0], rows[less, 1]
                rows[less, 0], rows[less, 1] = price, freed
                below += freed
                less += 1
                same += 1
            elif price > pivot:
                more -= 1
                rows[same, 0], rows[same, 1] = rows[more, 0], rows[more, 1]
                rows[more, 0], rows[more, 1] = price, freed
            else:
                at += freed
                same += 1
        if below >= need:
            last = less
        elif below + at >= need:
            return pivot, (need - below) / at
        else:
            need -= below + at
            first = more
    return DEAREST, 1.0


@compiled
def settle_plainly(each: Holdings, rules: Rules, work: Work, trades: Trades) -> None:
    """Find the price of cash where gains have none: exactly, since each step is known."""
    price_lots(each, 0.0, rules, work)
    lots = each.most.shape[1]
    count = write_steps(each, rules, work, trades)
    need = -each.free
    for name in range(each.held.size):
        need += trades.bought[name] * (1.0 + rules.cost)
        for lot in range(lots):
            need -= trades.sold[name, lot] * (1.0 - rules.cost)
    if need <= 0.0:
        return
    pay, share = price_of_cash(count, need, work)
    for step in range(count):
        price, freed = work.steps[step, 0], work.steps[step, 1]
        if price <= pay:
            part = freed if price < pay else freed * share
            name, lot = work.places[step] // (lots + 1), work.places[step] % (lots + 1)
            if lot == lots:
                trades.bought[name] -= part / (1.0 + rules.cost)
            else:
                trades.sold[name, lot] += part / (1.0 - rules.cost)


@compiled
def mix(trades: Trades, other: Trades, share: float) -> None:
    """Move trades by a share of the way to other trades."""
    for name in range(trades.bought.size):
        trades.bought[name] += share * (other.bought[name] - trades.bought[name])
        for lot in range(trades.sold.shape[1]):
            trades.sold[name, lot] += share * (other.sold[name, lot] - trades.sold[name, lot])


@compiled
def settle_cash(each: Holdings, of_gain: float, rules: Rules, work: Work, trades: Trades) -> None:
    """Find the price of cash where gains have one, by halving, and mix the trades on its two sides."""
    price_lots(each, of_gain, rules, work)
    if spent(each, 0.0, rules, work) <= each.free:
        write_trades(each, 0.0, rules, work, trades)
        return
    low, high = 0.0, DEAREST
    if spent(each, rules.far + 1.0, rules, work) <= each.free:
        high = rules.far + 1.0
    for _ in range(FINE):
        middle = 0.5 * (low + high)
        if spent(each, middle, rules, work) > each.free:
            low = middle
        else:
            high = middle
    much, little = spent(each, low, rules, work), spent(each, high, rules, work)
    write_trades(each, high, rules, work, trades)
    if much > little:
        write_trades(each, low, rules, work, work.other)
        mix(trades, work.other, min(max((each.free - little) / (much - little), 0.0), 1.0))


@compiled
def gain_of(each: Holdings, trades: Trades) -> float:
    """Return the net gain of what is sold."""
    total = 0.0
    for name in range(each.held.size):
        for lot in range(each.gains.shape[1]):
            total += each.gains[name, lot] * trades.sold[name, lot]
    return total


@compiled
def settle_account(each: Holdings, rules: Rules, work: Work, trades: Trades) -> None:
    """Trade one account: cash at every price of gains, and the least price of gains that keeps the budget."""
    settle_plainly(each, rules, work, trades)
    if gain_of(each, trades) <= each.budget:
        return
    low, high = 0.0, 1.0
    over = Trades(trades.sold.copy(), trades.bought.copy())
    settle_cash(each, high, rules, work, trades)
    while high < DEAREST_GAIN and gain_of(each, trades) > each.budget:
        low, high = high, 2.0 * high
        settle_cash(each, high, rules, work, trades)
    under = Trades(trades.sold.copy(), trades.bought.copy())
    for _ in range(BUDGET_HALVINGS):
        middle = 0.5 * (low + high)
        settle_cash(each, middle, rules, work, trades)
        if gain_of(each, trades) > each.budget:
            low = middle
            mix(over, trades, 1.0)
        else:
            high = middle
            mix(under, trades, 1.0)
    above, below = gain_of(each, over), gain_of(each, under)
    mix(trades, under, 1.0)
    if above > below:
        mix(trades, over, min(max((each.budget - below) / (above - below), 0.0), 1.0))


@compiled
def settle_book(span: tuple[int, int], book: Holdings, limits: Floats, rules: Rules, trades: Trades) -> None:
    """Trade the accounts of a span. The arrays of `book` have one more axis, `limits` are free cash and budget."""
    names, lots = book.most.shape[1], book.most.shape[2]
    other = Trades(np.empty((names, lots)), np.empty(names))
    work = Work(
        np.empty((names, lots)),
        np.empty((names, lots)),
        np.empty((names, lots), np.int64),
        np.empty((names * (4 * lots + 2), 2)),
        np.empty((names * (4 * lots + 2), 2)),
        np.empty(names * (4 * lots + 2), np.int64),
        other,
    )
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
        settle_account(each, rules, work, Trades(trades.sold[place], trades.bought[place]))
