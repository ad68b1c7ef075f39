"""Recording entries and taking them back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.errors import BookRefusedError
from apps.portfolios.models import AccountStatus, Transaction
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.transactions import (
    AccountWithoutBookError,
    AlreadyReversedError,
    ShortfallError,
    record_transactions,
    reverse_transaction,
)
from tests.factories import clients as people
from tests.factories import portfolios as made

DAY = made.DAY


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


def quantity(account: object, day: dt.date) -> Decimal:
    return sum((h.quantity for h in holdings_at([account], day)[account.pk].holdings), Decimal(0))


def test_an_entry_is_recorded_once_on_the_trail_with_its_household(ada: User) -> None:
    household, account, _ = made.funded(ada)
    events = AuditEvent.objects.filter(action="portfolios.record_transaction").order_by("id")
    assert [event.after["kind"] for event in events] == ["deposit", "buy"]
    assert {event.subject_id for event in events} == {str(household.public_id)}
    assert account.transactions.count() == 2


def test_many_entries_are_one_event(ada: User) -> None:
    account = made.account(people.household(ada), ada)
    entries = [TransactionEntry(kind="deposit", trade_date=DAY, cash=Decimal(n)) for n in range(1, 31)]
    record_transactions(account=account, entries=entries, by=ada.as_actor())
    event = AuditEvent.objects.get(action="portfolios.record_transactions")
    assert event.after["entries"] == 30
    assert len(event.after["ids"]) == 30


def test_more_cannot_leave_than_is_held_on_any_day(ada: User) -> None:
    _, account, security = made.funded(ada)
    with pytest.raises(ShortfallError):
        made.entry(account, ada, "sell", later(5), instrument=security, units="-101", cash="5555")
    made.entry(account, ada, "sell", later(5), instrument=security, units="-60", cash="3300")
    with pytest.raises(ShortfallError, match="2025-03-08"):
        made.entry(account, ada, "sell", later(3), instrument=security, units="-60", cash="3300")
    assert quantity(account, later(9)) == 40


def test_one_bad_entry_among_many_leaves_none(ada: User) -> None:
    _, account, security = made.funded(ada)
    before = account.transactions.count()
    good = TransactionEntry(kind="deposit", trade_date=DAY, cash=Decimal(1))
    bad = TransactionEntry(kind="sell", trade_date=DAY, instrument=security, units=Decimal(-1), cash=Decimal(50))
    with pytest.raises(ShortfallError):
        record_transactions(account=account, entries=[good, bad], by=ada.as_actor())
    assert account.transactions.count() == before


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "buy", "units": "1", "cash": "50"}, "amount"),
        ({"kind": "buy", "units": "-1", "cash": "-50"}, "quantity"),
        ({"kind": "deposit", "cash": "5", "day": dt.date(2999, 1, 1)}, "trade_date"),
        ({"kind": "deposit", "cash": "5", "settle_date": dt.date(2025, 1, 1)}, "settle_date"),
        ({"kind": "reversal", "cash": "5"}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(ada: User, fields: dict[str, object], field: str) -> None:
    _, account, security = made.funded(ada)
    with pytest.raises(InvalidInputError) as refused:
        made.entry(account, ada, instrument=security, **fields)
    assert refused.value.field == field


def test_a_purchase_of_nothing_named_is_refused(ada: User) -> None:
    _, account, _ = made.funded(ada)
    with pytest.raises(InvalidInputError, match="names no security"):
        made.entry(account, ada, "buy", units="1", cash="-50")


def test_the_same_key_cannot_stand_twice(ada: User) -> None:
    _, account, _ = made.funded(ada)
    made.entry(account, ada, "deposit", cash="5", external_key="K1")
    with pytest.raises(InvalidInputError, match="this entry already"):
        made.entry(account, ada, "deposit", cash="5", external_key="K1")


def test_a_proposed_account_has_no_book(ada: User) -> None:
    account = made.account(people.household(ada), ada, status=AccountStatus.PROPOSED)
    with pytest.raises(AccountWithoutBookError):
        made.entry(account, ada, "deposit", cash="5")


def test_a_reversal_leaves_the_book_as_if_the_entry_had_never_been(ada: User) -> None:
    _, account, security = made.funded(ada)
    mistaken = made.entry(account, ada, "buy", later(2), instrument=security, units="10", cash="-500")
    before_reversal = mistaken.recorded_at
    reversal = reverse_transaction(transaction=mistaken, reason="typed twice", by=ada.as_actor())
    assert quantity(account, later(9)) == 100
    book = account_book(account, later(9))
    assert book.positions[0].quantity == 100
    assert book.cash_in("USD").amount == 5000
    known = account_book(account, later(9), known_at=before_reversal)
    assert known.positions[0].quantity == 110
    event = AuditEvent.objects.get(action="portfolios.reverse_transaction")
    assert event.reason == "typed twice"
    assert reversal.reversal_of == mistaken


def test_an_entry_is_taken_back_only_once_and_with_a_reason(ada: User) -> None:
    _, account, _ = made.funded(ada)
    entry = made.entry(account, ada, "deposit", cash="5")
    with pytest.raises(InvalidInputError, match="needs a reason"):
        reverse_transaction(transaction=entry, reason=" ", by=ada.as_actor())
    reversal = reverse_transaction(transaction=entry, reason="wrong account", by=ada.as_actor())
    for again in (entry, reversal):
        with pytest.raises(AlreadyReversedError):
            reverse_transaction(transaction=again, reason="again", by=ada.as_actor())


def test_a_purchase_that_was_sold_cannot_be_taken_back(ada: User) -> None:
    _, account, security = made.funded(ada)
    purchase = Transaction.objects.get(kind="buy")
    made.entry(account, ada, "sell", later(5), instrument=security, units="-60", cash="3300")
    with pytest.raises(ShortfallError):
        reverse_transaction(transaction=purchase, reason="mistake", by=ada.as_actor())


def test_a_split_multiplies_what_is_held_and_keeps_the_cost(ada: User) -> None:
    _, account, security = made.funded(ada)
    made.entry(account, ada, "split", later(4), instrument=security, split_new="3", split_old="2")
    assert quantity(account, later(9)) == 150
    position = account_book(account, later(9)).positions[0]
    assert (position.quantity, position.cost) == (150, 5000)


def test_a_split_from_a_file_gives_the_units_alone(ada: User) -> None:
    _, account, security = made.funded(ada)
    made.entry(account, ada, "split", later(4), instrument=security, units="100")
    assert account_book(account, later(9)).positions[0].quantity == 200


def test_an_entry_before_a_split_is_refused_since_the_split_was_reckoned_without_it(ada: User) -> None:
    _, account, security = made.funded(ada)
    made.entry(account, ada, "split", later(4), instrument=security, split_new="2", split_old="1")
    with pytest.raises(InvalidInputError, match="later corporate action"):
        made.entry(account, ada, "buy", later(2), instrument=security, units="1", cash="-50")


def test_nothing_held_cannot_split(ada: User) -> None:
    _, account, _ = made.funded(ada)
    other = made.instrument(ada, "BBB")
    with pytest.raises(InvalidInputError, match="Nothing is held"):
        made.entry(account, ada, "split", instrument=other, split_new="2", split_old="1")


def test_sums_and_lots_agree_over_every_kind_of_entry(ada: User) -> None:
    _, account, security = made.funded(ada)
    made.entry(account, ada, "dividend", later(2), instrument=security, cash="120")
    made.entry(account, ada, "reinvest", later(2), instrument=security, units="2", cost="100")
    made.entry(account, ada, "interest", later(3), cash="-3.21")
    made.entry(account, ada, "fee", later(3), cash="1.50")
    made.entry(account, ada, "return_of_capital", later(3), instrument=security, cash="10")
    made.entry(account, ada, "transfer_in", later(4), instrument=security, units="5", cost="200")
    made.entry(account, ada, "transfer_out", later(5), instrument=security, units="-7")
    made.entry(account, ada, "journal", later(5), cash="-40")
    made.entry(account, ada, "sell", later(6), instrument=security, units="-30", cash="1600")
    at = holdings_at([account], later(9))[account.pk]
    book = account_book(account, later(9))
    assert book.positions[0].quantity == at.holdings[0].quantity == 70
    assert book.cash_in("USD").amount == at.cash


def test_capital_is_returned_only_on_what_is_held(ada: User) -> None:
    _, account, security = made.funded(ada)
    made.entry(account, ada, "return_of_capital", later(3), instrument=security, cash="20")
    other = made.instrument(ada, "ZZZ", {DAY: "5"})
    with pytest.raises(BookRefusedError, match="not held"):
        made.entry(account, ada, "return_of_capital", later(3), instrument=other, cash="20")
