"""What a client must not hold, and the cash that stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.market.models import AssetClass
from apps.portfolios.models import CashReserve, Restriction, RestrictionKind
from apps.portfolios.selectors.successors import with_successors
from apps.portfolios.selectors.targets import household_targets
from apps.portfolios.selectors.trading_limits import IntendedTrade, broken_limits
from apps.portfolios.services.restrictions import (
    ReserveTerms,
    ReserveTwiceError,
    RestrictionOverlapError,
    RestrictionTerms,
    add_reserve,
    add_restriction,
    end_reserve,
    end_restriction,
)
from tests.factories import clients as people
from tests.factories import market, portfolios

DAY = dt.timedelta(days=1)
D = Decimal


def never(**fields: object) -> RestrictionTerms:
    told = {"kind": RestrictionKind.NEVER_BUY, "reason": "No tobacco.", "from_day": firm_today(), **fields}
    return RestrictionTerms(**told)


def test_a_restriction_holds_for_its_security(ada: User) -> None:
    household, security = people.household(ada), portfolios.instrument(ada)
    other = portfolios.instrument(ada, "BBB")
    made = add_restriction(household=household, terms=never(instrument=security), by=ada.as_actor())
    assert (made.is_about(security), made.is_about(other), str(made)) == (True, False, "Never buy: AAA")
    by_class = add_restriction(
        household=household,
        terms=never(kind=RestrictionKind.MAX_WEIGHT, asset_class=AssetClass.US_EQUITY, max_weight=D("0.5")),
        by=ada.as_actor(),
    )
    assert by_class.is_about(other)
    assert AuditEvent.objects.filter(action="portfolios.add_restriction").count() == 2


def test_a_reserve_that_is_sent_twice_is_kept_once(ada: User) -> None:
    household = people.household(ada)
    terms = ReserveTerms("The roof", firm_today(), amount=D(8000))
    add_reserve(household=household, terms=terms, by=ada.as_actor())
    with pytest.raises(ReserveTwiceError):
        add_reserve(household=household, terms=terms, by=ada.as_actor())
    add_reserve(household=household, terms=replace(terms, purpose="The garden"), by=ada.as_actor())
    assert CashReserve.objects.count() == 2


@pytest.mark.parametrize("announced", [False, True])
def test_a_restriction_goes_with_a_security_whose_symbol_changes(ada: User, announced: bool) -> None:
    household, account, fund = portfolios.funded(ada)
    made = add_restriction(household=household, terms=never(instrument=fund), by=ada.as_actor())
    new, newest = (portfolios.instrument(ada, symbol) for symbol in ("NEWFX", "LASTX"))
    for old, into in ((fund, new), (new, newest)):
        if announced:
            market.action(old.symbol, portfolios.DAY, "symbol_change", into=into.symbol)
        else:
            portfolios.entry(account, ada, "symbol_change", firm_today(), instrument=old, into=into)
    (found,) = with_successors([made])
    assert (found.is_about(fund), found.is_about(new), found.is_about(newest)) == (True, True, True)
    assert not found.is_about(portfolios.instrument(ada, "ELSEX"))
    buys = [IntendedTrade(account, newest, "buy", D(1), D(50))]
    assert [broken.restriction for broken in broken_limits(household, buys, firm_today())] == [made]
    (target,) = [each for each in [household_targets(household, firm_today())] if each.restrictions]
    assert target.restrictions[0].is_about(newest)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"asset_class": "no such class"},
        {"asset_class": AssetClass.OTHER, "kind": RestrictionKind.MAX_WEIGHT},
        {"asset_class": AssetClass.OTHER, "max_weight": D("0.5")},
        {"asset_class": AssetClass.OTHER, "kind": "sometimes"},
        {"asset_class": AssetClass.OTHER, "reason": " "},
        {"asset_class": AssetClass.OTHER, "until": dt.date(2020, 1, 1)},
    ],
)
def test_a_restriction_that_says_nothing_clear_is_refused(ada: User, fields: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        add_restriction(household=people.household(ada), terms=never(**fields), by=ada.as_actor())
    assert not Restriction.objects.exists()


def test_the_same_restriction_holds_once(ada: User) -> None:
    household, security = people.household(ada), portfolios.instrument(ada)
    first = add_restriction(household=household, terms=never(instrument=security), by=ada.as_actor())
    with pytest.raises(RestrictionOverlapError):
        add_restriction(household=household, terms=never(instrument=security), by=ada.as_actor())
    end_restriction(restriction=first, until=firm_today(), reason="Asked for.", by=ada.as_actor())
    again = never(instrument=security, from_day=firm_today() + DAY)
    add_restriction(household=household, terms=again, by=ada.as_actor())
    assert Restriction.objects.on(firm_today()).count() == Restriction.objects.on(firm_today() + DAY).count() == 1
    assert AuditEvent.objects.get(action="portfolios.end_restriction").reason == "Asked for."


def test_a_reserve_is_an_amount_or_a_share(ada: User) -> None:
    household = people.household(ada)

    def reserve(**fields: object) -> CashReserve:
        told = ReserveTerms(**{"purpose": "New roof", "from_day": firm_today(), **fields})
        return add_reserve(household=household, terms=told, by=ada.as_actor())

    made = reserve(amount=D(20_000))
    reserve(share=D("0.02"))
    for wrong in ({}, {"amount": D(1), "share": D("0.1")}, {"amount": D(-5)}, {"share": D(1)}, {"amount": D(0)}):
        with pytest.raises(InvalidInputError):
            reserve(**wrong)
    assert CashReserve.objects.count() == 2
    end_reserve(reserve=made, until=firm_today(), reason="Paid.", by=ada.as_actor())
    assert CashReserve.objects.on(firm_today() + DAY).count() == 1
    assert AuditEvent.objects.filter(action="portfolios.end_reserve").count() == 1


def test_an_account_of_another_household_is_refused(ada: User) -> None:
    other = portfolios.account(people.household(ada, name="Okafor"), ada)
    terms = ReserveTerms(purpose="Roof", from_day=firm_today(), amount=D(5), account=other)
    with pytest.raises(InvalidInputError, match="another household"):
        add_reserve(household=people.household(ada), terms=terms, by=ada.as_actor())
