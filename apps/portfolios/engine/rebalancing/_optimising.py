"""Solving a book: only where sales and purchases clash is the program given a choice between them, and solved again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from apps.portfolios.engine.rebalancing._book import Book
from apps.portfolios.engine.rebalancing._program import Exclusion, amounts_of, write_program
from apps.portfolios.engine.rebalancing._weighing import fixed_price, standing_tax
from apps.portfolios.engine.rebalancing.settings import Mode
from apps.portfolios.engine.rebalancing.solver import solve

ROUNDS = 25
A_CENT = 0.01


@dataclass(frozen=True, slots=True)
class Optimum:
    """What the optimiser sells of each sell line and buys of each buy line, and the bound that it proved."""

    sold: np.ndarray
    bought: np.ndarray
    bound: float
    exclusions: tuple[Exclusion, ...]


def optimise(book: Book) -> Optimum:
    """Solve a book so that no wash sale is made and no account buys and sells for one target at once."""
    possible = _exclusions(book)
    chosen: list[Exclusion] = []
    for _ in range(ROUNDS):
        program, draft = write_program(book, chosen)
        solution = solve(program)
        sold, bought = amounts_of(draft, solution.chosen)
        broken = [each for each in possible if each not in chosen and _is_broken(each, sold, bought)]
        if not broken:
            break
        chosen += broken
    bound = solution.bound + fixed_price(book, draft.moved) - standing_tax(book)
    return Optimum(sold, bought, bound, tuple(possible))


def _is_broken(exclusion: Exclusion, sold: np.ndarray, bought: np.ndarray) -> bool:
    return float(sold[list(exclusion.sells)].sum()) > A_CENT < float(bought[list(exclusion.buys)].sum())


def _exclusions(book: Book) -> list[Exclusion]:
    """A loss of a group and a purchase of it anywhere; a sale and a purchase for one target in one account."""
    losses: dict[object, list[int]] = {}
    sells: dict[object, list[int]] = {}
    buys: dict[object, list[int]] = {}
    for place, line in enumerate(book.sells):
        if line.gain_share < 0:
            losses.setdefault(book.securities[line.security_id].group, []).append(place)
        row = book.row_of(line.account_id, line.security_id)
        if row is not None and book.settings.mode is not Mode.HARVEST:
            sells.setdefault((line.account_id, row.pool_id, row.key), []).append(place)
    for place, bought in enumerate(book.buys):
        buys.setdefault(book.securities[bought.security_id].group, []).append(place)
        row = book.row_of(bought.account_id, bought.security_id)
        if row is not None:
            buys.setdefault((bought.account_id, row.pool_id, row.key), []).append(place)
    groups = [Exclusion(tuple(own), tuple(buys[key])) for key, own in losses.items() if key in buys]
    churns = [Exclusion(tuple(own), tuple(buys[key])) for key, own in sells.items() if key in buys]
    return groups + churns
