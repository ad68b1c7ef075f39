"""Calls and distributions: what moves, what is carried forward, and the cash that is kept back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import AssetFlow, CashReserve, ManualAsset, Transaction
from apps.portfolios.selectors.asset_rows import booked_flows, standing_marks
from apps.portfolios.selectors.performance_pages import account_sheet
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.services.asset_flows import CallTooLargeError, FlowDetails, pay_call, take_back_flow
from apps.portfolios.services.manual_assets import AssetStepError, change_asset, end_asset
from tests.factories import assets, clients, market, portfolios

D = Decimal
DAY = dt.timedelta(days=1)
YEAR_END = dt.date(2023, 12, 31)


@pytest.fixture
def home(ada: User) -> Household:
    return clients.household(ada)


@pytest.fixture
def fund(home: Household, ada: User) -> ManualAsset:
    """Half a million committed, 160,000 called on the first of March 2023, worth 171,234.56 at the end of the year."""
    made = assets.fund(home, ada)
    assets.flow(made, ada, "call", "160000")
    assets.valued(made, ada, "171234.56", YEAR_END)
    return made


def worth(asset: ManualAsset, day: dt.date) -> Decimal:
    at = holdings_at([asset.account], day)[asset.account_id]
    assert at.cash == 0
    return at.total.quantize(D("0.01"))


def count(action: str) -> int:
    return AuditEvent.objects.filter(action=f"portfolios.{action}").count()


def test_the_statement_is_carried_forward_by_what_moves(fund: ManualAsset, ada: User) -> None:
    assets.flow(fund, ada, "call", "70000", dt.date(2024, 2, 1))
    assets.flow(fund, ada, "gain", "12000.50", dt.date(2024, 3, 1))
    assets.flow(fund, ada, "income", "400", dt.date(2024, 3, 1))
    days = (assets.CALLED, YEAR_END, dt.date(2024, 2, 1), dt.date(2024, 3, 1), dt.date(2024, 12, 1))
    told = ["160000.00", "171234.56", "241234.56", "228834.06", "228834.06"]
    assert [str(worth(fund, day)) for day in days] == told
    assert count("record_flow") == 4


def test_what_moves_is_no_return_and_what_is_stated_is(fund: ManualAsset, ada: User) -> None:
    assets.flow(fund, ada, "call", "70000", dt.date(2024, 2, 1))
    assets.flow(fund, ada, "return_of_capital", "9000", dt.date(2024, 3, 1))
    found = account_sheet(fund.account, dt.date(2024, 3, 2)).line("inception").figures
    assert found.net.value == pytest.approx(171234.56 / 160000 - 1)
    assert found.gain.quantize(D("0.01")) == D("11234.56")


def test_an_earlier_call_moves_all_that_was_carried_since(fund: ManualAsset, ada: User) -> None:
    assets.flow(fund, ada, "call", "1000", dt.date(2024, 5, 1))
    late = assets.flow(fund, ada, "call", "5000", dt.date(2024, 4, 1))
    assert worth(fund, dt.date(2024, 5, 1)) == D("177234.56")
    take_back_flow(flow=late, reason="Another fund's.", by=ada.as_actor())
    assert worth(fund, dt.date(2024, 5, 1)) == D("172234.56")
    assert len(booked_flows(fund)) == 2
    assert len(standing_marks(fund)) == 1
    assert count("take_back_flow") == 1


def test_a_call_that_is_announced_keeps_its_cash_back_until_it_is_paid(
    fund: ManualAsset, home: Household, ada: User
) -> None:
    account = portfolios.account(home, ada)
    due = firm_today() + 10 * DAY
    call = assets.notice(fund, ada, "90000", due, account=account)
    kept = CashReserve.objects.on(due + 30 * DAY).get()
    assert (kept.amount, kept.account, call.reserve) == (D(90000), account, kept)
    before = worth(fund, firm_today())
    pay_call(flow=call, day=firm_today(), by=ada.as_actor())
    assert worth(fund, firm_today()) == before + 90000
    assert not CashReserve.objects.on(firm_today() + DAY).exists()
    with pytest.raises(AssetStepError):
        pay_call(flow=call, day=firm_today(), by=ada.as_actor())
    assert (count("announce_call"), count("pay_call"), count("end_reserve")) == (1, 1, 1)


def test_an_announced_call_can_be_withdrawn(fund: ManualAsset, ada: User) -> None:
    call = assets.notice(fund, ada, "90000", firm_today())
    with pytest.raises(AssetStepError, match="announced"):
        end_asset(asset=fund, day=firm_today() - DAY, proceeds=D(1), by=ada.as_actor())
    take_back_flow(flow=call, reason="The manager withdrew it.", by=ada.as_actor())
    assert not CashReserve.objects.on(firm_today() + DAY).exists()
    with pytest.raises(AssetStepError):
        take_back_flow(flow=call, reason="Again.", by=ada.as_actor())


def test_no_more_is_called_than_is_left_of_the_commitment(fund: ManualAsset, ada: User) -> None:
    assets.notice(fund, ada, "300000", firm_today() + DAY)
    with pytest.raises(CallTooLargeError):
        assets.flow(fund, ada, "call", "40000.01", dt.date(2024, 1, 5))
    assets.flow(fund, ada, "call_outside", "45000", dt.date(2024, 1, 5))
    assets.flow(fund, ada, "return_of_capital", "25000", dt.date(2024, 1, 6), is_recallable=True)
    assets.flow(fund, ada, "call", "65000", dt.date(2024, 1, 7))
    with pytest.raises(InvalidInputError):
        change_asset(asset=fund, changes={"commitment": D(150000)}, by=ada.as_actor())
    change_asset(asset=fund, changes={"commitment": D(600000)}, by=ada.as_actor())


@pytest.mark.parametrize(
    ("kind", "amount", "day", "recallable"),
    [
        ("call", "0", assets.CALLED, False),
        ("call", "160000", assets.CALLED, False),
        ("call", "5", dt.date(2100, 1, 1), False),
        ("call", "5", assets.CALLED, True),
        ("gain", "5", assets.CALLED - DAY, False),
        ("fee", "5", assets.CALLED, False),
    ],
)
def test_what_makes_no_sense_leaves_nothing_behind(
    fund: ManualAsset, ada: User, kind: str, amount: str, day: dt.date, recallable: bool
) -> None:
    with pytest.raises(InvalidInputError):
        assets.flow(fund, ada, kind, amount, day, is_recallable=recallable)
    assert AssetFlow.objects.count() == 1
    assert Transaction.objects.count() == 2


def test_only_a_call_is_announced_and_a_first_call_stays_under_its_distributions(fund: ManualAsset, ada: User) -> None:
    from apps.portfolios.services.asset_flows import announce_call

    with pytest.raises(InvalidInputError):
        announce_call(asset=fund, details=FlowDetails("gain", firm_today(), D(5)), by=ada.as_actor())
    assets.flow(fund, ada, "gain", "5", dt.date(2024, 1, 6))
    with pytest.raises(InvalidInputError):
        take_back_flow(flow=fund.flows.get(kind="call"), reason="Wrong.", by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        take_back_flow(flow=fund.flows.get(kind="call"), reason=" ", by=ada.as_actor())


def test_a_house_pays_income_and_calls_nothing(home: Household, ada: User) -> None:
    house = assets.house(home, ada)
    assets.flow(house, ada, "income", "8000", dt.date(2024, 1, 6))
    assert worth(house, dt.date(2024, 1, 6)) == D(400000)
    found = account_sheet(house.account, dt.date(2024, 1, 6)).line("inception").figures
    assert found.net.value == pytest.approx(0.02)
    with pytest.raises(InvalidInputError):
        assets.flow(house, ada, "call", "5", dt.date(2024, 1, 6))


def test_a_fund_in_another_currency_keeps_back_the_households(home: Household, ada: User) -> None:
    euros = assets.fund(home, ada, currency="EUR", name="Rhein IV")
    call = assets.notice(euros, ada, "1000", firm_today())
    assert call.reserve is None  # no rate is known


def test_a_commitment_is_not_lowered_under_what_is_announced(fund: ManualAsset, ada: User) -> None:
    notice = assets.notice(fund, ada, "300000", firm_today() + 10 * DAY)
    with pytest.raises(InvalidInputError, match="announced"):
        change_asset(asset=fund, changes={"commitment": D(459999)}, by=ada.as_actor())
    change_asset(asset=fund, changes={"commitment": D(460000)}, by=ada.as_actor())
    pay_call(flow=notice, day=firm_today(), by=ada.as_actor())


def test_a_distribution_that_was_called_again_is_not_taken_back(fund: ManualAsset, ada: User) -> None:
    given = assets.flow(fund, ada, "return_of_capital", "50000", dt.date(2024, 3, 1), is_recallable=True)
    again = assets.flow(fund, ada, "call", "390000", dt.date(2024, 4, 1))
    with pytest.raises(InvalidInputError, match="called again"):
        take_back_flow(flow=given, reason="Wrong.", by=ada.as_actor())
    assert Transaction.objects.standing().filter(account=fund.account, kind="return_of_capital").count() == 1
    take_back_flow(flow=again, reason="Wrong.", by=ada.as_actor())
    take_back_flow(flow=given, reason="Wrong.", by=ada.as_actor())


def test_the_cash_of_a_call_is_kept_in_the_currency_of_the_account(
    fund: ManualAsset, home: Household, ada: User
) -> None:
    market.rates(("EUR", "USD"), {portfolios.DAY: "1.25"})
    there = portfolios.account(home, ada, name="Euro", number="7", currency="EUR")
    notice = assets.notice(fund, ada, "10000", firm_today() + 10 * DAY, account=there)
    assert notice.reserve.amount == D(8000)


def test_a_value_beyond_any_price_per_unit_is_refused_and_leaves_nothing_behind(home: Household, ada: User) -> None:
    fund = assets.fund(home, ada, commitment="1000000")
    assets.flow(fund, ada, "call", "0.01")  # a millionth of a unit
    for value in ("1000000", "999999999999.99"):
        with pytest.raises(InvalidInputError, match="The value of 2023-12-31 is too large") as refused:
            assets.valued(fund, ada, value, YEAR_END)
        assert (refused.value.field, refused.value.mend != "") == ("value", True)
    assert (fund.appraisals.count(), count("appraise_asset")) == (0, 0)
    assets.valued(fund, ada, "999999", YEAR_END)
    assert worth(fund, YEAR_END) == D(999999)
    since = account_sheet(fund.account, YEAR_END).line("inception").figures
    assert since.net.value == pytest.approx(99_999_899)


def test_a_call_that_is_no_part_of_a_unit_is_refused(home: Household, ada: User) -> None:
    fund = assets.fund(home, ada, commitment="900000000000")
    with pytest.raises(InvalidInputError, match="too small beside the commitment") as refused:
        assets.flow(fund, ada, "call", "0.01")
    assert refused.value.field == "amount"
    assert not AssetFlow.objects.exists()
