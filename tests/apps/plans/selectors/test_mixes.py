import pytest

from apps.plans.models import Plan
from apps.plans.selectors.mix_pages import mix_page
from apps.plans.selectors.mixes import chosen_weights
from apps.plans.selectors.overviews import plan_overview
from apps.plans.services.mixes import choose_mix
from tests.factories import plans


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada, plans.invested_household(ada))
    plans.computed(plan, ada)
    return plan


def test_every_mix_is_told_with_its_rule_its_weights_and_its_year(ada, plan):
    part = plan_overview(plan.household, ada.as_actor(), plan).mixes
    assert [line.kind for line in part.lines] == [
        "present",
        "recommended",
        "robust",
        "least_tail",
        "risk_parity",
        "least_variance",
    ]
    for line in part.lines:
        assert sum(figure.number for _, figure in line.weights) == pytest.approx(1.0, abs=1e-6)
        assert [name for name, _ in line.weights] == [name for _, name in part.classes]
        assert line.rule
        assert line.worst_years.number < line.expected_return.number
        assert line.keeps_limit == (
            line.volatility.number <= part.volatility_limit.number + 2e-4
            and line.equity.number <= part.equity_limit.number + 2e-4
        )
    assert {goal.name for goal in part.goals} == {"Retirement", "College"}
    assert all(goal.best.number >= 0 and goal.error.number is not None for goal in part.goals)


def test_keys_of_figures_are_told_apart(ada, plan):
    from apps.plans.selectors.figures import figures_in

    keys = [figure.key for figure in figures_in(plan_overview(plan.household, ada.as_actor(), plan).mixes)]
    assert len(keys) == len(set(keys))


def test_without_a_risk_profile_there_are_no_mixes_and_a_client_never_reads_them(ada, plan):
    bare = plans.drafted(ada, plans.household_with_facts(ada, name="Stone"))
    plans.computed(bare, ada)
    assert plan_overview(bare.household, ada.as_actor(), bare).mixes is None
    head = plan.household.people.get(relationship="head")
    assert plan_overview(plan.household, head.user.as_actor(), plan).mixes is None


def test_a_choice_reads_as_weights(ada, plan):
    assert chosen_weights(plan) is None
    choose_mix(plan=plan, kind="least_variance", by=ada.as_actor())
    weights = chosen_weights(Plan.objects.get(pk=plan.pk))
    assert sum(weight for _, weight in weights) == pytest.approx(1.0)


def test_the_page_draws_the_frontier_with_each_mix_and_the_limit(ada, plan):
    page = mix_page(plan.household, ada.as_actor())
    assert [point["label"] for point in page.chart["points"]] == [line.name for line in page.part.lines]
    assert page.chart["edges"][0]["x"] == page.part.volatility_limit.number
    assert len(page.chart["x"]["values"]) == len(page.chart["series"][0]["values"]) == 31
    best = page.chart["series"][0]["values"]
    assert best == sorted(best)
    assert (page.chosen, page.is_open, page.is_running) == ("present", True, False)
