"""What accounts hold and are worth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.kernel.dates import DateSpan
from apps.market.models import CurrencyRate
from apps.portfolios.selectors.valuations import account_values, holdings_at, valuations
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.prices import FilePrice, keep_prices
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import clients as people
from tests.factories import portfolios as made

DAY = made.DAY


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def test_a_day_is_worth_its_holdings_at_the_last_close_and_its_cash(ada: User) -> None:
    _, account, _ = made.funded(ada)
    values = account_values(account, DateSpan(later(-1), later(7))).values
    totals = {value.day: value.total for value in values}
    assert totals[later(-1)] == 0
    assert totals[DAY] == 10_000
    assert totals[later(1)] == totals[later(6)] == 5_000 + 100 * 50
    assert totals[later(7)] == 5_000 + 100 * 55


def test_daily_values_end_where_the_holdings_of_the_day_stand(ada: User) -> None:
    _, account, _ = made.funded(ada)
    last = account_values(account, DateSpan(later(3), later(9))).values[-1]
    at = holdings_at([account], later(9))[account.pk]
    assert last.total == at.total == 10_500
    assert at.priced_on == later(7)


def test_flows_are_what_the_client_brought_and_took(ada: User) -> None:
    _, account, security = made.funded(ada)
    made.entry(account, ada, "withdrawal", later(2), cash="-300")
    made.entry(account, ada, "dividend", later(2), instrument=security, cash="20")
    made.entry(account, ada, "transfer_in", later(3), instrument=security, units="2", cost="60")
    mistaken = made.entry(account, ada, "deposit", later(4), cash="999")
    reverse_transaction(transaction=mistaken, reason="another client's", by=ada.as_actor())
    flows = account_values(account, DateSpan(later(1), later(5))).flows
    assert [(flow.day, flow.amount) for flow in flows] == [(later(2), -300), (later(3), 100)]


def test_what_has_no_price_is_named_and_not_counted(ada: User) -> None:
    _, account, _ = made.funded(ada)
    private = made.own_instrument(ada, "PRIV")
    made.entry(account, ada, "transfer_in", later(2), instrument=private, units="10")
    at = holdings_at([account], later(9))[account.pk]
    assert at.unpriced == ("PRIV",)
    assert at.total == 10_500
    assert account_values(account, DateSpan(later(2), later(3))).unpriced == ("PRIV",)


def test_a_security_of_the_firms_own_takes_the_price_of_its_file(ada: User) -> None:
    _, account, _ = made.funded(ada)
    private = made.own_instrument(ada, "PRIV")
    made.entry(account, ada, "transfer_in", later(2), instrument=private, units="10")
    keep_prices(prices=[FilePrice(private, later(3), Decimal(7))], source="file", by=ada.as_actor())
    keep_prices(prices=[FilePrice(private, later(4), Decimal(8))], source="file 2", by=ada.as_actor())
    assert holdings_at([account], later(9))[account.pk].total == 10_580


def test_a_bond_is_quoted_per_hundred_of_its_face(ada: User) -> None:
    _, account, _ = made.funded(ada)
    bond = made.instrument(ada, "BOND", {DAY: "98.5"}, kind="bond", asset_class="corporate_bonds")
    made.entry(account, ada, "buy", later(1), instrument=bond, units="1000", cash="-985")
    assert holdings_at([account], later(1))[account.pk].total == 10_000


def test_another_currency_is_brought_into_the_accounts(ada: User) -> None:
    _, account, _ = made.funded(ada)
    fund = made.instrument(ada, "EUF", {DAY: "10"}, currency="EUR")
    made.entry(account, ada, "transfer_in", DAY, instrument=fund, units="10", currency="EUR")
    made.entry(account, ada, "deposit", DAY, cash="100", currency="EUR")
    assert holdings_at([account], DAY)[account.pk].unpriced == ("EUF", "EUR")
    with schema_context("public"):
        CurrencyRate.objects.create(base="EUR", quote="USD", day=DAY, rate=Decimal("1.1"))
    at = holdings_at([account], DAY)[account.pk]
    assert at.unpriced == ()
    assert at.total == 10_000 + 110 + 110
    with schema_context("public"):
        CurrencyRate.objects.all().delete()
        CurrencyRate.objects.create(base="USD", quote="EUR", day=DAY, rate=Decimal("0.8"))
    assert holdings_at([account], DAY)[account.pk].total == 10_000 + 125 + 125


def test_a_simulated_price_says_so(ada: User) -> None:
    household = people.household(ada)
    account = made.account(household, ada)
    fund = made.instrument(ada, "SIM", {DAY: "10"}, simulated_from=later(-5))
    made.entry(account, ada, "transfer_in", DAY, instrument=fund, units="10")
    valuation = account_values(account, DateSpan(DAY, DAY))
    assert valuation.simulation is not None
    assert valuation.simulation.symbols == ("SIM",)
    assert holdings_at([account], DAY)[account.pk].holdings[0].is_simulated


def test_many_accounts_cost_no_more_queries_than_one(ada: User, django_assert_max_num_queries: Any) -> None:
    household, account, security = made.funded(ada)
    more = [made.account(household, ada, number=f"77-{n}") for n in range(5)]
    for one in more:
        made.entry(one, ada, "transfer_in", DAY, instrument=security, units="1")
    with django_assert_max_num_queries(5):
        holdings_at([account, *more], later(9))
    with django_assert_max_num_queries(6):
        valuations([account, *more], DateSpan(later(1), later(90)))


def test_instruments_are_found_by_any_of_their_names_and_added_once(ada: User) -> None:
    made.market.security("APP", cusip="037833100", isin="US0378331005")
    names = [NamedSecurity(symbol="app"), NamedSecurity(cusip="037833100"), NamedSecurity(isin="US0378331005")]
    found = instruments_for(names=names, by=ada.as_actor())
    assert len({instrument.pk for instrument in found.values()}) == 1
    again = instruments_for(names=[NamedSecurity(isin="US0378331005")], by=ada.as_actor())
    assert again[NamedSecurity(isin="US0378331005")].pk == found[names[0]].pk
