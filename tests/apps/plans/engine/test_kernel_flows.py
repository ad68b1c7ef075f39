"""A month by hand: who lives decides what arrives and who pays."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.books import (
    F_BENEFITS,
    F_WAGES,
    FIRST_ALONE,
    FLOWS,
    INHERITED,
    INHERITED_FROM,
    STATES,
    UNSPENT,
    balance_row,
)
from apps.plans.engine.compiled import LANES
from apps.plans.engine.kernel_flows import earn, pay
from apps.plans.engine.schedules import TAX_DEFERRED, TAXABLE
from apps.plans.engine.tax_law import BENEFITS, EARLY, GAINS, ORDINARY

PRICE = np.full(LANES, 1.1, dtype=np.float32)


def books(n_accounts: int = 2) -> np.ndarray:
    """Everybody lives on the even lanes, on the odd ones the first adult alone."""
    rows = np.zeros((balance_row(n_accounts) + 1, LANES))
    rows[STATES, ::2] = 1.0
    rows[STATES + FIRST_ALONE, 1::2] = 1.0
    rows[-1] = -1
    return rows


def test_wages_of_both_arrive_where_both_live() -> None:
    incomes = np.zeros((3, 1, 7, 2))
    incomes[0, 0, 0, 0], incomes[0, 0, 1, 1], incomes[1, 0, 0, 0] = 1_000.0, 500.0, 1_000.0
    rows = books()
    earn(incomes, 0, PRICE, rows)
    assert rows[FLOWS + F_WAGES, 0] == pytest.approx(1_600.0)
    assert rows[FLOWS + F_WAGES, 1] == pytest.approx(1_100.0)
    assert np.array_equal(rows[UNSPENT], rows[FLOWS + F_WAGES])


@pytest.mark.parametrize(("month", "paid"), [(0, 800.0), (1, 2_000.0)])
def test_a_survivor_has_the_larger_benefit_once_it_begins(month: int, paid: float) -> None:
    incomes = np.zeros((3, 2, 7, 2))
    incomes[0, :, 2, 0], incomes[1, :, 2, 0] = 2_800.0, 800.0
    rows = books()
    rows[INHERITED], rows[INHERITED_FROM] = 2_000.0, 1.0
    earn(incomes, month, PRICE, rows)
    assert rows[FLOWS + F_BENEFITS, 0] == pytest.approx(1.1 * 2_800.0)
    assert rows[BENEFITS, 1] == pytest.approx(1.1 * paid)


def test_accounts_pay_in_their_order_and_what_is_taxed_is_noted() -> None:
    rows = books()
    rows[balance_row(0)], rows[balance_row(0) + 1] = 300.0, 100.0
    rows[balance_row(1)] = 150.0
    sources = np.array([(0, TAXABLE, 0), (1, TAX_DEFERRED, 5)])
    pay(sources, rows, 3, np.full(LANES, 400.0), balance_row(2))
    assert rows[GAINS, 0] == pytest.approx(200.0)
    assert rows[ORDINARY, 0] == rows[EARLY, 0] == pytest.approx(100.0)
    assert (rows[balance_row(0)] == 0.0).all()
    assert rows[balance_row(1), 0] == pytest.approx(50.0)
    assert (rows[-1] == -1).all()


def test_what_nobody_can_pay_is_a_failure_of_that_month() -> None:
    rows = books()
    pay(np.array([(0, TAXABLE, 0)]), rows, 7, np.full(LANES, 0.004), balance_row(2))
    assert (rows[-1] == -1).all()
    pay(np.array([(0, TAXABLE, 0)]), rows, 8, np.full(LANES, 1.0), balance_row(2))
    assert (rows[-1] == 8).all()
