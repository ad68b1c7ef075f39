from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import DomainError
from apps.kernel.money import Money
from apps.portfolios.engine.errors import BookRefusedError, OversoldError
from apps.portfolios.engine.lots import Term, exact_sum
from apps.portfolios.engine.positions import BookPolicy, book_at
from apps.portfolios.engine.transactions import FairValues, LotMethod, SplitRatio
from tests.apps.portfolios.engine.builders import K, day, entry, usd
from tests.depth import examples

D = Decimal
END = day(12, 31)
BOUGHT = [entry("one", K.BUY, day(1, 5, 2020), 1000, 100), entry("two", K.BUY, day(2, 5), 1500, 50)]
HALF = SplitRatio(D(1), D(2))


def test_a_merger_turns_shares_into_those_of_another_company_and_pays_cash():
    merger = entry("m", K.MERGER, day(3, 1), 300, into="NEW", split=HALF, fair_values=FairValues(D(0), D(40)))
    sale = entry("out", K.SELL, day(3, 1), 2500, 50, "NEW")
    book = book_at([*BOUGHT, merger, sale], END)
    assert (book.position("ACME"), book.position("NEW").quantity, book.position("NEW").cost) == (None, 25, 1400)
    assert [(g.transaction_id, g.lot_id, g.proceeds, g.gain, g.term) for g in book.realised] == [
        ("m", "one", 200, 200, Term.LONG),  # worth 2,000 and 200: the cash is all gain
        ("m", "two", 100, 0, Term.SHORT),  # a loss of 400 is not recognised
        ("out", "one", 2500, 1500, Term.LONG),  # sold on the day of the merger, after it
    ]
    assert book.cash_in("USD") == usd(300)


def test_a_merger_that_pays_in_another_currency_is_refused():
    merger = entry("m", K.MERGER, day(3, 1), 5, into="NEW", split=HALF, fair_values=FairValues(D(0), D(40)))
    paid = replace(merger, amount=Money(D(5), "GBP"))
    with pytest.raises(BookRefusedError, match="pays GBP for shares whose cost is in USD"):
        book_at([*BOUGHT, paid], END)


def test_a_spin_off_is_sold_with_the_date_of_its_parent():
    spin = entry("s", K.SPIN_OFF, day(3, 1), into="SUB", split=HALF, fair_values=FairValues(D(30), D(20)))
    book = book_at([*BOUGHT, spin, entry("out", K.SELL, day(3, 2), 900, 60, "SUB")], END)
    assert book.position("ACME").cost == 1875
    assert [(x.lot_id, x.quantity, x.cost) for x in book.position("SUB").lots] == [("two/s", 15, 225)]
    assert [(g.lot_id, g.gain, g.term) for g in book.realised] == [("one/s", 500, Term.LONG), ("two/s", 0, Term.SHORT)]


def test_a_symbol_change_and_a_stock_dividend_keep_cost_and_names():
    changes = [
        entry("new name", K.SYMBOL_CHANGE, day(3, 1), into="NEW"),
        entry("more", K.STOCK_DIVIDEND, day(3, 2), security="NEW", split=SplitRatio(D(1), D(10))),
    ]
    held = book_at([*BOUGHT, *changes], END).position("NEW")
    assert [(x.lot_id, x.quantity, x.cost) for x in held.lots] == [("one", 110, 1000), ("two", 55, 1500)]


@pytest.mark.parametrize("method", [LotMethod.SPECIFIC, LotMethod.LIFO, LotMethod.MINIMUM_TAX])
def test_cash_in_lieu_sells_a_fraction_of_the_oldest_lot_whatever_the_method(method):
    paid = entry("c", K.CASH_IN_LIEU, day(3, 1), 12, "0.5")
    book = book_at([*BOUGHT, paid], END, BookPolicy(method))
    assert [(g.lot_id, g.quantity, g.proceeds, g.gain) for g in book.realised] == [("one", D("0.5"), 12, 7)]
    assert book.cash_in("USD") == usd(12 - 2500)


@pytest.mark.parametrize(
    "stray",
    [
        entry("x", K.MERGER, day(3, 1), security="B", into="NEW", split=HALF),
        entry("x", K.SPIN_OFF, day(3, 1), security="B", into="C", split=HALF, fair_values=FairValues(D(1), D(1))),
        entry("x", K.SYMBOL_CHANGE, day(3, 1), security="B", into="NEW"),
        entry("x", K.STOCK_DIVIDEND, day(3, 1), security="B", split=HALF),
    ],
)
def test_an_action_on_what_is_not_held_is_refused(stray):
    with pytest.raises(BookRefusedError, match="B, which is not held"):
        book_at([*BOUGHT, stray], END)


def test_no_action_makes_a_short_position():
    with pytest.raises(OversoldError, match="150 are held"):
        book_at([*BOUGHT, entry("c", K.CASH_IN_LIEU, day(3, 1), 12, 151)], END)


def test_a_reversal_takes_back_a_merger():
    merger = entry("m", K.MERGER, day(3, 1), into="NEW", split=HALF)
    book = book_at([*BOUGHT, merger, entry("back", K.REVERSAL, day(3, 2), reverses="m")], END)
    assert (book.position("ACME").quantity, book.position("NEW")) == (150, None)


NAMES = ["A", "B", "C"]
ACTIONS = [
    *[K.BUY] * 3,
    K.SELL,
    K.SPLIT,
    K.STOCK_DIVIDEND,
    K.SYMBOL_CHANGE,
    K.MERGER,
    K.SPIN_OFF,
    K.RETURN_OF_CAPITAL,
    K.CASH_IN_LIEU,
]
steps = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.permutations(NAMES),
        st.integers(1, 500),  # shares
        st.decimals("0", "9999", places=2),  # money
        st.tuples(st.integers(1, 9), st.integers(1, 9)),
        st.tuples(st.integers(1, 90), st.integers(0, 90)),
    ),
    max_size=14,
)


def step(place, raw):
    kind, (security, into, _), shares, money, (new, old), values = raw
    facts = {"security": security}
    if kind in {K.SPLIT, K.STOCK_DIVIDEND, K.MERGER, K.SPIN_OFF}:
        facts["split"] = SplitRatio(D(new), D(old))
    if kind in {K.SYMBOL_CHANGE, K.MERGER, K.SPIN_OFF}:
        facts["into"] = into
    if kind in {K.MERGER, K.SPIN_OFF}:
        facts["fair_values"] = FairValues(D(values[0]), D(values[1]))
    if kind in {K.BUY, K.SELL, K.CASH_IN_LIEU}:
        facts["quantity"] = shares
    if kind not in {K.SPLIT, K.STOCK_DIVIDEND, K.SYMBOL_CHANGE, K.SPIN_OFF}:
        facts["amount"] = money
    return entry(f"{place:02}", kind, day(1, 1 + place), **facts)


def expect(held, each):
    """Follow quantities as exact fractions."""
    new, old = (Fraction(each.split.new), Fraction(each.split.old)) if each.split else (1, 1)
    own, other = held.get(each.security_id, Fraction(0)), held.get(each.into, Fraction(0))
    if each.kind in {K.BUY, K.SELL, K.CASH_IN_LIEU}:
        held[each.security_id] = own + Fraction(each.units)
    elif each.kind is K.SPLIT:
        held[each.security_id] = own * new / old
    elif each.kind is K.STOCK_DIVIDEND:
        held[each.security_id] = own * (1 + new / old)
    elif each.kind in {K.MERGER, K.SYMBOL_CHANGE}:
        held[each.security_id], held[each.into] = Fraction(0), other + own * new / old
    elif each.kind is K.SPIN_OFF:
        held[each.into] = other + own * new / old


@given(steps, st.sampled_from([LotMethod.FIFO, LotMethod.LIFO, LotMethod.HIFO, LotMethod.AVERAGE]))
@settings(max_examples=examples(200), deadline=None)
def test_any_sequence_of_actions_conserves_shares_and_cost(raw, method):
    entries, held = [], {}
    for place, facts in enumerate(raw):
        each = step(place, facts)
        try:
            book_at([*entries, each], END, BookPolicy(method))
        except DomainError:
            continue
        entries.append(each)
        expect(held, each)
    book = book_at(entries, END, BookPolicy(method))
    for name in NAMES:
        position = book.position(name)
        assert abs(Fraction(position.quantity if position else 0) - held.get(name, 0)) < Fraction(1, 10**6)
    bought = exact_sum(each.amount.amount for each in entries if each.kind is K.BUY)
    received = exact_sum(each.cash.amount for each in entries if each.kind is not K.BUY and each.cash)
    gains = exact_sum(gain.gain for gain in book.realised)
    assert exact_sum(position.cost for position in book.positions) == bought + gains - received
