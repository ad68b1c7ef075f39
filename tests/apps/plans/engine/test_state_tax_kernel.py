"""The state tax kernel against the exact rules."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine import state_tax_kernel
from apps.plans.engine.state_taxes import StateFacts, resolved, state_facts, state_tax
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.taxes import TaxFacts
from tests.apps.plans.engine.households import tax_table
from tests.apps.plans.engine.test_state_tables import shipped
from tests.apps.plans.engine.test_state_taxes import TAXING, earner
from tests.depth import examples

D = Decimal
DOLLARS = st.integers(0, 600_000)


def told_of(facts: StateFacts, n_lanes: int) -> np.ndarray:
    rows = np.full((state_tax_kernel.N_ROWS, n_lanes), np.nan)
    rows[: state_tax_kernel.N_FACTS] = state_tax_kernel.fact_column(facts)[:, np.newaxis]
    return rows


def kernel_tax(code: str, status: FilingStatus, ages: list[int], facts: StateFacts, index: float = 1.0) -> float:
    row = state_tax_kernel.law_row(resolved(shipped().of(code), status, ages))
    due = np.zeros(1)
    state_tax_kernel.state_taxes(row, np.array([index]), told_of(facts, 1) * index, due)
    return float(due[0])


@given(
    code=st.sampled_from(TAXING),
    status=st.sampled_from([FilingStatus.SINGLE, FilingStatus.MARRIED_JOINT, FilingStatus.HEAD_OF_HOUSEHOLD]),
    ages=st.tuples(st.integers(25, 90), st.integers(25, 90)),
    amounts=st.tuples(*[DOLLARS] * 6),
    invested=st.tuples(st.integers(0, 50_000), st.integers(0, 50_000), st.integers(-100_000, 1_500_000)),
    rest=st.tuples(st.integers(0, 90_000), st.integers(0, 60_000)),
)
@settings(deadline=None, max_examples=examples(400))
def test_the_kernel_equals_the_exact_rules(
    code: str,
    status: FilingStatus,
    ages: tuple[int, int],
    amounts: tuple[int, ...],
    invested: tuple[int, int, int],
    rest: tuple[int, int],
) -> None:
    living = list(ages) if status is FilingStatus.MARRIED_JOINT else [ages[0]]
    wages, pensions, withdrawals = (
        tuple(D(amount) for amount in amounts[place : place + len(living)]) for place in (0, 2, 4)
    )
    interest, qualified, gain = invested
    benefits, other = rest
    ordinary = sum((*pensions, *withdrawals), D(other))
    facts = TaxFacts(
        status, 2025, wages, min(wages[0], D(20_000)), ordinary, D(interest), D(qualified), D(gain), D(benefits), D(0),
        sum(age >= 65 for age in living), D(0),
    )  # fmt: skip
    read = state_facts(tax_table(2025), facts, pensions=pensions, withdrawals=withdrawals)
    exact = state_tax(resolved(shipped().of(code), status, living), read).total
    assert kernel_tax(code, status, living, read) == pytest.approx(float(exact), abs=0.001)


def test_a_law_that_is_indexed_follows_prices_and_one_that_is_not_does_not() -> None:
    facts, single = earner(90_000), FilingStatus.SINGLE
    assert kernel_tax("CA", single, [45], facts, 2.0) == pytest.approx(2.0 * kernel_tax("CA", single, [45], facts))
    # the same purchasing power at twice the prices: the exemption that does not rise is worth half
    assert kernel_tax("IL", single, [45], facts, 2.0) > 2.0 * kernel_tax("IL", single, [45], facts)


def test_tax_is_added_to_what_is_due() -> None:
    row = state_tax_kernel.law_row(resolved(shipped().of("PA"), FilingStatus.SINGLE, [45]))
    due = np.full(2, 100.0)
    state_tax_kernel.state_taxes(row, np.ones(2), told_of(earner(10_000), 2), due)
    assert due == pytest.approx([407.0, 407.0])
