"""Books as inputs of the search for wash sales: pieces, units and names."""

from __future__ import annotations

from decimal import Decimal

from apps.portfolios.engine.equivalence import Membership
from apps.portfolios.engine.positions import book_at
from apps.portfolios.engine.transactions import FairValues, SplitRatio
from apps.portfolios.engine.wash_inputs import AccountLots, Opening, UnitChange, part_of, wash_inputs
from apps.portfolios.engine.wash_ledger import AcquisitionKind, HouseholdAccount, Relation, TaxTreatment, WashReport
from apps.portfolios.engine.wash_sales import find_wash_sales
from tests.apps.portfolios.engine.builders import K, day, entry

TWO_FOR_ONE = SplitRatio(Decimal(2), Decimal(1))
_KINDS = {K.BUY: AcquisitionKind.PURCHASE, K.REINVEST: AcquisitionKind.REINVESTMENT}


def account(name, *trades, treatment=TaxTreatment.TAXABLE, relation=Relation.TAXPAYER) -> AccountLots:
    openings = {
        each.transaction_id: Opening(each.security_id, _KINDS.get(each.kind, AcquisitionKind.TRANSFER))
        for each in trades
        if each.kind in {K.BUY, K.REINVEST, K.TRANSFER_IN}
    }
    sales = frozenset(each.transaction_id for each in trades if each.kind in {K.SELL, K.CASH_IN_LIEU})
    owner = HouseholdAccount(name, "household", relation, treatment)
    return AccountLots(owner, book_at(list(trades), day(12, 31)), openings, sales)


def report(*accounts, changes=(), memberships=()) -> WashReport:
    return find_wash_sales(wash_inputs(accounts, changes, memberships, "USD").ledger)


def test_a_loss_that_another_account_replaced_is_disallowed_and_carried() -> None:
    own = account("1", entry("b", K.BUY, day(1, 5), 1000, 10), entry("s", K.SELL, day(3, 2), 700, 10))
    ira = account("2", entry("r", K.REINVEST, day(3, 20), 280, 4), treatment=TaxTreatment.TAX_DEFERRED)
    (match,) = report(own, ira).matches
    assert (match.disallowed, match.lost, match.quantity) == (120, 120, 4)
    spouse = account("2", entry("r", K.BUY, day(3, 20), 280, 4), relation=Relation.SPOUSE)
    (match,) = report(own, spouse).matches
    assert (match.added_to_basis, match.lost) == (120, 0)


def test_what_the_book_did_to_cost_is_in_the_loss() -> None:
    own = account(
        "1",
        entry("b", K.BUY, day(1, 5), 1000, 10),
        entry("c", K.RETURN_OF_CAPITAL, day(2, 1), 200),
        entry("s", K.SELL, day(3, 2), 700, 10),
        entry("n", K.BUY, day(3, 5), 690, 10),
    )
    (match,) = report(own).matches
    assert match.disallowed == 100


def test_sales_and_purchases_on_both_sides_of_a_split_are_counted_in_the_same_units() -> None:
    own = account(
        "1",
        entry("b", K.BUY, day(1, 5), 1000, 10),
        entry("s", K.SELL, day(3, 2), 700, 10),
        entry("n", K.BUY, day(3, 5), 350, 5),
        entry("x", K.SPLIT, day(3, 10), split=TWO_FOR_ONE),
    )
    (match,) = report(own, changes=[UnitChange("ACME", day(3, 10), TWO_FOR_ONE)] * 2).matches
    assert (match.disallowed, match.quantity) == (150, 10)


def test_a_security_that_only_changed_its_name_is_the_same() -> None:
    rename = UnitChange("ACME", day(3, 4), SplitRatio(Decimal(1), Decimal(1)), "NEW", is_rename=True)
    own = account(
        "1",
        entry("b", K.BUY, day(1, 5), 1000, 10),
        entry("s", K.SELL, day(3, 2), 700, 10),
        entry("n", K.BUY, day(3, 5), 690, 10, "NEW"),
    )
    assert report(own).matches == ()
    (match,) = report(own, changes=[rename]).matches
    assert match.disallowed == 300
    group = [Membership(security, "g", day(1, 1)) for security in ("ACME", "NEW")]
    assert len(report(own, changes=[rename], memberships=group).matches) == 1


def test_what_was_bought_before_a_merger_replaces_what_was_sold_before_it_and_its_coming_is_no_purchase() -> None:
    merger = UnitChange("ACME", day(3, 10), TWO_FOR_ONE, "NEW")
    merged = entry("m", K.MERGER, day(3, 10), split=TWO_FOR_ONE, into="NEW")
    old = account(
        "1",
        entry("b", K.BUY, day(1, 5), 1000, 10),
        entry("s", K.SELL, day(3, 2), 700, 10),
        entry("n", K.BUY, day(3, 5), 690, 10),
        merged,
    )
    (match,) = report(old, changes=[merger]).matches
    assert (match.disallowed, match.replacement_quantity) == (300, 10)
    other = account("2", entry("c", K.BUY, day(1, 5), 900, 10, "NEW"), entry("t", K.SELL, day(3, 12), 300, 10, "NEW"))
    kept = account("1", entry("b", K.BUY, day(3, 1), 1000, 10), merged)
    assert report(other, kept, changes=[merger]).matches == ()


def test_shares_of_a_spin_off_replace_nothing() -> None:
    spun = entry(
        "x", K.SPIN_OFF, day(3, 5), split=TWO_FOR_ONE, into="SUB", fair_values=FairValues(Decimal(1), Decimal(1))
    )
    parent = account("1", entry("b", K.BUY, day(1, 5), 1000, 10), spun)
    other = account("2", entry("c", K.BUY, day(1, 5), 900, 10, "SUB"), entry("t", K.SELL, day(3, 6), 300, 10, "SUB"))
    assert report(parent, other).matches == ()


def test_what_left_in_kind_is_gone_and_realises_nothing() -> None:
    own = account(
        "1",
        entry("b", K.BUY, day(1, 5), 1000, 10),
        entry("s", K.SELL, day(3, 2), 350, 5),
        entry("n", K.BUY, day(3, 5), 345, 5),
        entry("t", K.TRANSFER_OUT, day(3, 6), quantity=10),
    )
    inputs = wash_inputs([own], [], [], "USD")
    assert sorted(lot.quantity for lot in inputs.ledger.lots) == [5, 5, 5]
    result = find_wash_sales(inputs.ledger)
    assert len(result.sales) == 1
    assert result.sales[0].disallowed == 150


def test_lots_in_another_currency_are_left_out_and_named() -> None:
    own = account("1", entry("b", K.BUY, day(1, 5), 1000, 10))
    inputs = wash_inputs([own], [], [], "EUR")
    assert (inputs.ledger.lots, inputs.unjudged) == ((), ("USD",))


def test_a_part_has_its_share() -> None:
    assert part_of(Decimal(10), Decimal(1), Decimal(4)) == Decimal("2.5")
