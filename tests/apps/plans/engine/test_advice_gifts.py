"""Gifts from IRAs as advice: only where the plan itself shows that more is left by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_gifts import first_gift_year, gift_advice
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.ira_choices import IraGifts, IraPool
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import cube_of, family, with_retirement_budget

GIFTS = IraGifts(0.0, 24_000.0, 111_000.0, "USD")


def giving(gifts: IraGifts | None = GIFTS) -> ProjectionInputs:
    """Two over 70 with much in IRAs, who must take out more than they need."""
    plan = with_retirement_budget(family(256, 4), 90_000.0)
    adults = tuple(
        replace(each, birth_date=date(1952, 3, 9), retirement_date=date(2026, 1, 1), horizon_age=95)
        for each in plan.adults
    )
    accounts = tuple(
        replace(item, balance=1_400_000.0 if item.key == "plan_ana" else item.balance) for item in plan.accounts
    )
    incomes = tuple(replace(item, start=date(2026, 7, 1)) for item in plan.incomes if item.key.startswith("ss_"))
    return replace(
        plan,
        adults=adults,
        accounts=accounts,
        incomes=incomes,
        contributions=(),
        debts=(),
        goals=plan.goals[:1],
        surplus_saved_share=1.0,
        ira_pools=(IraPool("ana", ("plan_ana",), 0.0, "USD"),),
        ira_gifts=gifts,
    )


@pytest.fixture(scope="module")
def found() -> tuple[list[Candidate], Runs]:
    runs = Runs(cube_of(giving()))
    return gift_advice(giving(), runs), runs


def test_gifts_from_an_ira_are_advised_with_what_they_leave(found: tuple[list[Candidate], Runs]) -> None:
    (advice,), runs = found
    facts = dict(advice.facts)
    assert (advice.key, advice.kind, advice.timeframe) == ("give_from_ira", "ira_gifts", "this_year")
    assert advice.changed == replace(giving(), ira_gifts=replace(GIFTS, annual_amount=24_000.0))
    gained = runs.of(advice.changed).terminal_real.mean() - runs.of(giving()).terminal_real.mean()
    assert facts["more_left"] == pytest.approx(gained)
    assert facts["more_left"] > 24_000.0
    assert facts["first_year"] == 2026.0


def test_the_texts_state_no_figure_of_their_own(found: tuple[list[Candidate], Runs]) -> None:
    (advice,), _ = found
    title, reason, actions = advice.texts
    assert all(uncited(text, [value for _, value in advice.facts]) == () for text in (title, reason, *actions))


@pytest.mark.parametrize(
    "gifts", [None, replace(GIFTS, annual_amount=1_000.0), replace(GIFTS, household_amount=4_000.0)]
)
def test_where_nothing_much_is_given_or_iras_give_already_nothing_is_advised(
    gifts: IraGifts | None, found: tuple[list[Candidate], Runs]
) -> None:
    assert gift_advice(giving(gifts), found[1]) == []


def test_who_is_70_and_a_half_in_more_than_ten_years_is_not_advised_yet(found: tuple[list[Candidate], Runs]) -> None:
    young = replace(giving(), adults=tuple(replace(each, birth_date=date(1970, 1, 1)) for each in giving().adults))
    assert first_gift_year(young) is None
    assert gift_advice(young, found[1]) == []
    soon = replace(giving(), adults=tuple(replace(each, birth_date=date(1960, 1, 1)) for each in giving().adults))
    assert first_gift_year(soon) == 2030
    assert first_gift_year(replace(giving(), ira_pools=())) is None
