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


def test_what_does_not_go_together_of_heirs_and_employers_is_refused(household: Household, ada: User) -> None:
    own, plan = ira(household, ada), ira(household, ada, "plan_401k")
    inherited, roth = ira(household, ada, "inherited_ira"), ira(household, ada, "inherited_roth")
    day, later = dt.date(2023, 5, 1), dt.date(2100, 1, 1)
    wrong: list[tuple[Account, dict[str, Any], str]] = [
        (own, {"employment": "working", "is_five_percent_owner": False}, "employer's plan alone"),
        (inherited, {**BEQUEST, "employment": "working"}, "employer's plan alone"),
        (plan, {"employment": "working"}, "five per cent"),
        (plan, {"is_five_percent_owner": True}, "five per cent"),
        (plan, {"employment": "retired", "is_five_percent_owner": False}, "when the owner left"),
        (plan, {"employment": "working", "retired_on": day, "is_five_percent_owner": False}, "when the owner left"),
        (plan, {"employment": "retired", "retired_on": later, "is_five_percent_owner": False}, "today or before"),
        (inherited, {**BEQUEST, "spouse_holds": "own"}, "Only a spouse"),
        (inherited, {**BEQUEST, "heir": "spouse", "spouse_holds": "as_told"}, "not a valid choice"),
        (inherited, {**BEQUEST, "are_all_eligible": True}, "oldest of the heirs"),
        (inherited, {**BEQUEST, "oldest_heir_born_on": dt.date(1990, 1, 1)}, "no younger"),
        (inherited, {**BEQUEST, "heir": "no_person", "oldest_heir_born_on": dt.date(1940, 1, 1)}, "no oldest heir"),
        (inherited, {**BEQUEST, "heir_died_on": day}, "both when"),
        (inherited, {**BEQUEST, "heir_died_on": later, "heir_born_on": dt.date(1960, 1, 1)}, "between the birth"),
        (
            inherited,
            {**BEQUEST, "heir_died_on": dt.date(2021, 1, 1), "heir_born_on": dt.date(1960, 1, 1)},
            "died after",
        ),
        (
            inherited,
            {**BEQUEST, "heir": "no_person", "heir_died_on": day, "heir_born_on": dt.date(1960, 1, 1)},
            "write that death down",
        ),
        (roth, {**BEQUEST, "left_by_deceased": Decimal(5)}, "Of a Roth IRA nothing"),
    ]
    for account, facts, words in wrong:
        with pytest.raises(InvalidInputError, match=words):
            told(account, ada, **facts)
    assert not DistributionTerms.objects.exists()


def test_a_plan_waits_while_its_owner_works_there(household: Household, ada: User) -> None:
    plan = ira(household, ada, "plan_401k", "24600")
    assert needs(plan) == [Decimal(1000)]
    told(plan, ada, employment="working", is_five_percent_owner=False)
    assert needs(plan) == []
    told(plan, ada, employment="working", is_five_percent_owner=True)
    assert needs(plan) == [Decimal(1000)]
    told(plan, ada, employment="retired", retired_on=dt.date(2026, 6, 1), is_five_percent_owner=False)
    assert needs(plan) == []  # by 1 April of the next year
    assert [each.amount for each in cash_needs([plan], DAY, dt.date(2027, 4, 1))] == [Decimal(1000)]


def test_an_inherited_roth_account_is_emptied_at_the_end_of_the_tenth_year(household: Household, ada: User) -> None:
    roth = ira(household, ada, "inherited_roth", "100000")
    told(roth, ada, **BEQUEST)
    assert needs(roth) == [Decimal("7042.25")]  # over the life of an heir six years younger
    told(roth, ada, **BEQUEST, is_ten_year=True)  # since the owner of a Roth IRA never had begun
    assert needs(roth) == []
    (need,) = cash_needs([roth], dt.date(2032, 3, 1), dt.date(2032, 12, 31))
    assert need.amount == Decimal(100_000)


def test_who_follows_an_heir_is_told_by_the_heirs_days(household: Household, ada: User) -> None:
    account = ira(household, ada, "inherited_ira", "100000")
    facts = {**BEQUEST, "heir_born_on": dt.date(1960, 1, 1), "heir_died_on": dt.date(2024, 5, 1)}
    told(account, ada, **facts)
    # 24.5 at 63 in 2023, less three
    assert needs(account) == [Decimal("4651.16")]
    assert [each.amount for each in cash_needs([account], dt.date(2032, 3, 1), dt.date(2032, 12, 31))] == [100_000]
