"""What given trades cost in the optimiser's own terms, so that rounded trades can be held against its bound."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from apps.portfolios.engine.rebalancing._book import Book, SellLine
from apps.portfolios.engine.rebalancing._program import MISSING_CASH
from apps.portfolios.engine.rebalancing._rows import Row
from apps.portfolios.engine.rebalancing.results import LineKind

Amounts = Mapping[tuple[str, str], Decimal]  # by account and security
Cash = Mapping[str, Decimal]


def after(row: Row, moved: Amounts, cash: Cash, book: Book) -> float:
    """Return what a row holds after the trades; `moved` is bought less sold, `cash` that of each account after them."""
    if row.kind is LineKind.CASH:
        accounts = (book.accounts[each] for each in row.account_ids)
        return float(sum((cash[each.account_id] - each.required_cash for each in accounts), Decimal(0)))
    own = (
        amount
        for (account_id, security_id), amount in moved.items()
        if account_id in row.account_ids and security_id in row.members
    )
    return row.current + float(sum(own, Decimal(0)))


def net_gains(book: Book, sold: Mapping[int, Decimal]) -> dict[str, tuple[float, float]]:
    """Return the gains of the run by tax unit, short and long; `sold` is in money by sell line."""
    gains = dict.fromkeys(book.tax_units, (0.0, 0.0))
    for place, amount in sold.items():
        line: SellLine = book.sells[place]
        short, long = gains[line.tax_unit]
        gain = float(amount) * line.gain_share
        gains[line.tax_unit] = (short, long + gain) if line.is_long else (short + gain, long)
    return gains


def tax_of(book: Book, gains: Mapping[str, tuple[float, float]]) -> float:
    """Return the tax that the run adds to that of the year so far."""
    total = 0.0
    for unit, (short, long) in gains.items():
        start = book.realised[unit]
        total += book.tax.of(start[0] + short, start[1] + long) - book.tax.of(*start)
    return total


def standing_tax(book: Book) -> float:
    """Return the tax of the year so far, which the program counts in and the run does not change."""
    taxed = {line.tax_unit for line in book.sells if line.gain_share}
    return sum(book.tax.of(*start) for unit, start in book.realised.items() if unit in taxed)


def price_of(book: Book, sold: Mapping[int, Decimal], moved: Amounts, cash: Cash, cost: Decimal) -> float:
    """Return tax, cost, distance from targets at its price, and missing cash of these trades."""
    total = float(cost) + tax_of(book, net_gains(book, sold))
    total += book.sale_price * float(sum(sold.values(), Decimal(0)))
    for (account_id, security_id), amount in moved.items():
        total += book.location(account_id, security_id) * float(amount)
    total += sum(row.price_of(after(row, moved, cash, book)) for row in book.rows)
    for cap in book.caps:
        own = (moved.get((each, name), Decimal(0)) for each in cap.account_ids for name in cap.security_ids)
        over = cap.current + float(sum(own, Decimal(0))) - cap.most
        total += float(book.settings.off_target_price) * max(over, 0.0)
    for account in book.inputs.accounts:
        total += MISSING_CASH * max(float(account.required_cash - cash[account.account_id]), 0.0)
    return total


def fixed_price(book: Book, touched: frozenset[int]) -> float:
    """Return the price of the rows that no trade of the program can move: it leaves them out, `price_of` does not."""
    return sum(row.price_of(row.current) for place, row in enumerate(book.rows) if place not in touched)
