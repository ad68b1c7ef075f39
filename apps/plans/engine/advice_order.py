"""Which accounts to draw on first: all orders after cash, lived through on the same scenarios."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_retirement_texts import order_texts
from apps.plans.engine.advice_worth import rank_of, shows_nothing, stands_out, yearly_costs
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.roth_program import cannot_be_taxed
from apps.plans.engine.runs import Runs

_DRAWN = (TaxTreatment.TAXABLE, TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE)


def order_advice(inputs: ProjectionInputs, runs: Runs) -> list[Candidate]:
    """Advise another order of withdrawals when it beats the plan's by more than two standard errors and it shows.

    Cash stays where the plan has it. Tried on the first thousand paths, the best of them on all. Silent where fewer
    than two kinds of accounts hold money or are paid into.
    """
    held = _held(inputs)
    if len(held) < 2:
        return []
    tried = [inputs, *_orders(inputs, held)]
    best = max(tried, key=lambda each: rank_of(runs.part(each)))
    if best is inputs or not stands_out(runs.of(inputs), runs.of(best), yearly_costs(inputs)):
        return []
    if shows_nothing(runs.of(inputs), runs.of(best)):
        return []
    facts = (
        ("success_now", float(runs.of(inputs).succeeded.mean())),
        ("success_then", float(runs.of(best).succeeded.mean())),
    )
    order = [str(treatment) for treatment in best.withdrawal_order if treatment in held]
    return [
        Candidate(
            key="withdrawal_order",
            kind="withdrawal_order",
            texts=order_texts(dict(facts), order, taxes_roths=not cannot_be_taxed(inputs, drawn=False)),
            changed=best,
            certain=False,
            difficulty="easy",
            timeframe="long_term",
            facts=facts,
        )
    ]


def _held(inputs: ProjectionInputs) -> set[TaxTreatment]:
    """Kinds of accounts that hold money or are paid into, and that may be drawn on for anything."""
    fed = {item.account for item in inputs.contributions if item.monthly_amount > 0.0}
    return {
        account.treatment
        for account in inputs.accounts
        if account.treatment in _DRAWN
        and account.treatment in inputs.withdrawal_order
        and (account.balance > 0.0 or account.key in fed or account.key == inputs.surplus_account)
    }


def _orders(inputs: ProjectionInputs, held: set[TaxTreatment]) -> list[ProjectionInputs]:
    """The plan with every other order of what is held; what is not keeps its place."""
    now = inputs.withdrawal_order
    mine = [treatment for treatment in now if treatment in held]
    found = []
    for other in permutations(mine):
        if list(other) == mine:
            continue
        places = iter(other)
        order = tuple(next(places) if treatment in held else treatment for treatment in now)
        found.append(replace(inputs, withdrawal_order=order))
    return found
