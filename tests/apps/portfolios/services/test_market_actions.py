"""Announced actions are entered once in every account that held the security, and nowhere else."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.kernel.errors import InvalidInputError, NotFoundError
from apps.portfolios.models import Account, Instrument, Transaction
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.market_actions import action_line, action_lines
from apps.portfolios.services.market_actions import EnteredAction, enter_market_action
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

DAY = made.DAY
SPLIT_DAY = DAY + dt.timedelta(days=7)


@pytest.fixture
def holders(ada: User) -> tuple[Instrument, Account, Account]:
    """Two accounts with 100 and 30 AAA."""
    household, account, security = made.funded(ada)
    second = made.account(household, ada, number="77", name="Second")
    made.entry(second, ada, "transfer_in", instrument=security, units="30", cost="1500")
    return security, account, second


def entered(action: object, by: User) -> EnteredAction:
    line = action_line(by.as_actor(), action.public_id)
    return enter_market_action(line=line, by=by.as_actor())


def test_an_action_is_entered_in_each_account_once(ada: User, holders: tuple[Instrument, Account, Account]) -> None:
    action = market.action("AAA", SPLIT_DAY)
    result = entered(action, ada)
    assert ([row.units for row in result.entered], result.refused) == ([100, 30], [])
    with pytest.raises(InvalidInputError, match="already"):
        entered(action, ada)
    assert account_book(holders[1], SPLIT_DAY).positions[0].quantity == 200
    (line,) = action_lines(ada.as_actor(), SPLIT_DAY + dt.timedelta(days=1))
    assert (line.open, line.n_done) == ((), 2)


def test_two_people_who_read_the_same_line_enter_it_once(
    ada: User, holders: tuple[Instrument, Account, Account]
) -> None:
    line = action_line(ada.as_actor(), market.action("AAA", SPLIT_DAY).public_id)
    enter_market_action(line=line, by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="already"):
        enter_market_action(line=line, by=ada.as_actor())
    assert account_book(holders[1], SPLIT_DAY).positions[0].quantity == 200


def test_what_a_file_brought_is_not_entered_again_and_what_was_taken_back_can_be(
    ada: User, holders: tuple[Instrument, Account, Account]
) -> None:
    made.entry(holders[1], ada, "split", SPLIT_DAY, instrument=holders[0], units="100")
    action = market.action("AAA", SPLIT_DAY)
    (row,) = entered(action, ada).entered
    assert row.account_id == holders[2].pk
    reverse_transaction(transaction=row, reason="called off", by=ada.as_actor())
    (again,) = entered(action, ada).entered
    assert again.external_key == f"{row.external_key}#1"


def test_an_account_that_refuses_keeps_no_other_back(ada: User, holders: tuple[Instrument, Account, Account]) -> None:
    made.entry(
        holders[2], ada, "split", SPLIT_DAY + dt.timedelta(days=90), instrument=holders[0], split_new="2", split_old="1"
    )
    result = entered(market.action("AAA", SPLIT_DAY), ada)
    assert [row.account_id for row in result.entered] == [holders[1].pk]
    ((name, sentence),) = result.refused
    assert name == "Second"
    assert "later corporate action" in sentence


def test_a_merger_pays_by_share_and_takes_values_from_the_notice(
    ada: User, holders: tuple[Instrument, Account, Account]
) -> None:
    market.security("NEW")
    action = market.action(
        "AAA",
        SPLIT_DAY,
        "merger",
        into="NEW",
        new_shares=Decimal(1),
        old_shares=Decimal(2),
        cash_per_share=Decimal("0.335"),
        fair_new=Decimal(100),
    )
    entered(action, ada)
    assert sorted(Transaction.objects.filter(kind="merger").values_list("cash", flat=True)) == [
        Decimal("10.05"),
        Decimal("33.50"),
    ]
    assert {row.units for row in Transaction.objects.filter(kind="received")} == {50, 15}


def test_who_sold_before_or_is_no_client_of_mine_is_not_concerned(
    ada: User, mallory: User, holders: tuple[Instrument, Account, Account]
) -> None:
    made.entry(holders[1], ada, "sell", SPLIT_DAY, instrument=holders[0], units="-100", cash="5500")
    other = made.account(people.household(mallory, name="Okafor"), mallory, number="88")
    made.entry(other, mallory, "transfer_in", instrument=holders[0], units="5", cost="250")
    action = market.action("AAA", SPLIT_DAY + dt.timedelta(days=1))
    assert [holder.account.pk for holder in action_line(ada.as_actor(), action.public_id).open] == [holders[2].pk]
    assert [holder.account.pk for holder in action_line(mallory.as_actor(), action.public_id).open] == [other.pk]


def test_what_nobody_holds_or_was_called_off_is_not_there(
    ada: User, holders: tuple[Instrument, Account, Account]
) -> None:
    market.security("ZZZ")
    nobody = market.action("ZZZ", SPLIT_DAY)
    off = market.action("AAA", SPLIT_DAY, is_cancelled=True)
    for action in (nobody, off):
        with pytest.raises(NotFoundError):
            action_line(ada.as_actor(), action.public_id)
    assert action_lines(ada.as_actor(), SPLIT_DAY) == []
