"""Concentration of a portfolio, and the days that a sale takes."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.kernel.errors import NotFoundError
from apps.portfolios.selectors.concentration import concentration_passport, concentration_sheet, concentration_spec
from apps.portfolios.selectors.owners import PortfolioOwner
from tests.factories import benchmarks as made
from tests.factories import portfolios as books

WEEK = books.DAY + dt.timedelta(days=7)


@pytest.fixture
def owner(ada):
    household, account, _ = books.funded(ada)
    return PortfolioOwner(household, account)


def test_holdings_and_cash_make_the_whole(owner):
    sheet = concentration_sheet(owner, WEEK)
    fund, cash = sheet.holdings
    assert (fund.label, fund.value, cash.key, cash.value) == ("AAA", Decimal(5500), "balance", Decimal(5000))
    assert fund.share + cash.share == pytest.approx(1)
    assert sheet.index.herfindahl.value == pytest.approx(fund.share**2 + cash.share**2)
    assert sheet.index.largest.value == pytest.approx(5500 / 10500)
    assert sheet.without_volume == ("AAA",)
    assert {line.key for line in sheet.classes} == {"us_equity", "cash"}
    assert sum(line.value for line in sheet.classes) == 10_500
    assert concentration_spec(sheet)["series"][0]["values"][0] == fund.share
    whole = concentration_sheet(PortfolioOwner(owner.household), WEEK)
    assert whole.index.herfindahl.value == sheet.index.herfindahl.value


def test_days_rest_on_the_volume_where_one_is_supplied(owner):
    made.series("daily_volume_aaa", {books.DAY: "50"}, unit="units")
    sheet = concentration_sheet(owner, WEEK)
    assert sheet.holdings[0].days == pytest.approx(100 / 10)
    assert sheet.holdings[0].has_volume
    assert sheet.without_volume == ()
    assert sheet.week.value == pytest.approx(5000 / 10500)


def test_each_figure_has_its_passport(owner):
    sheet = concentration_sheet(owner, WEEK)
    for name, _label, found in sheet.stats:
        assert concentration_passport(owner, WEEK, f"concentration-{name}").value.value == found.value
    line = sheet.holdings[0]
    assert concentration_passport(owner, WEEK, f"concentration-{line.key}").value.value == line.share
    with pytest.raises(NotFoundError):
        concentration_passport(owner, WEEK, "concentration-luck")
    early = concentration_sheet(owner, books.DAY - dt.timedelta(days=9))
    assert early.holdings == ()
    assert early.index.largest.value is None
