"""The page of a security: changes, habits, actions and holders, each with a passport of the same digits."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.kernel.errors import NotFoundError
from apps.kernel.money import Money
from apps.market.engine.statistics import measured_trend
from apps.market.selectors.snapshots import market_snapshot
from apps.portfolios.engine.performance import Span
from apps.portfolios.models import Instrument
from apps.portfolios.selectors.securities import Quoted, security_for
from apps.portfolios.selectors.security_pages import holders, security_sheet
from apps.portfolios.selectors.security_passports import security_passport
from apps.portfolios.selectors.valuations import holdings_at
from tests.days import today
from tests.factories import clients, market, portfolios

DAY = dt.timedelta(days=1)
FIRST = dt.date(2024, 1, 1)


def wave(n: int) -> dict[dt.date, str]:
    """Closes that rise and fall back by turns while they grow."""
    return {FIRST + i * DAY: f"{100 * (1 + i / 500 + 0.1 * math.sin(i / 20)):.2f}" for i in range(n)}


@pytest.fixture
def quoted(ada: User) -> Quoted:
    master = market.security("QWV", wave(900), source="Tests")
    return security_for(ada.as_actor(), master.public_id)


def test_changes_are_measured_from_the_close_before_their_first_day(quoted: Quoted) -> None:
    closes = {day: float(close) for day, close in wave(900).items()}
    day = FIRST + 899 * DAY
    sheet = security_sheet(quoted, day)
    told = {change.span: change for change in sheet.changes}
    year_end = dt.date(day.year - 1, 12, 31)
    assert told[Span.YEAR].total.value == pytest.approx(closes[day] / closes[year_end] - 1)
    one_year = told[Span.ONE_YEAR]
    assert one_year.total.value == pytest.approx(closes[day] / closes[one_year.first_day - DAY] - 1)
    assert one_year.annual.value is None
    assert told[Span.FIVE_YEARS].total.value is None
    assert told[Span.FIVE_YEARS].total.reason == "No price that old is known."


def test_habits_are_those_of_the_years_looked_at(quoted: Quoted) -> None:
    day = FIRST + 899 * DAY
    closes = [Decimal(close) for at, close in wave(900).items() if at >= day.replace(year=day.year - 1)]
    one, five = security_sheet(quoted, day, 1), security_sheet(quoted, day, 5)
    assert one.habit.trend == measured_trend(closes)
    assert one.habit.n_closes == len(closes)
    assert five.habit.n_closes == 900
    assert one.habit.fall is not None
    assert one.habit.fall.depth == pytest.approx(
        min(float(low / high) - 1 for i, high in enumerate(closes) for low in closes[i:])
    )
    assert five.chart is not None
    assert len(five.chart["x"]["values"]) <= 2 * 520
    assert five.chart["x"]["values"][-1] == day.isoformat()


def test_a_passport_has_the_digits_of_the_page(quoted: Quoted) -> None:
    day = FIRST + 899 * DAY
    sheet = security_sheet(quoted, day, 3)
    assert sheet.habit.trend is not None
    expected = {
        "volatility-3": sheet.habit.volatility,
        "trend-3": sheet.habit.trend.rate,
        "low-3": sheet.habit.trend.low,
        "high-3": sheet.habit.trend.high,
        "total-year": next(change.total.value for change in sheet.changes if change.span is Span.YEAR),
    }
    for figure, value in expected.items():
        assert security_passport(quoted, figure, day).value.value == value
    close = security_passport(quoted, "close", day)
    assert close.value.value == Money(Decimal(wave(900)[day]), "USD")
    assert close.source == "Tests"
    for other in ("nonsense", "trend-7", "trend-x", "total-five_years", "distribution", "volume", "annual-month"):
        with pytest.raises(NotFoundError):
            security_passport(quoted, other, day)


def test_nothing_is_told_of_a_security_without_prices(ada: User) -> None:
    sheet = security_sheet(security_for(ada.as_actor(), market.security("QNO").public_id), today())
    assert sheet.last is None
    assert sheet.chart is None
    assert sheet.habit.trend is None
    assert [change.total.value for change in sheet.changes] == [None] * 6


def test_holders_are_accounts_one_may_see_with_the_value_of_their_own_page(ada: User, mallory: User) -> None:
    account = portfolios.account(clients.household(ada), ada)
    held = portfolios.instrument(ada, "QHE", {today(): "10"})
    quoted = security_for(ada.as_actor(), held.public_id)
    assert holders(ada.as_actor(), quoted, today()) == []
    portfolios.entry(account, ada, "transfer_in", instrument=held, units="5.5", cost="50")
    (line,) = holders(ada.as_actor(), quoted, today())
    (holding,) = holdings_at([account], today())[account.pk].holdings
    assert (line.account, line.units, line.value) == (account, holding.quantity, holding.value)
    assert holders(mallory.as_actor(), quoted, today()) == []
    assert holders(ada.as_actor(), quoted, dt.date(2000, 1, 1)) == []


def test_a_security_of_the_firms_own_has_the_prices_of_its_files(ada: User) -> None:
    own = Instrument.objects.create(symbol="", name="Quillfeather Partners II", kind="private_fund")
    account = portfolios.account(clients.household(ada), ada)
    portfolios.entry(account, ada, "transfer_in", instrument=own, units="2", cost="1000")
    own.prices.create(day=today(), close="510", source="tests")
    sheet = security_sheet(security_for(ada.as_actor(), own.public_id), today())
    assert sheet.last is not None
    assert sheet.last.close == 510
    assert sheet.actions == ()


def test_the_page_and_the_api_say_the_same_of_a_year(quoted: Quoted) -> None:
    for n in (500, 899):
        day = FIRST + n * DAY
        (quote,) = market_snapshot("equity", day, "QWV").quotes
        habit = security_sheet(quoted, day, 1).habit
        assert habit.trend is not None
        assert (quote.annual_volatility, quote.annual_trend) == (habit.volatility, habit.trend.rate)
        assert habit.last is not None
        assert quote.price == habit.last.close
