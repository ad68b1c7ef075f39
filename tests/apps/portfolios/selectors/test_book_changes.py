"""The book of a day as it was known at a moment, and what is known now that was not then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.portfolios.models import Transaction
from apps.portfolios.selectors.accounts import account_page
from apps.portfolios.selectors.book_changes import account_changes, household_changes
from apps.portfolios.selectors.passports import account_passport, household_passport
from apps.portfolios.selectors.portfolios import household_portfolio
from apps.portfolios.services.transactions import reverse_transaction
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
