"""Which benchmark counts on which day: one's own, the model's, the household's, the household's model's."""

import datetime as dt
from dataclasses import replace

import pytest

from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import decide_approval
from apps.kernel.dates import DateSpan
from apps.portfolios.selectors.benchmark_choices import ChoiceReason, benchmark_choices
from apps.portfolios.selectors.benchmarks import portfolio_benchmark
from apps.portfolios.services.benchmarks import assign_benchmark, end_benchmark
from apps.portfolios.services.model_portfolios import ModelDetails, create_model, draft_version, submit_version
from tests.factories import benchmarks as made
from tests.factories import clients, market, models
from tests.factories import portfolios as books

DAY = dt.timedelta(days=1)


def named(ada, name):
    return made.benchmark(ada, ("MKT", "1"), name=name)


def approved(ada, paul, held, name, benchmark):
    told = replace(models.terms(*held), benchmark=benchmark)
    model = create_model(details=ModelDetails(name), terms=told, by=ada.as_actor())
    request = submit_version(version=model.versions.get(), effective_from=firm_today(), by=ada.as_actor())
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    return model


@pytest.fixture
def scene(ada):
    market.security("MKT", {firm_today() - 40 * DAY: "100"})
    household = clients.household(ada)
    held = models.securities(ada)
    return household, books.account(household, ada), held


def told(household, account, span):
    return [(each.benchmark.name, each.reason, each.span.first) for each in benchmark_choices(household, account, span)]


def test_the_nearest_choice_wins_and_the_next_counts_when_it_ends(ada, paul, scene):
    household, account, held = scene
    today = firm_today()
    span = DateSpan(today - 10 * DAY, today + 20 * DAY)
    ours = approved(ada, paul, held, "Ours", named(ada, "Of the household's model"))
    models.mandate(household, ours, ada)
    assert told(household, account, span) == [("Of the household's model", ChoiceReason.HOUSEHOLD_MODEL, today)]
    assert told(household, None, span) == [("Of the household's model", ChoiceReason.MODEL, today)]
    assign_benchmark(household=household, benchmark=named(ada, "Of the household"), starts_on=today, by=ada.as_actor())
    assert told(household, account, span) == [("Of the household", ChoiceReason.HOUSEHOLD, today)]
    assert told(household, None, span) == [("Of the household", ChoiceReason.OWN, today)]
    its = approved(ada, paul, held, "Its own", named(ada, "Of its model"))
    models.mandate(household, its, ada, account=account, from_day=today + 5 * DAY)
    choice = {"household": household, "account": account, "starts_on": today + 8 * DAY}
    row = assign_benchmark(benchmark=named(ada, "Its own"), by=ada.as_actor(), **choice)
    end_benchmark(assignment=row, ends_on=today + 11 * DAY, by=ada.as_actor())
    assert told(household, account, span) == [
        ("Of the household", ChoiceReason.HOUSEHOLD, today),
        ("Of its model", ChoiceReason.MODEL, today + 5 * DAY),
        ("Its own", ChoiceReason.OWN, today + 8 * DAY),
        ("Of its model", ChoiceReason.MODEL, today + 12 * DAY),
    ]
    # the household itself is not held against what its account chose
    assert told(household, None, span) == [("Of the household", ChoiceReason.OWN, today)]
    texts = [each.text for each in benchmark_choices(household, account, span)]
    assert "the benchmark of its model Its own 1" in texts[1]
    days = portfolio_benchmark(household, account, span, "USD")
    assert days.names == ("Of the household", "Of its model", "Its own")
    assert len(days.choices) == 4


def test_a_version_changes_the_benchmark_from_its_day_and_one_without_ends_it(ada, paul, scene):
    household, _account, held = scene
    today = firm_today()
    model = approved(ada, paul, held, "Ours", named(ada, "First"))
    models.mandate(household, model, ada, until=today + 30 * DAY)
    for day, benchmark in ((today + 5 * DAY, named(ada, "Second")), (today + 9 * DAY, None)):
        terms = replace(models.terms(*held), benchmark=benchmark)
        version = draft_version(model=model, terms=terms, by=ada.as_actor())
        request = submit_version(version=version, effective_from=day, by=ada.as_actor())
        assert any(reason.startswith("Benchmark: ") for reason in request.reasons)
        decide_approval(request=request, decision="approve", by=paul.as_actor())
    found = benchmark_choices(household, None, DateSpan(today, today + 40 * DAY))
    assert [(each.benchmark.name, each.span.days) for each in found] == [("First", 5), ("Second", 4)]
    assert [each.version.number for each in found] == [1, 2]


def test_nothing_chosen_is_nothing(ada, scene):
    today = firm_today()
    assert benchmark_choices(scene[0], scene[1], DateSpan(today, today)) == ()
    assert portfolio_benchmark(scene[0], scene[1], DateSpan(today, today), "USD") is None
