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
from apps.portfolios.models import DriftReading, Opportunity, OpportunityKind, RestrictionKind
from apps.portfolios.selectors.opportunities import opportunity_rows
from apps.portfolios.services import drift_watch
from apps.portfolios.services.drift_watch import ask_for_watch, watch_firm, watch_households
from apps.portfolios.services.mandates import end_mandate
from apps.portfolios.services.restrictions import end_reserve, end_restriction
from apps.portfolios.tasks import watch_household
from tests.apps.portfolios.selectors.test_drift import Book
from tests.factories import models as made
from tests.factories import portfolios

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
    fields = {"kind": RestrictionKind.MAX_WEIGHT, "asset_class": "us_equity", "max_weight": D("0.5")}
    rule = made.restricted(book.household, book.ada, **fields)
    watch_firm(by=BY)
    short = Opportunity.objects.get(kind=OpportunityKind.RAISE)
    assert short.amount == D(3000)
    over = Opportunity.objects.get(kind=OpportunityKind.RESTRICTION)
    assert over.amount == D(4000), "10,000 of 12,000 are stocks, half may be"
    told = {row.opportunity.kind: row.why for row in opportunity_rows([short, over])}
    assert told[OpportunityKind.RAISE] == "$3,000 are missing for the reserve."
    assert "83.3%" in told[OpportunityKind.RESTRICTION]
    end_reserve(reserve=reserve, until=firm_today(), reason="Paid.", by=book.ada.as_actor())
    end_restriction(restriction=rule, until=firm_today(), reason="Over.", by=book.ada.as_actor())
    watch_households(households=[book.household], day=firm_today() + dt.timedelta(days=1), by=BY)
    assert OpportunityKind.RAISE not in open_kinds()
    assert OpportunityKind.RESTRICTION not in open_kinds()


def test_what_has_no_price_is_found(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    book.buy(book.two, portfolios.instrument(book.ada, "MUTE"), 10)
    watch_firm(by=BY)
    stale = Opportunity.objects.get(kind=OpportunityKind.STALE)
    assert (stale.key, stale.facts) == ("unpriced", {"names": "MUTE"})


def test_a_harvest_is_left_to_its_own_scan(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    harvest = Opportunity.objects.create(
        household=book.household, kind="harvest", currency="USD", opened_on=firm_today(), seen_on=firm_today()
    )
    watch_firm(by=BY)
    harvest.refresh_from_db()
    assert harvest.closed_on is None


def test_a_failure_in_the_middle_leaves_nothing_half_done(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    made.mandate(book.household, book.model, book.ada)

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(drift_watch, "_tell", fail)
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
