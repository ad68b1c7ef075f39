"""Opening accounts and moving them through their life."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.core.models import AuditEvent
from apps.core.secrets import decrypted
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import Account, AccountOwner, AccountStatus, Registration, TaxTreatment
from apps.portfolios.selectors.account_life import account_life
from apps.portfolios.services.accounts import (
    AccountDetails,
    AccountStepError,
    OwnerShare,
    change_account,
    move_account,
    number_account,
    open_account,
)
from tests.factories import billing, compliance
from tests.factories import clients as people
from tests.factories import portfolios as made


def test_an_account_is_opened_with_its_owners_and_its_tax_treatment(ada: User) -> None:
    household = people.household(ada)
    account = made.account(household, ada, registration=Registration.ROTH_IRA)
    assert account.tax_treatment == TaxTreatment.TAX_FREE
    assert account.is_retirement
    assert [str(owner) for owner in account.owners.all()] == ["Ana Rivera"]
    event = AuditEvent.objects.get(action="portfolios.open_account")
    owners = [(owner["person"], Decimal(owner["share"])) for owner in event.after["owners"]]
    assert owners == [(str(own.person.public_id), own.share) for own in AccountOwner.objects.order_by("pk")]
    assert event.subject_id == str(household.public_id)


def test_the_number_is_kept_encrypted_and_never_on_the_trail(ada: User) -> None:
    account = made.account(people.household(ada), ada, number="9876-5432")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM portfolios_account")
        (stored,) = cursor.fetchone()
    assert "5432" not in stored
    assert account.masked_number == "•••• 5432"
    event = AuditEvent.objects.get(action="portfolios.open_account")
    assert event.after["number"] == event.after["number_digest"] == "set"


def test_a_number_that_was_missing_is_written_down(ada: User) -> None:
    household = people.household(ada)
    made.account(household, ada, number="1234-5678")
    account = made.account(household, ada, name="New", number="", custodian="", status="approved")
    with pytest.raises(AccountStepError):
        move_account(account=account, status=AccountStatus.FUNDING, by=ada.as_actor(), on=firm_today())
    told = {"custodian": "Example Custodian", "number": "555-9321"}
    for field in told:
        with pytest.raises(InvalidInputError) as refused:
            number_account(account=account, **{**told, field: " - "}, by=ada.as_actor())
        assert refused.value.field == field
    with pytest.raises(InvalidInputError, match="Another account has this number"):
        number_account(account=account, **{**told, "number": "12345678"}, by=ada.as_actor())
    assert not AuditEvent.objects.filter(action="portfolios.number_account").exists()
    kept = number_account(account=account, **told, by=ada.as_actor())
    assert (decrypted(kept.number), kept.masked_number) == ("555-9321", "•••• 9321")
    event = AuditEvent.objects.get(action="portfolios.number_account")
    assert event.after["number"] == "set"
    move_account(account=account, status=AccountStatus.FUNDING, by=ada.as_actor(), on=firm_today())


def test_the_same_number_with_other_dashes_is_the_same_account(ada: User) -> None:
    household = people.household(ada)
    made.account(household, ada, number="1234-5678")
    with pytest.raises(InvalidInputError, match="Another account has this number"):
        made.account(household, ada, number="12345678")
    assert Account.objects.count() == 1


def test_shares_must_add_up_to_the_whole(ada: User) -> None:
    household = people.household(ada)
    ana, luis = household.people.filter(relationship__in=["head", "partner"]).order_by("id")
    halves = (OwnerShare(ana, Decimal("0.5")), OwnerShare(luis, Decimal("0.4")))
    with pytest.raises(InvalidInputError, match="do not add up"):
        made.account(household, ada, registration=Registration.JOINT, owners=halves)
    assert not Account.objects.exists()


def test_an_owner_of_another_household_is_refused(ada: User) -> None:
    other = people.household(ada, name="Okafor").people.get(relationship="head")
    with pytest.raises(InvalidInputError, match="another household"):
        made.account(people.household(ada), ada, owners=(OwnerShare(other),))


def test_an_unknown_registration_is_refused_at_its_field(ada: User) -> None:
    with pytest.raises(InvalidInputError) as refused:
        made.account(people.household(ada), ada, registration="offshore")
    assert refused.value.field == "registration"


def test_a_failure_after_the_account_leaves_none(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("no owners today")

    household = people.household(ada)
    monkeypatch.setattr(AccountOwner.objects, "create", broken)
    with pytest.raises(RuntimeError):
        made.account(household, ada)
    assert not Account.objects.exists()
    assert not AuditEvent.objects.filter(action="portfolios.open_account").exists()


def ready_household(ada: User) -> Household:
    """A household with a signed agreement and a risk profile in force."""
    household = people.household(ada)
    billing.agreement(household, ada)
    head = household.people.get(relationship="head")
    people.portal_user(head)
    head.refresh_from_db()
    compliance.in_force(head, ada)
    partner = household.people.get(relationship="partner")
    people.portal_user(partner)
    partner.refresh_from_db()
    compliance.in_force(partner, ada)
    return household


def test_an_account_goes_through_its_life_step_by_step(ada: User) -> None:
    household = ready_household(ada)
    account = made.account(household, ada, status=AccountStatus.PROPOSED, opened_on=None)
    day = dt.date(2025, 5, 5)
    for status in (AccountStatus.APPROVED, AccountStatus.FUNDING):
        account = move_account(account=account, status=status, by=ada.as_actor(), on=day)
    made.entry(account, ada, "deposit", day, cash="100")
    account = move_account(account=account, status=AccountStatus.ACTIVE, by=ada.as_actor(), on=day)
    made.entry(account, ada, "withdrawal", day, cash="-100")
    account = move_account(account=account, status=AccountStatus.CLOSING, by=ada.as_actor(), on=day)
    account = move_account(account=account, status=AccountStatus.CLOSED, by=ada.as_actor(), on=day, reason="moved away")
    assert (account.opened_on, account.closed_on) == (day, day)
    events = AuditEvent.objects.filter(action="portfolios.move_account").order_by("id")
    assert [event.after["status"] for event in events] == ["approved", "funding", "active", "closing", "closed"]
    assert events.last().reason == "moved away"


def test_a_step_that_the_table_lacks_is_refused(ada: User) -> None:
    account = made.account(people.household(ada), ada, status=AccountStatus.PROPOSED)
    with pytest.raises(AccountStepError, match="cannot become “active”"):
        move_account(account=account, status=AccountStatus.ACTIVE, by=ada.as_actor())


def test_each_step_says_what_it_lacks(ada: User) -> None:
    account = made.account(people.household(ada), ada, status=AccountStatus.PROPOSED, number="")
    life = account_life(account, firm_today())
    assert [each["state"] for each in life.stages][:2] == ["now", "next"]
    (approve, close) = life.steps
    assert [each.code for each in approve.missing] == ["agreement", "suitability"]
    assert close.is_open, "nothing was ever in it"
    with pytest.raises(AccountStepError, match="agreement is signed"):
        move_account(account=account, status=AccountStatus.APPROVED, by=ada.as_actor())
    away = made.account(account.household, ada, status=AccountStatus.PROPOSED, is_held_away=True, number="8")
    assert move_account(account=away, status=AccountStatus.APPROVED, by=ada.as_actor()).status == "approved"


def test_funding_and_a_reason_are_asked_for(ada: User) -> None:
    household = ready_household(ada)
    account = made.account(household, ada, status=AccountStatus.APPROVED, number="")
    with pytest.raises(AccountStepError, match="Custodian and number"):
        move_account(account=account, status=AccountStatus.FUNDING, by=ada.as_actor())
    funding = made.account(household, ada, status=AccountStatus.FUNDING, number="9")
    with pytest.raises(AccountStepError, match="have come in"):
        move_account(account=funding, status=AccountStatus.ACTIVE, by=ada.as_actor())
    active = made.account(household, ada, number="10")
    with pytest.raises(AccountStepError, match="Say why"):
        move_account(account=active, status=AccountStatus.RESTRICTED, by=ada.as_actor())
    assert not AuditEvent.objects.filter(action="portfolios.move_account").exists()


def test_an_account_that_holds_something_cannot_be_closed(ada: User) -> None:
    _, account, _ = made.funded(ada)
    account = move_account(account=account, status=AccountStatus.CLOSING, by=ada.as_actor())
    with pytest.raises(AccountStepError, match="Nothing is left in it"):
        move_account(account=account, status=AccountStatus.CLOSED, by=ada.as_actor(), on=made.DAY)


def test_a_change_shows_before_and_after_and_other_fields_are_refused(ada: User) -> None:
    account = made.account(people.household(ada), ada)
    change_account(account=account, changes={"name": "Joint brokerage"}, by=ada.as_actor())
    event = AuditEvent.objects.get(action="portfolios.change_account")
    assert (event.before, event.after) == ({"name": "Brokerage"}, {"name": "Joint brokerage"})
    with pytest.raises(InvalidInputError, match="“status”"):
        change_account(account=account, changes={"status": "closed"}, by=ada.as_actor())


def test_details_keep_the_number_out_of_what_is_printed() -> None:
    details = AccountDetails(name="A", registration="individual", number="1234-5678")
    assert "5678" not in repr(details)


def test_the_service_names_its_caller(ada: User) -> None:
    household = people.household(ada)
    with pytest.raises(TypeError):
        open_account(household=household, details=AccountDetails(name="A", registration="individual"))
