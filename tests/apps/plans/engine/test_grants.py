"""Grants of equity: refused where they cannot be, and the walk equal to the plain model's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.plans.engine.books import F_TAXES
from apps.plans.engine.grants import EquityGrant, GrantKind, HeldShares, cost_beyond, option_accounts
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.life_events import LifeEvents, hung_on
from apps.plans.engine.lives import months_lived
from apps.plans.engine.monte_carlo import simulate, simulate_lifetimes
from tests.apps.plans.engine.households import account, any_household, family, family_cube
from tests.apps.plans.engine.reference_model import ReferenceModel
from tests.apps.plans.engine.test_lives import mortal

YEARS = tuple((date(year, 5, 20), 250.0) for year in range(2025, 2030))
UNITS = EquityGrant("rsu", "ana", GrantKind.UNITS, YEARS, 90.0, 0.0, 0.0, "equity", "", None, None, "USD")
OPTIONS = replace(
    UNITS,
    key="nso",
    owner="ben",
    kind=GrantKind.OPTIONS,
    strike=80.0,
    exercise=date(2031, 2, 1),
    expiry=date(2033, 1, 1),
)
INCENTIVE = replace(OPTIONS, key="iso", owner="ana", kind=GrantKind.INCENTIVE, account="shares", exercise=None)
SOLD = replace(INCENTIVE, key="iso_sold", account="", strike=100.0)
PURCHASES = replace(UNITS, key="espp", kind=GrantKind.PURCHASES, discount=0.15)
HELD = replace(UNITS, key="rsu_held", owner="ben", account="shares")
EVERY = (UNITS, OPTIONS, INCENTIVE, SOLD, PURCHASES, HELD)


def granted(inputs: ProjectionInputs | None = None, *grants: EquityGrant) -> ProjectionInputs:
    """The household with grants, and an account for the shares that are held."""
    base = inputs or family()
    shares = account("shares", TaxTreatment.TAXABLE, 0.0, mix=(("equity", 1.0),), owner="")
    return replace(base, accounts=(*base.accounts, shares), events=LifeEvents(grants=grants or EVERY))


@pytest.mark.parametrize("path", [0, 300])
def test_every_year_with_grants_equals_the_plain_model_to_the_cent(path: int) -> None:
    inputs, cube = granted(), family_cube()
    simulation = simulate(inputs, cube, with_flows=True)
    twin = ReferenceModel(inputs, cube, path).run()
    assert simulation.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)
    assert simulation.recorded.flows[:, F_TAXES, path] == pytest.approx(twin.taxes, rel=1e-6, abs=0.05)


@pytest.mark.parametrize("seed", [4, 9])
def test_drawn_households_with_drawn_lives_equal_the_plain_model_to_the_cent(seed: int) -> None:
    dice, cube = Random(seed), family_cube()  # noqa: S311 - households, not secrets
    own = tuple(replace(grant, price=dice.uniform(20.0, 400.0)) for grant in EVERY)
    inputs = mortal(granted(any_household(dice), *own))
    deaths, drawn = months_lived(inputs), simulate_lifetimes(inputs, cube)
    early = int(deaths.min(axis=0).argmin())
    for path in (early, dice.randrange(512)):
        twin = ReferenceModel(inputs, cube, path, (int(deaths[0, path]), int(deaths[1, path]))).run()
        assert drawn.recorded.wealth[:, path] == pytest.approx(twin.wealth, abs=0.01)


def test_a_plan_without_grants_has_the_same_bits() -> None:
    cube = family_cube(256, 4)
    plain = simulate(family(256, 4), cube, with_flows=True).recorded
    empty = simulate(replace(family(256, 4), events=LifeEvents()), cube, with_flows=True).recorded
    assert np.array_equal(plain.wealth, empty.wealth)


def test_grants_of_who_is_gone_fall_away_and_shares_without_their_account_are_sold() -> None:
    left = hung_on(LifeEvents(grants=EVERY), {"ben"}, ["brokerage"], []).grants
    assert [(grant.key, grant.account) for grant in left] == [("nso", ""), ("rsu_held", "")]


@pytest.mark.parametrize(
    ("field", "build"),
    [
        ("grants[rsu].price", lambda: replace(UNITS, price=-1.0)),
        ("grants[rsu].strike", lambda: replace(UNITS, strike=5.0)),
        ("grants[nso].strike", lambda: replace(OPTIONS, strike=-5.0)),
        ("grants[rsu].tranches", lambda: replace(UNITS, tranches=((date(2030, 1, 1), -1.0),))),
        ("grants[espp].discount", lambda: replace(PURCHASES, discount=0.2)),
        ("grants[nso].expiry", lambda: replace(OPTIONS, expiry=date(2029, 1, 1))),
        ("grants[rsu].owner", lambda: granted(None, replace(UNITS, owner="eva"))),
        ("grants[rsu].account", lambda: granted(None, replace(UNITS, account="roth"))),
        ("grants[rsu].asset", lambda: granted(None, replace(UNITS, asset="gold"))),
        ("grants", lambda: granted(None, UNITS, UNITS)),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, build: Callable[[], object]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        build()
    assert refused.value.field == field


def test_a_second_currency_is_refused() -> None:
    with pytest.raises(MixedCurrenciesError) as refused:
        granted(None, replace(UNITS, currency="EUR"))
    assert refused.value.field == "grants[rsu].currency"


def test_shares_from_before_are_of_incentive_options_and_of_an_account_that_is_there() -> None:
    held = HeldShares("shares", 10.0, 130.0)
    with pytest.raises(InvalidInputError) as refused:
        replace(OPTIONS, held=held)
    assert refused.value.field == "grants[nso].held"
    for wrong in (replace(held, shares=-1.0), replace(held, worth=-1.0)):
        with pytest.raises(InvalidInputError):
            replace(INCENTIVE, held=wrong)
    with pytest.raises(InvalidInputError):
        replace(INCENTIVE, credit=-1.0)
    with pytest.raises(InvalidInputError) as unknown:
        granted(None, replace(INCENTIVE, held=replace(held, account="nowhere")))
    assert unknown.value.field == "grants[iso].held"
    sold = replace(SOLD, held=held)
    assert option_accounts([sold, UNITS]) == {"shares"}
    assert cost_beyond([sold], "shares") == 300.0
    assert cost_beyond([sold], "savings") == 0.0
    (left,) = hung_on(LifeEvents(grants=(sold,)), {"ana"}, {"savings"}, set()).grants
    assert left.held is None
