from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.equivalence import EquivalenceTable, Membership, Split, SplitTable
from apps.portfolios.engine.transactions import SplitRatio


def test_a_membership_counts_from_its_first_to_its_last_day():
    row = Membership("A", "fund", date(2026, 3, 1), date(2026, 3, 31))
    after = Membership("A", "heir", date(2026, 5, 1))
    table = EquivalenceTable([after, row])
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), date(2030, 1, 1)]
    assert [table.membership("A", day) for day in days] == [None, row, row, None, after]
    assert table.membership("B", days[1]) is None


@pytest.mark.parametrize("until", [None, date(2026, 3, 1)])
def test_a_security_in_two_groups_on_one_day_is_refused(until):
    rows = [Membership("A", "one", date(2026, 1, 1), until), Membership("A", "two", date(2026, 3, 1))]
    with pytest.raises(InvalidInputError, match="A belongs to two groups on 2026-03-01"):
        EquivalenceTable(rows)


@pytest.mark.parametrize("wrong", [{"shares": Decimal(0)}, {"valid_to": date(2025, 12, 31)}])
def test_a_membership_without_shares_or_days_is_refused(wrong):
    with pytest.raises(InvalidInputError, match="cannot stand for"):
        Membership("A", "one", date(2026, 1, 1), **wrong)


def test_splits_after_the_day_turn_its_shares_into_those_of_today():
    first = Split("A", date(2026, 2, 1), SplitRatio(Decimal(3), Decimal(2)))
    second = Split("A", date(2026, 6, 1), SplitRatio(Decimal(1), Decimal(10)))
    table = SplitTable([second, first, first])
    days = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 6, 1)]
    assert [table.factor("A", day) for day in days] == [Fraction(3, 20), Fraction(1, 10), 1]
    assert table.factor("B", days[0]) == 1
