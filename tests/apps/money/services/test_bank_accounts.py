"""Bank accounts and their entries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.money.models import BankAccount, BankTransaction
from apps.money.services.bank_accounts import PostedEntry, note_balance, post_entries
from apps.money.services.categories import categorise_entry
from tests.factories import clients as people
from tests.factories import money as made


def test_the_number_is_encrypted_and_shown_by_its_last_four(ada: User) -> None:
    account = made.bank_account(people.household(ada), ada, number="000-111-2222")
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM money_bankaccount")
        (stored,) = cursor.fetchone()
    assert "2222" not in stored
    assert account.masked_number == "•••• 2222"


def test_the_same_number_cannot_stand_twice_in_a_household(ada: User) -> None:
    household = people.household(ada)
    made.bank_account(household, ada)
    with pytest.raises(InvalidInputError, match="this account already"):
        made.bank_account(household, ada, number="000-111-222")
    assert BankAccount.objects.count() == 1


def test_a_balance_without_its_day_is_refused(ada: User) -> None:
    with pytest.raises(InvalidInputError, match="together with its day"):
        made.bank_account(people.household(ada), ada, balance_as_of=None)


def test_entries_are_posted_once_with_a_guess(ada: User) -> None:
    account = made.bank_account(people.household(ada), ada)
    entries = [
        PostedEntry("a", made.DAY, Decimal("-84.10"), "WHOLE FOODS"),
        PostedEntry("b", made.DAY, Decimal(4200), "PAYROLL"),
    ]
    assert len(post_entries(account=account, entries=entries, by=ada.as_actor())) == 2
    assert post_entries(account=account, entries=entries, by=ada.as_actor()) == []
    assert {row.category for row in account.entries.all()} == {"groceries", "income"}
    event = AuditEvent.objects.get(action="money.post_entries")
    assert event.after["entries"] == 2


def test_a_person_says_what_an_entry_was_for(ada: User) -> None:
    account = made.bank_account(people.household(ada), ada)
    made.posted(account, ada, ("2025-06-01", "-10", "SOMETHING"))
    entry = categorise_entry(entry=BankTransaction.objects.get(), category="giving", by=ada.as_actor())
    assert (entry.category, entry.is_category_certain) == ("giving", True)
    assert AuditEvent.objects.get(action="money.categorise_entry").before["category"] == "other"
    with pytest.raises(InvalidInputError, match="no category"):
        categorise_entry(entry=entry, category="fun", by=ada.as_actor())


def test_the_newest_balance_stands(ada: User) -> None:
    account = made.bank_account(people.household(ada), ada)
    older = note_balance(account=account, balance=Decimal(1), as_of=made.DAY - dt.timedelta(days=1), by=ada.as_actor())
    assert older.balance == Decimal("4200.00")
    newer = note_balance(account=account, balance=Decimal(2), as_of=made.DAY + dt.timedelta(days=1), by=ada.as_actor())
    assert (newer.balance, newer.balance_as_of) == (2, made.DAY + dt.timedelta(days=1))
    note_balance(account=account, balance=Decimal(2), as_of=newer.balance_as_of, by=ada.as_actor())
    assert AuditEvent.objects.filter(action="money.note_balance").count() == 1


def test_a_failed_posting_leaves_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the trail is away")

    account = made.bank_account(people.household(ada), ada)
    monkeypatch.setattr("apps.money.services.bank_accounts.audit.record", broken)
    with pytest.raises(RuntimeError):
        made.posted(account, ada, ("2025-06-01", "-10", "SOMETHING"))
    assert not BankTransaction.objects.exists()
