"""What a client suggests changes nothing until it is accepted, and is decided on once, against what was looked at."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError, NotAllowedError
from apps.money.models import Debt, FactSuggestion
from apps.money.services.facts import change_fact, remove_fact
from apps.money.services.suggestions import (
    Accepted,
    FactChangedError,
    Suggested,
    SuggestionDecidedError,
    accept_suggestion,
    decline_suggestion,
    suggest_fact,
    withdraw_suggestion,
)
from apps.notices.models import Mail
from tests.factories import clients, money

NEW = {"name": "Boat", "kind": "other", "balance": Decimal(9_000), "annual_rate": Decimal("0.05"),
       "monthly_payment": Decimal(200), "as_of": money.DAY}  # fmt: skip


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def head(household):
    return household.people.get(relationship="head")


@pytest.fixture
def by(head):
    return clients.portal_user(head).as_actor()


@pytest.fixture
def debt(household, ada):
    return money.fact("debt", household, ada)


def changed(debt, balance="300000"):
    before = {"name": debt.name, "balance": "310000"}
    return Suggested("debt", "change", debt.name, debt.public_id, before, {**before, "balance": balance})


def test_a_suggestion_changes_nothing_is_told_once_and_stands_on_the_trail(head, by, debt, ada):
    head.refresh_from_db()
    first = suggest_fact(person=head, suggested=changed(debt), by=by)
    assert suggest_fact(person=head, suggested=changed(debt), by=by) == first
    debt.refresh_from_db()
    assert debt.balance == 310_000
    assert Mail.objects.get(kind="money/fact_suggested").to == ada.email
    assert AuditEvent.objects.filter(action="money.suggest_fact").count() == 1
    with pytest.raises(InvalidInputError, match="already"):
        suggest_fact(person=head, suggested=changed(debt, "290000"), by=by)
    withdraw_suggestion(suggestion=first, by=by)
    assert suggest_fact(person=head, suggested=changed(debt, "290000"), by=by) != first


def test_only_the_households_own_people_suggest_and_something_must_change(household, head, by, debt, ada):
    head.refresh_from_db()
    with pytest.raises(NotAllowedError):
        suggest_fact(person=head, suggested=changed(debt), by=ada.as_actor())
    same = changed(debt)
    with pytest.raises(InvalidInputError, match="hold already"):
        suggest_fact(person=head, suggested=replace(same, after=same.before), by=by)
    with pytest.raises(InvalidInputError, match="no kind of fact"):
        suggest_fact(person=head, suggested=replace(same, kind="dream"), by=by)
    assert not FactSuggestion.objects.exists()


def test_accepted_it_is_the_fact_with_both_on_the_trail(head, by, debt, ada):
    head.refresh_from_db()
    row = suggest_fact(person=head, suggested=changed(debt), by=by)
    done = accept_suggestion(
        suggestion=row, accepted=Accepted({"balance": Decimal(300_000)}, seen_at=debt.updated_at), by=ada.as_actor()
    )
    debt.refresh_from_db()
    assert (debt.balance, done.state, done.decided_by) == (300_000, "accepted", str(ada))
    assert AuditEvent.objects.filter(action__in=["money.change_debt", "money.decide_suggestion"]).count() == 2
    with pytest.raises(SuggestionDecidedError):
        accept_suggestion(suggestion=row, accepted=Accepted(seen_at=debt.updated_at), by=ada.as_actor())
    with pytest.raises(SuggestionDecidedError):
        withdraw_suggestion(suggestion=row, by=by)


def test_an_addition_and_a_removal_are_accepted(household, head, by, debt, ada):
    head.refresh_from_db()
    new = suggest_fact(person=head, suggested=Suggested("debt", "add", "Boat", after={"name": "Boat"}), by=by)
    accept_suggestion(suggestion=new, accepted=Accepted(NEW), by=ada.as_actor())
    assert Debt.objects.get(household=household, name="Boat").balance == 9_000
    gone = suggest_fact(person=head, suggested=Suggested("debt", "remove", debt.name, debt.public_id), by=by)
    accept_suggestion(suggestion=gone, accepted=Accepted(seen_at=debt.updated_at), by=ada.as_actor())
    assert not Debt.objects.filter(pk=debt.pk).exists()


def test_what_changed_since_the_advisor_looked_or_is_no_more_is_not_overwritten(head, by, debt, ada):
    head.refresh_from_db()
    row = suggest_fact(person=head, suggested=changed(debt), by=by)
    seen = debt.updated_at
    change_fact(fact=debt, fields={"balance": Decimal(305_000)}, by=ada.as_actor())
    for seen_at in (seen, None):
        with pytest.raises(FactChangedError, match="since you looked"):
            accepted = Accepted({"balance": Decimal(1)}, seen_at=seen_at)
            accept_suggestion(suggestion=row, accepted=accepted, by=ada.as_actor())
    debt.refresh_from_db()
    assert debt.balance == 305_000
    remove_fact(fact=debt, by=ada.as_actor())
    with pytest.raises(FactChangedError, match="no more"):
        accept_suggestion(suggestion=row, accepted=Accepted(seen_at=seen), by=ada.as_actor())
    row.refresh_from_db()
    assert row.state == "waiting"


def test_declined_says_why(head, by, debt, ada):
    head.refresh_from_db()
    row = suggest_fact(person=head, suggested=changed(debt), by=by)
    with pytest.raises(InvalidInputError):
        decline_suggestion(suggestion=row, reason="  ", by=ada.as_actor())
    done = decline_suggestion(suggestion=row, reason="The statement says otherwise.", by=ada.as_actor())
    assert (done.state, done.reason) == ("declined", "The statement says otherwise.")
    debt.refresh_from_db()
    assert debt.balance == 310_000


@pytest.mark.parametrize(
    ("balance", "state", "subject"),
    [
        ("300000", "accepted", "Accepted: debt"),
        ("301000", "corrected", "Accepted with corrections: debt"),
        ("", "declined", "Not accepted: debt"),
    ],
)
def test_the_client_hears_what_was_decided_in_their_language_and_without_an_amount(
    balance, state, subject, head, debt, ada
):
    by = clients.portal_user(head).as_actor()
    head.refresh_from_db()
    row = suggest_fact(person=head, suggested=replace(changed(debt), name="We owe 310,000"), by=by)
    if balance:
        said = {"name": debt.name, "balance": balance}
        accepted = Accepted({"balance": Decimal(balance)}, said, debt.updated_at)
        done = accept_suggestion(suggestion=row, accepted=accepted, by=ada.as_actor())
    else:
        done = decline_suggestion(suggestion=row, reason="You owe $310,000 still.", by=ada.as_actor())
    assert done.state == state
    mail = Mail.objects.get(kind="money/suggestion_decided")
    assert (mail.to, mail.subject) == (head.email, subject)
    assert "/portal/facts/" in mail.text
    for part in (mail.text, mail.html.partition("<body")[2]):
        assert not any(number in part for number in ("300", "301", "310"))


def test_whose_account_was_closed_or_who_took_it_back_hears_nothing_and_portuguese_is_written_to_who_reads_it(
    head, by, debt, ada
):
    head.refresh_from_db()
    withdraw_suggestion(suggestion=suggest_fact(person=head, suggested=changed(debt), by=by), by=by)
    assert not Mail.objects.filter(kind="money/suggestion_decided").exists()
    head.user.locale = "pt-br"
    head.user.save(update_fields=["locale"])
    row = suggest_fact(person=head, suggested=changed(debt), by=by)
    decline_suggestion(suggestion=row, reason="It is not so.", by=ada.as_actor())
    mail = Mail.objects.get(kind="money/suggestion_decided")
    assert mail.locale == "pt-br"
    assert mail.subject.startswith("Não aceito: ")
    row = suggest_fact(person=head, suggested=changed(debt, "290000"), by=by)
    type(head.user).objects.filter(pk=head.user.pk).update(is_active=False)
    row.person.refresh_from_db()
    assert decline_suggestion(suggestion=row, reason="Still not.", by=ada.as_actor()).state == "declined"
    assert Mail.objects.filter(kind="money/suggestion_decided").count() == 1
