from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.kernel.money import Rate
from apps.portfolios.engine.errors import AmbiguousLotError, OversoldError
from apps.portfolios.engine.lots import Lot, SaleTax, Term, TermRates, exact_sum, select_lots, term_of
from apps.portfolios.engine.transactions import LotChoice, LotMethod


def lot(name, quantity, cost, on=date(2025, 1, 1)):
    return Lot(name, "ACME", on, Decimal(str(quantity)), None if cost is None else Decimal(str(cost)))


HELD = [lot("a", 10, 100, date(2025, 1, 2)), lot("b", 10, 300, date(2025, 1, 1)), lot("c", 10, 200, date(2025, 1, 3))]


@pytest.mark.parametrize(
    ("method", "taken"),
    [
        (LotMethod.FIFO, [("b", 10, 300), ("a", 5, 50)]),
        (LotMethod.LIFO, [("c", 10, 200), ("a", 5, 50)]),
        (LotMethod.HIFO, [("b", 10, 300), ("c", 5, 100)]),
        (LotMethod.AVERAGE, [("b", 10, 200), ("a", 5, 100)]),
    ],
)
def test_each_method_takes_its_lots_in_its_order(method, taken):
    chosen = select_lots(HELD, Decimal(15), method)
    assert [(each.lot_id, each.quantity, each.cost) for each in chosen.taken] == taken


def test_of_two_lots_of_one_day_the_later_entry_is_the_last_in():
    twins = [lot("first", 1, 10), lot("second", 1, 20)]
    assert select_lots(twins, Decimal(1), LotMethod.LIFO).taken[0].lot_id == "second"
    assert select_lots(twins, Decimal(1), LotMethod.FIFO).taken[0].lot_id == "first"


def test_named_lots_are_taken_whatever_the_method():
    chosen = select_lots(HELD, Decimal(3), LotMethod.FIFO, [LotChoice("c", Decimal(2)), LotChoice("a", Decimal(1))])
    assert [(each.lot_id, each.quantity) for each in chosen.taken] == [("a", 1), ("c", 2)]


@pytest.mark.parametrize(
    "choices",
    [
        [LotChoice("z", Decimal(3))],
        [LotChoice("a", Decimal(2))],
        [LotChoice("a", Decimal(11))],
        [LotChoice("a", Decimal(0)), LotChoice("b", Decimal(3))],
        [LotChoice("a", Decimal(6)), LotChoice("a", Decimal(6))],
    ],
)
def test_named_lots_that_do_not_make_up_the_sale_are_refused(choices):
    with pytest.raises(AmbiguousLotError):
        select_lots(HELD, Decimal(3), LotMethod.SPECIFIC, choices)


def test_specific_identification_needs_names_unless_there_is_no_choice():
    with pytest.raises(AmbiguousLotError, match="holds 3 lots"):
        select_lots(HELD, Decimal(3), LotMethod.SPECIFIC)
    assert select_lots(HELD[:1], Decimal(3), LotMethod.SPECIFIC).taken[0].quantity == 3
    assert select_lots(HELD, Decimal(30), LotMethod.SPECIFIC).left == ()


def test_selling_more_than_is_held_is_refused():
    with pytest.raises(OversoldError, match="31 shares leave the account, which holds 30"):
        select_lots(HELD, Decimal(31), LotMethod.FIFO)


def test_an_unknown_cost_stays_unknown():
    held = [lot("a", 10, None), lot("b", 10, 100)]
    assert select_lots(held, Decimal(5), LotMethod.FIFO).taken[0].cost is None
    assert [each.lot_id for each in select_lots(held, Decimal(5), LotMethod.HIFO).taken] == ["b"]
    assert select_lots(held, Decimal(15), LotMethod.AVERAGE).taken[1].cost is None


@pytest.mark.parametrize(
    ("acquired", "sold", "term"),
    [
        (date(2025, 3, 10), date(2026, 3, 10), Term.SHORT),
        (date(2025, 3, 10), date(2026, 3, 11), Term.LONG),
        (date(2023, 2, 28), date(2024, 2, 29), Term.SHORT),  # Rev. Rul. 66-7: begins on 1 March
        (date(2023, 2, 28), date(2024, 3, 1), Term.LONG),
        (date(2024, 2, 28), date(2025, 2, 28), Term.SHORT),
        (date(2024, 2, 28), date(2025, 3, 1), Term.LONG),
    ],
)
def test_long_is_more_than_a_year_from_the_day_after(acquired, sold, term):
    assert term_of(acquired, sold) is term


quantities = st.decimals("0.0001", "10000", places=4)
costs = st.decimals("0", "1000000", places=2)


@given(
    st.lists(st.tuples(quantities, costs, st.dates(date(2020, 1, 1), date(2025, 1, 1))), min_size=1, max_size=8),
    st.fractions(0, 1),
    st.sampled_from([LotMethod.FIFO, LotMethod.LIFO, LotMethod.HIFO, LotMethod.MINIMUM_TAX, LotMethod.AVERAGE]),
)
def test_shares_and_cost_are_neither_made_nor_lost(facts, part, method):
    held = [lot(str(i), q, c, on) for i, (q, c, on) in enumerate(facts)]
    whole = exact_sum(each.quantity for each in held)
    quantity = (whole * part.numerator / part.denominator).quantize(Decimal("0.0001"))
    chosen = select_lots(held, min(quantity, whole), method, tax=least_tax(100))
    assert exact_sum(each.quantity for each in chosen.taken) == min(quantity, whole)
    every = [*chosen.taken, *chosen.left]
    assert exact_sum(each.quantity for each in every) == whole
    assert exact_sum(each.cost for each in every) == exact_sum(each.cost for each in held)


TODAY = date(2026, 6, 1)
RECENT, LONG_AGO = date(2026, 1, 2), date(2020, 1, 2)


def least_tax(price, short="0.37", long="0.20"):
    return SaleTax(Decimal(str(price)), TODAY, TermRates(Rate(Decimal(short)), Rate(Decimal(long))))


def test_the_least_tax_takes_short_losses_then_long_ones_then_what_gains_least():
    held = [
        lot("long gain", 1, 60, LONG_AGO),  # tax 8
        lot("short gain", 1, 80, RECENT),  # tax 7.40
        lot("long loss", 1, 150, LONG_AGO),  # saves 10
        lot("short loss", 1, 130, RECENT),  # saves 11.10
        lot("unknown", 1, None, LONG_AGO),
        lot("even", 1, 100, RECENT),
    ]
    chosen = select_lots(held, Decimal(6), LotMethod.MINIMUM_TAX, tax=least_tax(100))
    names = ["short loss", "long loss", "even", "short gain", "long gain", "unknown"]
    assert [each.lot_id for each in chosen.taken] == names


def test_a_long_loss_goes_first_when_it_saves_more():
    held = [lot("short loss", 1, 110, RECENT), lot("long loss", 1, 150, LONG_AGO)]
    assert select_lots(held, Decimal(1), LotMethod.MINIMUM_TAX, tax=least_tax(100)).taken[0].lot_id == "long loss"


def test_among_lots_that_cost_no_tax_the_highest_cost_goes_first():
    held = [lot("low", 1, 10, LONG_AGO), lot("high", 1, 90, LONG_AGO), lot("short", 1, 95, RECENT)]
    chosen = select_lots(held, Decimal(2), LotMethod.MINIMUM_TAX, tax=least_tax(100, long="0"))
    assert [each.lot_id for each in chosen.taken] == ["high", "low"]


def test_the_least_tax_needs_price_and_rates():
    with pytest.raises(InvalidInputError, match="least tax"):
        select_lots(HELD, Decimal(1), LotMethod.MINIMUM_TAX)


small_lots = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 20), st.sampled_from([RECENT, LONG_AGO, date(2025, 6, 1)])),
    min_size=1,
    max_size=4,
)
percents = st.integers(0, 50).map(lambda n: str(Decimal(n) / 100))


@given(small_lots, st.integers(0, 20), percents, percents, st.fractions(0, 1))
@settings(deadline=None)
def test_no_other_choice_of_lots_costs_less_tax(facts, price, short, long, part):
    held = [lot(str(i), quantity, quantity * cost, on) for i, (quantity, cost, on) in enumerate(facts)]
    tax = least_tax(price, short, long)
    quantity = int(sum(q for q, _, _ in facts) * part)
    chosen = select_lots(held, Decimal(quantity), LotMethod.MINIMUM_TAX, tax=tax)
    own = sum(tax.per_share(each) * Fraction(each.quantity) for each in chosen.taken)
    rates = [tax.per_share(each) for each in held]
    every = product(*(range(int(each.quantity) + 1) for each in held))
    assert own == min(
        sum(rate * n for rate, n in zip(rates, taken, strict=True)) for taken in every if sum(taken) == quantity
    )
