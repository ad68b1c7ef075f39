"""The cost of what one of a couple leaves, walked: by hand, and as the plain model has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from apps.plans.engine.books import F_SPREAD_SOLD
from apps.plans.engine.grants import EquityGrant, GrantKind, HeldShares
from apps.plans.engine.inputs import (
    Account,
    Adult,
    Goal,
    GoalKind,
    GoalPriority,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from apps.plans.engine.ownership import BY_TITLE, Ownership
from apps.plans.engine.tax_law import GAINS
from apps.plans.engine.tax_tables import FilingStatus
from apps.plans.engine.tax_years import steady_path
from tests.apps.plans.engine.households import any_household, certain_assumptions, family, family_cube, saver
from tests.apps.plans.engine.reference_model import ReferenceModel

COMMUNITY = Ownership(is_community=True)


def couple(owner: str, cost: float, sold: date, ownership: Ownership = BY_TITLE) -> ProjectionInputs:
    """200,000 that neither grow nor pay anything, of which 8,000 are spent once; Ana dies on 1 January 2028."""
    base = saver(certain_assumptions(0.0), balance=200_000.0, years=6)
    return replace(
        base,
        filing_status=FilingStatus.MARRIED_JOINT,
        adults=(
            Adult("ana", date(1980, 1, 1), base.start_date, 48),
            Adult("ben", date(1980, 1, 1), base.start_date, 52),
        ),
        accounts=(Account("fund", owner, TaxTreatment.TAXABLE, 200_000.0, cost, (("fund", 1.0),), 0.0, "USD"),),
        goals=(Goal("boat", GoalKind.LIFE_EVENT, GoalPriority.ESSENTIAL, 8_000.0, sold, 1, "USD"),),
        withdrawal_order=(TaxTreatment.TAXABLE,),
        spending=Spending(0.0, 1.0, "USD"),
        ownership=ownership,
    )


def gain(inputs: ProjectionInputs) -> float:
    return float(steady_path(inputs).recorded.ledgers[:, GAINS, 0].sum())


AFTER, BEFORE = date(2028, 1, 1), date(2027, 12, 1)


@pytest.mark.parametrize(
    ("owner", "cost", "sold", "ownership", "expected"),
    [
        # half of it cost 100,000: 8,000 less 4,000
        ("ana", 100_000.0, BEFORE, BY_TITLE, 4_000.0),
        # all of it was hers: it counts as bought for 200,000
        ("ana", 100_000.0, AFTER, BY_TITLE, 0.0),
        # it was his
        ("ben", 100_000.0, AFTER, BY_TITLE, 4_000.0),
        # half was hers: 150,000 of 200,000
        ("", 100_000.0, AFTER, BY_TITLE, 2_000.0),
        # community property: both halves
        ("ben", 100_000.0, AFTER, COMMUNITY, 0.0),
        # neither's
        ("", 100_000.0, AFTER, Ownership(False, ("fund",)), 4_000.0),
        # worth less than it cost: 300,000 falls to 250,000, a loss of 4,000 to one of 2,000
        ("", 300_000.0, AFTER, BY_TITLE, -2_000.0),
        ("ana", 300_000.0, AFTER, BY_TITLE, 0.0),
    ],
)
def test_a_death_gives_what_is_left_the_value_of_the_day_as_its_cost(
    owner: str, cost: float, sold: date, ownership: Ownership, expected: float
) -> None:
    assert gain(couple(owner, cost, sold, ownership)) == pytest.approx(expected, abs=1e-6)


def test_the_minimum_tax_counts_no_more_cost_than_that_of_the_day() -> None:
    """Shares of incentive options: what they cost more for the minimum tax is gone with the death of their owner."""
    held = EquityGrant(
        "options", "ana", GrantKind.INCENTIVE, (), 200.0, 100.0, 0.0, "fund", "", None, None, "USD",
        held=HeldShares("fund", 1_000.0, 150.0),
    )  # fmt: skip
    for sold, beyond in ((BEFORE, 2_000.0), (AFTER, 0.0)):
        inputs = replace(couple("ana", 100_000.0, sold), events=LifeEvents(grants=(held,)))
        path = steady_path(inputs)
        assert path.recorded.flows[:, F_SPREAD_SOLD, 0].sum() == pytest.approx(beyond)


def elderly(dice: Random, ownership: Ownership, owner: str) -> ProjectionInputs:
    """A drawn household of people who die soon, and pay from the taxable account."""
    inputs = any_household(dice)
    accounts = tuple(
        replace(each, owner=owner, balance=900_000.0, cost_basis=dice.uniform(1e5, 1.4e6))
        if each.key == "brokerage"
        else each
        for each in inputs.accounts
    )
    adults = tuple(
        replace(adult, survival=(1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)) for adult in inputs.adults
    )
    order = (TaxTreatment.TAXABLE, TaxTreatment.CASH, TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE)
    return replace(inputs, adults=adults, accounts=accounts, incomes=(), withdrawal_order=order, ownership=ownership)


@pytest.mark.parametrize(
    ("seed", "ownership", "owner"),
    [(3, BY_TITLE, ""), (5, BY_TITLE, "ana"), (8, BY_TITLE, "ben"), (9, COMMUNITY, "ben"), (4, COMMUNITY, "")],
)
def test_drawn_lives_equal_the_plain_model_to_the_cent(seed: int, ownership: Ownership, owner: str) -> None:
    cube = family_cube()
    inputs = elderly(Random(seed), ownership, owner)  # noqa: S311 - households, not secrets
    deaths, drawn = months_lived(inputs), simulate_lifetimes(inputs, cube)
    early = np.flatnonzero((deaths.min(axis=0) > 12) & (deaths.max(axis=0) > deaths.min(axis=0) + 24))[:3]
    for path in map(int, early):
        twin = ReferenceModel(inputs, cube, path, tuple(map(int, deaths[:, path]))).run()
        assert drawn.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    kept = simulate_lifetimes(replace(inputs, ownership=Ownership(False, ("brokerage",))), cube)
    assert not np.array_equal(kept.recorded.wealth, drawn.recorded.wealth)


def test_where_nobody_dies_before_the_end_the_bits_are_the_same() -> None:
    ana, ben = family().adults
    together = replace(family(), adults=(ana, replace(ben, birth_date=ana.birth_date, horizon_age=ana.horizon_age)))
    alive = tuple(replace(adult, survival=(1.0,) * 90 + (0.0,)) for adult in together.adults)
    plain = replace(together, ownership=Ownership(False, ("brokerage",)))
    for stepped in (together, replace(together, ownership=COMMUNITY)):
        known = [simulate(each, family_cube(), with_flows=False).recorded for each in (plain, stepped)]
        drawn = [simulate_lifetimes(replace(each, adults=alive), family_cube()).recorded for each in (plain, stepped)]
        for without, with_steps in (known, drawn):
            assert np.array_equal(without.wealth, with_steps.wealth)
            assert np.array_equal(without.failed, with_steps.failed)
