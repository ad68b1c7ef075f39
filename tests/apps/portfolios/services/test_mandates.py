"""Which model a household or an account follows."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import AccountStatus, Mandate
from apps.portfolios.services.mandates import MandateOverlapError, end_mandate
from tests.factories import clients as people
from tests.factories import compliance, portfolios
from tests.factories import models as made

DAY = dt.timedelta(days=1)


def test_a_household_follows_a_model(ada: User, paul: User) -> None:
    household = people.household(ada)
    mandate = made.mandate(household, made.approved(ada, paul), ada)
    assert Mandate.objects.on(firm_today()).get() == mandate
    event = AuditEvent.objects.get(action="portfolios.give_mandate")
    assert event.subject_id == str(household.public_id)


def test_the_next_mandate_ends_the_one_that_holds(ada: User, paul: User) -> None:
    household, held = people.household(ada), made.securities(ada)
    first = made.mandate(household, made.approved(ada, paul, held), ada)
    later = firm_today() + 10 * DAY
    made.mandate(household, made.approved(ada, paul, held, name="Growth"), ada, from_day=later)
    first.refresh_from_db()
    assert first.until == later - DAY


def test_two_never_hold_on_one_day(ada: User, paul: User) -> None:
    household, model = people.household(ada), made.approved(ada, paul)
    made.mandate(household, model, ada)
    with pytest.raises(MandateOverlapError):
        made.mandate(household, model, ada)
    account = portfolios.account(household, ada)
    made.mandate(household, model, ada, account=account)  # an account's own beside its household's
    assert Mandate.objects.count() == 2
    assert AuditEvent.objects.filter(action="portfolios.give_mandate").count() == 2


def test_an_account_must_be_managed_and_the_households_own(ada: User, paul: User) -> None:
    household, model = people.household(ada), made.approved(ada, paul)
    away = portfolios.account(household, ada, is_held_away=True)
    closed = portfolios.account(household, ada, number="2", status=AccountStatus.CLOSED)
    other = portfolios.account(people.household(ada, name="Okafor"), ada, number="3")
    for account in (away, closed, other):
        with pytest.raises(InvalidInputError) as refused:
            made.mandate(household, model, ada, account=account)
        assert refused.value.field == "account"
    assert not Mandate.objects.exists()


def test_a_model_must_be_in_force(ada: User) -> None:
    version = made.draft(ada, made.securities(ada))
    with pytest.raises(InvalidInputError, match="no approved version"):
        made.mandate(people.household(ada), version.model, ada)


def test_more_stocks_than_the_profile_allows_needs_a_reason(ada: User, paul: User) -> None:
    household, model = people.household(ada), made.approved(ada, paul)
    head = household.people.get(relationship="head")
    people.portal_user(head)
    head.refresh_from_db()
    compliance.in_force(head, ada, points=1)
    with pytest.raises(InvalidInputError, match="risk profile allows"):
        made.mandate(household, model, ada, note="")
    assert made.mandate(household, model, ada, note="They keep two years of spending in the bank.").pk


def test_a_mandate_ends(ada: User, paul: User) -> None:
    household = people.household(ada)
    mandate = made.mandate(household, made.approved(ada, paul), ada)
    with pytest.raises(InvalidInputError):
        end_mandate(mandate=mandate, until=firm_today() - DAY, by=ada.as_actor())
    end_mandate(mandate=mandate, until=firm_today() + DAY, reason="They leave.", by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        end_mandate(mandate=mandate, until=firm_today() + 5 * DAY, by=ada.as_actor())
    event = AuditEvent.objects.get(action="portfolios.end_mandate")
    assert event.reason == "They leave."
    assert not Mandate.objects.on(firm_today() + 2 * DAY).exists()
