"""Advice: each piece with its effect, measured on the same scenarios."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine import recommendations
from apps.plans.engine.advice_texts import delay_out_of_reach_texts, spending_out_of_reach_texts
from apps.plans.engine.advice_worth import helps
from apps.plans.engine.levers import with_allocation, with_extra_saving
from apps.plans.engine.mixes import ChosenMix, MixKind
from apps.plans.engine.monte_carlo import success_probability
from apps.plans.engine.policy import AdvicePolicy, RiskLimit
from apps.plans.engine.recommendations import recommend, with_adopted_mix
from apps.plans.engine.results import Outcome, Recommendation, RecommendationList, SolveOutcome
from apps.plans.engine.runs import Runs
from tests.apps.plans.engine.households import family, family_cube, with_retirement_budget

POLICY = AdvicePolicy(
    target=0.85,
    saving_account="brokerage",
    max_savings_rate=0.6,
    latest_retirement_age=72,
    risk_limit=RiskLimit("balanced", 0.13, 0.7, (), ()),
    debt_payment=300.0,
    emergency_months=6,
    emergency_fill_months=24,
)


@pytest.fixture(scope="module")
def advice() -> RecommendationList:
    return recommend(with_retirement_budget(family(), 140_000.0), family_cube(), POLICY)


def by_key(advice: RecommendationList, key: str) -> Recommendation:
    return next(item for item in advice.recommendations if item.key == key)


def test_a_strained_plan_gets_every_kind_of_advice(advice: RecommendationList) -> None:
    kinds = {item.kind for item in advice.recommendations}
    assert kinds >= {"savings", "spending", "retirement_date", "debt", "emergency_fund"}


def test_the_effect_of_saving_is_the_difference_of_two_runs(advice: RecommendationList) -> None:
    item = by_key(advice, "save_more")
    plan = with_retirement_budget(family(), 140_000.0)
    extra = dict(item.facts)["monthly_extra"]
    after = success_probability(with_extra_saving(plan, extra, "brokerage"), family_cube()).value
    assert item.effect is not None
    assert item.effect.success_after == pytest.approx(after, abs=1e-12)
    assert item.effect.delta_success == pytest.approx(after - advice.success.value, abs=1e-12)
    assert item.effect.delta_median_terminal_real > 0.0


def test_advice_is_sorted_by_effect_for_the_effort(advice: RecommendationList) -> None:
    told = [item for item in advice.recommendations if item.effect]
    assert [item.worth for item in told] == sorted((item.worth or 0.0 for item in told), reverse=True)
    for item in told:
        assert item.effect is not None
        years = max(-5.0, min(5.0, item.effect.delta_median_terminal_real / 140_000.0))
        effort = {"easy": 1.0, "medium": 2.0, "hard": 4.0}[item.difficulty]
        assert item.worth == pytest.approx((100.0 * item.effect.delta_success + years) / effort)


def test_every_sentence_has_a_value_for_each_of_its_places(advice: RecommendationList) -> None:
    for item in advice.recommendations:
        for text in (item.title, item.reason, *item.actions):
            assert set(re.findall(r"%\((\w+)\)s", text.message)) == set(dict(text.params))
            assert text.message % dict(text.params)


def test_the_dearest_debt_is_named_with_its_interest_saved(advice: RecommendationList) -> None:
    item = by_key(advice, "pay_debt:car")
    assert dict(item.facts)["interest_saved"] > 0.0
    assert dict(item.facts)["months_sooner"] > 0.0


def test_an_allocation_beyond_the_limit_that_lowers_the_chance_comes_after_what_helps() -> None:
    careful = replace(POLICY, risk_limit=RiskLimit("careful", 0.05, 0.2, (), ()))
    found = recommend(with_retirement_budget(family(), 140_000.0), family_cube(), careful).recommendations
    place = next(place for place, item in enumerate(found) if item.key == "reduce_risk")
    limit = found[place]
    assert limit.effect is not None
    assert limit.effect.delta_success < 0.0
    assert limit.confidence == "high"
    assert place >= 3
    assert all((item.worth or 0.0) > 0.0 for item in found[:place])
    assert all(item.effect is None or item.effect.delta_success >= 0.0 for item in found[:place])
    assert not any(helps(item) for item in found[place:])


def test_a_plan_with_room_is_told_so_and_not_to_save_more() -> None:
    advice = recommend(with_retirement_budget(family(), 40_000.0), family_cube(), POLICY)
    keys = {item.key for item in advice.recommendations}
    assert "spend_more" in keys
    assert not keys & {"save_more", "spend_less", "retire_later"}


def test_the_same_plan_gets_the_same_bytes(advice: RecommendationList) -> None:
    again = recommend(with_retirement_budget(family(), 140_000.0), family_cube(), POLICY)
    assert again.to_json_bytes() == advice.to_json_bytes()


def test_an_unknown_saving_account_is_refused() -> None:
    with pytest.raises(DomainError) as refusal:
        recommend(family(), family_cube(), replace(POLICY, saving_account="mattress"))
    assert refusal.value.field == "saving_account"


def test_without_a_risk_limit_no_allocation_is_advised() -> None:
    inputs = with_retirement_budget(family(), 140_000.0)
    kinds = {item.kind for item in recommend(inputs, family_cube(), replace(POLICY, risk_limit=None)).recommendations}
    assert "allocation" not in kinds
    assert "savings" in kinds


CHOSEN = ChosenMix(MixKind.ROBUST, (("equity", 0.3), ("bonds", 0.7)), (("equity", 0.6), ("bonds", 0.4)))
LIMIT = RiskLimit("balanced", 0.13, 0.7, (), ())


def test_the_step_to_a_chosen_mix_is_measured_against_what_is_held(advice: RecommendationList) -> None:
    inputs = with_allocation(with_retirement_budget(family(), 140_000.0), CHOSEN.weights)
    found = with_adopted_mix(advice, CHOSEN, inputs, LIMIT, Runs(family_cube()))
    first = by_key(found, "adopt_mix")
    others = [item for item in found.recommendations if item is not first]
    assert all(item.kind != "allocation" for item in others)
    held = success_probability(with_allocation(inputs, CHOSEN.held), family_cube()).value
    assert first.effect is not None
    assert first.effect.success_before == pytest.approx(held, abs=1e-12)
    assert first.effect.success_after == pytest.approx(success_probability(inputs, family_cube()).value, abs=1e-12)
    assert dict(first.facts)["equity_then"] == pytest.approx(0.3)
    # fewer shares lower the chance of this plan: the step stands after what helps
    assert first.effect.delta_success < 0.0
    assert found.recommendations.index(first) == sum(helps(item) for item in others) > 0
    bolder = replace(CHOSEN, weights=CHOSEN.held, held=CHOSEN.weights)
    inputs = with_allocation(inputs, bolder.weights)
    assert with_adopted_mix(advice, bolder, inputs, LIMIT, Runs(family_cube())).recommendations[0].key == "adopt_mix"


def test_where_nothing_is_held_or_the_limit_demands_a_move_the_advice_stays(advice: RecommendationList) -> None:
    runs = Runs(family_cube())
    assert with_adopted_mix(advice, replace(CHOSEN, held=()), family(), LIMIT, runs) is advice
    demanded = replace(advice, recommendations=(replace(advice.recommendations[0], key="reduce_risk"),))
    assert with_adopted_mix(demanded, CHOSEN, family(), LIMIT, runs) is demanded


def test_where_even_nothing_spent_misses_the_target_it_says_so_and_offers_a_step() -> None:
    broke = replace(family(), spending=replace(family().spending, monthly_amount=30_000.0))
    advice = recommend(broke, family_cube(), POLICY)
    item, planned = by_key(advice, "spend_less"), 118_000.0 / 12.0
    facts = dict(item.facts)
    assert facts["sustainable_monthly"] == 10.0 * int(0.09 * planned)
    assert facts["success_with_nothing"] < POLICY.target
    assert item.reason == spending_out_of_reach_texts(facts)[1]
    assert item.effect is not None
    # nor does working longer raise any chance
    assert "retire_later" not in {each.key for each in advice.recommendations}


def test_to_live_on_nothing_is_no_plan_even_where_it_reaches_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    real = recommendations.spending_that_holds

    def on_nothing(*args: Any, **kwargs: Any) -> SolveOutcome:
        return replace(real(*args, **kwargs), outcome=Outcome.REACHED, value=0.0)

    monkeypatch.setattr(recommendations, "spending_that_holds", on_nothing)
    item = by_key(recommend(with_retirement_budget(family(), 140_000.0), family_cube(), POLICY), "spend_less")
    assert dict(item.facts)["sustainable_monthly"] == 10_500.0
    assert "even if nothing at all" in item.reason.message


def test_working_as_long_as_the_plan_allows_says_that_it_falls_short() -> None:
    policy = replace(POLICY, latest_retirement_age=68)
    advice = recommend(with_retirement_budget(family(), 190_000.0), family_cube(), policy)
    item = by_key(advice, "retire_later")
    facts = dict(item.facts)
    assert facts["success_now"] < facts["success_then"] < POLICY.target
    assert item.reason == delay_out_of_reach_texts(facts)[1]
