"""Conversions to Roth: the window, the bracket that fares best, this year's tax to the dollar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_conversion import conversion_advice, this_year, window_of
from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.inputs import IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import cube_of, family, insured, with_retirement_budget

MORE = {TaxTreatment.TAX_DEFERRED: 8.0, TaxTreatment.TAXABLE: 6.0}


def retired(year: int = 1963) -> ProjectionInputs:
    """Two who have just retired on much that was never taxed, with enough beside it to pay the tax."""
    plan = with_retirement_budget(family(256, 4), 130_000.0)
    accounts = [
        replace(item, balance=item.balance * MORE.get(item.treatment, 1.0))
        for item in plan.accounts
        if item.treatment is not TaxTreatment.EDUCATION
    ]
    benefits = [item for item in plan.incomes if item.kind is IncomeKind.SOCIAL_SECURITY]
    return insured(
        replace(
            plan,
            adults=tuple(
                replace(each, birth_date=date(year, 3, 9), retirement_date=date(2026, 1, 1)) for each in plan.adults
            ),
            accounts=tuple(replace(item, cost_basis=item.balance) for item in accounts),
            incomes=tuple(replace(item, start=date(2030, 4, 1)) for item in benefits),
            contributions=(),
            debts=(),
            goals=plan.goals[:1],
        ),
        charges_standard=False,
    )


@pytest.fixture(scope="module")
def found() -> tuple[list[Candidate], Runs]:
    runs = Runs(cube_of(retired()))
    return conversion_advice(retired(), runs), runs


def test_who_has_most_untaxed_is_told_to_fill_a_bracket_in_the_low_years(found: tuple[list[Candidate], Runs]) -> None:
    (advice,), runs = found
    assert (advice.key, advice.kind) == ("roth_conversion:ana", "roth_conversion")
    assert advice.changed is not None
    (plan,) = advice.changed.conversions
    assert (plan.rule, plan.value, plan.target) == (ConversionRule.FILL_BRACKET, 0.12, "roth")
    assert (plan.first_year, plan.last_year) == (2026, 2037)
    facts = dict(advice.facts)
    assert facts["success_then"] == pytest.approx(runs.of(advice.changed).succeeded.mean())
    title, reason, actions = advice.texts
    for text in (title, reason, *actions):
        assert uncited(text, facts.values()) == ()


def test_this_years_tax_is_that_of_the_tables_by_hand(found: tuple[list[Candidate], Runs]) -> None:
    facts = dict(found[0][0].facts)
    # 100,800 of the joint bracket of 12 % over the deduction of 32,200; 10 % of 24,800 and 12 % of the rest
    assert facts["amount"] == 133_000.0
    assert facts["tax_added"] == pytest.approx(2_480.0 + 0.12 * 76_000.0)
    assert facts["premiums_added"] == 0.0


def test_the_window_lies_between_work_and_required_distributions() -> None:
    assert window_of(retired(), retired().adults[0]) == (2026, 2037)
    assert window_of(retired(1955), retired(1955).adults[0]) == (2026, 2027)
    # Ana is the last to retire, in April 2046
    assert window_of(family(), family().adults[1]) == (2047, 2053)
    assert window_of(retired(1950), retired(1950).adults[0]) is None


def test_little_to_convert_or_conversions_planned_already_leave_nothing_to_say(
    found: tuple[list[Candidate], Runs],
) -> None:
    (advice,), runs = found
    assert advice.changed is not None
    assert conversion_advice(advice.changed, runs) == []
    little = replace(
        retired(),
        accounts=tuple(
            replace(item, balance=20_000.0) if item.treatment is TaxTreatment.TAX_DEFERRED else item
            for item in retired().accounts
        ),
    )
    assert conversion_advice(little, runs) == []


def test_the_years_facts_hold_what_runs_at_the_start() -> None:
    facts = this_year(family())
    assert (facts.wages, facts.ordinary, facts.benefits, facts.seniors) == ((168_000,), 0, 0, 0)
    assert this_year(retired(1960)).seniors == 2
