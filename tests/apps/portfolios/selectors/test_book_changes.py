"""The book of a day as it was known at a moment, and what is known now that was not then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.market.models import CurrencyRate, CurrencyRateCorrection, PriceCorrection
from apps.portfolios.models import Instrument, InstrumentPrice, InstrumentPriceCorrection, Transaction
from apps.portfolios.selectors.accounts import account_page
from apps.portfolios.selectors.book_changes import account_changes, household_changes
from apps.portfolios.selectors.passports import account_passport, household_passport
from apps.portfolios.selectors.portfolios import household_portfolio
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import market
from tests.factories import portfolios as made

WEEK = made.DAY + dt.timedelta(days=7)


def corrected(ada: User) -> tuple:
    """A book in which the purchase was taken back and recorded again as 90 shares; with the moment before it."""
    household, account, security = made.funded(ada)
    yesterday = timezone.now() - dt.timedelta(days=1)
    Transaction.objects.update(recorded_at=yesterday)
    moment = yesterday + dt.timedelta(minutes=1)
    reverse_transaction(transaction=Transaction.objects.get(kind="buy"), reason="Typed wrong.", by=ada.as_actor())
    day = made.DAY + dt.timedelta(days=1)
    made.entry(account, ada, "buy", day, instrument=security, units="90", cash="-4500", price="50")
    return household, account, security, moment


def test_the_book_is_shown_as_it_was_known_and_every_passport_with_it(ada: User) -> None:
    household, account, security, moment = corrected(ada)
    then, now = account_page(account, WEEK, moment), account_page(account, WEEK)
    assert (then.at.total, now.at.total) == (10_500, 10_450)
    assert [lot.quantity for lot in then.lots] == [100]
    assert len(then.entries) == 2
    figure = str(security.public_id)
    assert account_passport(account, figure, WEEK, moment).value.value.amount == 5500
    assert account_passport(account, "gain", WEEK, moment).value.value.amount == 500
    assert household_passport(household, "total", WEEK, moment).value.value.amount == 10_500
    assert household_passport(household, "total", WEEK).value.value.amount == 10_450


def test_the_difference_names_holdings_cash_and_the_entries_since(ada: User) -> None:
    household, account, _, moment = corrected(ada)
    for changes in (
        account_changes(account_page(account, WEEK, moment)),
        household_changes(household, household_portfolio(household, WEEK, moment)),
    ):
        assert changes is not None
        told = {
            row.label: (row.quantity_before, row.quantity_after, row.value_before, row.value_after)
            for row in changes.rows
        }
        assert told == {
            "AAA": (Decimal(100), Decimal(90), Decimal(5500), Decimal(4950)),
            "Cash": (None, None, Decimal(5000), Decimal(5500)),
        }
        assert sorted(entry.kind for entry in changes.entries) == ["buy", "reversal"]
        assert changes.n_more == 0
    assert account_changes(account_page(account, WEEK)) is None


def test_the_pages_show_the_difference(ada: User, sign_in: Callable[..., Client]) -> None:
    household, account, _, moment = corrected(ada)
    told = {"day": WEEK.isoformat(), "moment": moment.isoformat()}
    for url in (
        reverse("portfolios:account-detail", args=[account.public_id]),
        reverse("portfolios:household-portfolio", args=[household.public_id]),
    ):
        page = sign_in(ada).get(url, told).text
        assert "What is known now and was not then" in page
        assert "10,500" in page
        unchanged = sign_in(ada).get(url, {**told, "moment": timezone.now().isoformat()}).text
        assert "Nothing was recorded since" in unchanged


def repriced(ada: User) -> tuple:
    """A book whose price was corrected from 55 to 54, and then to 53; with the moment before it."""
    household, account, security = made.funded(ada)
    moment = timezone.now()
    for close in ("54", "53"):
        market.told(security.master, {WEEK: close})
    return household, account, security, moment


def test_a_price_that_was_corrected_counts_as_it_was_told_then(ada: User, django_assert_num_queries: Any) -> None:
    household, account, security, moment = repriced(ada)
    then, now = account_page(account, WEEK, moment), account_page(account, WEEK)
    assert (then.at.total, now.at.total) == (10_500, 10_300)
    assert household_portfolio(household, WEEK, moment).total == 10_500
    assert account_passport(account, str(security.public_id), WEEK, moment).value.value.amount == 5500
    market.told(security.master, {WEEK: "53"})  # the same again corrects nothing
    assert PriceCorrection.objects.count() == 2
    between = PriceCorrection.objects.order_by("id")[0].replaced_at
    assert account_page(account, WEEK, between).at.total == 10_400
    with django_assert_num_queries(4):
        holdings_at([account], WEEK)
    with django_assert_num_queries(5):
        holdings_at([account], WEEK, moment)


def test_the_difference_names_the_price_that_was_corrected(ada: User, sign_in: Callable[..., Client]) -> None:
    household, account, security, moment = repriced(ada)
    changes = account_changes(account_page(account, WEEK, moment))
    assert changes is not None
    (price,) = changes.prices
    assert (price.instrument, price.before, price.after) == (security, 55, 53)
    assert price.corrected_at == PriceCorrection.objects.latest("id").replaced_at
    assert not changes.entries
    told = household_changes(household, household_portfolio(household, WEEK, moment))
    assert told is not None
    assert told.prices == changes.prices
    url = reverse("portfolios:account-detail", args=[account.public_id])
    html = sign_in(ada).get(url, {"day": WEEK.isoformat(), "moment": moment.isoformat()}).text
    assert "Prices corrected since" in html
    assert "Nothing was recorded since" not in html


def test_a_price_of_the_firms_own_that_was_replaced_or_taken_away_is_known(ada: User) -> None:
    _, account, security = made.funded(ada)
    Instrument.objects.filter(pk=security.pk).update(master=None)
    row = InstrumentPrice.objects.create(instrument=security, day=made.DAY, close=Decimal(60), source="file")
    moment = timezone.now()
    assert holdings_at([account], WEEK)[account.pk].total == 11_000
    row.save()
    assert not InstrumentPriceCorrection.objects.exists()
    row.close = Decimal(61)
    row.save()
    assert holdings_at([account], WEEK, moment)[account.pk].total == 11_000
    row.delete()
    assert holdings_at([account], WEEK)[account.pk].unpriced
    assert holdings_at([account], WEEK, moment)[account.pk].total == 11_000
    changes = account_changes(account_page(account, WEEK, moment))
    assert changes is not None
    assert [(price.before, price.after) for price in changes.prices] == [(60, None)]


def test_a_correction_of_a_day_that_values_nothing_is_not_told(ada: User) -> None:
    _, account, security = made.funded(ada)
    moment = timezone.now()
    market.told(security.master, {made.DAY: "41"})
    changes = account_changes(account_page(account, WEEK, moment))
    assert changes is not None
    assert changes.prices == ()


def abroad(ada: User) -> tuple:
    """A book of dollars with a stock and cash in euros, whose rate was corrected from 1.20 to 1.10; and the moment."""
    household, account, _ = made.funded(ada)  # 10,500 dollars
    stock = made.instrument(ada, "EURX", {WEEK: "40"}, currency="EUR")
    made.entry(account, ada, "transfer_in", made.DAY, instrument=stock, units="10")
    made.entry(account, ada, "deposit", made.DAY, cash="100", currency="EUR")
    market.rate_told(("EUR", "USD"), made.DAY, "1.20")
    moment = timezone.now()
    for rate in ("1.15", "1.10", "1.10"):
        market.rate_told(("EUR", "USD"), made.DAY, rate)
    return household, account, moment


def test_a_rate_that_was_corrected_counts_as_it_was_told_then(ada: User) -> None:
    household, account, moment = abroad(ada)  # 400 euros of stock and 100 in cash
    assert holdings_at([account], WEEK)[account.pk].total == 10_500 + 550
    assert holdings_at([account], WEEK, moment)[account.pk].total == 10_500 + 600
    assert account_page(account, WEEK, moment).at.total == 11_100
    assert household_portfolio(household, WEEK, moment).total == 11_100
    between = CurrencyRateCorrection.objects.order_by("id")[0].replaced_at
    assert holdings_at([account], WEEK, between)[account.pk].total == 10_500 + 575
    # what is kept the other way round is inverted then as now, and an account of another currency is brought home by it
    yen = made.account(household, ada, name="Yen", number="77", currency="JPY")
    made.entry(yen, ada, "deposit", made.DAY, cash="1000", currency="JPY")
    market.rate_told(("USD", "JPY"), made.DAY, "100")
    then = timezone.now()
    market.rate_told(("USD", "JPY"), made.DAY, "125")
    assert household_portfolio(household, WEEK).total == 11_050 + 8
    assert household_portfolio(household, WEEK, then).total == 11_050 + 10


def test_the_difference_names_the_rate_that_was_corrected(ada: User, sign_in: Callable[..., Client]) -> None:
    household, account, moment = abroad(ada)
    changes = account_changes(account_page(account, WEEK, moment))
    assert changes is not None
    (rate,) = changes.rates
    assert (rate.base, rate.quote, rate.day, rate.before, rate.after) == (
        "EUR",
        "USD",
        made.DAY,
        Decimal("1.20"),
        Decimal("1.10"),
    )
    assert rate.corrected_at == CurrencyRateCorrection.objects.latest("id").replaced_at
    assert not changes.entries
    told = household_changes(household, household_portfolio(household, WEEK, moment))
    assert told is not None
    assert told.rates == changes.rates
    asked = {"day": WEEK.isoformat(), "moment": moment.isoformat()}
    for url in (
        reverse("portfolios:account-detail", args=[account.public_id]),
        reverse("portfolios:household-portfolio", args=[household.public_id]),
    ):
        html = sign_in(ada).get(url, asked).text
        assert "Rates of exchange corrected since" in html
        assert "EUR/USD" in html
        assert "1.2000" in html
    unchanged = account_changes(account_page(account, WEEK, timezone.now()))
    assert unchanged is not None
    assert unchanged.rates == ()


def test_a_rate_that_was_taken_away_is_known(ada: User) -> None:
    _, account, moment = abroad(ada)
    with schema_context("public"):
        CurrencyRate.objects.all().delete()
    connection.cursor().close()
    assert holdings_at([account], WEEK)[account.pk].unpriced
    assert holdings_at([account], WEEK, moment)[account.pk].total == 11_100
    changes = account_changes(account_page(account, WEEK, moment))
    assert changes is not None
    assert [(rate.before, rate.after) for rate in changes.rates] == [(Decimal("1.20"), None)]
