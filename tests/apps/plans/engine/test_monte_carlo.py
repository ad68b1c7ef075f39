"""The projection: closed forms, a plain-Python twin, and the same bits whoever runs it."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.plans.engine.inputs import Boundary, CubeSpec, Goal, GoalKind, GoalPriority, Spending, TaxTreatment
from apps.plans.engine.monte_carlo import Simulation, no_progress, project, simulate
from apps.plans.engine.results import PERCENTILES
from apps.plans.engine.success import difference
from tests.apps.plans.engine.households import (
    any_household,
    certain_assumptions,
    cube_of,
    family,
    family_cube,
    saver,
    simple_assumptions,
    with_retirement_budget,
)
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.depth import examples


def test_without_chance_and_flows_money_compounds_at_the_rate() -> None:
    inputs = saver(certain_assumptions(0.05), balance=100_000.0, years=30)
    result = project(inputs, cube_of(inputs))
    # The factor of a month is a float32: 360 roundings of up to 6e-8.
    assert result.terminal.nominal[3] == pytest.approx(100_000.0 * 1.05**30, rel=2e-5)


def test_without_chance_level_spending_uses_up_an_annuity() -> None:
    rate, months = 1.05 ** (1 / 12) - 1, 360
    payment = 1_000_000.0 * rate / (1 - (1 + rate) ** -months)
    inputs = saver(certain_assumptions(0.05), balance=1_000_000.0, years=30)
    just_enough = replace(inputs, spending=Spending(payment * 0.9999, 1.0, "USD"))
    too_much = replace(inputs, spending=Spending(payment * 1.0001, 1.0, "USD"))
    enough = project(just_enough, cube_of(just_enough))
    assert enough.success.value == 1.0
    assert enough.terminal.nominal[3] < 0.001 * 1_000_000.0
    assert project(too_much, cube_of(too_much)).success.value == 0.0


def test_without_chance_what_is_missing_is_what_could_not_be_paid() -> None:
    """1,000 a month for ten years of twelve from 60,000 that earn nothing: half of it is paid."""
    inputs = saver(certain_assumptions(0.0), balance=60_000.0, years=10)
    spending = project(short := replace(inputs, spending=Spending(1_000.0, 1.0, "USD")), cube_of(short))
    assert spending.shortfall == pytest.approx(60_000.0, abs=0.01)
    living = next(goal for goal in spending.goals if goal.kind == "living")
    assert living.unpaid == pytest.approx(60_000.0, abs=0.01)
    assert project(inputs, cube_of(inputs)).shortfall is None


def test_without_flows_the_terminal_wealth_is_lognormal() -> None:
    assumptions = simple_assumptions(inflation_volatility=0.0)
    inputs = saver(assumptions, balance=1.0, years=30, n_paths=16_384, n_batches=8)
    result = project(inputs, cube_of(inputs))
    equity = assumptions.assets[0]
    middle, spread = 30 * equity.log_mean, math.sqrt(30) * equity.log_volatility
    normal = {5: -1.6448536, 25: -0.6744898, 50: 0.0, 75: 0.6744898, 95: 1.6448536}
    for level, quantile in normal.items():
        expected = math.exp(middle + quantile * spread)
        assert result.terminal.nominal[PERCENTILES.index(level)] == pytest.approx(expected, rel=0.02)
    assert result.terminal.mean_nominal == pytest.approx(1.08**30, rel=0.005)


@pytest.mark.parametrize("path", [0, 17, 300])
def test_every_year_of_a_path_equals_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = family(), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    paid = simulation.recorded.flows[:, 9, path]
    # Flows are kept as float32: seven digits.
    assert paid == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


@pytest.mark.parametrize("path", range(0, 512, 73))
def test_failures_of_a_strained_plan_fall_into_the_same_month_as_in_the_plain_model(path: int) -> None:
    inputs, cube = with_retirement_budget(family(), 190_000.0), family_cube()
    simulation = simulate(inputs, cube, with_flows=False)
    twin = ReferenceModel(inputs, cube, path).run()
    found = {
        demand.key: int(simulation.recorded.failed[place, path])
        for place, demand in enumerate(simulation.demands)
        if simulation.recorded.failed[place, path] >= 0
    }
    assert found == twin.books.failed


@given(dice=st.randoms(use_true_random=False), path=st.integers(0, 511))
@settings(deadline=None, max_examples=examples(12))
def test_any_household_equals_the_plain_model(dice: Random, path: int) -> None:
    inputs = any_household(dice)
    simulation = simulate(inputs, family_cube(), with_flows=True)
    twin = ReferenceModel(inputs, family_cube(), path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, rel=1e-9, abs=0.05)
    assert simulation.recorded.flows[:, 9, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


def test_threads_do_not_change_a_bit() -> None:
    inputs, cube = family(), family_cube()
    alone = project(inputs, cube).to_json_bytes()
    with ThreadPoolExecutor(3) as pool:
        assert project(inputs, cube, mapper=pool.map).to_json_bytes() == alone


def test_the_same_inputs_and_seed_give_the_same_bytes() -> None:
    inputs = family(64, 4)
    assert project(inputs, cube_of(inputs)).to_json_bytes() == project(inputs, cube_of(inputs)).to_json_bytes()


def test_a_path_does_not_depend_on_how_many_others_fill_its_block() -> None:
    inputs = saver(simple_assumptions(), balance=1000.0, years=10, n_paths=20, n_batches=1)
    simulation = simulate(inputs, cube_of(inputs), with_flows=False)
    assert simulation.recorded.wealth.shape == (11, 20)
    assert np.all(simulation.recorded.wealth > 0.0)


def test_money_in_equals_money_out_in_every_year_of_the_expected_path() -> None:
    for flow in project(family(), family_cube()).expected_flows:
        money_in = flow.wages + flow.social_security + flow.other_income + flow.withdrawals + flow.shortfall
        money_out = flow.contributions + flow.spending + flow.goals + flow.debt_payments + flow.taxes
        assert money_in == pytest.approx(money_out + flow.saved_surplus + flow.unplanned_spending, abs=0.2)


def test_success_is_monotone_in_the_retirement_budget() -> None:
    cube = family_cube()
    values = [
        simulate(with_retirement_budget(family(), 12_000.0 * step), cube, with_flows=False) for step in range(8, 16)
    ]
    successes = [simulation.success().value for simulation in values]
    assert successes == sorted(successes, reverse=True)
    assert successes[0] > successes[-1]


def test_a_retired_pair_that_spends_nothing_always_succeeds() -> None:
    inputs = saver(simple_assumptions(), balance=10.0, years=20, n_paths=64, n_batches=4)
    result = project(inputs, cube_of(inputs))
    assert result.success.value == 1.0
    assert result.success.standard_error == 0.0


def test_bands_rise_with_their_level_and_start_at_the_balances() -> None:
    result = project(family(), family_cube())
    assert set(result.bands[0].nominal) == {685_000.0}
    for band in result.bands:
        assert list(band.nominal) == sorted(band.nominal)
        assert list(band.real) == sorted(band.real)


def test_an_essential_goal_that_cannot_be_paid_fails_the_plan_and_an_aspirational_one_does_not() -> None:
    inputs, cube = family(), family_cube()

    def with_palace(priority: GoalPriority) -> Simulation:
        palace = Goal("palace", GoalKind.HOME, priority, 9e8, date(2070, 1, 1), 1, "USD")
        return simulate(replace(inputs, goals=(*inputs.goals, palace)), cube, with_flows=False)

    assert with_palace(GoalPriority.ESSENTIAL).success().value == 0.0
    wish = with_palace(GoalPriority.ASPIRATIONAL)
    place = [demand.key for demand in wish.demands].index("palace")
    assert wish.funded(place).mean() == 0.0
    # Years up to the wish are as good as without it.
    living = simulate(inputs, cube, with_flows=False).recorded
    assert np.array_equal(wish.recorded.wealth[:44], living.wealth[:44])


def test_the_error_of_a_difference_on_common_scenarios_is_a_fraction_of_that_of_independent_runs() -> None:
    cube = family_cube()
    before = simulate(with_retirement_budget(family(), 130_000.0), cube, with_flows=False)
    after = simulate(with_retirement_budget(family(), 128_000.0), cube, with_flows=False)
    delta = difference(after.succeeded(), before.succeeded(), 8)
    assert delta.value > 0.0
    assert delta.standard_error is not None
    share = before.success().value
    assert delta.standard_error < 0.5 * math.sqrt(2 * share * (1 - share) / 512)


def test_progress_rises_to_one_and_raising_from_it_cancels() -> None:
    seen: list[float] = []
    project(family(), family_cube(), progress=lambda part, _: seen.append(part))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    class StoppedError(RuntimeError):
        pass

    def stop(_part: float, _step: str) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        project(family(), family_cube(), progress=stop)


def test_a_cube_of_other_assumptions_is_refused() -> None:
    inputs = replace(family(), assumptions=simple_assumptions(equity_volatility=0.2))
    with pytest.raises(DomainError) as refusal:
        simulate(inputs, family_cube(), with_flows=False, progress=no_progress)
    assert refusal.value.field == "simulation"


def test_a_cube_shorter_than_the_plan_is_refused() -> None:
    short = replace(family(), simulation=CubeSpec(seed=11, n_paths=16, n_batches=2, n_months=120))
    with pytest.raises(DomainError) as refusal:
        simulate(short, cube_of(short), with_flows=False)
    assert refusal.value.field == "simulation.n_months"


def test_the_survivor_keeps_the_larger_benefit_and_spends_the_share() -> None:
    flows = project(family(), family_cube()).expected_flows
    both = next(flow for flow in flows if flow.calendar_year == 2060)
    # The last year holds the months after the last birthday of the plan, in which nobody spends.
    alone = flows[-2]
    assert alone.social_security / both.social_security < 0.95 * 1.025 ** (alone.year - both.year)
    assert alone.spending / both.spending == pytest.approx(0.7 * 1.025 ** (alone.year - both.year), rel=0.02)


@given(
    balance=st.floats(0, 1e7),
    spending=st.floats(0, 20_000),
    share=st.floats(0, 1),
)
@settings(deadline=None, max_examples=examples(25))
def test_wealth_is_never_negative_and_flows_balance_on_every_path(
    balance: float, spending: float, share: float
) -> None:
    inputs = family(32, 2)
    accounts = (replace(inputs.accounts[0], balance=balance, cost_basis=balance), *inputs.accounts[1:])
    inputs = replace(inputs, accounts=accounts, spending=Spending(spending, 0.7, "USD"), surplus_saved_share=share)
    recorded = simulate(inputs, family_cube(32, 2), with_flows=True).recorded
    assert np.all(recorded.wealth >= -1e-6)
    flows = recorded.flows.astype(np.float64)
    money_in, money_out = flows[:, :5].sum(axis=1), flows[:, 5:12].sum(axis=1)
    assert money_in == pytest.approx(money_out, rel=1e-5, abs=1.0)


def test_retirement_moves_what_hangs_on_it() -> None:
    assert family().incomes[0].end is Boundary.RETIREMENT
    earlier = replace(
        family(), adults=tuple(replace(adult, retirement_date=date(2036, 1, 1)) for adult in family().adults)
    )
    flows = project(earlier, family_cube()).expected_flows
    assert next(flow for flow in flows if flow.calendar_year == 2037).wages == 0.0


def test_what_the_law_requires_is_taken_out_and_kept_for_the_household() -> None:
    """75 in 2026: a million over 24.6, then what is left over 23.7; nothing is spent, and the tax is paid out of it."""
    inputs = saver(certain_assumptions(0.0), balance=1_000_000.0, years=12)
    (fund,) = inputs.accounts
    accounts = (
        replace(fund, key="ira", treatment=TaxTreatment.TAX_DEFERRED),
        replace(fund, key="broker", treatment=TaxTreatment.TAXABLE, balance=0.0, cost_basis=0.0),
    )
    (adult,) = inputs.adults
    old = replace(adult, birth_date=date(1951, 6, 1), retirement_date=date(2016, 1, 1), horizon_age=86)
    order = (TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED)
    inputs = replace(
        inputs, accounts=accounts, adults=(old,), withdrawal_order=order, surplus_account="broker", goals=()
    )
    first, second, *_ = project(inputs, cube_of(inputs)).expected_flows
    assert first.required_distributions == pytest.approx(1_000_000 / 24.6, rel=1e-6)
    assert second.required_distributions == pytest.approx((1_000_000 - 1_000_000 / 24.6) / 23.7, rel=1e-6)
    # single, over 65, 40,650 of income: less 16,100, 2,050 and the senior deduction of 6,000
    taxed = 1_000_000 / 24.6 - 24_150
    assert first.taxes == pytest.approx(1_240 + 0.12 * (taxed - 12_400), abs=0.01)
