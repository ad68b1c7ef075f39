"""What heirs must take, case by case of the regulation."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.portfolios.engine.distributions import RequiredDistribution
from apps.portfolios.engine.inherited import (
    Bequest,
    Heir,
    SpouseChoice,
    had_begun,
    inherited_distribution,
    last_year,
    may_stretch,
)

D = Decimal


def left(born: int, died: int, heir: Heir = Heir.PERSON, heir_born: int | None = 1975, **more: Any) -> Bequest:
    own = dt.date(heir_born, 6, 1) if heir_born else None
    return Bequest(dt.date(born, 6, 1), dt.date(died, 6, 1), heir, own, **more)


def asked(of: Bequest, year: int, balance: str = "100000") -> RequiredDistribution | None:
    return inherited_distribution(of, year, D(balance))


def divisor(of: Bequest, year: int) -> Decimal | None:
    found = asked(of, year)
    return found.divisor if found else None


@pytest.mark.parametrize(
    ("born", "died", "begun"),
    [
        (1940, "2015-01-01", True),
        (1949, "2021-03-31", False),
        (1950, "2023-04-01", True),
        (1950, "2023-03-31", False),
        (1955, "2021-06-01", False),
        (1952, "2026-03-31", False),
        (1952, "2026-04-01", True),
    ],
)
def test_an_owner_has_begun_from_the_day_that_the_law_names(born: int, died: str, begun: bool) -> None:
    told = Bequest(dt.date(born, 12, 1), dt.date.fromisoformat(died), Heir.PERSON, dt.date(1980, 1, 1))
    assert had_begun(told) is begun


def test_before_2020_a_person_takes_it_over_a_life() -> None:
    told = left(1940, 2015, heir_born=1965)
    assert (may_stretch(told), last_year(told)) == (True, None)
    assert divisor(told, 2026) == D("25.3")  # 35.3 at 51, less ten
    found = asked(told, 2026, "500000")
    assert found is not None
    assert (found.amount, found.table, found.due_on) == (D("19762.85"), "single", dt.date(2026, 12, 31))


def test_ten_years_with_yearly_amounts_after_one_who_had_begun() -> None:
    told = left(1945, 2022)
    assert (may_stretch(told), last_year(told)) == (False, 2032)
    assert asked(told, 2022) is asked(told, 2023) is asked(told, 2024) is None
    assert divisor(told, 2025) == D("36.1")
    found = asked(told, 2026, "400000")
    assert found is not None
    assert (found.divisor, found.amount) == (D("35.1"), D("11396.01"))
    for year in (2032, 2033):
        last = asked(told, year)
        assert last is not None
        assert (last.amount, last.table) == (D(100_000), "whole")


def test_ten_years_without_yearly_amounts_after_one_who_had_not() -> None:
    told = left(1960, 2024, heir_born=1990)
    assert [asked(told, year) for year in range(2025, 2034)] == [None] * 9
    last = asked(told, 2034)
    assert last is not None
    assert last.table == "whole"


def test_whoever_is_at_most_ten_years_younger_stretches() -> None:
    assert divisor(left(1955, 2021, heir_born=1958), 2026) == D("19.7")
    day = Bequest(dt.date(1955, 6, 1), dt.date(2021, 6, 1), Heir.PERSON, dt.date(1965, 6, 1))
    assert may_stretch(day)
    assert not may_stretch(left(1955, 2021, heir_born=1966))
    # an older heir, by the own life where the owner had not begun
    assert divisor(left(1955, 2021, heir_born=1950), 2026) == D("13.2")


def test_who_is_disabled_stretches_or_chooses_ten_years() -> None:
    assert divisor(left(1960, 2024, Heir.DISABLED, 1990), 2026) == D("49.5")
    chosen = left(1960, 2024, Heir.DISABLED, 1990, is_ten_year=True)
    assert (last_year(chosen), asked(chosen, 2026)) == (2034, None)


def test_the_owners_life_counts_where_it_is_longer_until_the_older_heirs_has_run_out() -> None:
    told = left(1940, 2015, heir_born=1935)
    assert divisor(told, 2026) == D("3.8")
    gone = asked(told, 2029)
    assert gone is not None
    assert gone.table == "whole"
    # from 2020 on the heir's own life, run out, ends it
    later = left(1935, 2020, heir_born=1928)
    assert divisor(later, 2021) == D("7.1")
    ended = next(year for year in range(2021, 2040) if (found := asked(later, year)) and found.table == "whole")
    assert ended == 2025  # 4.6 at 93 in 2021, 0.6 four years later; the owner's 8.1 would have lasted to 2028


def test_a_child_stretches_until_ten_years_after_coming_of_age() -> None:
    told = left(1970, 2024, Heir.MINOR_CHILD, 2012)
    assert last_year(told) == 2043
    assert divisor(told, 2025) == D("71.9")
    assert divisor(told, 2042) == D("54.9")


def test_a_spouse_waits_for_the_owners_age_and_reckons_anew_each_year() -> None:
    told = left(1960, 2024, Heir.SPOUSE, 1958)
    assert asked(told, 2034) is None
    assert divisor(told, 2035) == D("22.9")  # uniform at 77
    earlier = left(1949, 2020, Heir.SPOUSE, 1960)
    assert divisor(earlier, 2026) == D("22.0")  # begun in 2021 by the single table, 66
    begun = left(1940, 2022, Heir.SPOUSE, 1950)
    assert divisor(begun, 2026) == D("14.1")
    younger = left(1960, 2024, Heir.SPOUSE, 1970)
    assert divisor(younger, 2035) == D("22.9")  # 65, below the uniform table


def test_no_person_has_five_years_or_what_is_left_of_the_owners_life() -> None:
    waiting = left(1960, 2024, Heir.NO_PERSON, None)
    assert (last_year(waiting), asked(waiting, 2028)) == (2029, None)
    going = left(1945, 2022, Heir.NO_PERSON, None)
    assert divisor(going, 2023) == D("12.3")  # 13.3 at 77, less one


def test_nothing_is_asked_of_nothing() -> None:
    assert asked(left(1940, 2015), 2026, "0") is None


def test_a_roth_owner_had_never_begun_so_the_ten_years_ask_for_nothing_before_their_end() -> None:
    told = left(1940, 2022, is_roth=True)
    assert not had_begun(told)
    assert [asked(told, year) for year in range(2023, 2032)] == [None] * 9
    last = asked(told, 2032)
    assert last is not None
    assert (last.amount, last.table) == (D(100_000), "whole")
    # no person: five years, not the owner's life
    assert last_year(left(1940, 2022, Heir.NO_PERSON, None, is_roth=True)) == 2027


def test_of_several_who_share_the_oldest_life_counts_and_each_must_be_eligible() -> None:
    oldest = dt.date(1955, 6, 1)
    alone = left(1950, 2015, heir_born=1965)
    shared = left(1950, 2015, heir_born=1965, oldest_born_on=oldest)
    assert (divisor(alone, 2026), divisor(shared, 2026)) == (D("25.3"), D("16.2"))  # 35.3 at 51, 26.2 at 61, less ten
    disabled = left(1960, 2024, Heir.DISABLED, 1990, oldest_born_on=dt.date(1962, 1, 1))
    assert not may_stretch(disabled)
    assert last_year(disabled) == 2034
    eligible = left(1960, 2024, Heir.DISABLED, 1990, oldest_born_on=dt.date(1962, 1, 1), are_all_eligible=True)
    assert divisor(eligible, 2025) == D("24.5")  # 63
    # a spouse who shares reckons not anew, and does not wait
    spouse = left(1960, 2024, Heir.SPOUSE, 1958, oldest_born_on=dt.date(1958, 6, 1), are_all_eligible=True)
    assert divisor(spouse, 2026) == D("20.2")  # 21.2 at 67, less one


def test_who_follows_an_heir_has_ten_years_and_never_more_than_the_heir() -> None:
    stretched = left(1955, 2021, heir_born=1958, heir_died_on=dt.date(2025, 3, 1))
    assert last_year(stretched) == 2035
    assert divisor(stretched, 2030) == D("15.7")  # the heir's life goes on
    ten = left(1945, 2022, heir_died_on=dt.date(2028, 3, 1))
    assert last_year(ten) == 2032
    child = left(1970, 2024, Heir.MINOR_CHILD, 2012, heir_died_on=dt.date(2027, 1, 1))
    assert last_year(child) == 2037
    grown = left(1970, 2024, Heir.MINOR_CHILD, 2012, heir_died_on=dt.date(2040, 1, 1))
    assert last_year(grown) == 2043
    # before SECURE: no end when the heir died before 2020, ten years when later
    assert last_year(left(1940, 2015, heir_born=1965, heir_died_on=dt.date(2019, 5, 1))) is None
    assert last_year(left(1940, 2015, heir_born=1965, heir_died_on=dt.date(2021, 5, 1))) == 2031


def test_a_spouse_who_dies_leaves_what_is_left_of_that_life() -> None:
    begun = left(1940, 2022, Heir.SPOUSE, 1950, heir_died_on=dt.date(2025, 6, 1))
    assert divisor(begun, 2025) == D("14.8")
    assert divisor(begun, 2027) == D("12.8")  # 14.8 at 75, less two
    assert last_year(begun) == 2035
    waiting = left(1960, 2024, Heir.SPOUSE, 1958, heir_died_on=dt.date(2030, 6, 1))
    assert [asked(waiting, year) for year in range(2025, 2040)] == [None] * 15
    last = asked(waiting, 2040)
    assert last is not None
    assert last.table == "whole"


def test_a_spouse_chooses_as_what_to_hold_it() -> None:
    heir = left(1949, 2024, Heir.SPOUSE, 1950)
    assert divisor(heir, 2026) == D("14.1")
    elected = left(1949, 2024, Heir.SPOUSE, 1950, spouse_choice=SpouseChoice.AS_DECEASED)
    found = asked(elected, 2026)
    assert found is not None
    assert (found.divisor, found.table) == (D("23.7"), "uniform")
    # for years that begin in 2024 or later only
    assert divisor(left(1945, 2021, Heir.SPOUSE, 1950, spouse_choice=SpouseChoice.AS_DECEASED), 2026) == D("14.1")
    own = left(1949, 2024, Heir.SPOUSE, 1958, spouse_choice=SpouseChoice.OWN)
    assert asked(own, 2030) is None  # 73 in 2031
    first = asked(own, 2031)
    assert first is not None
    assert (first.divisor, first.due_on) == (D("26.5"), dt.date(2032, 4, 1))
    assert asked(left(1949, 2024, Heir.SPOUSE, 1940, spouse_choice=SpouseChoice.OWN, is_roth=True), 2030) is None


BEQUESTS = st.builds(
    Bequest,
    deceased_born_on=st.dates(dt.date(1925, 1, 1), dt.date(1975, 12, 31)),
    died_on=st.dates(dt.date(2010, 1, 1), dt.date(2030, 12, 31)),
    heir=st.sampled_from([Heir.SPOUSE, Heir.DISABLED, Heir.PERSON]),
    heir_born_on=st.dates(dt.date(1930, 1, 1), dt.date(2008, 12, 31)),
    is_roth=st.booleans(),
    heir_died_on=st.none() | st.dates(dt.date(2031, 1, 1), dt.date(2045, 12, 31)),
)


@settings(max_examples=150, deadline=None)
@given(told=BEQUESTS, balance=st.decimals("0.01", "10000000", places=2))
def test_what_is_asked_never_exceeds_what_is_there_and_the_last_year_empties_it(
    told: Bequest, balance: Decimal
) -> None:
    end = last_year(told)
    for year in range(told.died_on.year, (end or told.died_on.year + 60) + 1):
        found = inherited_distribution(told, year, balance)
        if found is not None:
            assert 0 <= found.amount <= balance
            assert found.divisor >= 1
    if end is not None:
        last = inherited_distribution(told, end, balance)
        assert last is not None
        assert last.amount == balance


@settings(max_examples=100, deadline=None)
@given(told=BEQUESTS, year=st.integers(2020, 2060), oldest=st.integers(1, 40))
def test_sharing_with_an_older_heir_never_asks_for_less(told: Bequest, year: int, oldest: int) -> None:
    born = told.heir_born_on
    if told.heir == Heir.SPOUSE or born is None or told.died_on.year >= 2020:
        return
    older = replace(told, oldest_born_on=dt.date(max(born.year - oldest, 1925), 1, 1))
    alone, shared = asked(told, year), asked(older, year)
    assert (shared.amount if shared else 0) >= (alone.amount if alone else 0)
