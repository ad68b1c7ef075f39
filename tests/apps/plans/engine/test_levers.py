"""Levers move one thing each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine.inputs import TaxTreatment
from apps.plans.engine.levers import (
    EXTRA_SAVING,
    monthly_salaries,
    monthly_saving,
    retirement_spending,
    with_allocation,
    with_debt_payment,
    with_extra_saving,
    with_retirement_spending,
)
from tests.apps.plans.engine.households import family


def test_salaries_and_own_saving_at_the_start() -> None:
    assert monthly_salaries(family()) == 14_000.0
    assert monthly_saving(family()) == 1_150.0


def test_extra_saving_is_paid_by_spending_less() -> None:
    changed = with_extra_saving(family(), 500.0, "roth")
    assert changed.contributions[-1].key == EXTRA_SAVING
    assert changed.contributions[-1].account == "roth"
    assert changed.contributions[-1].from_living
    assert changed.spending == family().spending
    assert retirement_spending(changed) == retirement_spending(family())
    assert with_extra_saving(family(), 0.0, "roth") == family()


def test_extra_saving_comes_on_top_of_what_a_version_saves_more() -> None:
    once = with_extra_saving(family(), 500.0, "roth")
    twice = with_extra_saving(once, 300.0, "brokerage")
    assert monthly_saving(twice) == monthly_saving(family()) + 800.0
    assert len({item.key for item in twice.contributions}) == len(family().contributions) + 2


def test_a_retirement_goal_is_added_where_there_is_none() -> None:
    changed = with_retirement_spending(replace(family(), goals=()), 5_000.0)
    assert retirement_spending(changed) == 5_000.0
    assert len(changed.goals) == 1


def test_a_debt_is_paid_faster_by_spending_less() -> None:
    changed = with_debt_payment(family(), "car", 200.0)
    assert changed.debts[1].monthly_payment == 620.0
    assert changed.debts[1].from_living == 200.0
    assert changed.debts[0] == family().debts[0]
    assert changed.spending == family().spending
    with pytest.raises(DomainError) as refusal:
        with_debt_payment(family(), "boat", 200.0)
    assert refusal.value.field == "debts"


def test_cash_and_education_accounts_keep_their_allocation() -> None:
    changed = with_allocation(family(), (("equity", 1.0),))
    for before, after in zip(family().accounts, changed.accounts, strict=True):
        kept = before.treatment in (TaxTreatment.CASH, TaxTreatment.EDUCATION)
        assert after.allocation == (before.allocation if kept else (("equity", 1.0),))
