"""Candidates for advice from the facts of a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine.advice import debt_advice, emergency_advice, risk_advice
from apps.plans.engine.levers import invested_mix
from apps.plans.engine.policy import RiskLimit
from tests.apps.plans.engine.households import family


def test_the_mix_of_all_invested_accounts_is_weighed_by_balance() -> None:
    accounts = (replace(family().accounts[0], allocation=(("equity", 1.0),)), *family().accounts[1:])
    mix = dict(invested_mix(replace(family(), accounts=accounts)))
    assert mix["equity"] == pytest.approx((150 + 0.6 * 480) / 630)
    assert sum(mix.values()) == pytest.approx(1.0)
    assert (
        invested_mix(replace(family(), accounts=family().accounts[5:], contributions=(), surplus_account="savings"))
        == ()
    )


def test_a_debt_cheaper_than_bonds_gives_no_advice() -> None:
    cheap = tuple(replace(debt, annual_rate=0.03) for debt in family().debts)
    assert debt_advice(replace(family(), debts=cheap), 200.0) == []
    assert debt_advice(family(), 0.0) == []


def test_interest_saved_is_the_difference_of_two_schedules() -> None:
    (advice,) = debt_advice(family(), 200.0)
    facts = dict(advice.facts)
    assert advice.key == "pay_debt:car"
    # 15,000 at 7.9 %: 41 payments of 420 against 27 of 620.
    assert facts["months_sooner"] == 14.0
    assert 700.0 < facts["interest_saved"] < 850.0


def test_an_emergency_fund_counts_debt_payments_and_is_silent_when_full() -> None:
    (advice,) = emergency_advice(family(), 6, 24)
    assert dict(advice.facts)["needed"] == 6 * (6_800.0 + 2_520.0)
    assert emergency_advice(family(), 2, 24) == []


def test_an_emergency_fund_without_a_cash_account_has_no_effect_to_show() -> None:
    (advice,) = emergency_advice(replace(family(), accounts=family().accounts[:5]), 6, 24)
    assert advice.changed is None


def test_an_allocation_within_the_limit_that_is_the_best_needs_no_advice() -> None:
    limit = RiskLimit("balanced", 0.13, 0.7, (), ())
    (advice,) = risk_advice(family(), limit)
    assert advice.changed is not None
    assert risk_advice(advice.changed, limit) == []


def test_too_many_equities_are_beyond_the_limit() -> None:
    (advice,) = risk_advice(family(), RiskLimit("careful", 0.5, 0.4, (), ()))
    assert (advice.key, advice.mandatory) == ("reduce_risk", True)
