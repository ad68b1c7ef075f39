"""Renting against buying: both pay the dearer one's outlay, and who pays less for the home invests the difference.

The comparison of wealth at the end of a stay of E. Beracha, K. H. Johnson, Lessons from Over 30 Years of Buy versus
Rent Decisions, Real Estate Economics 40 (2012), without taxes. Formulas and a case by hand: docs/engine/debts.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.amortisation import NOTHING, Loan, Payment, amortise, cents, is_amount, is_rate

MONTHS, MOST_YEARS = 12, 60


@dataclass(frozen=True, slots=True)
class RentOrBuyTerms:
    """A home to buy and one to rent. Amounts in whole cents, shares and rates as fractions, growth a year.

    `buying_costs` are a share of the price, `selling_costs` of the value at the end, `yearly_costs` (property tax,
    insurance, upkeep) of the value as each year begins. `rent` is the first year's, a month. `investment_return` is
    what money put aside earns after tax and costs.
    """

    price: Decimal
    down_payment: Decimal
    mortgage_rate: Decimal
    mortgage_years: int
    buying_costs: Decimal
    selling_costs: Decimal
    yearly_costs: Decimal
    value_growth: Decimal
    rent: Decimal
    rent_growth: Decimal
    investment_return: Decimal
    years: int
    first_due: date

    def __post_init__(self) -> None:
        """Refuse what cannot be. Raises InvalidInputError whose field is the term."""
        if not is_amount(self.price):
            _refuse("price", gettext_noop("A home has a price of more than zero, in whole cents."))
        if not NOTHING <= self.down_payment <= self.price:
            _refuse("down_payment", gettext_noop("The down payment lies between nothing and the price."))
        if not is_amount(self.rent):
            _refuse("rent", gettext_noop("A rent is an amount of more than zero, in whole cents."))
        if not is_rate(self.mortgage_rate):
            _refuse("mortgage_rate", gettext_noop("A rate is zero or more."))
        for name in ("buying_costs", "selling_costs", "yearly_costs"):
            if not 0 <= getattr(self, name) < 1:
                _refuse(name, gettext_noop("A share of the price is zero or more and less than the whole."))
        for name in ("value_growth", "rent_growth", "investment_return"):
            if not Decimal("-0.5") <= getattr(self, name) <= 1:
                _refuse(name, gettext_noop("Growth a year lies between −50 and 100 per cent."))
        for name in ("mortgage_years", "years"):
            if not 1 <= getattr(self, name) <= MOST_YEARS:
                _refuse(name, gettext_noop("Give between 1 and 60 years."))


@dataclass(frozen=True, slots=True)
class YearEnd:
    """What each side would have if the stay ended after so many years: to the cent."""

    year: int
    owner: Decimal
    renter: Decimal


@dataclass(frozen=True, slots=True)
class RentOrBuy:
    """Both sides by year. `level` is the mortgage's payment, `owner_month` the owner's whole first month.

    `ahead_after` is the first year from which on the owner stays ahead to the end; None where there is none.
    """

    ends: tuple[YearEnd, ...]
    level: Decimal
    owner_month: Decimal
    ahead_after: int | None

    @property
    def advantage(self) -> Decimal:
        """What the owner has more at the end; negative where the renter does."""
        return self.ends[-1].owner - self.ends[-1].renter


def rent_or_buy(terms: RentOrBuyTerms) -> RentOrBuy:
    """Set both sides beside each other, month by month.

    Owner after y years: V·(1 - s) - owed + put aside; V = price·(1 + g)^y. Renter: what is put aside, the down payment
    and the costs of buying from the start on. Each month who pays less puts the difference aside at its end, and what
    is put aside grows by (1 + i)^(1/12).
    """
    paid, level = _mortgage(terms)
    growth = (1 + terms.investment_return) ** (1 / Decimal(MONTHS))
    owner, renter = NOTHING, terms.down_payment + terms.buying_costs * terms.price
    ends: list[YearEnd] = []
    for year in range(terms.years):
        costs = terms.price * (1 + terms.value_growth) ** year * terms.yearly_costs / MONTHS
        rent = terms.rent * (1 + terms.rent_growth) ** year
        for month in range(MONTHS * year, MONTHS * (year + 1)):
            more = (paid[month].amount if month < len(paid) else NOTHING) + costs - rent
            owner, renter = owner * growth + max(NOTHING, -more), renter * growth + max(NOTHING, more)
        value = terms.price * (1 + terms.value_growth) ** (year + 1)
        home = value * (1 - terms.selling_costs) - _owed(paid, MONTHS * (year + 1))
        ends.append(YearEnd(year + 1, cents(home + owner), cents(renter)))
    first = level + cents(terms.price * terms.yearly_costs / MONTHS)
    return RentOrBuy(tuple(ends), level, first, _ahead(ends))


def _mortgage(terms: RentOrBuyTerms) -> tuple[Sequence[Payment], Decimal]:
    borrowed = terms.price - terms.down_payment
    if not borrowed:
        return (), NOTHING
    schedule = amortise(Loan(borrowed, terms.mortgage_rate, MONTHS * terms.mortgage_years, terms.first_due))
    return schedule.payments, schedule.level


def _owed(paid: Sequence[Payment], months: int) -> Decimal:
    return paid[months - 1].owed_after if months <= len(paid) else NOTHING


def _ahead(ends: Sequence[YearEnd]) -> int | None:
    behind = [end.year for end in ends if end.owner < end.renter]
    last = max(behind, default=0)
    return last + 1 if last < ends[-1].year else None


def _refuse(field: str, message: str) -> None:
    raise InvalidInputError(message, mend=gettext_noop("Correct the value."), field=field)
