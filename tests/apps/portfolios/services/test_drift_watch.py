"""The nightly look at every target: what it opens, keeps and closes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import FirmProfile, User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import DriftReading, Opportunity, OpportunityKind, OpportunityOutcome, RestrictionKind
from apps.portfolios.selectors.distributions import distributions_due
from apps.portfolios.selectors.opportunities import opportunity_rows
from apps.portfolios.services import drift_watch, opportunities
from apps.portfolios.services.drift_watch import ask_for_watch, watch_firm, watch_households
from apps.portfolios.services.mandates import end_mandate
from apps.portfolios.services.opportunities import WatchTerms, set_watch_rules
from apps.portfolios.services.restrictions import end_reserve, end_restriction
from apps.portfolios.tasks import watch_household
from tests.apps.portfolios.selectors.test_drift import Book
from tests.factories import clients, market, portfolios
from tests.factories import models as made
from tests.factories.rebalancing import BOUGHT, OffTarget

D = Decimal
BY = Actor.system("portfolios.watch_drift")


@pytest.fixture
def book(ada: User, paul: User) -> Book:
    return Book(ada, paul)


def open_kinds() -> list[str]:
    return sorted(Opportunity.objects.open().values_list("kind", flat=True))


def test_what_is_off_is_found_once_and_goes_when_it_is_mended(book: Book) -> None:
    mandate = made.mandate(book.household, book.model, book.ada)
    assert watch_firm(by=BY) == 1
    # prices of the tests end in January 2025
    assert open_kinds() == [OpportunityKind.DRIFT, OpportunityKind.INVEST, OpportunityKind.STALE]
    assert watch_firm(by=BY) == 1
    assert Opportunity.objects.count() == 3
    assert AuditEvent.objects.filter(action="portfolios.open_opportunity").count() == 3
    invest = Opportunity.objects.get(kind=OpportunityKind.INVEST)
    assert invest.amount == D(4000), "5,000 in cash, 5 % of 20,000 stay"
    reading = DriftReading.objects.get()
    assert (reading.distance, reading.n_out) == (D("0.2"), 3)
    end_mandate(mandate=mandate, until=firm_today(), by=book.ada.as_actor())
    watch_households(households=[book.household], day=firm_today() + dt.timedelta(days=1), by=BY)
    assert open_kinds() == []
    assert set(Opportunity.objects.values_list("closed_on", flat=True)) == {firm_today() + dt.timedelta(days=1)}
    assert not DriftReading.objects.exists()
    assert AuditEvent.objects.filter(action="portfolios.close_opportunity").count() == 3


def test_a_reserve_that_is_not_covered_and_a_limit_that_is_overstepped(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    reserve = made.reserved(book.household, book.ada, amount=D(8000))
    fields = {"kind": RestrictionKind.MAX_WEIGHT, "asset_class": "us_equity", "max_weight": D("0.4")}
    rule = made.restricted(book.household, book.ada, **fields)
    watch_firm(by=BY)
    short = Opportunity.objects.get(kind=OpportunityKind.RAISE)
    assert short.amount == D(3000)
    over = Opportunity.objects.get(kind=OpportunityKind.RESTRICTION)
    assert over.amount == D(2000), "10,000 of 20,000 are stocks, 8,000 may be"
    told = {row.opportunity.kind: row.why for row in opportunity_rows([short, over])}
    assert told[OpportunityKind.RAISE] == "$3,000 is missing from the reserve."
    assert "50.0%" in told[OpportunityKind.RESTRICTION]
    end_reserve(reserve=reserve, until=firm_today(), reason="Paid.", by=book.ada.as_actor())
    end_restriction(restriction=rule, until=firm_today(), reason="Over.", by=book.ada.as_actor())
    watch_households(households=[book.household], day=firm_today() + dt.timedelta(days=1), by=BY)
    assert OpportunityKind.RAISE not in open_kinds()
    assert OpportunityKind.RESTRICTION not in open_kinds()


def test_a_limit_of_one_account_and_one_of_a_substitute_are_measured_as_trades_are(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    told = {"kind": RestrictionKind.MAX_WEIGHT, "asset_class": "", "instrument": book.stk, "max_weight": D("0.5")}
    made.restricted(book.household, book.ada, account=book.one, **told)
    watch_firm(by=BY)
    over = Opportunity.objects.get(kind=OpportunityKind.RESTRICTION)
    assert (over.account, over.amount) == (book.one, D(1000)), "6,000 of 10,000 in one account; 6,000 of 20,000 in all"
    made.restricted(book.household, book.ada, **{**told, "instrument": book.stk2, "max_weight": D("0.1")})
    watch_firm(by=BY)
    substitute = Opportunity.objects.get(kind=OpportunityKind.RESTRICTION, account=None)
    assert substitute.amount == D(2000)
    assert substitute.facts["weight"] == "0.200000"


def test_a_limit_that_cannot_be_measured_for_want_of_a_rate_is_told_as_such(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    fields = {"kind": RestrictionKind.MAX_WEIGHT, "asset_class": "us_equity", "max_weight": D("0.4")}
    rule = made.restricted(book.household, book.ada, **fields)
    yen = portfolios.account(book.household, book.ada, name="Yen", number="900-7", currency="JPY")
    portfolios.entry(yen, book.ada, "deposit", cash="1000", currency="JPY")
    watch_firm(by=BY)
    assert OpportunityKind.RESTRICTION not in open_kinds()
    (row,) = opportunity_rows(Opportunity.objects.open().filter(key=str(rule.public_id)))
    assert (row.opportunity.kind, row.opportunity.amount) == (OpportunityKind.STALE, None)
    assert row.why.endswith("not to be measured, no rate of exchange is known for Yen (JPY).")
    market.rates(("JPY", "USD"), {portfolios.DAY: "0.01"})
    watch_firm(by=BY)
    assert OpportunityKind.RESTRICTION in open_kinds()
    row.opportunity.refresh_from_db()
    assert row.opportunity.closed_on is not None


def test_what_has_no_price_is_found(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    book.buy(book.two, portfolios.instrument(book.ada, "MUTE"), 10)
    watch_firm(by=BY)
    stale = Opportunity.objects.get(kind=OpportunityKind.STALE)
    assert (stale.key, stale.facts) == ("unpriced", {"names": "MUTE"})


def test_losses_above_the_firms_threshold_are_found_with_what_replaces_them(ada: User, paul: User) -> None:
    scene = OffTarget(ada, paul)
    bought = {"instrument": scene.stk2, "units": "20", "cash": "-2000", "price": "100"}
    portfolios.entry(scene.one, ada, "buy", BOUGHT, **bought)
    market.stored(scene.stk2.master, {firm_today(): "60"})
    watch_firm(by=BY)
    assert OpportunityKind.HARVEST not in open_kinds(), "without rates nobody knows what is saved"
    portfolios.tax_rate(ada, scene.household)
    watch_firm(by=BY)
    found = Opportunity.objects.get(kind=OpportunityKind.HARVEST)
    assert (found.amount, found.account) == (D(800), None)
    (row,) = opportunity_rows([found])
    assert "$800 of losses can be taken" in row.why
    assert "STK2 → " in row.why
    set_watch_rules(terms=WatchTerms(D(801), D("0.05"), 90), by=paul.as_actor())
    watch_firm(by=BY)
    found.refresh_from_db()
    assert (found.closed_on, found.outcome) == (firm_today(), OpportunityOutcome.GONE)


def test_a_household_whose_lots_cannot_be_reckoned_keeps_no_other_back(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.mandate(book.household, book.model, book.ada)

    def unknown(*_: object) -> None:
        raise InvalidInputError("What is known cannot be rebalanced.")

    monkeypatch.setattr(drift_watch, "harvest_sheet", unknown)
    assert watch_firm(by=BY) == 1
    assert OpportunityKind.DRIFT in open_kinds()


def test_a_household_that_cannot_be_looked_at_keeps_no_other_back(
    book: Book, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, look = clients.household(ada, name="Broken"), drift_watch.watched
    portfolios.account(broken, ada, number="88")
    made.mandate(book.household, book.model, book.ada)

    def watched(households: list[Any], day: dt.date) -> Any:
        if broken in households:
            raise InvalidInputError("A book that contradicts itself.")
        return look(households, day)

    monkeypatch.setattr(drift_watch, "watched", watched)
    assert watch_firm(by=BY) == 2
    assert OpportunityKind.DRIFT in open_kinds()


def test_cash_that_is_missing_for_a_distribution_is_found_until_it_is_there(book: Book) -> None:
    book.household.people.filter(relationship="head").update(date_of_birth=dt.date(1945, 1, 2))
    set_watch_rules(terms=WatchTerms(D(500), D("0.05"), 366), by=book.ada.as_actor())
    watch_firm(by=BY)
    assert open_kinds() == [], "5,000 in cash are enough"
    portfolios.entry(
        book.two, book.ada, "buy", firm_today(), instrument=book.bnd, units="50", cash="-5000", price="100"
    )
    watch_firm(by=BY)
    need = Opportunity.objects.get(kind=OpportunityKind.NEED)
    (due,) = distributions_due([book.two], firm_today(), firm_today() + dt.timedelta(days=366))
    assert (need.account, need.amount) == (book.two, due.amount)
    assert "Required distribution for" in opportunity_rows([need])[0].why
    portfolios.entry(book.two, book.ada, "deposit", firm_today(), cash="5000")
    watch_firm(by=BY)
    need.refresh_from_db()
    assert need.outcome == OpportunityOutcome.GONE


def test_a_failure_in_the_middle_leaves_nothing_half_done(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    made.mandate(book.household, book.model, book.ada)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(opportunities, "tell_opportunity", fail)
    with pytest.raises(RuntimeError):
        watch_firm(by=BY)
    assert not Opportunity.objects.exists()
    assert not DriftReading.objects.exists()
    assert not AuditEvent.objects.filter(action="portfolios.open_opportunity").exists()


def test_a_change_of_terms_asks_for_a_look_at_the_household(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    job = Job.objects.get(name="portfolios.watch_household")
    assert job.arguments == {"household_id": book.household.pk}
    assert watch_household


@pytest.mark.parametrize(("hour", "asked"), [(3, False), (6, True)])
def test_the_look_is_asked_for_once_a_day_by_the_firms_clock(
    hour: int, asked: bool, in_alpha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = FirmProfile.current()
    profile.time_zone = "America/New_York"
    profile.save()
    local = timezone.localtime().replace(hour=hour)
    monkeypatch.setattr(drift_watch.timezone, "localtime", lambda **_: local)
    assert ask_for_watch(by=BY) is asked
    assert ask_for_watch(by=BY) is False
    assert Job.objects.filter(name="portfolios.watch_drift").count() == int(asked)
