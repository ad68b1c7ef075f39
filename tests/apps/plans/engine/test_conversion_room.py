"""What fits below a bound is found as a search by halves finds it, in few looks."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from apps.plans.engine import conversion_room
from apps.plans.engine.conversion_room import income_at, room
from apps.plans.engine.tax_lanes import ordinary_taxed, taxable_benefits
from apps.plans.engine.tax_law import BOUNDS, HAS_SENIOR, N_FACTS, SENIORS, STATUSES, YEARS_ON, law_arrays
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import tax_table

LAW = law_arrays(tax_table(2026))
JOINT = LAW[STATUSES.index(FilingStatus.MARRIED_JOINT)]
Case = tuple[np.ndarray, np.ndarray, float, tuple[float, float, float], tuple[float, bool], tuple[float, ...]]


def told(case: Case, cents: float) -> float:
    """Income below the bound with so many cents more of it, with the smaller tax of both deductions."""
    law, facts, index, (income, benefits, gains), (_, is_gross), paid = case
    more = income + cents / 100.0
    agi = more + taxable_benefits(law, more, benefits)
    return agi if is_gross else float(ordinary_taxed(law, facts, index, (agi, gains), paid))


def by_halves(case: Case) -> float:
    """The largest number of cents that fits, by halves alone."""
    limit = case[4][0] + 1e-6
    low, high = -1.0, 2.0
    while told(case, high) <= limit:
        low, high = high, 2.0 * high
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        low, high = (middle, high) if told(case, middle) <= limit else (low, middle)
    return max(0.0, low) / 100.0


def drawn(dice: Random, *, pays: bool) -> Case:
    law = LAW[dice.randrange(len(LAW))]
    facts = np.zeros(N_FACTS, dtype=np.int64)
    facts[SENIORS], facts[HAS_SENIOR], facts[YEARS_ON] = dice.randrange(3), dice.randrange(2), dice.randrange(9)
    index = dice.uniform(0.8, 4.0)
    most = dice.choice((60_000.0, 300_000.0, 2_000_000.0))
    gains = dice.choice((0.0, dice.uniform(0.0, most)))
    benefits = dice.choice((0.0, dice.uniform(0.0, 120_000.0)))
    paid = tuple(dice.choice((0.0, dice.uniform(0.0, 0.3 * most))) if pays else 0.0 for _ in range(5))
    is_gross = dice.random() < 0.3
    bound = dice.uniform(1_000.0, 900_000.0) if is_gross else float(law[BOUNDS + dice.randrange(6)]) * index
    return law, facts, index, (gains + dice.uniform(-3_000.0, most), benefits, gains), (bound, is_gross), paid


def test_what_fits_is_what_a_search_by_halves_finds() -> None:
    dice = Random(20)  # noqa: S311 - households, not secrets
    cases = [drawn(dice, pays=False) for _ in range(4_000)]
    found = [room(*case) for case in cases]
    assert found == [by_halves(case) for case in cases]
    assert sum(amount > 0.0 for amount in found) > 1_500


def test_what_fits_beside_itemised_payments_is_what_a_search_by_halves_finds() -> None:
    dice = Random(21)  # noqa: S311 - households, not secrets
    cases = [drawn(dice, pays=True) for _ in range(4_000)]
    found = [room(*case) for case in cases]
    assert found == [by_halves(case) for case in cases]
    beside_standard = [room(*case[:5], (0.0,) * 5) for case in cases]
    assert sum(more > less for more, less in zip(found, beside_standard, strict=True)) > 1_000


@pytest.mark.parametrize("benefits", [0.0, 7_000.0, 24_000.0, 90_000.0])
@pytest.mark.parametrize("law", LAW)
def test_income_with_taxed_benefits_is_taken_back_to_what_it_came_from(law: np.ndarray, benefits: float) -> None:
    for income in np.linspace(0.0, 130_000.0, 101):
        agi = income + taxable_benefits(law, income, benefits)
        assert income_at(law, agi, benefits) == pytest.approx(income, abs=1e-6)


@pytest.mark.parametrize("is_gross", [False, True])
def test_two_looks_are_enough_beside_the_standard_deduction(is_gross: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []
    rule = conversion_room._next_look.py_func
    monkeypatch.setattr(conversion_room, "_next_look", lambda *told: looks.append(told[2]) or rule(*told))
    dice = Random(22)  # noqa: S311 - households, not secrets
    for _ in range(50):
        *case, paid = drawn(dice, pays=False)
        case[4] = (case[4][0], is_gross)
        room.py_func(*case, paid)
    assert max(looks) <= 2


def test_a_jump_is_found_by_halves() -> None:
    # 40 looks lie between two bounds of 1e12 cents apart where every line leads astray
    low, high, looks = 0.0, 1e12, 20
    while high - low > 1.0:
        middle = conversion_room._next_look(low, high, looks, (0.0, 1.0, 1.0, 5.0))
        low, high, looks = (low, middle, looks + 1) if middle > 123_456 else (middle, high, looks + 1)
    assert low == 123_456.0
    assert looks <= 61


def test_what_is_above_the_bound_already_leaves_nothing() -> None:
    facts = np.zeros(N_FACTS, dtype=np.int64)
    assert room(JOINT, facts, 1.0, (900_000.0, 0.0, 0.0), (100_000.0, False), (0.0,) * 5) == 0.0
    assert room(JOINT, facts, 1.0, (900_000.0, 0.0, 0.0), (100_000.0, True), (0.0,) * 5) == 0.0
