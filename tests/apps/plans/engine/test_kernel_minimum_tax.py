"""Incentive options that are held, in the walk: every year equal to the plain model and to the exact return."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from apps.plans.engine.books import (
    CREDIT,
    F_SPREAD,
    F_SPREAD_SOLD,
    F_TAXES,
    FLOWS,
    LOSS_BEYOND,
    NEXT_CREDIT,
    NEXT_LOSS,
    SPREAD,
    SPREAD_SOLD,
    YEAR_STATES,
    balance_row,
)
from apps.plans.engine.compiled import LANES
from apps.plans.engine.grants import EquityGrant, HeldShares
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.kernel import Room, _open_books
from apps.plans.engine.kernel_minimum_tax import close_options, count_options, tax_with_options
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.payment_schedules import OPTIONS, YEARS
from apps.plans.engine.program import build_program
from apps.plans.engine.tax_law import GAINS, STATUSES, WAGES_1, law_arrays
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.tax_years import steady_path, tax_years
from tests.apps.plans.engine.households import any_household, family_cube, tax_table
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_grants import HELD, INCENTIVE, granted
from tests.apps.plans.engine.test_kernel_deductions import deducting
from tests.apps.plans.engine.test_kernel_years import opened
from tests.apps.plans.engine.test_lives import mortal
from tests.apps.plans.engine.test_state_tables import shipped

# 1,250 options at 80 of shares at 600: the first 250 and those of four years
LARGE = replace(INCENTIVE, price=600.0)


def both(inputs: ProjectionInputs) -> ProjectionInputs:
    """The household with options, and with loans, gifts and premiums that may be deducted."""
    owning = granted(inputs, LARGE, HELD)
    return replace(owning, events=replace(inputs.events, grants=owning.events.grants))


@pytest.mark.parametrize("path", [0, 300])
def test_every_year_equals_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = both(deducting()), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, F_TAXES, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


@pytest.mark.parametrize("seed", [2, 7])
def test_drawn_households_with_drawn_lives_equal_the_plain_model_to_the_cent(seed: int) -> None:
    dice, cube = Random(seed), family_cube()  # noqa: S311 - households, not secrets
    own = any_household(dice)
    grants = tuple(replace(grant, price=dice.uniform(100.0, 2_000.0)) for grant in (LARGE, HELD))
    inputs = mortal(granted(own, *grants))
    deaths, drawn = months_lived(inputs), simulate_lifetimes(inputs, cube)
    for path in (int(np.argmin(deaths.min(axis=0))), dice.randrange(512)):
        twin = ReferenceModel(inputs, cube, path, (int(deaths[0, path]), int(deaths[1, path]))).run()
        assert drawn.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.01)


@pytest.mark.parametrize("code", ["", "CA", "OR"])
def test_the_exact_return_charges_and_gives_back_what_the_walk_does(code: str) -> None:
    inputs = both(deducting())
    inputs = replace(inputs, state_table=shipped().of(code)) if code else inputs
    years = tax_years(inputs, steady_path(inputs))
    for each in years:
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.05)
    charged, back = sum(each.taxes.minimum for each in years), sum(each.taxes.minimum_credit for each in years)
    assert charged > 50_000
    # all of it is of options: it comes back in the years after the last exercise, before any share is sold
    assert back == pytest.approx(charged, abs=0.05)
    assert min(each.calendar_year for each in years if each.taxes.minimum_credit) == 2030


def test_shares_sold_cost_the_minimum_tax_what_it_has_counted() -> None:
    inputs = granted(None, LARGE)
    flows = steady_path(inputs).recorded.flows[:, :, 0]
    assert flows[:4, F_SPREAD].min() > 100_000
    assert not flows[4:, F_SPREAD].any()
    assert 0 < flows[:, F_SPREAD_SOLD].sum() <= flows[:, F_SPREAD].sum() * (1 + 1e-6)


def test_options_sold_at_once_know_no_minimum_tax() -> None:
    rich, cube = granted(None, replace(LARGE, account="")), family_cube()
    program = build_program(rich)
    assert not program.deductions[:, YEARS:, OPTIONS].any()
    assert -1 not in program.payers.sources[:, 2]
    assert simulate(rich, cube, with_flows=True).recorded.flows.shape[1] == F_SPREAD


def a_lane(**rows: float) -> np.ndarray:
    books = np.zeros((NEXT_CREDIT + 1, 1))
    for name, amount in rows.items():
        slot = {"wages": WAGES_1, "gains": GAINS, "spread": SPREAD, "sold": SPREAD_SOLD, "credit": CREDIT}[name]
        books[slot, 0] = amount
    return books


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # 2026, single, by hand in test_minimum_tax: 24,734 and 43,148 more, which is carried on
        ({"wages": 150_000.0, "spread": 200_000.0}, (67_882.0, 43_148.0, 0.0)),
        # sold for 260,000 more than paid: 63,734 less what leaves the tentative 24,574
        ({"wages": 150_000.0, "gains": 260_000.0, "sold": 200_000.0, "credit": 43_148.0}, (24_574.0, 3_988.0, 0.0)),
        # sold for 10,000 more than paid: a loss of 190,000 there, of which 3,000 counts
        (
            {"wages": 150_000.0, "gains": 10_000.0, "sold": 200_000.0, "credit": 43_148.0},
            (14_794.0, 31_708.0, 187_000.0),
        ),
    ],
)
def test_a_lanes_year_by_the_forms(rows: dict[str, float], told: tuple[float, float, float]) -> None:
    status = STATUSES.index(FilingStatus.SINGLE)
    law, facts = law_arrays(tax_table(2026))[status], np.zeros(10, dtype=np.int64)
    facts[0] = status
    assert tax_with_options(law, facts, 1.0, a_lane(**rows), 0, (0.0,) * 5) == pytest.approx(told)


def test_lanes_without_options_are_left_and_a_year_carries_on() -> None:
    program = build_program(granted(None, LARGE))
    books = opened(program)
    books[YEAR_STATES, :2] = 1.0
    books[WAGES_1, :3] = 200_000.0
    books[SPREAD, 1:3] = 300_000.0
    saved = np.full(LANES, 7.0)
    assert count_options(program, books, (0, 1), np.ones(LANES), (np.zeros(LANES), saved))
    assert (saved[0], saved[2]) == (7.0, 7.0)
    assert saved[1] == pytest.approx(-books[NEXT_CREDIT, 1])
    assert books[NEXT_CREDIT, 1] > 40_000
    books[NEXT_LOSS, 1] = 5.0
    close_options(program, books, 1)
    assert (books[CREDIT, 1], books[LOSS_BEYOND, 1]) == (books[NEXT_CREDIT, 1], 5.0)
    assert books[FLOWS + F_SPREAD, 1] == 300_000.0
    assert not books[SPREAD].any()


# 400 shares from exercises at 300 before the start, and tax of those years that has not come back
BEFORE = replace(LARGE, held=HeldShares("shares", 400.0, 300.0), credit=60_000.0)


def from_before(inputs: ProjectionInputs | None = None, grant: EquityGrant = BEFORE) -> ProjectionInputs:
    """The household with shares of earlier exercises: 240,000 that cost 32,000, and 120,000 for the minimum tax."""
    base = inputs or deducting()
    owning = granted(base, grant)
    accounts = tuple(
        replace(each, balance=240_000.0, cost_basis=32_000.0) if each.key == "shares" else each
        for each in owning.accounts
    )
    return replace(owning, accounts=accounts, events=replace(base.events, grants=(grant,)))


def test_what_there_is_at_the_start_is_in_the_books_of_every_path() -> None:
    program = build_program(from_before())
    books = np.ones((balance_row(program.mix.size) + program.demands.shape[2], LANES))
    room = Room(books, np.empty((3, LANES)), np.empty(LANES), np.empty((0, LANES)))
    _open_books(program, np.empty((0, LANES), dtype=np.int32), room)
    shares = balance_row(program.mix.size - 1)
    assert (books[shares] == 240_000.0).all()
    assert (books[shares + 1] == 32_000.0).all()
    # 400 × (300 − 80)
    assert (books[shares + 4] == 88_000.0).all()
    assert (books[CREDIT] == 60_000.0).all()
    assert program.deductions[0, YEARS, OPTIONS] == 1.0


@pytest.mark.parametrize("tranches", [LARGE.tranches, ()])
def test_years_with_shares_and_tax_from_before_equal_the_plain_model(tranches: tuple[tuple[date, float], ...]) -> None:
    inputs, cube = from_before(grant=replace(BEFORE, tranches=tranches)), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    for path in (0, 300):
        twin = ReferenceModel(inputs, cube, path).run()
        assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
        assert simulation.recorded.flows[:, F_TAXES, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


def test_tax_from_before_comes_back_in_the_exact_return_as_in_the_walk() -> None:
    inputs = from_before(grant=replace(BEFORE, tranches=(), credit=20_000.0))
    years = tax_years(inputs, steady_path(inputs))
    for each in years:
        assert each.taxes.federal == pytest.approx(each.taxes.walked, abs=0.05)
    back = sum(each.taxes.minimum_credit for each in years)
    without = replace(inputs, events=replace(inputs.events, grants=(replace(BEFORE, tranches=(), credit=0.0),)))
    assert back == pytest.approx(20_000.0, abs=0.05)
    assert sum(each.taxes.minimum_credit for each in tax_years(without, steady_path(without))) == 0.0


def test_a_credit_needs_no_shares_that_are_held() -> None:
    grant = replace(LARGE, tranches=(), account="", credit=5_000.0)
    inputs, cube = granted(None, grant), family_cube()
    less = simulate(replace(inputs, events=replace(inputs.events, grants=())), cube, with_flows=True)
    told = simulate(inputs, cube, with_flows=True)
    saved = less.recorded.flows[:, F_TAXES] - told.recorded.flows[:, F_TAXES]
    # what is saved earns a little more, which is taxed
    assert saved[:4].sum(axis=0) == pytest.approx(np.full(saved.shape[1], 5_000.0), abs=150.0)
