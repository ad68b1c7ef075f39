"""The rows of the books lie apart from each other."""

from __future__ import annotations

from apps.plans.engine import books
from apps.plans.engine.tax_law import N_SLOTS


def test_no_two_things_share_a_row() -> None:
    ledger, flows = range(N_SLOTS), range(books.FLOWS, books.FLOWS + books.N_FLOWS)
    states = range(books.STATES, books.STATES + books.MAX_STATES)
    begun = range(books.YEAR_STATES, books.YEAR_STATES + books.MAX_STATES)
    single = (books.UNSPENT, books.AMOUNT, books.DEATHS, books.DEATHS + 1, books.INHERITED, books.INHERITED_FROM)
    accounts = [
        row for account in range(3) for row in range(books.balance_row(account), books.balance_row(account) + 5)
    ]
    rows = [
        *ledger,
        *flows,
        *states,
        *begun,
        *single,
        books.ESTATE,
        books.INCOME_BEFORE,
        books.INCOME_TWO_BEFORE,
        books.CONVERTED,
        books.CONVERTED + 1,
        books.CONVERTING_TAX,
        *range(books.TAXED, books.TAXED + N_SLOTS),
        books.SPENT_ABOVE,
        books.FIRST_RATE,
        books.SPENT,
        *range(books.BASIS, books.ACCOUNTS),
        *accounts,
    ]
    assert sorted(rows) == list(range(len(rows)))


def test_a_record_without_flows_has_no_years_of_them() -> None:
    kept = books.empty_record(10, 2, 64, with_flows=False)
    assert kept.wealth.shape == (11, 64)
    assert kept.flows.shape == (0, books.N_FLOWS, 64)
    assert kept.spending.shape == (0, 64)
    assert books.keeping_spending(kept).spending.shape == (10, 64)
    assert books.keeping_balances(kept, 3).balances.shape == (11, 3, 64)
    assert (kept.failed == books.NEVER).all()
    assert books.empty_record(10, 2, 64, with_flows=True).flows.shape == (10, books.N_FLOWS, 64)


def test_flows_that_a_plan_cannot_have_take_no_room() -> None:
    kept = books.empty_record(10, 2, 64, with_flows=True, n_flows=books.F_CONVERTED)
    assert kept.flows.shape == (10, books.F_CONVERTED, 64)
    assert books.F_CONVERTED < books.N_FLOWS
