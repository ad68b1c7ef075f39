"""Performance from the ledger: what a page, a passport and the API all read."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import FirmProfile
from apps.kernel.errors import NotFoundError
from apps.portfolios.ports import PaidFee, fees_paid_elsewhere
from apps.portfolios.selectors.comparisons import compared, growth_beside_spec
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import performance_of
from apps.portfolios.selectors.performance_pages import account_sheet, household_performance
from apps.portfolios.selectors.performance_passports import AMOUNTS, RETURNS, performance_passport
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import clients
from tests.factories import portfolios as made

D = Decimal
START, MIDDLE, END = dt.date(2024, 1, 2), dt.date(2025, 1, 2), dt.date(2025, 6, 30)
CLOSES = {START: "100", MIDDLE: "120", END: "132"}


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def fund(ada):
    return made.instrument(ada, "AAA", CLOSES)


def invested(household, ada, fund, **fields):
    """10,000 in the fund from the first day: 20 % to the middle, 10 % from there."""
    account = made.account(household, ada, opened_on=START, **fields)
    made.entry(account, ada, "deposit", START, cash="10000")
    made.entry(account, ada, "buy", START, instrument=fund, units="100", price="100", cash="-10000")
    return account


def test_a_fund_bought_and_held_earns_what_its_price_does(ada, household, fund):
    sheet = account_sheet(invested(household, ada, fund), END)
    whole = sheet.line("inception").figures
    assert (whole.opening, whole.money_in, whole.gain, whole.closing) == (0, 10_000, 3200, 13_200)
    assert whole.net.value == whole.gross.value == pytest.approx(0.32)
    assert whole.annual_net.value == pytest.approx(1.32 ** (365 / 546) - 1)
    year = sheet.line("year").figures
    assert (year.first_day, year.opening, year.closing) == (dt.date(2025, 1, 1), 10_000, 13_200)
    assert year.annual_net.value is None
    assert sheet.line("three_years").figures is None
    assert "younger" in sheet.line("three_years").reason
    assert sheet.growth[0] == (START, 0)
    assert sheet.growth[-1] == (END, pytest.approx(0.32))


def test_money_that_comes_and_goes_is_no_return(ada, household, fund):
    account, later = invested(household, ada, fund), MIDDLE + dt.timedelta(days=1)
    made.entry(account, ada, "deposit", later, cash="12000")
    made.entry(account, ada, "buy", later, instrument=fund, units="100", price="120", cash="-12000")
    figures = account_sheet(account, END).line("inception").figures
    assert figures.net.value == pytest.approx(0.32)
    assert figures.money_weighted.value > 0.32  # more of the money met the months that earned more a year
    assert figures.gain == 2000 + 2400


def test_the_firms_fee_lowers_net_and_not_gross_wherever_it_is_paid(ada, household, fund):
    account = invested(household, ada, fund)
    made.entry(account, ada, "sell", MIDDLE, instrument=fund, units="-1", price="120", cash="120")
    made.entry(account, ada, "advisory_fee", MIDDLE, cash="-120")
    inside = account_sheet(account, END)
    figures = inside.line("inception").figures
    assert figures.fees == 120
    assert figures.gross.value == pytest.approx(0.32)
    assert figures.net.value == pytest.approx(1.2 * 0.99 * 1.1 - 1)

    def card(ids, span):
        paid = PaidFee(account.pk, END, D(132), "USD", "2025-0001")
        return [paid] if account.pk in ids and paid.day in span else []

    disconnect = fees_paid_elsewhere.connect(card)
    try:
        figures = account_sheet(account, END).line("inception").figures
    finally:
        disconnect()
    assert figures.fees == 252
    assert figures.net.value < inside.line("inception").figures.net.value
    assert figures.gross.value == pytest.approx(0.32)


def test_money_in_counts_from_the_morning_of_its_day(ada, household, fund):
    account = invested(household, ada, fund)
    made.entry(account, ada, "deposit", MIDDLE, cash="10000")  # the day on which the price rises by a fifth
    figures = account_sheet(account, END).line("inception").figures
    assert figures.net.value == pytest.approx((22_000 / 20_000) * (23_200 / 22_000) - 1)


@pytest.mark.parametrize(
    ("timing", "expected"), [("end_of_day", 0.2), ("start_of_day", 0.1), ("in_start_out_end", 0.1)]
)
def test_the_firm_chooses_when_money_counts_and_the_passport_says_it(ada, household, fund, timing, expected):
    FirmProfile.objects.update(flow_timing=timing)
    account = invested(household, ada, fund)
    made.entry(account, ada, "deposit", MIDDLE, cash="10000")  # the day on which the price rises by a fifth
    sheet = account_sheet(account, MIDDLE)
    assert sheet.line("inception").figures.net.value == pytest.approx(expected)
    passport = performance_passport(sheet, "Brokerage", "inception-net")
    assert ("− money in + money out" in passport.method) == (timing == "end_of_day")
    assert sheet.timing_text in passport.notes


def test_another_charge_is_a_cost_and_no_advisory_fee(ada, household, fund):
    account = invested(household, ada, fund)
    made.entry(account, ada, "sell", MIDDLE, instrument=fund, units="-1", price="120", cash="120")
    made.entry(account, ada, "fee", MIDDLE, cash="-120")
    figures = account_sheet(account, END).line("inception").figures
    assert figures.fees == 0
    assert figures.gross.value == figures.net.value == pytest.approx(1.2 * 0.99 * 1.1 - 1)


def test_what_moved_between_accounts_is_no_flow_of_the_household(ada, household, fund):
    one = invested(household, ada, fund)
    other = made.account(household, ada, name="IRA", number="99", opened_on=START)
    made.entry(one, ada, "transfer_out", MIDDLE, instrument=fund, units="-40")
    made.entry(other, ada, "transfer_in", MIDDLE, instrument=fund, units="40", cost="4000", acquired_on=START)
    found = household_performance(household, END)
    whole = found.sheet.line("inception").figures
    assert (whole.money_in, whole.money_out, whole.closing) == (10_000, 0, 13_200)
    assert whole.net.value == pytest.approx(0.32)
    first, second = (each.sheet.line("inception").figures for each in found.accounts)
    assert (first.money_out, second.money_in) == (4800, 4800)
    assert second.net.value == pytest.approx(0.1)
    assert whole.gain == first.gain + second.gain
    assert whole.closing == first.closing + second.closing


def test_accounts_held_away_are_left_out_and_counted(ada, household, fund):
    invested(household, ada, fund)
    away = invested(household, ada, fund, name="401(k)", number="77", is_held_away=True)
    found = household_performance(household, END)
    assert found.n_held_away == 1
    assert found.sheet.line("inception").figures.closing == 13_200
    assert away.pk not in {each.account.pk for each in found.accounts}


def test_a_past_moment_is_asked_again_after_a_correction(ada, household, fund):
    account = invested(household, ada, fund)
    made.entry(account, ada, "deposit", MIDDLE, cash="500")
    wrong = account.transactions.get(kind="deposit", trade_date=MIDDLE)
    before = timezone.now()
    reverse_transaction(transaction=wrong, reason="Belongs to another client", by=ada.as_actor())
    now, then = account_sheet(account, END), account_sheet(account, END, before)
    assert now.line("inception").figures.money_in == 10_000
    assert then.line("inception").figures.money_in == 10_500
    assert then.line("inception").figures.closing == now.line("inception").figures.closing + 500
    assert account_sheet(account, END, before - dt.timedelta(days=1)).lines == ()


def test_an_account_without_entries_has_nothing_to_measure(ada, household):
    account = made.account(household, ada)
    sheet = account_sheet(account, END)
    assert (sheet.lines, sheet.inception, sheet.growth) == ((), None, ())
    assert growth_beside_spec(compared(PortfolioOwner(household, account), sheet)) is None
    assert performance_of([], "USD", END).lines == ()
    with pytest.raises(NotFoundError):
        performance_passport(sheet, "Brokerage", "year-net")


def test_each_figure_has_a_passport_whose_parts_make_it(ada, household, fund):
    account = invested(household, ada, fund)
    made.entry(account, ada, "deposit", dt.date(2025, 3, 3), cash="1000")
    sheet = account_sheet(account, END)
    figures = sheet.line("year").figures
    for name in RETURNS | AMOUNTS:
        passport = performance_passport(sheet, "Brokerage", f"year-{name}")
        found = getattr(figures, name)
        shown = found.value if name in RETURNS else found
        told = passport.value.value
        assert (told.amount if hasattr(told, "amount") else told) == shown
        assert passport.method
    net = performance_passport(sheet, "Brokerage", "year-net")
    growth = 1.0
    for line in net.lines:
        if line.how == "linked":
            growth *= 1 + line.amount.value
    assert growth - 1 == pytest.approx(figures.net.value)
    assert any("Mar 3, 2025" in line.how and line.url for line in net.lines)
    for wrong in ("year-nothing", "never-net", "three_years-net", "net"):
        with pytest.raises(NotFoundError):
            performance_passport(sheet, "Brokerage", wrong)


def test_the_chart_says_what_it_finds(ada, household, fund):
    owner = PortfolioOwner(household, invested(household, ada, fund))
    spec = growth_beside_spec(compared(owner, owner.sheet(END)))
    assert spec["title"].startswith("32.0")
    assert spec["series"][0]["values"][-1] == pytest.approx(0.32)
