"""The firm is the sum of its households' managed accounts, read from kept values."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError
from apps.portfolios.models import Account
from apps.portfolios.ports import PaidFee, fees_paid_elsewhere
from apps.portfolios.selectors.firm_performance import firm_passport, firm_performance
from apps.portfolios.selectors.performance_pages import household_sheet
from apps.portfolios.services.kept_values import keep_values
from tests.factories import clients
from tests.factories import portfolios as made

NIGHT = Actor.system("portfolios.keep_values")
START, MIDDLE, END = dt.date(2024, 1, 2), dt.date(2025, 1, 2), dt.date(2025, 6, 30)
# a fifth, then a tenth on all but the 500 that came on its morning
EARNED = 1.2 * 53_300 / 48_500 - 1


@pytest.fixture
def households(ada):
    fund = made.instrument(ada, "AAA", {START: "100", MIDDLE: "120", END: "132"})
    found = []
    for n in range(2):
        household = clients.household(ada, name=("Rivera", "Okafor")[n])
        for m in range(2):
            account = made.account(household, ada, number=f"{n}{m}", opened_on=START)
            made.entry(account, ada, "deposit", START, cash="10000")
            made.entry(account, ada, "buy", START, instrument=fund, units="100", price="100", cash="-10000")
        found.append(household)
    first, second = found[0].accounts.order_by("pk")
    made.entry(first, ada, "transfer_out", MIDDLE, instrument=fund, units="-10")
    made.entry(second, ada, "transfer_in", MIDDLE, instrument=fund, units="10")
    made.entry(found[1].accounts.first(), ada, "deposit", END, cash="500")
    away = made.account(found[1], ada, number="away", is_held_away=True)
    made.entry(away, ada, "deposit", START, cash="99999")
    return found


def test_there_is_nothing_before_the_first_night(households):
    assert firm_performance(END) is None
    with pytest.raises(NotFoundError):
        firm_passport(END, "inception-net")


def test_the_firm_is_the_sum_of_its_households(households):
    keep_values(by=NIGHT, last=END)
    firm = firm_performance(END)
    sheets = [household_sheet(household, END) for household in households]
    figures = firm.sheet.line("inception").figures
    parts = [sheet.line("inception").figures for sheet in sheets]
    for name in ("closing", "money_in", "money_out", "fees", "gain"):
        assert getattr(figures, name) == sum(getattr(part, name) for part in parts)
    assert figures.money_in == 40_500  # what went between accounts of a household is no flow
    assert figures.money_out == 0
    assert figures.net.value == pytest.approx(EARNED)
    assert (firm.changed_from, firm.left_out, firm.sheet.n_accounts) == (None, 0, 4)


def test_a_fee_paid_elsewhere_lowers_the_net_return_alone(households):
    keep_values(by=NIGHT, last=END)
    account = households[0].accounts.first()

    def card(ids, span):
        paid = PaidFee(account.pk, END, Decimal(528), "USD", "2025-0001")
        return [paid] if account.pk in ids and paid.day in span else []

    disconnect = fees_paid_elsewhere.connect(card)
    try:
        figures = firm_performance(END).sheet.line("inception").figures
    finally:
        disconnect()
    assert figures.fees == 528
    assert figures.net.value < figures.gross.value == pytest.approx(EARNED)


def test_what_was_written_since_is_told_and_taken_up_by_the_next_night(ada, households):
    keep_values(by=NIGHT, last=END)
    made.entry(households[0].accounts.first(), ada, "deposit", MIDDLE, cash="1000")
    firm = firm_performance(END)
    assert firm.changed_from == MIDDLE
    assert firm.sheet.closing == 4 * 13_200 + 500
    keep_values(by=NIGHT, last=END)
    assert firm_performance(END).sheet.closing == 4 * 13_200 + 1500
    assert firm_performance(END).changed_from is None


def test_an_account_without_kept_values_is_told(ada, households):
    made.entry(households[0].accounts.first(), ada, "deposit", END, cash="20000000000")
    keep_values(by=NIGHT, last=END)
    assert firm_performance(END).left_out == 1


def test_an_account_that_is_given_away_leaves_all_days(households):
    keep_values(by=NIGHT, last=END)
    Account.objects.filter(household=households[1]).update(is_held_away=True)
    keep_values(by=NIGHT, last=END)
    assert firm_performance(END).sheet.closing == household_sheet(households[0], END).closing


def test_the_passport_says_what_the_figure_is_made_of(households):
    keep_values(by=NIGHT, last=END)
    passport = firm_passport(END, "inception-net")
    assert passport.value.value == pytest.approx(EARNED)
    assert [line.label for line in passport.lines[:4]] == [
        "Value at the start",
        "Money in",
        "Money out",
        "Advisory fees",
    ]
