"""Returns of benchmarks on the days of portfolios, figures of risk beside them, and their passports."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from apps.core.templatetags.formats import date_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError
from apps.portfolios.engine.risk_figures import Frequency, Measure
from apps.portfolios.models import Instrument
from apps.portfolios.selectors.benchmark_pages import benchmark_page, benchmark_passport
from apps.portfolios.selectors.benchmarks import benchmark_for, benchmark_returns, portfolio_benchmark
from apps.portfolios.selectors.compared_passports import figure_passport
from apps.portfolios.selectors.comparisons import compared, drawdown_spec, growth_beside_spec
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.risk import risk_sheet
from apps.portfolios.services.benchmarks import assign_benchmark, revise_benchmark
from tests.factories import benchmarks as made
from tests.factories import clients, market
from tests.factories import portfolios as books

START, END = dt.date(2024, 1, 2), dt.date(2025, 6, 30)
# a close before the first day, for its opening
BEFORE = START - dt.timedelta(days=1)
DAYS = [day for n in range((END - BEFORE).days + 1) if (day := BEFORE + dt.timedelta(days=n)).weekday() < 5]


def walk(seed, volatility=0.01):
    steps = np.random.default_rng(seed).normal(0.0004, volatility, len(DAYS))
    prices = 100 * np.cumprod(np.concatenate([[1.0], 1 + steps[1:]]))
    return {day: str(Decimal(str(round(price, 4)))) for day, price in zip(DAYS, prices, strict=True)}


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def account(ada, household):
    """10,000 in the fund AAA from the first day."""
    fund = books.instrument(ada, "AAA")
    market.stored(fund.master, walk(1))
    opened = books.account(household, ada, opened_on=START)
    books.entry(opened, ada, "deposit", START, cash="10000")
    books.entry(opened, ada, "buy", START, instrument=fund, units="100", price="100", cash="-10000")
    return opened


@pytest.fixture
def market_fund(ada):
    return market.stored(market.security("BBB"), walk(2))


def held_against(ada, household, benchmark, day=START, account=None):
    told = {"household": household, "account": account, "benchmark": benchmark, "starts_on": day}
    return assign_benchmark(**told, by=ada.as_actor())


def test_a_benchmark_of_one_fund_is_the_fund(ada, market_fund):
    blend = benchmark_for(ada.as_actor(), made.benchmark(ada, ("BBB", "1")).public_id)
    found = benchmark_returns(blend, DateSpan(START, END), "USD")
    closes = list(walk(2).values())
    assert float(np.prod(1 + found.returns)) == pytest.approx(float(closes[-1]) / float(closes[0]))
    assert found.gaps == ()


def test_missing_and_stale_prices_are_reasons_and_no_zeros(ada):
    market.security("OLD", {START: "100", START + dt.timedelta(days=40): "110"})
    blend = made.benchmark(ada, ("OLD", "1"))
    found = benchmark_returns(
        benchmark_for(ada.as_actor(), blend.public_id), DateSpan(START - dt.timedelta(days=5), END), "USD"
    )
    assert np.isnan(found.returns[0])
    assert np.isnan(found.returns[30])
    assert "No price of OLD" in found.gap_within(START + dt.timedelta(days=20), END)
    assert found.gap_within(START + dt.timedelta(days=2), START + dt.timedelta(days=8)) == ""


def test_a_rate_accrues_by_day(ada):
    made.series("cash_rate", {START: "0.0365"})
    blend = benchmark_for(ada.as_actor(), made.benchmark(ada, ("cash_rate", "1")).public_id)
    found = benchmark_returns(blend, DateSpan(START + dt.timedelta(days=1), START + dt.timedelta(days=365)), "USD")
    assert float(np.prod(1 + found.returns)) == pytest.approx(1.0365)


def test_a_series_of_another_currency_is_converted(ada):
    made.series("index_eu", {BEFORE: "100", START: "101"}, unit="index", currency="EUR")
    made.series("cash_eu", {BEFORE: "0.02"}, currency="EUR")
    market.rates(("EUR", "USD"), {BEFORE: "1.10", START: "1.21"})
    blend = made.benchmark(ada, ("index_eu", "0.5"), ("cash_eu", "0.5"))
    one = DateSpan(START, START)
    in_dollars, in_euros = (benchmark_returns(blend, one, currency) for currency in ("USD", "EUR"))
    assert in_dollars.part_returns[0].tolist() == pytest.approx([1.01 * 1.1 - 1, 1.02 ** (1 / 365) * 1.1 - 1])
    assert in_euros.part_returns[0].tolist() == pytest.approx([0.01, 1.02 ** (1 / 365) - 1])


@pytest.mark.parametrize(
    ("kind", "terms", "after", "grown"),
    [
        ("split", {"new_shares": 4, "old_shares": 1}, "26", 1.04),
        ("stock_dividend", {"new_shares": 1, "old_shares": 10}, "100", 1.10),
        ("spin_off", {"new_shares": 1, "old_shares": 2, "fair_old": 80, "fair_new": 40}, "80", 1.0),
        ("return_of_capital", {"cash_per_share": 20}, "80", 1.0),
        ("symbol_change", {}, "101", 1.01),
        ("spin_off", {"new_shares": 1, "old_shares": 2}, "80", 0.80),
    ],
)
def test_what_a_company_did_to_its_shares_is_no_loss(ada, kind, terms, after, grown):
    fund = market.stored(market.security("BBB"), {BEFORE: "100", START: after})
    told = {name: Decimal(value) for name, value in terms.items()}
    if kind in {"spin_off", "symbol_change"}:
        told["into"] = market.security("CCC").symbol
    market.action(fund.symbol, START, kind, **told)
    found = benchmark_returns(made.benchmark(ada, ("BBB", "1")), DateSpan(START, START), "USD")
    assert 1 + found.returns[0] == pytest.approx(grown)


def test_a_new_version_leaves_the_days_before_it_alone(ada, market_fund):
    market.stored(market.security("CCC"), dict.fromkeys(walk(2), "50"))
    blend, day = made.benchmark(ada, ("BBB", "1")), dt.date(2025, 1, 1)
    revise_benchmark(benchmark=blend, terms=made.terms(("CCC", "1"), starts_on=day), by=ada.as_actor())
    found = benchmark_returns(benchmark_for(ada.as_actor(), blend.public_id), DateSpan(START, END), "USD")
    assert np.all(found.between(day, END) == 0)
    assert found.between(START, day - dt.timedelta(days=1))[5:].any()


def test_an_account_takes_the_households_benchmark_until_it_has_its_own(ada, household, account, market_fund):
    whole, own = made.benchmark(ada, ("BBB", "1")), made.benchmark(ada, ("AAA", "1"), name="Own")
    held_against(ada, household, whole)
    span = DateSpan(START, END)
    assert portfolio_benchmark(household, account, span, "USD").names == ("Blend",)
    held_against(ada, household, own, dt.date(2025, 1, 1), account)
    assert portfolio_benchmark(household, account, span, "USD").names == ("Blend", "Own")
    assert portfolio_benchmark(household, None, span, "USD").names == ("Blend",)


def test_a_period_shows_return_benchmark_and_difference(ada, household, account, market_fund):
    held_against(ada, household, made.benchmark(ada, ("BBB", "1")))
    owner = PortfolioOwner(household)
    beside = compared(owner, owner.sheet(END))
    for line in beside.lines:
        assert line.difference.value == pytest.approx(line.net.value - line.benchmark.value)
    whole = beside.line("inception")
    assert whole.benchmark.value == pytest.approx(float(list(walk(2).values())[-1]) / 100 - 1)
    passport = figure_passport(owner, beside.sheet, "inception-benchmark")
    assert passport.value.value == whole.benchmark.value
    months = [line.amount.value for line in passport.lines if line.how == "linked"]
    assert np.prod([1 + month for month in months]) - 1 == pytest.approx(whole.benchmark.value)
    assert figure_passport(owner, beside.sheet, "year-difference").value.value == beside.line("year").difference.value
    assert len(growth_beside_spec(beside)["series"]) == len(drawdown_spec(beside)["series"]) == 2


def test_days_before_the_benchmark_have_none(ada, household, account, market_fund):
    held_against(ada, household, made.benchmark(ada, ("BBB", "1")), dt.date(2025, 1, 1))
    owner = PortfolioOwner(household)
    beside = compared(owner, owner.sheet(END))
    assert beside.line("year").benchmark.value is not None
    assert beside.line("inception").benchmark.value is None
    assert "No benchmark from" in beside.line("inception").benchmark.reason
    with pytest.raises(NotFoundError):
        figure_passport(owner, beside.sheet, "inception-benchmark")


@pytest.mark.parametrize("frequency", list(Frequency))
def test_risk_beside_itself_is_one_with_no_tracking_error(ada, household, account, frequency):
    made.series("risk_free_usd", {BEFORE: "0.03"})
    held_against(ada, household, made.benchmark(ada, ("AAA", "1")))
    owner = PortfolioOwner(household, account)
    found = risk_sheet(owner, owner.sheet(END), frequency)
    column = found.column("inception")
    assert column.figures[Measure.BETA].value == pytest.approx(1, abs=0.01)
    assert column.figures[Measure.TRACKING_ERROR].value == pytest.approx(0, abs=0.01)
    assert 0.05 < column.figures[Measure.VOLATILITY].value < 0.25
    assert found.risk_free == "risk_free_usd"
    passport = figure_passport(owner, found.sheet, f"inception-sharpe-{frequency}")
    assert passport.value.value == column.figures[Measure.SHARPE].value
    assert any("Observations" in line.label for line in passport.lines)


def test_risk_without_rate_or_benchmark_says_why(ada, household, account):
    owner = PortfolioOwner(household)
    column = risk_sheet(owner, owner.sheet(END), Frequency.DAILY).column("inception")
    assert column.figures[Measure.SHARPE].value is None
    assert "risk-free" in column.figures[Measure.SHARPE].reason
    assert "benchmark" in column.figures[Measure.BETA].reason
    with pytest.raises(NotFoundError):
        figure_passport(owner, owner.sheet(END), "inception-beta-daily")


@pytest.mark.parametrize("frequency", list(Frequency))
def test_risk_of_a_portfolio_that_lost_more_than_all_names_the_day(ada, household, account, frequency):
    day = START + dt.timedelta(days=60)
    fund = Instrument.objects.get(symbol="AAA")
    books.entry(account, ada, "buy", day, instrument=fund, units="1", cash="-9000000")
    owner = PortfolioOwner(household)
    found = risk_sheet(owner, owner.sheet(END), frequency)
    assert found.columns == ()
    assert date_text(day) in found.reason
    assert drawdown_spec(found.comparison) is not None


def test_a_page_shows_what_the_benchmark_returned_and_its_weights(ada, market_fund):
    blend = benchmark_for(ada.as_actor(), made.benchmark(ada, ("BBB", "1"), starts_on=START).public_id)
    page = benchmark_page(blend, END)
    year = next(line for line in page.lines if line.span == "year")
    assert benchmark_passport(page, "year").value.value == year.figure.value
    assert benchmark_passport(page, "weights-1").value.value == 1
    assert next(line for line in page.lines if line.span == "three_years").figure.value is None
    with pytest.raises(NotFoundError):
        benchmark_passport(page, "three_years")
