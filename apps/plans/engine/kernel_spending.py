"""Rules of spending in the walk: each January the spending of the year is set by what there is.

The float64 twin of `spending_rules`. What a rule moves is the draw, planned spending less the incomes that are due.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import AMOUNT, FIRST_RATE, SPENT_ABOVE, balance_row
from apps.plans.engine.compiled import LANES, compiled, compiled_with_arrays
from apps.plans.engine.kernel_benefits import tell_withheld
from apps.plans.engine.kernel_flows import INCOME_BENEFITS, N_INCOMES, tell, tell_benefits
from apps.plans.engine.program import Program
from apps.plans.engine.spending_program import (
    CEILING,
    FIRST_FIGURE,
    FLOOR,
    KIND,
    PORTFOLIO_SHARE,
    WEALTH_GUARDRAILS,
)

LEAST_RATE = 1e-6
# Rows of what a rule looks at.
PLANNED, INCOMES, PORTFOLIO, BEGUN, ENDED = range(5)


@compiled
def stay_within(rule: NDArray[np.float64], draw: float, year: tuple[float, float, float, float, float]) -> float:
    """Guyton and Klinger; ``year``: portfolio, first rate, inflation, market, years left, this one included."""
    portfolio, first, inflation, market, left = year
    figures = rule[FIRST_FIGURE:]
    spent = draw / (1.0 + inflation)
    planned = spent * (1.0 + min(inflation, figures[5]))
    if portfolio <= 0.0:
        return 0.0
    if market < 0.0 and planned / portfolio > first:
        planned = spent
    rate = planned / portfolio
    told: float = planned
    if rate > figures[0] * first and left > figures[4]:
        told = planned * (1.0 - figures[2])
    elif rate < figures[1] * first:
        told = planned * (1.0 + figures[3])
    return told


@compiled
def share_of(rule: NDArray[np.float64], draw: float, portfolio: float) -> float:
    """A share of the portfolio, within bounds around the draw of the year before at this year's prices."""
    figures = rule[FIRST_FIGURE:]
    bounded = min(max(figures[0] * portfolio, draw * (1.0 - figures[1])), draw * (1.0 + figures[2]))
    drawn: float = min(bounded, portfolio)
    return drawn


@compiled
def _past_rails(rule: NDArray[np.float64], now: float, portfolio: float) -> float:
    """The part that is spent past either amount of money, ``portfolio`` in money of the start; else what was."""
    figures = rule[FIRST_FIGURE:]
    told: float = figures[2] if portfolio <= figures[0] else figures[3] if portfolio >= figures[1] else now
    return told


@compiled
def _first_draw(rule: NDArray[np.float64], draw: float, seen: NDArray[np.float64]) -> tuple[float, float]:
    """The draw of the first January, and the rate that it is."""
    portfolio = seen[PORTFOLIO]
    if rule[KIND] == PORTFOLIO_SHARE:
        draw = rule[FIRST_FIGURE] * portfolio
    return draw, min(1.0, max(LEAST_RATE, draw / portfolio)) if portfolio > 0.0 else 1.0


@compiled
def _part(
    rule: NDArray[np.float64], now: float, seen: NDArray[np.float64], rates: tuple[float, float, float, float]
) -> tuple[float, float]:
    """Return the part of the planned spending to spend, and the first rate; ``rates``: first rate, inflation, price,
    years left; ``seen`` (5,) the rows above of a lane."""
    first, inflation, price, left = rates
    planned, incomes, portfolio = seen[PLANNED], seen[INCOMES], seen[PORTFOLIO]
    draw = now * planned - incomes
    if rule[KIND] == WEALTH_GUARDRAILS:
        return _past_rails(rule, now, portfolio / price), first
    if draw <= 0.0:
        return now, first
    if first == 0.0:
        draw, first = _first_draw(rule, draw, seen)
    elif rule[KIND] == PORTFOLIO_SHARE:
        draw = share_of(rule, draw, portfolio)
    else:
        market = seen[ENDED] / seen[BEGUN] - 1.0 if seen[BEGUN] > 0.0 else 0.0
        draw = stay_within(rule, draw, (portfolio, first, inflation, market, left))
    return (incomes + draw) / planned, first


@compiled
def _look_at_accounts(
    program: Program, growth: NDArray[np.float32], month: int, books: NDArray[np.float64], seen: NDArray[np.float64]
) -> None:
    """Add up what the accounts hold that pay, what they held as the year began, and what that alone has become."""
    months = program.first_year if month < program.first_year else 12
    sources, grown = program.payers.sources, books[AMOUNT]
    for place in range(sources.shape[0]):
        account = sources[place, 0]
        row, mix = balance_row(account), program.mix[account]
        for lane in range(LANES):
            grown[lane] = books[row + 2, lane]
            seen[BEGUN, lane] += grown[lane]
            seen[PORTFOLIO, lane] += books[row, lane]
        for back in range(months):
            grows, fee = growth[mix, month - back], program.rates[account, 0]
            for lane in range(LANES):
                grown[lane] *= grows[lane] * fee
        for lane in range(LANES):
            seen[ENDED, lane] += grown[lane]


@compiled
def _look(
    program: Program, growth: NDArray[np.float32], month: int, books: NDArray[np.float64], seen: NDArray[np.float64]
) -> None:
    """Put what is planned and due in the year after ``month`` and what there is for it into ``seen`` (5, LANES)."""
    price = growth[program.weights.shape[0], month]
    seen[:] = 0.0
    is_planned = tell(program.demands, month + 1, program.spending.above_floor, price, books)
    for lane in range(LANES):
        seen[PLANNED, lane] = books[AMOUNT, lane] if is_planned else 0.0
    for source in range(N_INCOMES):
        if source == INCOME_BENEFITS:
            found = tell_benefits(program.incomes, month + 1, price, books)
        else:
            found = tell(program.incomes, month + 1, source, price, books)
        if found:
            for lane in range(LANES):
                seen[INCOMES, lane] += books[AMOUNT, lane]
    if program.withheld.shape[1] > 0 and tell_withheld(program, month + 1, price, books):
        for lane in range(LANES):
            seen[INCOMES, lane] -= books[AMOUNT, lane]
    if tell(program.spending.once, month + 1, 0, price, books):
        for lane in range(LANES):
            seen[INCOMES, lane] -= books[AMOUNT, lane]
    _look_at_accounts(program, growth, month, books, seen)
    for lane in range(LANES):
        seen[PLANNED, lane] *= 12.0
        seen[INCOMES, lane] *= 12.0


@compiled_with_arrays
def set_spending(
    program: Program, growth: NDArray[np.float32], month: int, books: NDArray[np.float64], index: NDArray[np.float64]
) -> None:
    """Set the spending of the year that follows ``month``; ``index`` (LANES,) is the price level a year before.

    Comes while the books still know the balances with which the year began.
    """
    n_months = program.demands.shape[1]
    if month + 1 >= n_months:
        return
    rule, price = program.spending.rule, growth[program.weights.shape[0], month]
    seen = np.empty((5, LANES))
    _look(program, growth, month, books, seen)
    left = (n_months - month - 1) / 12.0
    for lane in range(LANES):
        if seen[PLANNED, lane] <= 0.0:
            continue
        inflation = price[lane] / index[lane] - 1.0
        now = books[SPENT_ABOVE, lane] + rule[FLOOR]
        part, first = _part(rule, now, seen[:, lane], (books[FIRST_RATE, lane], inflation, float(price[lane]), left))
        books[FIRST_RATE, lane] = first
        books[SPENT_ABOVE, lane] = min(max(part, rule[FLOOR]), rule[CEILING]) - rule[FLOOR]
