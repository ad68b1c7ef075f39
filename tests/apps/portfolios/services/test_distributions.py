"""Beneficiaries and bequests of retirement accounts: what may be written down, and what it makes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.core import audit
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Account, DistributionTerms
from apps.portfolios.selectors.cash_needs import cash_needs
from apps.portfolios.services.distributions import DistributionFacts, set_distribution_terms
from tests.factories import clients, portfolios

DAY, END = dt.date(2026, 11, 2), dt.date(2026, 12, 31)
BEQUEST: dict[str, Any] = {
    "deceased_born_on": dt.date(1945, 5, 1),
    "died_on": dt.date(2022, 5, 1),
    "heir": "person",
}


@pytest.fixture
def household(ada: User) -> Household:
    """The head is 75 in 2026, the partner 60."""
    made = clients.household(ada)
    Person.objects.filter(household=made, relationship="head").update(date_of_birth=dt.date(1951, 5, 17))
    Person.objects.filter(household=made, relationship="partner").update(date_of_birth=dt.date(1966, 5, 17))
    return made


def ira(household: Household, ada: User, registration: str = "traditional_ira", cash: str = "283000") -> Account:
    account = portfolios.account(household, ada, registration=registration, number=f"{registration}-{cash}")
    portfolios.entry(account, ada, "deposit", cash=cash)
    return account


def told(account: Account, ada: User, **facts: Any) -> DistributionTerms:
    return set_distribution_terms(account=account, facts=DistributionFacts(**facts), by=ada.as_actor())


def needs(account: Account) -> list[Decimal]:
    return [each.amount for each in cash_needs([account], DAY, END)]


def test_a_younger_spouse_makes_the_cash_need_smaller(household: Household, ada: User) -> None:
    account, partner = ira(household, ada), household.people.get(relationship="partner")
    assert needs(account) == [Decimal("11504.07")]  # / 24.6
    kept = told(account, ada, spouse=partner)
    assert needs(account) == [Decimal("10000.00")]  # / 28.3
    event = AuditEvent.objects.get(action="portfolios.set_distribution_terms")
    assert (event.subject_id, str(kept)) == (str(household.public_id), "Brokerage")
    told(account, ada)
    assert needs(account) == [Decimal("11504.07")]
    assert AuditEvent.objects.filter(action="portfolios.set_distribution_terms").count() == 2


def test_an_inherited_account_owes_by_its_bequest(household: Household, ada: User) -> None:
    account = ira(household, ada, "inherited_ira", "100000")
    assert needs(account) == []
    told(account, ada, **BEQUEST)
    assert needs(account) == [Decimal("7042.25")]  # 17.2 at 72 in 2023, less three years
    told(account, ada, **{**BEQUEST, "died_on": dt.date(2026, 2, 1), "left_by_deceased": Decimal(4000)})
    assert needs(account) == [Decimal(4000)]
    portfolios.entry(account, ada, "withdrawal", dt.date(2026, 3, 2), cash="-1500")
    assert needs(account) == [Decimal(2500)]


def test_what_cannot_be_is_refused(household: Household, ada: User) -> None:
    head, partner = (household.people.get(relationship=each) for each in ("head", "partner"))
    own, inherited = ira(household, ada), ira(household, ada, "inherited_ira")
    wrong: list[tuple[Account, dict[str, Any], str]] = [
        (ira(household, ada, "roth_ira"), {"spouse": partner}, "no distributions"),
        (own, {"spouse": head}, "other adult"),
        (own, {"spouse": clients.household(ada, name="Else").people.get(relationship="partner")}, "other adult"),
        (own, BEQUEST, "Only an inherited"),
        (inherited, {"spouse": partner}, "an heir, no spouse"),
        (inherited, {**BEQUEST, "heir": ""}, "who died"),
        (inherited, {**BEQUEST, "died_on": dt.date(1944, 1, 1)}, "between the birth and today"),
        (inherited, {**BEQUEST, "died_on": dt.date(2100, 1, 1)}, "between the birth and today"),
        (inherited, {**BEQUEST, "heir": "minor_child"}, "of age"),
        (inherited, {**BEQUEST, "is_ten_year": True}, "chooses ten years"),
        (inherited, {**BEQUEST, "left_by_deceased": Decimal(-1)}, "greater than or equal"),
    ]
    for account, facts, words in wrong:
        with pytest.raises(InvalidInputError, match=words):
            told(account, ada, **facts)
    Person.objects.filter(pk=partner.pk).update(date_of_birth=None)
    with pytest.raises(InvalidInputError, match="date of birth"):
        told(own, ada, spouse=partner)
    assert not DistributionTerms.objects.exists()


def test_it_is_kept_whole_or_not_at_all(household: Household, ada: User) -> None:
    account, partner = ira(household, ada), household.people.get(relationship="partner")
    with patch.object(audit, "record", side_effect=RuntimeError), pytest.raises(RuntimeError):
        told(account, ada, spouse=partner)
    assert not DistributionTerms.objects.exists()
