"""Orders of withdrawals: tried on the same scenarios, advised when one stands out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.plans.engine import advice_order
from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_order import order_advice
from apps.plans.engine.advice_worth import stands_out, yearly_costs
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import cube_of, family, with_retirement_budget

ROTH_FIRST = (TaxTreatment.CASH, TaxTreatment.TAX_FREE, TaxTreatment.TAX_DEFERRED, TaxTreatment.TAXABLE)
MORE = {TaxTreatment.TAX_DEFERRED: 2.5, TaxTreatment.TAX_FREE: 8.0}


def roth_first() -> ProjectionInputs:
    """Much in Roth, spent first: what is taxed least grows shortest."""
    plan = with_retirement_budget(family(256, 4), 110_000.0)
    accounts = tuple(
        replace(account, balance=account.balance * MORE.get(account.treatment, 1.0)) for account in plan.accounts
    )
    return replace(plan, accounts=accounts, withdrawal_order=ROTH_FIRST)


@pytest.fixture(scope="module")
def found() -> tuple[list[Candidate], ProjectionInputs, Runs]:
    inputs = roth_first()
    runs = Runs(cube_of(inputs))
    return order_advice(inputs, runs), inputs, runs


def test_spending_roth_first_is_told_a_better_order(found: tuple[list[Candidate], ProjectionInputs, Runs]) -> None:
    (advice,), inputs, runs = found
    assert advice.changed is not None
    assert stands_out(runs.of(inputs), runs.of(advice.changed), yearly_costs(inputs))
    assert advice.changed.withdrawal_order[0] is TaxTreatment.CASH
    assert sorted(advice.changed.withdrawal_order) == sorted(ROTH_FIRST)
    facts = dict(advice.facts)
    assert facts["success_then"] == pytest.approx(runs.of(advice.changed).succeeded.mean())
    title, reason, actions = advice.texts
    for text in (title, reason, *actions):
        assert uncited(text, facts.values()) == ()


def test_no_order_beats_the_one_that_was_found(found: tuple[list[Candidate], ProjectionInputs, Runs]) -> None:
    (advice,), _, runs = found
    assert advice.changed is not None
    assert order_advice(advice.changed, runs) == []


def test_one_kind_of_account_leaves_nothing_to_order() -> None:
    plan = roth_first()
    roth = tuple(
        account for account in plan.accounts if account.treatment in (TaxTreatment.TAX_FREE, TaxTreatment.CASH)
    )
    only = replace(plan, accounts=roth, contributions=(), surplus_account="savings")
    assert order_advice(only, Runs(cube_of(only))) == []


def test_an_order_whose_gain_rounds_to_nothing_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = roth_first()
    runs = Runs(cube_of(inputs))
    monkeypatch.setattr(advice_order, "shows_nothing", lambda _before, _after: True)
    assert order_advice(inputs, runs) == []
