"""From a record of earnings to the primary insurance amount of Social Security (42 USC 409 to 415).

Exact, in Decimal, rounded where the law rounds. Amounts are in dollars a month unless a year is named. What a claim
makes of the primary insurance amount is in `claiming`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from apps.kernel.errors import InvalidInputError, gettext_noop

CENT, DIME, DOLLAR, TEN = Decimal("0.01"), Decimal("0.1"), Decimal(1), Decimal(10)
NOTHING = Decimal(0)
PIA_RATES = (Decimal("0.90"), Decimal("0.32"), Decimal("0.15"))
FAMILY_RATES = (Decimal("1.50"), Decimal("2.72"), Decimal("1.34"), Decimal("1.75"))
# bend points of 1979, which rest on the wages of 1977 (42 USC 415(a)(1)(B), 403(a)(2)(B))
_PIA_BENDS, _FAMILY_BENDS, _BENDS_FROM = (180, 1085), (230, 332, 433), 1977
# 42 USC 413(d)(2); the amounts of 1978 rest on the wages of 1976
_CREDIT, _CREDIT_FROM, _FIRST_CREDIT_YEAR = Decimal(250), 1976, 1978
# 42 USC 403(f)(8): a month of 1994 (wages of 1992) and, in the year of full retirement age, of 2002 (wages of 2000)
_EXEMPT, _EXEMPT_FROM = Decimal(670), 1992
_EXEMPT_LAST_YEAR, _EXEMPT_LAST_FROM = Decimal(2_500), 2000
# set by P.L. 104-121 s. 102 until the index took over
_EXEMPT_BY_LAW = {2000: Decimal(17_000), 2001: Decimal(25_000), 2002: Decimal(30_000)}
_FIRST_EXEMPT_YEAR = 2000
ELIGIBLE_AGE, INDEXING_AGE = 62, 60
_MOST_YEARS, _LEFT_OUT, _CREDITS_A_YEAR = 35, 5, 4
_FIRST_YEAR = 1951


@dataclass(frozen=True, slots=True)
class SocialSecurityTable:
    """Published series by year: average wages, largest earnings that count, raises of December as fractions."""

    source: str
    wage_index: Mapping[int, Decimal]
    wage_base: Mapping[int, Decimal]
    cost_of_living: Mapping[int, Decimal]

    @property
    def newest_wages(self) -> int:
        """Last year with published average wages."""
        return max(self.wage_index)

    def wages(self, year: int) -> Decimal:
        """Return the average wages of a year; InvalidInputError for a year outside the series."""
        return _of(self.wage_index, year)

    def base(self, year: int) -> Decimal:
        """Return the most earnings of a year that count; InvalidInputError for a year outside the series."""
        return _of(self.wage_base, year)

    def extended(self, last_year: int, wage_growth: Decimal = NOTHING) -> SocialSecurityTable:
        """Return the series with years to come, in which average wages and the base grow by a fraction a year.

        With no growth, benefits of people under 62 come out in wages of the newest year, as the administration's own
        statements tell them. No raises are added: what follows 62 is in the money of the plan.
        """
        wages, base = dict(self.wage_index), dict(self.wage_base)
        for series in (wages, base):
            for year in range(max(series) + 1, last_year + 1):
                series[year] = series[year - 1] * (1 + wage_growth)
        return replace(self, wage_index=wages, wage_base=base)


def social_security_table_from_mapping(content: Mapping[str, Any]) -> SocialSecurityTable:
    """Return the series of a file of `apps/plans/reference`."""
    names = ("wage_index", "wage_base", "cost_of_living")
    series = ({int(year): Decimal(str(value)) for year, value in content[name].items()} for name in names)
    return SocialSecurityTable(str(content["source"]), *series)


@dataclass(frozen=True, slots=True)
class BendPoints:
    """Where the rate of the formula falls, for people who reach 62 in one year."""

    first: Decimal
    second: Decimal


@dataclass(frozen=True, slots=True)
class PrimaryInsurance:
    """The primary insurance amount of a year of eligibility, before later raises, with its three parts."""

    eligibility_year: int
    average: Decimal
    parts: tuple[Decimal, Decimal, Decimal]
    amount: Decimal


def counted_birth(born: date) -> date:
    """Return the day before the birthday: an age is attained on it (20 CFR 404.2(c)(4))."""
    return born - timedelta(days=1)


def eligibility_year(born: date) -> int:
    """Return the year in which somebody attains 62."""
    return counted_birth(born).year + ELIGIBLE_AGE


def bend_points(table: SocialSecurityTable, year: int) -> BendPoints:
    """Return the bend points of people who attain 62 in a year, rounded to the dollar (42 USC 415(a)(1)(B)(ii))."""
    first, second = (_indexed(table, Decimal(bend), _BENDS_FROM, year, DOLLAR) for bend in _PIA_BENDS)
    return BendPoints(first, second)


def indexed_earnings(table: SocialSecurityTable, earned: Decimal, year: int, indexing_year: int) -> Decimal:
    """Return earnings of a year in wages of the year of 60; later ones count as they are (42 USC 415(b)(3))."""
    counted = min(_not_negative(earned, f"earnings[{year}]"), table.base(year))
    if year >= indexing_year:
        return counted
    return (counted * table.wages(indexing_year) / table.wages(year)).quantize(CENT, ROUND_HALF_UP)


def average_indexed_earnings(table: SocialSecurityTable, born: date, earnings: Mapping[int, Decimal]) -> Decimal:
    """Return average indexed monthly earnings, to the dollar below (42 USC 415(b)).

    ``earnings`` are by year, in dollars. As many of the best years count as there are years between 21 and 62, less
    five; years without earnings fill up what is missing.
    """
    birth_year = counted_birth(born).year
    indexing_year = birth_year + INDEXING_AGE
    told = [indexed_earnings(table, earned, year, indexing_year) for year, earned in earnings.items()]
    elapsed = birth_year + ELIGIBLE_AGE - max(birth_year + 22, _FIRST_YEAR)
    years = max(2, min(_MOST_YEARS, elapsed - _LEFT_OUT))
    return (sum(sorted(told)[-years:], NOTHING) / (12 * years)).quantize(DOLLAR, ROUND_DOWN)


def primary_insurance(table: SocialSecurityTable, year: int, average: Decimal) -> PrimaryInsurance:
    """Return what average earnings give to people who attain 62 in a year, to the dime below (42 USC 415(a))."""
    _not_negative(average, "average")
    bends = bend_points(table, year)
    within = (
        min(average, bends.first),
        max(NOTHING, min(average, bends.second) - bends.first),
        max(NOTHING, average - bends.second),
    )
    first, second, third = (rate * part for rate, part in zip(PIA_RATES, within, strict=True))
    amount = (first + second + third).quantize(DIME, ROUND_DOWN)
    return PrimaryInsurance(year, average, (first, second, third), amount)


def with_raises(table: SocialSecurityTable, amount: Decimal, eligible_in: int, through: int) -> Decimal:
    """Return an amount with the raises of each December from the year of 62 on, each to the dime below (415(i))."""
    for year in range(eligible_in, through + 1):
        amount = (amount * (1 + _of(table.cost_of_living, year))).quantize(DIME, ROUND_DOWN)
    return amount


def family_maximum(table: SocialSecurityTable, year: int, amount: Decimal) -> Decimal:
    """Return the most that a family is paid on one record, by the amount of the year of 62 (42 USC 403(a)).

    The same bend points serve the death of a worker who dies before 62, in the year of death.
    """
    bends = [_indexed(table, Decimal(bend), _BENDS_FROM, year, DOLLAR) for bend in _FAMILY_BENDS]
    edges = [NOTHING, *bends, None]
    total = NOTHING
    for rate, low, high in zip(FAMILY_RATES, edges[:-1], edges[1:], strict=True):
        top = amount if high is None else min(amount, high)
        total += rate * max(NOTHING, top - (low or NOTHING))
    return total.quantize(DIME, ROUND_DOWN)


def credit_amount(table: SocialSecurityTable, year: int) -> Decimal:
    """Return the earnings that make one quarter of coverage, to ten dollars (42 USC 413(d)(2)); it never falls."""
    if year < _FIRST_CREDIT_YEAR:
        raise InvalidInputError(
            gettext_noop("Before 1978 quarters of coverage were counted by quarter, not by yearly earnings."),
            mend=gettext_noop("Take the credits of those years from the client's statement."),
            field="year",
        )
    return max(_indexed(table, _CREDIT, _CREDIT_FROM, each, TEN) for each in range(_FIRST_CREDIT_YEAR, year + 1))


def quarters_of_coverage(table: SocialSecurityTable, year: int, earned: Decimal) -> int:
    """Return the credits that a year's earnings make, at most four; forty make a worker insured for life (414(a))."""
    return min(_CREDITS_A_YEAR, int(_not_negative(earned, "earned") // credit_amount(table, year)))


def exempt_amount(table: SocialSecurityTable, year: int, *, reaches_full_age: bool) -> Decimal:
    """Return what may be earned in a year before benefits are withheld (42 USC 403(f)(8)).

    The larger amount holds in the year of full retirement age, for the months before it. It never falls, and rises in
    years alone before which benefits were raised.
    """
    if year < _FIRST_EXEMPT_YEAR:
        raise InvalidInputError(
            gettext_noop("The earnings test is known from 2000 on."),
            field="year",
            mend=gettext_noop("Name a later year."),
        )
    if reaches_full_age and year in _EXEMPT_BY_LAW:
        return _EXEMPT_BY_LAW[year]
    monthly, since = (_EXEMPT_LAST_YEAR, _EXEMPT_LAST_FROM) if reaches_full_age else (_EXEMPT, _EXEMPT_FROM)
    amount = monthly
    for each in range(since + 2, year + 1):
        if table.cost_of_living.get(each - 1, DOLLAR):
            amount = max(amount, _indexed(table, monthly, since, each, TEN))
    return 12 * amount


def _indexed(table: SocialSecurityTable, amount: Decimal, since: int, year: int, unit: Decimal) -> Decimal:
    """Return an amount raised by the wages of two years before, to the nearest unit."""
    raised = amount * table.wages(year - 2) / table.wages(since)
    return (raised / unit).quantize(DOLLAR, ROUND_HALF_UP) * unit


def _of(series: Mapping[int, Decimal], year: int) -> Decimal:
    if year not in series:
        raise InvalidInputError(
            gettext_noop("Social Security's series run from %(first)s to %(last)s; %(year)s lies outside."),
            mend=gettext_noop("Name a year within them, or add the newly published figures."),
            field="year",
            year=str(year),
            first=str(min(series)),
            last=str(max(series)),
        )
    return series[year]


def _not_negative(amount: Decimal, field: str) -> Decimal:
    if amount < 0:
        raise InvalidInputError(
            gettext_noop("%(name)s is negative."), mend=gettext_noop("Enter zero or more."), field=field, name=field
        )
    return amount
