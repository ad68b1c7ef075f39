import pytest

from apps.portfolios.engine.errors import BookRefusedError
from tests.apps.portfolios.engine.wash_builders import household, lot, sold, washed


def test_ids_that_stand_twice_are_refused():
    one = lot("one", "2026-01-05", 10, 100)
    with pytest.raises(BookRefusedError, match="one stands twice"):
        household([one, one], [])
    sale = sold("one", "2026-02-05", 1, 5)
    with pytest.raises(BookRefusedError, match="sale of one stands twice"):
        household([one], [sale, sale])


def test_a_lot_of_an_account_that_was_not_handed_in_is_refused():
    with pytest.raises(BookRefusedError, match="Lot one lies in account elsewhere"):
        household([lot("one", "2026-01-05", 10, 100, "elsewhere")], [])


def test_a_match_says_why_with_its_figures():
    lots = [
        lot("one", "2026-01-05", 10, 100),
        lot("two", "2026-03-01", 10, 60),
        lot("three", "2026-03-02", 5, 30, "ira"),
    ]
    report = washed(lots, [sold("one", "2026-03-05", 10, 50)])
    assert str(report.matches[0].reason) == (
        "10 shares of lot one, sold at a loss on 2026-03-05, were replaced on 2026-03-01 by lot two in account joint, "
        "within 30 days: 50.00 is added to the basis of the new shares."
    )
    lots[1] = lot("two", "2026-03-03", 10, 60)
    report = washed(lots, [sold("one", "2026-03-05", 10, 50)])
    assert str(report.matches[0].reason) == (
        "5 shares of lot one, sold at a loss on 2026-03-05, were replaced on 2026-03-02 by lot three in account ira, "
        "which is not taxed, within 30 days: 25.00 is lost for good."
    )
