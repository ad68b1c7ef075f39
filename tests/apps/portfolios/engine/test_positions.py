from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.kernel.money import Money, Rate
from apps.portfolios.engine.errors import AmbiguousLotError, BookRefusedError, OversoldError
from apps.portfolios.engine.lots import Term, TermRates, exact_sum
from apps.portfolios.engine.positions import BookPolicy, DateBasis, book_at
from apps.portfolios.engine.transactions import LotChoice, LotMethod, SplitRatio, Transaction
from tests.apps.portfolios.engine.builders import K, day, entry, usd

END = day(12, 31)
START = [
    entry("cash", K.DEPOSIT, day(1, 2), 10_000),
    entry("one", K.BUY, day(1, 5), 1000, 100),
    entry("two", K.BUY, day(2, 5), 1500, 100),
]


def test_positions_cash_and_lots_are_known_at_any_date():
    assert book_at(START, day(1, 4)).positions == ()
    january = book_at(START, day(1, 31))
    assert (january.position("ACME").quantity, january.cash_in("USD")) == (100, usd(9000))
    february = book_at(START, END).position("ACME")
    assert (february.quantity, february.cost, [x.lot_id for x in february.lots]) == (200, 2500, ["one", "two"])


def test_a_sale_takes_the_oldest_lots_and_realises_a_gain_on_each():
    book = book_at([*START, entry("out", K.SELL, day(3, 5), 3000, 150)], END)
    assert [(g.lot_id, g.proceeds, g.cost, g.gain, g.term) for g in book.realised] == [
        ("one", 2000, 1000, 1000, Term.SHORT),
        ("two", 1000, 750, 250, Term.SHORT),
    ]
    assert book.cash_in("USD") == usd(10_500)
    assert book.position("ACME").cost == 750


def test_a_sale_may_name_its_lots():
    book = book_at([*START, entry("out", K.SELL, day(3, 5), 300, 10, lots=(LotChoice("two", Decimal(10)),))], END)
    assert [(g.lot_id, g.gain) for g in book.realised] == [("two", 150)]


def test_an_account_under_specific_identification_refuses_a_sale_without_names():
    with pytest.raises(AmbiguousLotError):
        book_at([*START, entry("out", K.SELL, day(3, 5), 300, 10)], END, BookPolicy(LotMethod.SPECIFIC))


def test_an_account_that_sells_for_the_least_tax_needs_rates_and_transfers_the_oldest():
    held = [*START, entry("old", K.TRANSFER_IN, day(1, 6), 400, 20, acquired_on=day(5, 1, 2019))]
    trade = entry("out", K.SELL, day(3, 5), 1200, 100)  # a gain of 2, a loss of 3, a loss of 8 a share
    rates = TermRates(Rate(Decimal("0.37")), Rate(Decimal("0.15")))
    book = book_at([*held, trade], END, BookPolicy(LotMethod.MINIMUM_TAX, rates=rates))
    assert [(g.lot_id, g.quantity) for g in book.realised] == [("old", 20), ("two", 80)]
    with pytest.raises(InvalidInputError, match="least tax"):
        book_at([*held, trade], END, BookPolicy(LotMethod.MINIMUM_TAX))
    moved = entry("moved", K.TRANSFER_OUT, day(3, 5), None, 30)
    left = book_at([*held, moved], END, BookPolicy(LotMethod.MINIMUM_TAX, rates=rates)).position("ACME").lots
    assert [(x.lot_id, x.quantity) for x in left] == [("one", 90), ("two", 100)]


def test_overselling_is_refused_with_the_transaction_and_what_is_held():
    with pytest.raises(OversoldError, match="Transaction out of 2026-03-05 takes 201 of ACME; 200 are held") as refusal:
        book_at([*START, entry("out", K.SELL, day(3, 5), 300, 201)], END)
    assert "missing" in str(refusal.value)


def test_shares_bought_and_sold_on_one_day_may_stand_in_any_order():
    trades = [entry("out", K.SELL, day(1, 5), 60, 5, "B"), entry("in", K.BUY, day(1, 5), 50, 5, "B")]
    assert book_at(trades, END).realised[0].gain == 10


def test_cash_follows_settlement_and_value_follows_the_trade():
    trade = entry("out", K.SELL, day(3, 5), 3000, 150, settle_date=day(3, 6))
    by_trade = book_at([*START, trade], day(3, 5))
    by_settlement = book_at([*START, trade], day(3, 5), BookPolicy(basis=DateBasis.SETTLE))
    assert (by_trade.position("ACME").quantity, by_trade.cash_in("USD")) == (50, usd(10_500))
    assert (by_settlement.position("ACME").quantity, by_settlement.cash_in("USD")) == (200, usd(7500))


def test_income_and_fees_move_cash_and_are_summed():
    book = book_at(
        [
            *START,
            entry("d", K.DIVIDEND, day(3, 1), 40),
            entry("i", K.INTEREST, day(3, 2), "1.25"),
            entry("f", K.FEE, day(3, 3), 25),
            entry("w", K.WITHDRAWAL, day(3, 4), 100),
        ],
        END,
    )
    assert book.cash_in("USD") == usd("7416.25")
    assert (book.income, book.fees) == ((usd("41.25"),), (usd(25),))


def test_a_reinvested_dividend_is_income_and_a_lot_and_moves_no_cash():
    book = book_at([*START, entry("r", K.REINVEST, day(3, 1), 40, "2.5")], END)
    assert book.cash_in("USD") == usd(7500)
    assert book.income == (usd(40),)
    last = book.position("ACME").lots[-1]
    assert (last.lot_id, last.quantity, last.cost) == ("r", Decimal("2.5"), 40)


def test_a_split_changes_shares_and_not_cost():
    three_for_two = entry("s", K.SPLIT, day(3, 1), split=SplitRatio(Decimal(3), Decimal(2)))
    held = book_at([*START, three_for_two], END).position("ACME")
    assert (held.quantity, held.cost) == (300, 2500)
    one_for_three = entry("s", K.SPLIT, day(3, 1), split=SplitRatio(Decimal(1), Decimal(3)))
    assert book_at([*START, one_for_three], END).position("ACME").lots[0].quantity == Decimal("33.333333333333")


@given(
    st.lists(st.integers(1, 999), min_size=1, max_size=8),
    st.tuples(st.integers(1, 30), st.integers(1, 30)),
)
def test_lots_after_a_split_add_up_to_the_position_that_was_split(shares, ratio):
    new, old = map(Decimal, ratio)
    bought = [entry(f"lot {place}", K.BUY, day(1, 5), n, n, "B") for place, n in enumerate(shares)]
    lots = book_at([*START, *bought, entry("s", K.SPLIT, day(3, 1), security="B", split=SplitRatio(new, old))], END)
    held = lots.position("B")
    assert held.quantity == exact_sum(lot.quantity for lot in held.lots)
    assert abs(held.quantity - sum(shares) * new / old) <= Decimal("1e-12")


def test_all_shares_of_a_split_that_does_not_terminate_can_be_sold():
    bought = [entry(name, K.BUY, day(1, 5), 10, 1, "B") for name in ("x", "y", "z")]
    split = entry("s", K.SPLIT, day(3, 1), security="B", split=SplitRatio(Decimal(4), Decimal(3)))
    book = book_at([*START, *bought, split, entry("out", K.SELL, day(3, 2), 40, 4, "B")], END)
    assert [held.security_id for held in book.positions if held.quantity] == ["ACME"]
    assert sum(gain.cost for gain in book.realised) == 30


def test_a_return_of_capital_lowers_cost_and_its_excess_is_a_gain():
    book = book_at([*START, entry("roc", K.RETURN_OF_CAPITAL, day(3, 1), 2200)], END)
    held = book.position("ACME")
    assert [lot.cost for lot in held.lots] == [0, 400]
    assert [(g.lot_id, g.gain) for g in book.realised] == [("one", 100)]
    assert book.cash_in("USD") == usd(9700)


def test_a_transfer_in_brings_its_cost_and_date_and_may_not_know_the_cost():
    known = entry("in", K.TRANSFER_IN, day(3, 1), 500, 10, "B", acquired_on=day(5, 1, 2019))
    unknown = entry("old", K.TRANSFER_IN, day(3, 1), None, 10, "C")
    sold = [entry("sb", K.SELL, day(4, 1), 800, 10, "B"), entry("sc", K.SELL, day(4, 1), 800, 10, "C")]
    first, second = book_at([known, unknown, *sold], END).realised
    assert (first.gain, first.term) == (300, Term.LONG)
    assert (second.cost, second.gain) == (None, None)
    assert book_at([unknown], END).position("C").cost is None


def test_a_transfer_out_takes_lots_and_realises_nothing():
    book = book_at([*START, entry("out", K.TRANSFER_OUT, day(3, 1), None, 150)], END)
    assert (book.position("ACME").quantity, book.realised, book.cash_in("USD")) == (50, (), usd(7500))


def test_a_reversal_takes_back_one_transaction_from_its_day_on():
    trades = [*START, entry("back", K.REVERSAL, day(3, 1), reverses="two")]
    assert book_at(trades, day(2, 28)).position("ACME").quantity == 200
    after = book_at(trades, day(3, 1))
    assert (after.position("ACME").quantity, after.cash_in("USD")) == (100, usd(9000))


@pytest.mark.parametrize(
    "wrong",
    [
        [entry("r", K.REVERSAL, day(3, 1), reverses="nothing")],
        [entry("r", K.REVERSAL, day(1, 1), reverses="one")],
        [entry("r", K.REVERSAL, day(3, 1), reverses="one"), entry("q", K.REVERSAL, day(3, 2), reverses="one")],
        [entry("r", K.REVERSAL, day(3, 1), reverses="one"), entry("q", K.REVERSAL, day(3, 2), reverses="r")],
    ],
)
def test_a_reversal_of_nothing_or_of_what_was_taken_back_is_refused(wrong):
    with pytest.raises(BookRefusedError, match="cannot take back"):
        book_at([*START, *wrong], END)


def test_a_transaction_that_stands_twice_is_refused():
    with pytest.raises(BookRefusedError, match="one stands twice"):
        book_at([*START, START[1]], END)


@pytest.mark.parametrize(
    "stray",
    [
        entry("s", K.SPLIT, day(3, 1), security="B", split=SplitRatio(Decimal(2), Decimal(1))),
        entry("s", K.RETURN_OF_CAPITAL, day(3, 1), 5, security="B"),
    ],
)
def test_an_event_of_a_security_that_is_not_held_is_refused(stray):
    with pytest.raises(BookRefusedError, match="B, which is not held"):
        book_at([*START, stray], END)


def test_each_currency_has_its_cash():
    pounds = Transaction("p", K.DEPOSIT, day(1, 2), Money(Decimal(5), "GBP"))
    book = book_at([*START, pounds], END)
    assert [m.currency for m in book.cash] == ["GBP", "USD"]
    assert book.cash_in("EUR") == Money.zero("EUR")


trades = st.lists(
    st.tuples(
        st.sampled_from([K.BUY, K.SELL, K.REINVEST, K.TRANSFER_IN, K.TRANSFER_OUT]),
        st.decimals("0.001", "500", places=3),
        st.decimals("0", "10000", places=2),
        st.integers(0, 300),
    ),
    max_size=15,
)


@given(trades, st.sampled_from([LotMethod.FIFO, LotMethod.LIFO, LotMethod.HIFO, LotMethod.AVERAGE]))
def test_shares_and_money_are_conserved(raw, method):
    entries, units, cost_in = [], Decimal(0), Decimal(0)
    for place, (kind, quantity, amount, after) in enumerate(sorted(raw, key=lambda each: each[3])):
        name = f"{place:03}"
        each = entry(name, kind, day(1, 1) + timedelta(days=after), amount, quantity)
        try:
            book_at([*entries, each], END, BookPolicy(method))
        except OversoldError:
            continue
        entries.append(each)
        units += each.units
        if each.units > 0:
            cost_in += each.amount.amount
    book = book_at(entries, END, BookPolicy(method))
    held = book.position("ACME")
    assert (held.quantity if held else 0) == units
    cash = exact_sum(each.cash.amount for each in entries if each.cash is not None)
    assert book.cash_in("USD").amount == cash
    if not any(each.kind is K.TRANSFER_OUT for each in entries):
        realised = exact_sum(gain.cost for gain in book.realised)
        assert realised + (held.cost if held else 0) == cost_in
        proceeds = exact_sum(each.amount.amount for each in entries if each.kind is K.SELL)
        assert exact_sum(gain.proceeds for gain in book.realised) == proceeds
