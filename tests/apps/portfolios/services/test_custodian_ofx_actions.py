"""Investment statements in OFX, from their entries to lots."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch
from apps.clients.services.imports import apply_batch, open_batch, undo_batch
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors.accounts import AccountPage, account_page
from apps.portfolios.selectors.books import account_book
from tests.apps.portfolios.readers.test_investment_ofx import APPLE, BANK, BUY, entry, statement
from tests.factories import clients as people
from tests.factories import market

LAST = dt.date(2026, 3, 31)
OTHER = APPLE.replace("037833100", "594918104")
# ten shares for 2,010.00, one for three: three and a third, of which the third is paid
SPLIT = entry(
    "SPLIT", APPLE + "<OLDUNITS>10<NEWUNITS>3<NUMERATOR>1<DENOMINATOR>3<FRACCASH>210.00<SUBACCTFUND>CASH", "S1"
)
MERGER = (
    entry("TRANSFER", APPLE + "<UNITS>10<TFERACTION>OUT", "M1", "MERGER MER PAYOUT #REOR M0051542700000"),
    entry("TRANSFER", OTHER + "<UNITS>4<TFERACTION>IN", "M2", "MERGER MER FROM 037833100#REOR M0051542700001"),
)
REINVEST = entry("REINVEST", APPLE + "<INCOMETYPE>DIV<TOTAL>-24.10<UNITS>0.12<UNITPRICE>200.83", "R1")
CHARGES = entry("INVEXPENSE", APPLE + "<TOTAL>0.26", "C1") + entry("MARGININTEREST", "<TOTAL>5.10", "C2")
CAPITAL = entry("RETOFCAP", APPLE + "<TOTAL>110", "C3")
WITHIN = entry("JRNLSEC", APPLE + "<UNITS>10<SUBACCTFROM>CASH<SUBACCTTO>MARGIN", "J1")


@pytest.fixture
def household(ada: User) -> Household:
    market.security("AAPL", {dt.date(2026, 3, 9): "200", LAST: "211"}, cusip="037833100")
    return people.household(ada)


def taken(household: Household, by: User, *entries: str) -> ImportBatch:
    text = statement(BANK, BUY, *entries, position="")
    told = open_batch(kind="custodian_file", filename="a.qfx", content=text, by=by.as_actor(), household=household)
    return apply_batch(batch=told, by=by.as_actor())


def page() -> AccountPage:
    return account_page(Account.objects.get(), LAST)


def lots() -> list[tuple[Decimal, Decimal]]:
    return [(lot.quantity, round(lot.cost or Decimal(0), 2)) for lot in page().lots]


def test_a_split_pays_for_its_fraction_and_a_second_file_changes_nothing(ada: User, household: Household) -> None:
    batch = taken(household, ada, SPLIT)
    assert lots() == [(3, 1809)]
    assert round(page().realised or Decimal(0), 2) == 9
    assert account_book(Account.objects.get(), LAST).cash_in("USD").amount == 5000 - 2010 + 210
    again = taken(household, ada, SPLIT)
    assert (again.counts["create"], again.counts["update"], lots()) == (0, 0, [(3, 1809)])
    undo_batch(batch=again, by=ada.as_actor())
    undo_batch(batch=batch, by=ada.as_actor())
    assert not Account.objects.exists()


def test_two_transfers_of_a_merger_carry_lots(ada: User, household: Household) -> None:
    taken(household, ada, *MERGER)
    assert Transaction.objects.get(kind="merger").into.cusip == "594918104"
    assert lots() == [(4, 2010)]
    assert page().lots[0].acquired_on == dt.date(2026, 3, 10)


def test_reinvestment_charges_and_capital_move_what_they_say(ada: User, household: Household) -> None:
    taken(household, ada, REINVEST, CHARGES, CAPITAL, WITHIN)
    assert [quantity for quantity, _ in lots()] == [10, Decimal("0.12")]
    # 110 come back on all shares, those that the dividend bought that day among them
    assert sum(cost for _, cost in lots()) == Decimal("2010.00") + Decimal("24.10") - 110
    book = account_book(Account.objects.get(), LAST)
    assert book.cash_in("USD").amount == Decimal(5000) - 2010 - Decimal("0.26") - Decimal("5.10") + 110
