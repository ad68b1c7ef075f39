"""Services of a household: what follows from taking one, its quality checks, and its end."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core.models import AuditEvent
from apps.kernel.dates import months_after
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import CashReserve, HouseholdService, Mandate, QualityCheck
from apps.portfolios.selectors.reports import households_to_report
from apps.portfolios.selectors.service_offerings import (
    household_services,
    settings_of,
    without_report,
)
from apps.portfolios.services.household_services import (
    ServiceNotOfferedError,
    end_service,
    record_quality_check,
)
from tests.factories import clients, portfolios
from tests.factories import models as made
from tests.factories import services as offered

DAY = dt.timedelta(days=1)


@pytest.fixture
def home(ada: User) -> Household:
    return clients.household(ada)


@pytest.fixture
def care(ada: User, paul: User) -> object:
    told = {"kind": "investment", "name": "Care", "cash_share": Decimal("0.03"), "review_months": 6}
    model = made.approved(ada, paul)
    return offered.approved(ada, paul, model=model, client_approves=True, rebalance_mode="buy_only", **told)


def count(action: str) -> int:
    return AuditEvent.objects.filter(action=f"portfolios.{action}").count()


def test_what_a_service_says_holds_for_who_takes_it(home: Household, ada: User, care: object) -> None:
    taken = offered.taken(home, care, ada, note="Agreed.")
    mandate = Mandate.objects.get(household=home)
    assert (taken.mandate, mandate.client_approves, mandate.model) == (mandate, True, taken.version.model)
    assert CashReserve.objects.get(household=home).share == Decimal("0.03")
    home.refresh_from_db()
    assert home.next_review_on == months_after(firm_today(), 6)
    assert settings_of(home, firm_today()) == {
        "mode": "buy_only",
        "minimum_amount": Decimal(250),
        "blocks_short_gains": True,
    }
    assert (count("take_service"), count("give_mandate"), count("add_reserve")) == (1, 1, 1)


def test_a_service_is_taken_once_and_only_while_it_is_offered(home: Household, ada: User, care: object) -> None:
    with pytest.raises(ServiceNotOfferedError):
        offered.taken(home, care, ada, from_day=firm_today() - DAY)
    offered.taken(home, care, ada, note="Agreed.")
    with pytest.raises(InvalidInputError):
        offered.taken(home, care, ada, note="Agreed.")
    assert HouseholdService.objects.count() == Mandate.objects.count() == 1


def test_a_refused_mandate_leaves_no_service_behind(home: Household, ada: User, care: object) -> None:
    away = portfolios.account(home, ada, is_held_away=True)
    with pytest.raises(InvalidInputError):
        offered.taken(home, care, ada, account=away, note="Agreed.")
    assert not HouseholdService.objects.exists()
    assert not CashReserve.objects.exists()


def test_a_quality_check_keeps_what_was_found_and_moves_the_review(home: Household, ada: User, care: object) -> None:
    taken = offered.taken(home, care, ada, note="Agreed.")
    with pytest.raises(InvalidInputError, match="in order"):
        record_quality_check(taken=taken, met=[0], by=ada.as_actor())
    made_ = record_quality_check(taken=taken, met=[0], note="File the wills.", by=ada.as_actor())
    assert [each["is_met"] for each in made_.items] == [True, False]
    again = record_quality_check(taken=taken, met=[0, 1], by=ada.as_actor())
    assert again.is_clean
    (shown,) = household_services(home, firm_today())
    assert (shown.last, shown.due_on) == (again, months_after(firm_today(), 6))
    assert (QualityCheck.objects.count(), count("check_service")) == (2, 2)


def test_a_service_ends_with_its_mandate_and_its_reserve(home: Household, ada: User, care: object) -> None:
    taken = offered.taken(home, care, ada, note="Agreed.")
    for wrong in ({"until": firm_today() - DAY, "reason": "x"}, {"until": firm_today(), "reason": " "}):
        with pytest.raises(InvalidInputError):
            end_service(taken=taken, by=ada.as_actor(), **wrong)
    end_service(taken=taken, until=firm_today(), reason="Left.", by=ada.as_actor())
    assert not Mandate.objects.on(firm_today() + DAY).exists()
    assert not CashReserve.objects.on(firm_today() + DAY).exists()
    assert count("end_reserve") == 1
    assert household_services(home, firm_today() + DAY) == []
    taken.refresh_from_db()
    with pytest.raises(InvalidInputError):
        HouseholdService.objects.filter(pk=taken.pk).update(from_day=firm_today() - 9 * DAY, until=firm_today() - DAY)
        taken.refresh_from_db()
        record_quality_check(taken=taken, met=[0, 1], by=ada.as_actor())
    assert count("end_service") == 1


@pytest.mark.parametrize(
    ("months", "left_out"),
    [(3, [False] * 4), (6, [True, False, True, False]), (12, [True] * 3 + [False]), (0, [True] * 4)],
)
def test_reports_come_as_often_as_the_service_says(ada: User, paul: User, months: int, left_out: list[bool]) -> None:
    home, _account, _security = portfolios.funded(ada)
    offering = offered.approved(ada, paul, report_months=months)
    offered.taken(home, offering, ada)
    HouseholdService.objects.update(from_day=dt.date(2025, 1, 1))
    ends = [dt.date(2025, 3, 31), dt.date(2025, 6, 30), dt.date(2025, 9, 30), dt.date(2025, 12, 31)]
    assert [bool(without_report(end)) for end in ends] == left_out
    first = dt.date(2025, 1, 1)
    assert [not households_to_report(first, end) for end in ends] == left_out
