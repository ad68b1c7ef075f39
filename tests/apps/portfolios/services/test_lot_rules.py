"""Standing orders: the book follows from their day on, and says so on the trail."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.market.services.sessions import settles_on
from apps.portfolios.models import Account, LotElection
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.lot_rules import method_text
from apps.portfolios.services.lot_rules import MethodTerms, elect_lot_method, withdraw_lot_method
from tests.factories import clients as people
from tests.factories import portfolios as made

DAY = made.DAY
LATE = DAY + dt.timedelta(days=60)


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


@pytest.fixture
def account(ada: User) -> Account:
    """Lots of 10 at 10, 30 and 20, and 10 sold at 25 after twenty days."""
    opened = made.account(people.household(ada), ada)
    fund = made.instrument(ada, "FND", {DAY: "10"}, kind="mutual_fund")
    for n, cost in enumerate(("-100", "-300", "-200")):
        made.entry(opened, ada, "buy", later(n), instrument=fund, units="10", cash=cost)
    made.entry(opened, ada, "sell", later(20), instrument=fund, units="-10", cash="250")
    return opened


def gains(account: Account, known_at: dt.datetime | None = None) -> list[Decimal | None]:
    return [gain.gain for gain in account_book(account, LATE, known_at).realised]


@pytest.mark.parametrize(("method", "gain"), [("fifo", 150), ("lifo", 50), ("hifo", -50)])
def test_sales_from_the_day_on_follow_the_order(method: str, gain: int, account: Account, ada: User) -> None:
    made.election(account, ada, method, later(20))
    assert gains(account) == [gain]


def test_sales_before_the_day_stay_as_they_were(account: Account, ada: User) -> None:
    made.election(account, ada, "hifo", later(21))
    assert gains(account) == [150]
    assert method_text(account, later(20)) == "First in, first out"
    assert method_text(account, later(21)) == "Highest cost first"


def test_average_cost_is_for_funds_alone(account: Account, ada: User) -> None:
    with pytest.raises(InvalidInputError) as refused:
        made.election(account, ada, "average", later(20))
    assert refused.value.field == "scope"
    made.election(account, ada, "average", later(20), scope="funds")
    assert gains(account) == [50]
    stock = made.instrument(ada, "STK", {DAY: "10"})
    for n, cost in enumerate(("-100", "-300")):
        made.entry(account, ada, "buy", later(n), instrument=stock, units="10", cash=cost)
    made.entry(account, ada, "sell", later(30), instrument=stock, units="-10", cash="250")
    assert gains(account) == [50, 150]


def test_the_least_tax_needs_rates_and_takes_the_dearest_loss(account: Account, ada: User) -> None:
    with pytest.raises(InvalidInputError, match="needs the tax rates"):
        made.election(account, ada, "minimum_tax", later(20))
    made.tax_rate(ada, day=later(20))
    made.election(account, ada, "minimum_tax", later(20))
    assert gains(account) == [-50]


def test_what_was_ordered_later_was_not_known_before(account: Account, ada: User) -> None:
    moment = timezone.now()
    made.election(account, ada, "hifo", later(1))
    assert gains(account) == [-50]
    assert gains(account, moment) == [150]


def test_an_order_is_taken_back_with_a_reason_and_both_stand_on_the_trail(account: Account, ada: User) -> None:
    election = made.election(account, ada, "hifo", later(1))
    with pytest.raises(InvalidInputError, match="needs a reason"):
        withdraw_lot_method(election=election, reason=" ", by=ada.as_actor())
    withdraw_lot_method(election=election, reason="Another account was meant", by=ada.as_actor())
    assert gains(account) == [150]
    actions = AuditEvent.objects.filter(action__contains="lot_method").order_by("id")
    assert [event.action for event in actions] == ["portfolios.elect_lot_method", "portfolios.withdraw_lot_method"]
    assert actions[1].before["method"] == "hifo"


def test_two_orders_of_one_day_and_days_before_the_account_are_refused(account: Account, ada: User) -> None:
    made.election(account, ada, "hifo", later(1))
    with pytest.raises(InvalidInputError, match="from this day already"):
        made.election(account, ada, "lifo", later(1))
    with pytest.raises(InvalidInputError, match="not open"):
        made.election(account, ada, "lifo", dt.date(2024, 1, 1))
    assert LotElection.objects.count() == 1


def test_an_order_holds_for_no_sale_that_had_settled_when_it_was_given(account: Account, ada: User) -> None:
    today = firm_today()

    def ordered(starts_on: dt.date, given_on: dt.date | None = None) -> LotElection:
        terms = MethodTerms("hifo", starts_on, "The client's order", given_on=given_on)
        return elect_lot_method(account=account, terms=terms, by=ada.as_actor())

    with pytest.raises(InvalidInputError, match="had settled") as refused:
        ordered(later(20))
    assert refused.value.field == "starts_on"
    with pytest.raises(InvalidInputError, match="had settled"):
        ordered(later(20), given_on=later(22))  # it settled the day before
    with pytest.raises(InvalidInputError, match="in the future"):
        ordered(today, given_on=today + dt.timedelta(days=1))
    assert gains(account) == [150]
    assert ordered(today + dt.timedelta(days=400)).given_on == today
    assert ordered(today).given_on == today
    # on the day of settlement it is still in time
    ordered(later(20), given_on=settles_on(later(20)))
    assert gains(account) == [-50]
