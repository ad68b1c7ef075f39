"""The rebalance as a linear program with a few yes-or-no choices. Columns and rows: docs/engine/rebalancing.md.

Columns are money of one currency, rows what adds up in it, prices what a dollar of a column costs the objective.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from apps.portfolios.engine.rebalancing._book import Book, BuyLine, SellLine
from apps.portfolios.engine.rebalancing.results import LineKind
from apps.portfolios.engine.rebalancing.settings import Mode
from apps.portfolios.engine.rebalancing.solver import Columns, Program, Rows

# a dollar of cash that must be there and is not outweighs any tax and any target
MISSING_CASH = 10.0


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Sales and purchases of which only one side may happen."""

    sells: tuple[int, ...]
    buys: tuple[int, ...]


@dataclass(slots=True)
class Draft:
    """A program that is being written, and where its parts stand."""

    book: Book
    columns: Columns = field(default_factory=Columns)
    rows: Rows = field(default_factory=Rows)
    sells: list[int] = field(default_factory=list)
    buys: list[int] = field(default_factory=list)
    moved: frozenset[int] = frozenset()  # rows of the book that some trade can move


def write_program(book: Book, exclusions: Iterable[Exclusion] = ()) -> tuple[Program, Draft]:
    """Return the program of a book, and where its parts stand in it.

    Minimised: tax, cost of trading, money off target by the price of each row, cash that is missing. `exclusions` name
    sell lines and buy lines by their place in the book. Refuses nothing: missing cash and what lies above a cap have
    columns of their own, so that doing nothing is always a solution.
    """
    draft = Draft(book)
    settings = book.settings
    cost = float(settings.cost_rate.fraction)
    for line in book.sells:
        price = cost + book.sale_price - book.location(line.account_id, line.security_id)
        draft.sells.append(draft.columns.add(price, line.most))
    for buy in book.buys:
        draft.buys.append(draft.columns.add(cost + book.location(buy.account_id, buy.security_id), buy.most))
    _write_cash(draft, cost)
    _write_targets(draft)
    _write_caps(draft)
    for unit in book.tax_units:
        _write_tax(draft, unit)
    if settings.mode is Mode.HARVEST:
        _write_replacements(draft, cost)
    for exclusion in exclusions:
        _write_exclusion(draft, exclusion)
    return Program(draft.columns, draft.rows), draft


def _lines(draft: Draft, account_ids: Iterable[str], members: Iterable[str]) -> dict[int, float]:
    """Return what a dollar of each trade adds to what these accounts hold of these securities."""
    ids, names = set(account_ids), set(members)
    book = draft.book

    def has(line: SellLine | BuyLine) -> bool:
        return line.account_id in ids and line.security_id in names

    sells = {column: -1.0 for column, sale in zip(draft.sells, book.sells, strict=True) if has(sale)}
    return sells | {column: 1.0 for column, purchase in zip(draft.buys, book.buys, strict=True) if has(purchase)}


def _write_cash(draft: Draft, cost: float) -> None:
    """Cash of each account after trades and their cost is what it must keep, or the rest is missing."""
    book = draft.book
    every = [each.security_id for each in book.inputs.securities]
    for account in book.inputs.accounts:
        moves = _lines(draft, [account.account_id], every)
        terms = {column: 1.0 - cost if part < 0 else -1.0 - cost for column, part in moves.items()}
        needed = float(account.required_cash - account.cash)
        missing = draft.columns.add(MISSING_CASH, max(needed, 0.0))
        draft.rows.add(terms | {missing: 1.0}, needed, inf)
        if book.settings.mode is Mode.RAISE_CASH:
            draft.rows.add(terms, -inf, max(needed, 0.0))


def _write_targets(draft: Draft) -> None:
    """What a target holds after trades is off its centre by what its priced segments take, on one side or the other."""
    book = draft.book
    cost = float(book.settings.cost_rate.fraction)
    every = [each.security_id for each in book.inputs.securities]
    for place, row in enumerate(book.rows):
        terms = _lines(draft, row.account_ids, row.members)
        if not row.members and row.key == "":
            moves = _lines(draft, row.account_ids, every)
            terms = {column: 1.0 - cost if part < 0 else -1.0 - cost for column, part in moves.items()}
        if not terms:
            continue
        draft.moved |= {place}
        for segment in row.above:
            terms[draft.columns.add(segment.price, segment.width)] = -1.0
        for segment in row.below:
            terms[draft.columns.add(segment.price, segment.width)] = 1.0
        draft.rows.add(terms, row.centre - row.current, row.centre - row.current)
        if book.settings.mode is Mode.BUY_ONLY and row.key:
            bought = {column: 1.0 for column in draft.buys if column in terms}
            draft.rows.add(bought, -inf, max(row.target - row.current, 0.0))
        if book.settings.mode is Mode.TO_BAND and row.kind is LineKind.HOLDING:
            sold = {column: 1.0 for column in draft.sells if column in terms}
            draft.rows.add(sold, -inf, max(row.current - row.target, 0.0))


def _write_caps(draft: Draft) -> None:
    """No purchase takes securities above the most that they may be; what lies above it is sold where it can be."""
    price = float(draft.book.settings.off_target_price)
    for cap in draft.book.caps:
        terms = _lines(draft, cap.account_ids, cap.security_ids)
        if terms:
            above = draft.columns.add(price, max(cap.current - cap.most, 0.0))
            draft.rows.add(terms | {above: -1.0}, -inf, cap.most - cap.current)


def _write_tax(draft: Draft, unit: str) -> None:
    """Net the gains of a tax unit by term; which term is a loss is a yes-or-no choice, since netting is not convex.

    Losses of a term go against its own gains, then against those of the other, then up to the limit against other
    income; the rest is carried (26 U.S.C. 1211, 1212, 1222).
    """
    book = draft.book
    lines = [(column, line) for column, line in zip(draft.sells, book.sells, strict=True) if line.tax_unit == unit]
    if not any(line.gain_share for _, line in lines):
        return
    tax, columns, rows = book.tax, draft.columns, draft.rows
    before = book.realised[unit]
    plus, minus = [], []
    for is_long, rate, start in ((False, tax.short, before[0]), (True, tax.long, before[1])):
        own = {column: line.gain_share for column, line in lines if line.is_long is is_long and line.gain_share}
        most_gain = max(start, 0.0) + sum(book_most(draft, own, 1.0))
        most_loss = max(-start, 0.0) + sum(book_most(draft, own, -1.0))
        gain, loss = columns.add(rate, most_gain), columns.add(0.0, most_loss)
        rows.add(own | {gain: -1.0, loss: 1.0}, -start, -start)
        if most_gain and most_loss:
            is_gain = columns.choose()
            rows.add({gain: 1.0, is_gain: -most_gain}, -inf, 0.0)
            rows.add({loss: 1.0, is_gain: most_loss}, -inf, most_loss)
        plus.append(gain)
        minus.append(loss)
    against_long, against_short = columns.add(-tax.long, inf), columns.add(-tax.short, inf)
    limited = columns.add(-tax.short, tax.loss_limit)
    carried = columns.add(-tax.carried, inf)
    rows.add({against_long: 1.0, plus[1]: -1.0}, -inf, 0.0)
    rows.add({against_short: 1.0, plus[0]: -1.0}, -inf, 0.0)
    rows.add({against_long: 1.0, minus[0]: -1.0}, -inf, 0.0)
    rows.add({against_short: 1.0, minus[1]: -1.0}, -inf, 0.0)
    spent = {limited: 1.0, carried: 1.0, against_long: 1.0, against_short: 1.0}
    rows.add(spent | {minus[0]: -1.0, minus[1]: -1.0}, -inf, 0.0)
    budget = book.settings.gain_budget
    if budget is not None:
        rows.add({column: line.gain_share for column, line in lines if line.gain_share}, -inf, float(budget))


def book_most(draft: Draft, own: Mapping[int, float], sign: float) -> Sequence[float]:
    """Return the most in money that each sale can add to gains (`sign` 1) or to losses (−1).

    `own` has the gain in a dollar of proceeds by column.
    """
    return [max(sign * part, 0.0) * draft.columns.upper[column] for column, part in own.items()]


def _write_replacements(draft: Draft, cost: float) -> None:
    """What a harvest sells is bought again as its replacement, in the same account and for the same target."""
    for row in draft.book.rows:
        for account_id in sorted(row.account_ids) if row.key else ():
            moves = _lines(draft, [account_id], row.members)
            sells = {column: 1.0 - cost for column, part in moves.items() if part < 0}
            buys = {column: -1.0 - cost for column, part in moves.items() if part > 0}
            if sells or buys:
                draft.rows.add(sells | buys, 0.0, 0.0)


def _write_exclusion(draft: Draft, exclusion: Exclusion) -> None:
    """A yes-or-no choice bounds the sales to nothing where it is no, the purchases where it is yes."""
    choice = draft.columns.choose()
    for places, columns, other in (
        (exclusion.sells, draft.sells, False),
        (exclusion.buys, draft.buys, True),
    ):
        own = [columns[place] for place in places]
        most = sum(draft.columns.upper[column] for column in own)
        terms = dict.fromkeys(own, 1.0) | {choice: most if other else -most}
        draft.rows.add(terms, -inf, most if other else 0.0)


def amounts_of(draft: Draft, solution: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what is sold (n_sells,) and bought (n_buys,) in money, of a solution (n_columns,); never below zero."""
    sold = np.clip(solution[draft.sells], 0.0, None) if draft.sells else np.zeros(0)
    bought = np.clip(solution[draft.buys], 0.0, None) if draft.buys else np.zeros(0)
    return sold, bought
