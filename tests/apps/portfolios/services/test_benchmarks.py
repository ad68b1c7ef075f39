"""Benchmarks: defined, dated, given to portfolios."""

import datetime as dt

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Benchmark, BenchmarkAssignment, BenchmarkVersion
from apps.portfolios.services.benchmarks import (
    BenchmarkRetiredError,
    assign_benchmark,
    define_benchmark,
    end_benchmark,
    offer_benchmark,
    retire_benchmark,
    revise_benchmark,
)
from tests.factories import benchmarks as made
from tests.factories import clients, market
from tests.factories import portfolios as books

LATER = dt.date(2025, 1, 1)


@pytest.fixture
def funds(ada):
    for symbol in ("AAA", "BBB"):
        market.security(symbol, {dt.date(2024, 1, 2): "100"})


@pytest.fixture
def blend(ada, funds):
    return made.benchmark(ada, ("AAA", "0.6"), ("bbb", "0.4"))


@pytest.fixture
def household(ada):
    return clients.household(ada)


def count(action):
    return AuditEvent.objects.filter(action=f"portfolios.{action}").count()


def test_a_benchmark_is_defined_with_its_parts_and_audited_once(blend):
    version = blend.versions.get()
    assert {part.symbol: float(part.weight) for part in version.parts.all()} == {"AAA": 0.6, "BBB": 0.4}
    assert (count("define_benchmark"), count("revise_benchmark")) == (1, 1)


def test_a_series_can_be_a_part(ada, funds):
    made.series("cash_rate", {dt.date(2024, 1, 1): "0.03"})
    blend = made.benchmark(ada, ("AAA", "0.9"), ("cash_rate", "0.1"))
    assert blend.versions.get().parts.get(security=None).symbol == "cash_rate"


@pytest.mark.parametrize(
    "parts", [[("AAA", "0.6")], [("AAA", "0.6"), ("ZZZ", "0.4")], [("AAA", "0.5"), ("aaa", "0.5")], []]
)
def test_parts_that_do_not_hold_leave_nothing_behind(ada, funds, parts):
    with pytest.raises(InvalidInputError):
        define_benchmark(name="Bad", currency="USD", terms=made.terms(*parts), by=ada.as_actor())
    assert not Benchmark.objects.exists()
    assert not BenchmarkVersion.objects.exists()


def test_a_name_is_taken_once(ada, blend):
    with pytest.raises(InvalidInputError):
        made.benchmark(ada, ("AAA", "1"), name="Blend")


def test_other_parts_begin_after_those_in_force(ada, blend):
    with pytest.raises(InvalidInputError):
        revise_benchmark(benchmark=blend, terms=made.terms(("AAA", "1")), by=ada.as_actor())
    revise_benchmark(benchmark=blend, terms=made.terms(("AAA", "1"), starts_on=LATER), by=ada.as_actor())
    assert blend.versions.count() == 2
    assert count("revise_benchmark") == 2


def test_one_no_longer_offered_is_given_to_nobody(ada, blend, household):
    assert not retire_benchmark(benchmark=blend, by=ada.as_actor()).is_active
    assert count("retire_benchmark") == 1
    blend.refresh_from_db()
    with pytest.raises(BenchmarkRetiredError):
        assign_benchmark(household=household, benchmark=blend, starts_on=LATER, by=ada.as_actor())
    assert not BenchmarkAssignment.objects.exists()
    retire_benchmark(benchmark=blend, by=ada.as_actor())
    assert count("retire_benchmark") == 1
    for _ in range(2):
        assert offer_benchmark(benchmark=blend, by=ada.as_actor()).is_active
    assert count("offer_benchmark") == 1


def test_a_new_benchmark_ends_the_one_before_it(ada, blend, household):
    other = made.benchmark(ada, ("BBB", "1"), name="Other")
    first = assign_benchmark(household=household, benchmark=blend, starts_on=made.START, by=ada.as_actor())
    second = assign_benchmark(household=household, benchmark=other, starts_on=LATER, by=ada.as_actor())
    first.refresh_from_db()
    assert first.ends_on == LATER - dt.timedelta(days=1)
    assert (count("assign_benchmark"), count("end_benchmark")) == (2, 1)
    # the same day again is a correction
    again = assign_benchmark(household=household, benchmark=blend, starts_on=LATER, by=ada.as_actor())
    assert again.pk == second.pk
    with pytest.raises(InvalidInputError):
        assign_benchmark(household=household, benchmark=blend, starts_on=made.START, by=ada.as_actor())


def test_it_ends_on_a_day_not_before_it_began(ada, blend, household):
    row = assign_benchmark(household=household, benchmark=blend, starts_on=LATER, by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        end_benchmark(assignment=row, ends_on=made.START, by=ada.as_actor())
    assert end_benchmark(assignment=row, ends_on=LATER, by=ada.as_actor()).ends_on == LATER
    assert count("end_benchmark") == 1


def test_one_that_ends_later_does_not_reach_into_the_next(ada, blend, household):
    other = made.benchmark(ada, ("BBB", "1"), name="Other")
    first = assign_benchmark(household=household, benchmark=blend, starts_on=made.START, by=ada.as_actor())
    assign_benchmark(household=household, benchmark=other, starts_on=LATER, by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="Another benchmark begins"):
        end_benchmark(assignment=first, ends_on=LATER, by=ada.as_actor())
    first.refresh_from_db()
    assert first.ends_on == LATER - dt.timedelta(days=1)


def test_an_account_of_another_household_is_refused(ada, blend, household):
    account = books.account(clients.household(ada, name="Okonkwo"), ada)
    with pytest.raises(InvalidInputError):
        assign_benchmark(household=household, account=account, benchmark=blend, starts_on=LATER, by=ada.as_actor())
    assert not BenchmarkAssignment.objects.exists()
