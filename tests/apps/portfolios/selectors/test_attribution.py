"""Attribution and sources of return from ledger and prices: parts sum to what the page of returns says."""

import datetime as dt

import pytest

from apps.accounts.models import FirmProfile
from apps.kernel.errors import NotFoundError
from apps.kernel.flows import FlowTiming
from apps.market.models import CurrencyRate
from apps.portfolios.engine.active_return import Linking
from apps.portfolios.engine.risk_figures import Frequency
from apps.portfolios.selectors.attribution import attribution_sheet, attribution_spec, source_columns
from apps.portfolios.selectors.attribution_passports import attribution_passport, source_passport
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.services.benchmarks import assign_benchmark
from tests.apps.portfolios.selectors.test_benchmarks import BEFORE, END, START, walk
from tests.factories import benchmarks as made
from tests.factories import clients, market
from tests.factories import portfolios as books

HOW = (Frequency.DAILY, Linking.CARINO)
LATER = START + dt.timedelta(days=70)


@pytest.fixture
def owner(ada):
    """Stocks and bonds bought at the start, a dividend, a fee, a sale and a purchase later, held against a blend."""
    household = clients.household(ada)
    stocks = books.instrument(ada, "AAA")
    bonds = books.instrument(ada, "BBB", asset_class="corporate_bonds")
    market.stored(stocks.master, walk(1))
    market.stored(bonds.master, walk(2, 0.004))
    market.stored(market.security("CCC"), walk(3))
    account = books.account(household, ada, opened_on=START)
    books.entry(account, ada, "deposit", START, cash="10000")
    books.entry(account, ada, "buy", START, instrument=stocks, units="60", price="100", cash="-6000")
    books.entry(account, ada, "buy", START, instrument=bonds, units="35", price="100", cash="-3500")
    books.entry(account, ada, "dividend", LATER, instrument=stocks, cash="80")
    books.entry(account, ada, "advisory_fee", LATER, cash="-25")
    books.entry(account, ada, "sell", LATER, instrument=bonds, units="-10", price="100", cash="1000")
    books.entry(account, ada, "buy", LATER, instrument=stocks, units="8", price="105", cash="-840")
    blend = made.benchmark(ada, ("CCC", "0.6"), ("BBB", "0.4"), rebalanced="monthly")
    assign_benchmark(household=household, benchmark=blend, starts_on=START, by=ada.as_actor())
    return PortfolioOwner(household, account)


@pytest.mark.parametrize("timing", list(FlowTiming))
@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize("linking", list(Linking))
def test_effects_sum_to_the_difference_of_the_returns_page(owner, timing, frequency, linking):
    FirmProfile.objects.update(flow_timing=timing)
    found = attribution_sheet(owner, owner.sheet(END), "inception", (frequency, linking))
    assert found.reason == ""
    whole = sum(line.total for line in found.lines) + found.rest
    assert whole == pytest.approx(found.line.difference.value, abs=1e-12)
    assert found.total.total == pytest.approx(found.line.difference.value, abs=1e-12)
    for line in found.lines:
        assert sum(each.total for each in line.holdings) == pytest.approx(line.selection + line.interaction, abs=1e-9)
    assert {line.key for line in found.lines} == {"us_equity", "corporate_bonds", "cash"}
    assert sum(line.portfolio_weight for line in found.lines) == pytest.approx(1)


def test_daily_the_rest_is_fee_and_trading_alone(owner):
    found = attribution_sheet(owner, owner.sheet(END), "inception", HOW)
    assert -0.006 < found.rest < 0  # the fee is 25 of some 10,000
    assert attribution_spec(found)["kind"] == "bars"


def test_without_a_benchmark_there_is_a_reason(ada):
    household, account, _ = books.funded(ada)
    lonely = PortfolioOwner(household, account)
    found = attribution_sheet(lonely, lonely.sheet(books.DAY + dt.timedelta(days=9)), "inception", HOW)
    assert found.lines == ()
    assert "benchmark" in found.reason
    assert attribution_spec(found) is None


@pytest.mark.parametrize("timing", list(FlowTiming))
def test_sources_sum_to_the_return_net_of_fees(owner, timing):
    FirmProfile.objects.update(flow_timing=timing)
    sheet = owner.sheet(END)
    columns = source_columns(owner, sheet)
    assert {column.span for column in columns} == {line.span for line in sheet.lines if line.figures}
    for column in columns:
        assert sum(column.parts.values()) == pytest.approx(sheet.line(column.span).figures.net.value, abs=1e-12)
    whole = columns[-1].parts
    assert whole["income"] == pytest.approx(0.008, abs=0.002)
    assert whole["fees"] == pytest.approx(-0.0025, abs=0.0008)
    assert whole["currency"] == 0
    assert whole["rest"] == pytest.approx(0, abs=1e-9)


def test_exchange_rates_are_a_source_of_their_own(ada):
    household = clients.household(ada)
    fund = books.instrument(ada, "EUF", dict.fromkeys((BEFORE, START, END), "100"), currency="EUR")
    market.rates(("EUR", "USD"), {BEFORE: "1.00", START: "1.00", END: "1.10"})
    account = books.account(household, ada, opened_on=START)
    books.entry(account, ada, "deposit", START, cash="10000")
    books.entry(account, ada, "buy", START, instrument=fund, units="50", price="100", cash="-5000")
    lonely = PortfolioOwner(household, account)
    assert CurrencyRate.objects.exists()
    parts = source_columns(lonely, lonely.sheet(END))[-1].parts
    assert parts["currency"] == pytest.approx(0.05, abs=1e-6)
    assert parts["price"] == pytest.approx(0, abs=1e-9)


def test_each_figure_has_its_passport(owner):
    sheet = owner.sheet(END)
    found = attribution_sheet(owner, sheet, "inception", HOW)
    bonds = next(line for line in found.lines if line.key == "corporate_bonds")
    passport = attribution_passport(owner, sheet, "inception-attribution-daily-carino-corporate_bonds-allocation")
    assert passport.value.value == bonds.allocation
    held = bonds.holdings[0]
    passport = attribution_passport(owner, sheet, f"inception-attribution-daily-carino-{held.key}-total")
    assert passport.value.value == held.total
    assert attribution_passport(owner, sheet, "inception-attribution-daily-carino-rest-total").value.value == found.rest
    column = source_columns(owner, sheet)[-1]
    assert source_passport(owner, sheet, "inception-source-income").value.value == column.parts["income"]
    for wrong in ("inception-attribution-daily-carino-gold-total", "inception-attribution-weekly-carino-cash-total"):
        with pytest.raises(NotFoundError):
            attribution_passport(owner, sheet, wrong)
    with pytest.raises(NotFoundError):
        source_passport(owner, sheet, "inception-source-luck")
