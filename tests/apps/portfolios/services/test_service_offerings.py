"""Services: drafted by one person, approved by another, in force from a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, decide_approval
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError, InvalidInputError
from apps.portfolios.models import ServiceOffering, ServiceVersion, VersionState
from apps.portfolios.selectors.service_offerings import service_changes, version_on
from apps.portfolios.services.service_offerings import (
    APPROVAL_KIND,
    ServiceStateError,
    recall_service,
    retire_service,
    submit_service,
)
from tests.factories import clients
from tests.factories import models as made
from tests.factories import services as offered

DAY = dt.timedelta(days=1)


def count(action: str) -> int:
    return AuditEvent.objects.filter(action=f"portfolios.{action}").count()


def test_a_service_is_in_force_once_a_second_person_approved_it(ada: User, paul: User) -> None:
    version = offered.draft(ada)
    request = submit_service(version=version, effective_from=firm_today(), by=ada.as_actor())
    assert version_on(version.offering, firm_today()) is None
    with pytest.raises(DomainError):
        decide_approval(request=request, decision="approve", by=ada.as_actor())
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    assert version_on(version.offering, firm_today()) == version
    assert (count("name_service"), count("draft_service"), count("submit_service")) == (1, 1, 1)
    assert count("approve_service") == 1


def test_a_later_version_takes_its_place_and_says_what_changed(ada: User, paul: User) -> None:
    offering = offered.approved(ada, paul)
    ServiceVersion.objects.update(effective_from=firm_today() - DAY)
    version = offered.draft(ada, offering, review_months=6, cash_share=Decimal("0.02"))
    assert version.number == 2
    assert "review: once a year → twice a year" in service_changes(version)
    request = submit_service(version=version, effective_from=firm_today(), by=ada.as_actor())
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    first = offering.versions.get(number=1)
    assert (first.state, first.until) == (VersionState.SUPERSEDED, firm_today() - DAY)
    assert version_on(offering, firm_today()) == version
    assert version_on(offering, firm_today() - DAY) == first


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"kind": "gardening"},
        {"kind": "investment"},
        {"promise": " "},
        {"review_months": 5},
        {"cash_share": Decimal("0.9")},
        {"report_months": 2},
        {"meeting_way": "pigeon"},
    ],
)
def test_a_service_that_says_nothing_clear_is_refused(ada: User, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        offered.draft(ada, **wrong)
    assert not ServiceOffering.objects.exists()


def test_a_version_that_waits_stays_as_it_is_until_it_is_taken_back(ada: User, paul: User) -> None:
    version = offered.draft(ada)
    with pytest.raises(InvalidInputError):
        submit_service(version=version, effective_from=firm_today() - DAY, by=ada.as_actor())
    with pytest.raises(ServiceStateError):
        recall_service(version=version, by=ada.as_actor())
    submit_service(version=version, effective_from=firm_today(), by=ada.as_actor())
    for refused in (
        lambda: offered.draft(ada, version.offering, promise="More"),
        lambda: submit_service(version=version, effective_from=firm_today(), by=ada.as_actor()),
    ):
        with pytest.raises(ServiceStateError):
            refused()
    recall_service(version=version, by=ada.as_actor())
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    assert not ApprovalRequest.objects.filter(state="pending").exists()


def test_a_declined_version_is_a_draft_again(ada: User, paul: User) -> None:
    version = offered.draft(ada)
    request = submit_service(version=version, effective_from=firm_today(), by=ada.as_actor())
    decide_approval(request=request, decision="decline", note="Too much.", by=paul.as_actor())
    version.refresh_from_db()
    assert (version.state, count("return_service")) == (VersionState.DRAFT, 1)
    assert approval_for(kind=APPROVAL_KIND, target=version).state == "declined"


def test_a_service_retires_once_nobody_takes_it(ada: User, paul: User) -> None:
    offering = offered.approved(ada, paul, model=made.approved(ada, paul), kind="investment", name="Care")
    taken = offered.taken(clients.household(ada), offering, ada, note="Agreed.")
    with pytest.raises(ServiceStateError):
        retire_service(offering=offering, on=firm_today(), reason="Over.", by=paul.as_actor())
    from apps.portfolios.services.household_services import end_service

    end_service(taken=taken, until=firm_today(), reason="Left.", by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        retire_service(offering=offering, on=firm_today(), reason=" ", by=paul.as_actor())
    retire_service(offering=offering, on=firm_today(), reason="Over.", by=paul.as_actor())
    assert version_on(offering, firm_today() + DAY) is None
    with pytest.raises(ServiceStateError):
        retire_service(offering=offering, on=firm_today(), reason="Again.", by=paul.as_actor())
