"""Sales that name their lots."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.errors import AmbiguousLotError
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import Account, Instrument, Transaction
from apps.portfolios.models import LotChoice as NamedLot
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.sales import holding_for_sale, sale_passport
from apps.portfolios.services.entries import EntryByHand
from apps.portfolios.services.sales import SaleOfLots, sell_lots
from apps.portfolios.services.transactions import record_by_hand, reverse_transaction
from tests.factories import market
from tests.factories import portfolios as made

DAY = made.DAY


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


@pytest.fixture
def held(ada: User) -> tuple[Account, Instrument, str, str]:
    """100 at 50 and 10 at 60, worth 55 each."""
    _, account, security = made.funded(ada)
    dear = made.entry(account, ada, "buy", later(2), instrument=security, units="10", cash="-600")
    cheap = account.transactions.get(kind="buy", units=100)
    return account, security, str(cheap.public_id), str(dear.public_id)


def sold(held: tuple[Account, Instrument, str, str], ada: User, *lots: tuple[str, str], **told: object) -> Transaction:
    sale = SaleOfLots(
        trade_date=later(8),
        lots=tuple(LotChoice(lot_id, Decimal(quantity)) for lot_id, quantity in lots),
        **{"price": Decimal(55), **told},
    )
    return sell_lots(account=held[0], instrument=held[1], sale=sale, by=ada.as_actor())


def test_the_named_lots_leave_whatever_the_standing_order(held, ada: User) -> None:
    made.election(held[0], ada, "fifo")
    row = sold(held, ada, (held[3], "10"), (held[2], "5"), fees=Decimal(1))
    assert (row.units, row.cash) == (-15, Decimal(824))
    book = account_book(held[0], later(8))
    assert {gain.lot_id: gain.quantity for gain in book.realised} == {held[3]: 10, held[2]: 5}
    assert [(lot.lot_id, lot.quantity) for lot in book.positions[0].lots] == [(held[2], 95)]
    event = AuditEvent.objects.filter(action="portfolios.record_transaction").latest("id")
    assert event.after["lots"] == [[held[3], "10"], [held[2], "5"]]


def test_a_sale_taken_back_gives_its_lots_back(held, ada: User) -> None:
    row = sold(held, ada, (held[3], "10"))
    reverse_transaction(transaction=row, reason="busted", by=ada.as_actor())
    assert len(account_book(held[0], later(8)).positions[0].lots) == 2
    sold(held, ada, (held[3], "10"))


@pytest.mark.parametrize("quantity", ["11", "100"])
def test_more_than_a_lot_holds_is_refused_and_nothing_is_recorded(quantity: str, held, ada: User) -> None:
    with pytest.raises(AmbiguousLotError):
        sold(held, ada, (held[3], quantity))
    assert not NamedLot.objects.exists()
    assert not Transaction.objects.filter(kind="sell").exists()


def test_lots_that_make_no_sense_are_refused(held, ada: User) -> None:
    with pytest.raises(InvalidInputError, match="at least one lot"):
        sold(held, ada)
    with pytest.raises(InvalidInputError, match="named twice"):
        sold(held, ada, (held[3], "1"), (held[3], "1"))
    with pytest.raises(AmbiguousLotError):
        sold(held, ada, ("no such lot", "1"))
    with pytest.raises(InvalidInputError, match="add up"):
        made.entry(
            held[0],
            ada,
            "sell",
            later(8),
            instrument=held[1],
            units="-2",
            cash="1",
            lots=(LotChoice(held[3], Decimal(1)),),
        )
    with pytest.raises(InvalidInputError, match="leaves the account"):
        made.entry(
            held[0],
            ada,
            "buy",
            later(8),
            instrument=held[1],
            units="1",
            cash="-1",
            lots=(LotChoice(held[3], Decimal(1)),),
        )


def test_an_earlier_entry_that_would_take_a_named_lot_is_refused(held, ada: User) -> None:
    sold(held, ada, (held[2], "100"))
    with pytest.raises(AmbiguousLotError):
        made.entry(held[0], ada, "sell", later(7), instrument=held[1], units="-5", cash="275")


def test_each_lot_is_offered_with_the_gain_and_tax_it_would_bring(held, ada: User) -> None:
    made.tax_rate(ada, held[0].household, ("0.30", "0.15"))
    offer = holding_for_sale(held[0], held[1].public_id, later(8))
    assert [(lot.gain, lot.tax, lot.is_long_term) for lot in offer.lots] == [(500, 150, False), (-50, -15, False)]
    assert sale_passport(offer).value.value.amount == 135
    after_a_year = holding_for_sale(held[0], held[1].public_id, later(400))
    assert after_a_year.lots[0].tax == 75


def test_no_tax_where_nobody_gave_rates_or_the_account_is_not_taxed(held, ada: User) -> None:
    assert holding_for_sale(held[0], held[1].public_id, later(8)).tax is None
    held[0].tax_treatment = "tax_free"
    made.tax_rate(ada)
    offer = holding_for_sale(held[0], held[1].public_id, later(8))
    assert offer.tax is None
    assert "not taxed" in sale_passport(offer).notes[0]


def test_a_fraction_sold_is_booked_to_the_cent(ada: User) -> None:
    _, account, _ = made.funded(ada)
    fund = made.instrument(ada, "FND", {DAY: "27.43"}, kind="mutual_fund")
    lot = made.entry(account, ada, "buy", later(1), instrument=fund, units="12.345", cash="-338.62")
    row = sold((account, fund, "", ""), ada, (str(lot.public_id), "12.345"), price=Decimal("27.43"))
    assert row.cash == Decimal("338.62")


def test_a_price_in_another_currency_is_booked_at_the_rate_of_the_day(ada: User) -> None:
    _, account, _ = made.funded(ada)
    foreign = made.instrument(ada, "EURX", {DAY: "40"}, currency="EUR")
    typed = EntryByHand(kind="buy", trade_date=later(1), quantity=Decimal(10), price=Decimal(40))
    with pytest.raises(InvalidInputError, match="No rate of exchange"):
        record_by_hand(account=account, typed=typed, symbol="EURX", by=ada.as_actor())
    market.rates(("EUR", "USD"), {DAY: "1.2500"})
    lot = record_by_hand(account=account, typed=typed, symbol="EURX", by=ada.as_actor())
    row = sold((account, foreign, "", ""), ada, (str(lot.public_id), "10"), price=Decimal(44), fees=Decimal(1))
    assert [(each.cash, each.currency) for each in (lot, row)] == [(-500, "USD"), (549, "USD")]
